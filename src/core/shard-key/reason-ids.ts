/** Why a shard key is needed, or not. Closed, so that words can be complete. */
export const SHARD_KEY_NEED_IDS = [
  'over-logical-partition',
  'near-logical-partition',
  'over-partition-throughput',
  'near-partition-throughput',
  'grows-over-partition',
  'fits-one-partition',
  'over-one-vcore-node',
  'large-for-one-vcore-node',
  'fits-one-vcore-node',
  'keeps-source-key',
] as const;

/** What speaks for and against a candidate. */
export const SHARD_KEY_REASON_IDS = [
  'many-values',
  'few-values',
  'one-value',
  'values-even',
  'values-skewed',
  'partition-too-large',
  'partition-may-be-too-large',
  'partition-has-room',
  'missing-in-documents',
  'in-every-document',
  'null-in-documents',
  'arrays-on-path',
  'documents-as-values',
  'type-advised',
  'type-unconfirmed',
  'types-mixed',
  'value-too-long',
  'changed-by-updates',
  'never-changes',
  'changes-unknown',
  'asked-by-equality',
  'rarely-asked-by-equality',
  'leads-an-index',
  'unique-index-without-it',
  'unique-index-with-it',
  'grows-but-hashed',
  'source-shard-key',
  'not-looked-at',
  'looked-at-in-part',
] as const;

/** What the largest logical partition rests on. */
export const SHARD_KEY_ASSUMPTION_IDS = [
  'partition-of-all-documents',
  'partition-of-random-sample',
  'partition-of-stretches',
  'partition-of-one-document',
  'partition-not-looked-at',
  'bson-bytes-stand-for-storage',
] as const;

export type ShardKeyNeedId = (typeof SHARD_KEY_NEED_IDS)[number];
export type ShardKeyReasonId = (typeof SHARD_KEY_REASON_IDS)[number];
export type ShardKeyAssumptionId = (typeof SHARD_KEY_ASSUMPTION_IDS)[number];
