/** Every reason that a plan gives for not doing exactly what the source has. Closed, so that words can be complete. */

export const INDEX_WHYS = [
  'text-unsupported',
  '2d-unsupported',
  'kind-unsupported',
  'hashed-to-ascending',
  'shard-key-indexed',
  'sparse-dropped',
  'unique-sparse-unsupported',
  'collation-dropped',
  'partial-dropped',
  'unique-partial-unsupported',
  'wildcard-unsupported',
  'wildcard-projection-unsupported',
  'compound-wildcard-unsupported',
  'compound-too-many-fields',
  'compound-2dsphere-unsupported',
  'nested-needs-capability',
  'path-too-deep',
  'path-unsupported',
  'unique-without-shard-key',
  'ttl-dropped',
  'ttl-one-per-collection',
  'ttl-value-invalid',
  'hidden-unsupported',
  'hidden-dropped',
  'text-version-dropped',
  'too-many-indexes',
  'duplicate-by-key',
] as const;

/** What the plan itself does to fields: no target is to blame, so that there is no finding about it. */
export const TRANSFORM_INDEX_WHYS = ['field-renamed', 'field-dropped', 'fields-merged', 'unique-constant'] as const;

/** The user does not want it, whatever the target would make of it. */
const LEFT_OUT_BY_USER = 'left-out-by-user';

export type IndexWhy = (typeof INDEX_WHYS)[number] | (typeof TRANSFORM_INDEX_WHYS)[number] | typeof LEFT_OUT_BY_USER;

export const OPTION_WHYS = [
  'capped-unsupported',
  'validator-unsupported',
  'validator-not-carried',
  'validator-fields-changed',
  'collation-unsupported',
  'clustered-unsupported',
  'pre-images-unsupported',
  'expiry-unsupported',
  'expiry-would-delete',
  'shard-key-compound',
  'shard-key-left-out',
  'shard-key-field-dropped',
  'throughput-lowered-unsharded',
] as const;
export type OptionWhy = (typeof OPTION_WHYS)[number];

export const NOT_MIGRATED_WHYS = [
  'view',
  'view-base-not-migrated',
  'view-reads-not-migrated',
  'view-in-other-database',
  'view-names-renamed',
  'view-fields-changed',
  'timeseries-unsupported',
  'timeseries-not-carried',
  'system',
  'unreadable',
  'name-too-long',
  'name-characters',
] as const;
export type NotMigratedWhy = (typeof NOT_MIGRATED_WHYS)[number];

/** Several reasons for one rewritten index are joined in `IndexFate.why`. */
const JOINT = '+';

/** Into the one text of `IndexFate.why`; {@link splitWhys} takes it apart. */
export function joinWhys(whys: readonly IndexWhy[]): string {
  return whys.join(JOINT);
}

/** The reasons in `IndexFate.why`; the user's own among them. */
export function splitWhys(why: string): readonly string[] {
  return why.split(JOINT);
}

/** The reason of an index that the user leaves out; `why`: what would have become of it otherwise, which is kept. */
export function leftOutByUser(why?: string): string {
  if (why === undefined) return LEFT_OUT_BY_USER;
  return isLeftOutByUser(why) ? why : [LEFT_OUT_BY_USER, why].join(JOINT);
}

/** What was decided is nothing that one has to be told of. */
export function isLeftOutByUser(why: string): boolean {
  return splitWhys(why).includes(LEFT_OUT_BY_USER);
}
