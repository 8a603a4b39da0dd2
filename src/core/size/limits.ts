import { bytes, GIB, MIB, type Bytes } from '../model/units.js';
import type { TargetDescription } from '../plan/target.js';

/**
 * Largest document that a target takes. RU: 2 MB, 16 MB with a capability (learn.microsoft.com/azure/cosmos-db/concepts-limits). vCore and MongoDB: 16 MB.
 */
export function largestDocument(target: TargetDescription): Bytes {
  const small = target.kind === 'cosmos-ru' && !target.capabilities.has('EnableMongo16MBDocumentSupport');
  return bytes((small ? 2 : 16) * MIB);
}

/** One logical partition, and so a whole collection without a shard key. Source: learn.microsoft.com/azure/cosmos-db/mongodb/pre-migration-steps. */
export const MAX_UNSHARDED_RU_BYTES: Bytes = bytes(20 * GIB);

/** An unsharded RU collection has one partition. Source: learn.microsoft.com/azure/cosmos-db/mongodb/custom-commands. */
export const MAX_UNSHARDED_RU_PER_SECOND = 10_000;

/** Databases and collections together of an RU account. Source: learn.microsoft.com/azure/cosmos-db/concepts-limits. */
export const MAX_RU_NAMESPACES = 500;

/** Collections of a vCore cluster. Source: learn.microsoft.com/azure/documentdb/limitations. */
export const MAX_VCORE_COLLECTIONS = 1000;

/** Manual throughput: the smallest offer, its step, and a bound far above any. Source: learn.microsoft.com/azure/cosmos-db/concepts-limits. */
export const MANUAL_RU_PER_SECOND = { least: 400, step: 100, most: 100_000_000 } as const;
/** Autoscale: the smallest maximum and its step. Source: learn.microsoft.com/azure/cosmos-db/provision-throughput-autoscale. */
export const AUTOSCALE_RU_PER_SECOND = { least: 1000, step: 1000, most: 100_000_000 } as const;

/** What each serverless container gives at least: up to 250 GB; more has more. Source: learn.microsoft.com/azure/cosmos-db/serverless-performance. */
export const SERVERLESS_RU_PER_SECOND = 5_000;
