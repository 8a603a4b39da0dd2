/**
 * One aggregation that answers for a whole collection: its statistics, the use of its indexes, and a bounded sample. Stages that must come
 * first, `$collStats`, `$indexStats`, `$sample`, are each first in their own part.
 */
import type { Document } from 'bson';
import { asNumber } from './plain-json.js';

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

/** Before 4.4 whole documents travel; fewer of them do. */
const LOOKUP_SAMPLE = 20;

const STATS: Document = {
  part: 'stats',
  count: { $ifNull: ['$storageStats.count', '$count'] },
  size: '$storageStats.size',
  avgObjSize: '$storageStats.avgObjSize',
  storageSize: '$storageStats.storageSize',
  totalIndexSize: '$storageStats.totalIndexSize',
  indexSizes: '$storageStats.indexSizes',
  buckets: '$storageStats.timeseries.bucketCount',
};

function collStats(request: StatisticsRequest): Document {
  // A time series has no count of its own; its storage has.
  return { $collStats: request.timeseries ? { storageStats: {} } : { storageStats: {}, count: {} } };
}

function usageStages(): Document[] {
  return [{ $indexStats: {} }, { $project: { _id: 0, name: 1, ops: '$accesses.ops', since: '$accesses.since' } }];
}

export function unionPipeline(request: StatisticsRequest): Document[] {
  const { coll } = request;
  const pipeline: Document[] = [collStats(request), { $project: { _id: 0, ...literalPart(STATS) } }];
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
export function lookupPipeline(request: StatisticsRequest): Document[] {
  const from = request.coll;
  const pipeline: Document[] = [collStats(request), { $project: { _id: 0, ...literalPart(STATS) } }];
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

function literalPart(projection: Document): Document {
  return { ...projection, part: { $literal: projection.part as string } };
}

interface IndexUsage {
  readonly ops: number;
  readonly since?: string;
}

export interface CollectionStatistics {
  documents: number;
  logicalBytes: number;
  storageBytes: number;
  indexBytes: number;
  readonly indexSizes: Map<string, number>;
  readonly usage: Map<string, IndexUsage>;
  sampledDocuments: number;
  sampledBytes: number;
  largestBytes: number;
  readonly idTypes: Map<string, number>;
}

export function noStatistics(): CollectionStatistics {
  return {
    documents: 0,
    logicalBytes: 0,
    storageBytes: 0,
    indexBytes: 0,
    indexSizes: new Map(),
    usage: new Map(),
    sampledDocuments: 0,
    sampledBytes: 0,
    largestBytes: 0,
    idTypes: new Map(),
  };
}

/** Adds one `collStats` answer: the only one, or one shard's. */
export function addStats(into: CollectionStatistics, row: Document): void {
  const documents = asNumber(row.buckets) ?? asNumber(row.count) ?? 0;
  into.documents += documents;
  into.logicalBytes += asNumber(row.size) ?? (asNumber(row.avgObjSize) ?? 0) * documents;
  into.storageBytes += asNumber(row.storageSize) ?? 0;
  into.indexBytes += asNumber(row.totalIndexSize) ?? 0;
  for (const [name, size] of Object.entries((row.indexSizes as Document | undefined) ?? {})) {
    into.indexSizes.set(name, (into.indexSizes.get(name) ?? 0) + (asNumber(size) ?? 0));
  }
}

/** Adds one `$indexStats` row; shards and members each count their own. */
export function addUsage(into: CollectionStatistics, row: Document): void {
  const name = String(row.name);
  const since = row.since instanceof Date ? row.since.toISOString() : undefined;
  const before = into.usage.get(name);
  const earliest = [before?.since, since].filter((s) => s !== undefined).sort()[0];
  into.usage.set(name, {
    ops: (before?.ops ?? 0) + (asNumber(row.ops) ?? 0),
    ...(earliest === undefined ? {} : { since: earliest }),
  });
}

/** Adds what was sampled: `documents` of one `_id` type, their bytes together and the largest of them. */
export function addSample(
  into: CollectionStatistics,
  idType: string,
  documents: number,
  size: number,
  largest: number,
): void {
  into.sampledDocuments += documents;
  into.sampledBytes += size;
  into.largestBytes = Math.max(into.largestBytes, largest);
  // The model calls it by its plain name.
  const name = idType === 'binData' ? 'binary' : idType;
  into.idTypes.set(name, (into.idTypes.get(name) ?? 0) + documents);
}
