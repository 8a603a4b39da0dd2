/** What a plan may change in documents on their way: top-level fields only. Everything else keeps its bytes. */
export interface DocumentTransform {
  /** Fields that stay behind. */
  readonly drop?: readonly string[];
  readonly rename?: readonly { readonly from: string; readonly to: string }[];
  /** A field that is given a value, for a shard key that the source does not have. */
  readonly setField?: SetField;
}

export interface SetField {
  readonly field: string;
  /** `missing`: documents that have the field keep their value. */
  readonly when: 'missing' | 'always';
  readonly value: FieldValue;
}

export type FieldValue =
  /** A string, or a number: an int where it is whole and small enough, else a double. */
  | { readonly kind: 'constant'; readonly value: string | number }
  /** The value of another field, by its name on the source, byte for byte. */
  | { readonly kind: 'copy'; readonly of: string }
  /** One of so many strings, `"0"`, `"1"` ..., by a hash of `_id`: spreads documents without a natural key over the partitions. */
  | { readonly kind: 'bucket'; readonly buckets: number };

/** Why a transform cannot be carried out on any document. */
export interface TransformProblem {
  readonly id:
    /** Empty, or with a null character in it. */
    | 'bad-name'
    /** A name with a dot or a leading dollar for what is made: servers take it for a path or an operator. */
    | 'name-is-a-path'
    /** `_id` stays what it is: the run's account of documents hangs on it. */
    | 'touches-id'
    /** The same field twice, or dropped and renamed. */
    | 'named-twice'
    /** Two fields would get the same name. */
    | 'same-target'
    | 'bad-buckets'
    | 'bad-constant';
  readonly name: string;
}

/** The most buckets that make sense: each is a logical partition. */
const MOST_BUCKETS = 1_000_000;

/** Everything that is wrong with a transform; empty where it can be carried out. */
export function transformProblems(transform: DocumentTransform): readonly TransformProblem[] {
  const { drop = [], rename = [], setField } = transform;
  const problems: TransformProblem[] = [];
  const add = (id: TransformProblem['id'], name: string): void => void problems.push({ id, name });
  const sources = [...drop, ...rename.map((r) => r.from)];
  const targets = [...rename.map((r) => r.to), ...(setField ? [setField.field] : [])];
  for (const name of [...sources, ...targets]) {
    if (name === '' || name.includes('\0')) add('bad-name', name);
    if (name === '_id') add('touches-id', name);
  }
  for (const name of targets) if (name.includes('.') || name.startsWith('$')) add('name-is-a-path', name);
  for (const name of repeated(sources)) add('named-twice', name);
  for (const name of repeated(targets)) add('same-target', name);
  const value = setField?.value;
  if (value?.kind === 'bucket') {
    const { buckets } = value;
    if (!Number.isInteger(buckets) || buckets < 1 || buckets > MOST_BUCKETS) add('bad-buckets', String(buckets));
  }
  if (value?.kind === 'constant' && typeof value.value === 'number' && !Number.isFinite(value.value))
    add('bad-constant', String(value.value));
  if (value?.kind === 'copy' && (value.of === '' || value.of.includes('\0'))) add('bad-name', value.of);
  return problems;
}

function repeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}
