import type { RuCollectionSizing, ShardKeyAdvice } from '../model/assessment.js';
import type { CollectionFacts } from '../model/facts.js';
import type { Reason } from '../model/method.js';
import { findByNamespace } from '../model/by-namespace.js';
import { GIB, TIB } from '../model/units.js';
import type { SourceUsage } from '../model/usage.js';
import { MAX_UNSHARDED_RU_BYTES } from '../size/limits.js';
import type { TargetDescription } from '../plan/target.js';
import type { ShardKeyNeedId } from './reason-ids.js';

/** One physical partition, and so a collection without a shard key. Source: learn.microsoft.com/azure/cosmos-db/partitioning-overview. */
export const PARTITION_RU_PER_SECOND = 10_000;
/** Half of the limits: a collection cannot be given a shard key later. Judged. */
const NEAR_BYTES = 10 * GIB;
const NEAR_RU_PER_SECOND = 5_000;
/** An unsharded collection. Source: learn.microsoft.com/azure/documentdb/limitations. */
const VCORE_NODE_BYTES = 32 * TIB;
/** From where shards are worth it. Source: learn.microsoft.com/azure/documentdb/migration-options ("more than 2 to 4 TiB"). */
const VCORE_LARGE_BYTES = 2 * TIB;
const DAY_SECONDS = 86_400;
const YEAR_SECONDS = 365 * DAY_SECONDS;

export interface NeedInput {
  readonly collection: CollectionFacts;
  readonly usage?: SourceUsage;
  readonly target: TargetDescription;
  readonly sizing?: RuCollectionSizing;
}

/** Whether a collection needs a shard key on the target, by its size, its throughput, and what it will have grown to in a year. */
export function shardKeyNeed(input: NeedInput): Pick<ShardKeyAdvice, 'needed' | 'why'> {
  const { target } = input;
  if (target.kind === 'mongodb') return { needed: 'none', why: [why('keeps-source-key', {}, '-')] };
  return target.kind === 'cosmos-ru' ? needOnRu(input) : needOnVcore(input);
}

function needOnRu({ collection, usage, sizing }: NeedInput): Pick<ShardKeyAdvice, 'needed' | 'why'> {
  const bytes = collection.logicalBytes;
  const ruPerSecond = Math.round(sizing?.steady?.expected ?? 0);
  const size = { bytes, limitBytes: MAX_UNSHARDED_RU_BYTES };
  const rate = { ruPerSecond, limitRuPerSecond: PARTITION_RU_PER_SECOND };
  const required = [
    ...(bytes > MAX_UNSHARDED_RU_BYTES ? [why('over-logical-partition', size)] : []),
    ...(ruPerSecond > PARTITION_RU_PER_SECOND ? [why('over-partition-throughput', rate)] : []),
  ];
  if (required.length > 0) return { needed: 'required', why: required };
  const grown = bytes + yearsGrowth(collection, usage);
  const advised = [
    ...(bytes > NEAR_BYTES ? [why('near-logical-partition', size)] : []),
    ...(ruPerSecond > NEAR_RU_PER_SECOND ? [why('near-partition-throughput', rate)] : []),
    ...(grown > MAX_UNSHARDED_RU_BYTES
      ? [why('grows-over-partition', { bytes: grown, limitBytes: MAX_UNSHARDED_RU_BYTES })]
      : []),
  ];
  if (advised.length > 0) return { needed: 'advised', why: advised };
  return { needed: 'none', why: [why('fits-one-partition', size, '-')] };
}

function needOnVcore({ collection }: NeedInput): Pick<ShardKeyAdvice, 'needed' | 'why'> {
  const bytes = collection.logicalBytes;
  const params = { bytes, limitBytes: VCORE_NODE_BYTES, largeBytes: VCORE_LARGE_BYTES };
  if (bytes > VCORE_NODE_BYTES) return { needed: 'required', why: [why('over-one-vcore-node', params)] };
  if (bytes > VCORE_LARGE_BYTES) return { needed: 'advised', why: [why('large-for-one-vcore-node', params)] };
  return { needed: 'none', why: [why('fits-one-vcore-node', params, '-')] };
}

/** Bytes that are inserted in a year at the present rate; nothing where the rate is not known, or known of less than a day: a server that was just filled grows by no such rate. */
function yearsGrowth(collection: CollectionFacts, usage: SourceUsage | undefined): number {
  const writes = usage && findByNamespace(usage.namespaces, collection.ns)?.writesPerSecond;
  const rates = usage?.rates;
  if (writes === undefined || !rates || (usage.uptimeSeconds ?? 0) < DAY_SECONDS) return 0;
  const changes = rates.insert + rates.update + rates.delete;
  // What is deleted makes room again.
  const growing = changes > 0 ? Math.max(0, rates.insert - rates.delete) / changes : 0;
  return Math.round(writes * growing * YEAR_SECONDS * collection.averageBytes);
}

function why(id: ShardKeyNeedId, params: Reason['params'], weight: Reason['weight'] = '+'): Reason {
  return { id, params, weight };
}
