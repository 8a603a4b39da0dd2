/**
 * One aggregation that answers for a whole collection: its statistics, the use of its indexes, and a bounded sample. Stages that must come
 * first, `$collStats`, `$indexStats`, `$sample`, are each first in their own part.
 */
import type { ClusterFacts } from '../model/facts.js';

type Stage = Readonly<Record<string, unknown>>;

/**
 * How much one server can answer at once.
 * `union`: `$unionWith` and `$bsonSize`, MongoDB 4.4; `lookup`: parts joined by `$lookup`, 3.6 to 4.2, where a document's size is measured here;
 * `command`: `collStats` only (RU accounts, sharded clusters before 5.1, whatever refuses the others).
 */
export type StatisticsTier = 'union' | 'lookup' | 'command';

export interface StatisticsRequest {
  readonly coll: string;
  /**
   * Documents to sample. The server picks at random where that is under 5 % of the collection and else reads it: 20 times as many at most.
   * https://www.mongodb.com/docs/manual/reference/operator/aggregation/sample/#behavior
   */
  readonly sampleSize: number;
  readonly indexUsage: boolean;
  readonly sample: boolean;
  readonly timeseries: boolean;
}

/** Documents of a collection that its facts are told by. Judged: enough for an average size, little for a server that reads 20 times as many. */
export const METADATA_SAMPLE = 100;
/** Before 4.4 whole documents travel; fewer of them do. Judged. */
const LOOKUP_SAMPLE = 20;

const STATS: Stage = {
  part: 'stats',
  count: { $ifNull: ['$storageStats.count', '$count'] },
  size: '$storageStats.size',
  avgObjSize: '$storageStats.avgObjSize',
  storageSize: '$storageStats.storageSize',
  totalIndexSize: '$storageStats.totalIndexSize',
  indexSizes: '$storageStats.indexSizes',
  buckets: '$storageStats.timeseries.bucketCount',
};

function collStats(request: StatisticsRequest): Stage {
  // A time series has no count of its own; its storage has.
  return { $collStats: request.timeseries ? { storageStats: {} } : { storageStats: {}, count: {} } };
}

function usageStages(): Stage[] {
  return [{ $indexStats: {} }, { $project: { _id: 0, name: 1, ops: '$accesses.ops', since: '$accesses.since' } }];
}

export function unionPipeline(request: StatisticsRequest): Stage[] {
  const { coll } = request;
  const pipeline: Stage[] = [collStats(request), { $project: { _id: 0, ...literalPart(STATS) } }];
  if (request.indexUsage) {
    pipeline.push({ $unionWith: { coll, pipeline: [...usageStages(), { $addFields: { part: 'usage' } }] } });
  }
  if (request.sample) {
    const group = {
      _id: { $type: '$_id' },
      documents: { $sum: 1 },
      bytes: { $sum: { $bsonSize: '$$ROOT' } },
      largest: { $max: { $bsonSize: '$$ROOT' } },
    };
    pipeline.push({
      $unionWith: {
        coll,
        pipeline: [{ $sample: { size: request.sampleSize } }, { $group: group }, { $addFields: { part: 'sample' } }],
      },
    });
  }
  return pipeline;
}

/** The same in one answer for servers without `$unionWith`: sampled documents ride on one copy of the statistics each. */
export function lookupPipeline(request: StatisticsRequest): Stage[] {
  const from = request.coll;
  const pipeline: Stage[] = [collStats(request), { $project: { _id: 0, ...literalPart(STATS) } }];
  if (request.indexUsage) pipeline.push({ $lookup: { from, let: {}, pipeline: usageStages(), as: 'usage' } });
  if (request.sample) {
    const size = Math.min(request.sampleSize, LOOKUP_SAMPLE);
    pipeline.push(
      { $lookup: { from, let: {}, pipeline: [{ $sample: { size } }], as: 'document' } },
      { $unwind: { path: '$document', preserveNullAndEmptyArrays: true } },
    );
  }
  return pipeline;
}

function literalPart(projection: Stage): Stage {
  return { ...projection, part: { $literal: projection['part'] as string } };
}

/** The tier that a cluster is expected to manage. Wire versions: 9 is MongoDB 4.4, 14 is 5.1. */
export function expectedTier(facts: Pick<ClusterFacts, 'kind' | 'maxWireVersion' | 'topology'>): StatisticsTier {
  if (facts.kind === 'cosmos-ru' || facts.kind === 'amazon-documentdb') return 'command';
  if (facts.maxWireVersion >= 9) return 'union';
  // $lookup does not join a sharded collection before 5.1.
  return facts.topology === 'sharded' ? 'command' : 'lookup';
}
