/** Numbers that rules alone go by; those that plans and sizes share are in core/size/limits. */
import { GIB, KIB, MIB } from '../model/units.js';

/** Levels of nested documents and arrays that an RU account takes. Source: learn.microsoft.com/azure/cosmos-db/concepts-limits. */
export const MAX_RU_NESTING = 128;

/** Longest `_id` in bytes. Source: learn.microsoft.com/azure/cosmos-db/concepts-limits ("maximum length of ID value"). */
export const MAX_RU_ID_BYTES = 1023;
/** The same on vCore. Source: learn.microsoft.com/azure/documentdb/limitations. */
export const MAX_VCORE_ID_BYTES = 2 * KIB;

/** Largest value of a shard key. Source: learn.microsoft.com/azure/cosmos-db/concepts-limits ("maximum length of partition key value"). */
export const MAX_SHARD_KEY_VALUE_BYTES = 2048;

/** Where a logical partition is near its 20 GB: judged, it leaves a quarter to grow. */
export const NEAR_FULL_PARTITION_BYTES = 15 * GIB;

/** One physical partition. Source: learn.microsoft.com/azure/cosmos-db/partitioning-overview. */
const PHYSICAL_PARTITION = { bytes: 50 * GIB, ruPerSecond: 10_000 } as const;

/** The most that a collection without a shard key can be given. Source: learn.microsoft.com/azure/cosmos-db/mongodb/custom-commands. */
export const MAX_UNSHARDED_RU_PER_SECOND = 10_000;

/** Least number of physical partitions that so many bytes and RU/s are spread over. */
export function leastPartitions(bytes: number, ruPerSecond = 0): number {
  return Math.max(
    1,
    Math.ceil(bytes / PHYSICAL_PARTITION.bytes),
    Math.ceil(ruPerSecond / PHYSICAL_PARTITION.ruPerSecond),
  );
}

/**
 * The account measures a document as JSON text, which this product does not: bytes in it are a third longer (base64), so that one of this size in BSON may be
 * too large. Source of the measure: learn.microsoft.com/azure/cosmos-db/concepts-limits; the margin is judged.
 */
export const NEAR_2MB_BYTES = 1.5 * MIB;

/** Collections that can share the throughput of one database. Source: learn.microsoft.com/azure/cosmos-db/concepts-limits. */
export const MAX_SHARED_COLLECTIONS = 25;

/** Unique keys of a container; whether unique indexes of the MongoDB API count is said nowhere. Source: learn.microsoft.com/azure/cosmos-db/concepts-limits. */
export const LISTED_UNIQUE_KEYS = 10;

/** Path of an index on vCore. Source: learn.microsoft.com/azure/documentdb/limitations. */
export const VCORE_INDEX_PATH = { bytes: 256, levels: 6 } as const;

/** Events that vCore keeps for change streams. Source: learn.microsoft.com/azure/documentdb/change-streams. */
export const VCORE_CHANGE_LOG_BYTES = 400 * MIB;

/** An index that was not used for so long is worth a question: judged. */
export const UNUSED_INDEX_MS = 7 * 24 * 60 * 60 * 1000;

/** An oplog that reaches back less than so many copies leaves no room for a slow day: judged. */
export const OPLOG_MARGIN = 2;
