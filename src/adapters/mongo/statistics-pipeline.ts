/** What one aggregation, or one `collStats`, has answered for a whole collection, added up. */
import type { Document } from 'bson';
import { asNumber } from './plain-json.js';

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
