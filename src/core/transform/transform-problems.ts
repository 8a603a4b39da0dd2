import type { CollectionTransform } from '../model/plan.js';

/** Why a transform cannot be carried out, whatever the documents. */
export type TransformProblemId =
  /** Empty, or with a null character in it. */
  | 'bad-name'
  /** A dot: only top-level fields are changed. A leading dollar in what is made: servers take it for an operator. */
  | 'name-is-a-path'
  /** `_id` stays what it is: the run's account of documents hangs on it. */
  | 'touches-id'
  /** The same field renamed twice, or dropped and renamed. */
  | 'named-twice'
  /** Two fields would get the same name. */
  | 'same-target'
  /** A field renamed to its own name, or set to its own value. */
  | 'onto-itself';

export interface TransformProblem {
  readonly id: TransformProblemId;
  readonly field: string;
}

/** Everything that is wrong with the names in a transform; empty where it can be carried out. */
export function transformProblems(transform: CollectionTransform): readonly TransformProblem[] {
  const { drop = [], rename = [], set = [] } = transform;
  const problems: TransformProblem[] = [];
  const add = (id: TransformProblemId, field: string): void => void problems.push({ id, field });
  const sources = [...drop, ...rename.map(({ from }) => from)];
  const targets = [...rename.map(({ to }) => to), ...set.map(({ field }) => field)];
  const copied = set.flatMap((setting) => ('copyOf' in setting ? [setting.copyOf] : []));
  for (const name of [...sources, ...targets, ...copied]) {
    if (name === '' || name.includes('\0')) add('bad-name', name);
    else if (name.includes('.')) add('name-is-a-path', name);
  }
  for (const name of [...sources, ...targets]) if (name === '_id') add('touches-id', name);
  for (const name of targets) if (name.startsWith('$')) add('name-is-a-path', name);
  for (const name of repeated(sources)) add('named-twice', name);
  for (const name of repeated(targets)) add('same-target', name);
  for (const { from, to } of rename) if (from === to) add('onto-itself', from);
  for (const setting of set)
    if ('copyOf' in setting && setting.copyOf === setting.field) add('onto-itself', setting.field);
  return problems;
}

/** True where documents arrive otherwise than they were read; a filter alone changes none. */
export function changesFields(transform: CollectionTransform | undefined): transform is CollectionTransform {
  const { drop = [], rename = [], set = [] } = transform ?? {};
  return drop.length + rename.length + set.length > 0;
}

/** Field names of the source that documents on the target have under another name, or not at all. A field that is set again under its name is there. */
export function lostFields(transform: CollectionTransform): ReadonlySet<string> {
  const { drop = [], rename = [], set = [] } = transform;
  const made = new Set([...rename.map(({ to }) => to), ...set.map(({ field }) => field)]);
  return new Set([...drop, ...rename.map(({ from }) => from)].filter((name) => !made.has(name)));
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}
