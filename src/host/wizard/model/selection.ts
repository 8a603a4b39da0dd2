import type { ClusterInventory, CollectionFacts } from '../../../core/model/facts.js';
import {
  exactPattern,
  formatNamespace,
  isSystemNamespace,
  parseNamespace,
  type Namespace,
  type NamespaceSelection,
} from '../../../core/model/namespace.js';
import { refusedName } from '../../../core/plan/names.js';
import type { TargetKind } from '../../../core/plan/target.js';
import type { Translate } from '../../translate.js';

/** What can be selected: everything that was read and is not the server's own, by name. */
export function selectable(inventory: ClusterInventory): readonly CollectionFacts[] {
  return inventory.collections.filter((c) => !isSystemNamespace(c.ns));
}

/**
 * What was clicked, as core takes it. A database that is taken whole is named by a pattern, so that what could not be read in it is told of in the plan, and
 * everything is no pattern at all, as on the command line without `--include`.
 */
export function selectionOf(
  inventory: ClusterInventory,
  selected: readonly string[],
  renames: Readonly<Record<string, string>>,
  isWhole: boolean,
): NamespaceSelection {
  const chosen = new Set(selected);
  const all = selectable(inventory);
  const taken = all.filter((c) => chosen.has(formatNamespace(c.ns)));
  const rename = taken.flatMap(({ ns }) => {
    const from = formatNamespace(ns);
    const to = Object.hasOwn(renames, from) ? renames[from] : undefined;
    return to !== undefined && readName(to) !== undefined ? [{ from, to }] : [];
  });
  if (isWhole && taken.length === all.length) return { include: [], exclude: [], rename };
  const open = new Set(all.filter((c) => !chosen.has(formatNamespace(c.ns))).map((c) => c.ns.db));
  const include: string[] = [];
  const whole = new Set<string>();
  for (const { ns } of taken) {
    if (open.has(ns.db)) include.push(exactPattern(ns));
    else if (!whole.has(ns.db)) {
      whole.add(ns.db);
      include.push(exactPattern({ db: ns.db, coll: '' }) + '*');
    }
  }
  // An empty list would mean everything.
  return { include: include.length === 0 ? ['\0.\0'] : include, exclude: [], rename };
}

function readName(text: string): Namespace | undefined {
  try {
    return parseNamespace(text);
  } catch {
    return undefined;
  }
}

/** Why new names cannot be, by name on the source; only for what is selected. */
export function renameProblems(
  inventory: ClusterInventory,
  selected: readonly string[],
  renames: Readonly<Record<string, string>>,
  target: TargetKind | undefined,
  t: Translate,
): ReadonlyMap<string, string> {
  const problems = new Map<string, string>();
  const renamed = selected.filter((name) => Object.hasOwn(renames, name));
  if (renamed.length === 0) return problems;
  const types = new Map(inventory.collections.map((c) => [formatNamespace(c.ns), c.type]));
  const takers = new Map<string, string[]>();
  const spellings = new Map<string, Set<string>>();
  for (const name of selected) {
    if (types.get(name) === 'timeseries') continue;
    const to = (Object.hasOwn(renames, name) ? renames[name] : undefined) ?? name;
    takers.set(to, [...(takers.get(to) ?? []), name]);
    const db = to.split('.', 1)[0] ?? '';
    const lower = db.toLowerCase();
    spellings.set(lower, (spellings.get(lower) ?? new Set()).add(db));
  }
  for (const name of renamed) {
    const to = renames[name] ?? name;
    const problem = nameProblem(to, target, t) ?? clash(name, to, takers, spellings, t);
    if (problem !== undefined) problems.set(name, problem);
  }
  return problems;
}

function nameProblem(to: string, target: TargetKind | undefined, t: Translate): string | undefined {
  const ns = readName(to);
  if (!ns) return t('A name has to be database.collection.');
  if (isSystemNamespace(ns)) return t('{0} belongs to the server itself.', to);
  switch (target && refusedName(ns, target)) {
    case 'name-too-long':
      return t('The name is too long for the target.');
    case 'name-characters':
      return t('The target does not take a character of this name.');
    case undefined:
      return undefined;
  }
}

function clash(
  name: string,
  to: string,
  takers: ReadonlyMap<string, readonly string[]>,
  spellings: ReadonlyMap<string, ReadonlySet<string>>,
  t: Translate,
): string | undefined {
  const other = takers.get(to)?.find((taker) => taker !== name);
  if (other !== undefined) return t('{0} would get this name, too.', other);
  const databases = [...(spellings.get((to.split('.', 1)[0] ?? '').toLowerCase()) ?? [])];
  if (databases.length > 1) {
    return t('Databases that differ in upper and lower case only are one on the target: {0}.', databases.join(', '));
  }
  return undefined;
}

/** Same selection, same text; short, whatever its size (FNV-1a, 32 bits, over the sorted names). */
export function fingerprint(selected: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const name of [...selected].sort()) {
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ 0xff, 0x01000193);
  }
  return `${selected.length}:${(hash >>> 0).toString(16)}`;
}
