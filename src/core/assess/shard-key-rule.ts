import type { CollectionScan, FieldScan } from '../model/scan.js';
import { MAX_UNSHARDED_RU_BYTES } from '../size/limits.js';
import { largestValue, lookedAt, shardKeyScan } from './looked-at.js';
import type { AssessContext, AssessedCollection, RuleHit } from './rule.js';

/** What a rule on the values of a shard key looks at. */
export interface ScannedShardKey {
  readonly field: FieldScan;
  readonly scan: CollectionScan;
  readonly collection: AssessedCollection;
}

/** Of rules for RU targets: collections whose shard key was scanned and about which `params` has something to say; the path and how much was looked at are added. */
export function shardKeyHits(
  context: AssessContext,
  params: (scanned: ScannedShardKey) => RuleHit['params'] | undefined,
): readonly RuleHit[] {
  return context.collections.flatMap((collection) => {
    const { facts, scan } = collection;
    const field = shardKeyScan(collection);
    const found = scan && field && scan.documents > 0 ? params({ field, scan, collection }) : undefined;
    return scan && field && found ? [{ ns: facts.ns, params: { path: field.path, ...lookedAt(scan), ...found } }] : [];
  });
}

/** Collections whose heaviest value of the shard key has more than `over` bytes, and no more than `upTo`. */
export function logicalPartitionHits(
  context: AssessContext,
  over: number,
  upTo = Number.POSITIVE_INFINITY,
): readonly RuleHit[] {
  return shardKeyHits(context, ({ field, collection }) => {
    const value = largestValue(collection, field);
    return value.bytes > over && value.bytes <= upTo ? { ...value, limitBytes: MAX_UNSHARDED_RU_BYTES } : undefined;
  });
}
