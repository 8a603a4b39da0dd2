import type { CollectionFacts, IndexFacts } from '../model/facts.js';
import type { Reason } from '../model/method.js';
import { bytes, requestUnits, type Bytes, type RequestUnits } from '../model/units.js';
import { insertCharge, readCharge } from './charges.js';

export interface SizeTotals {
  readonly collections: number;
  readonly documents: number;
  /** Uncompressed BSON. */
  readonly logicalBytes: Bytes;
  readonly storageBytes: Bytes;
  readonly indexBytes: Bytes;
  /** Over all documents; 0 where there are none. */
  readonly averageBytes: Bytes;
  /** Absent where nothing was sampled. */
  readonly largestSampledBytes?: Bytes;
}

/** Collections whose documents are copied: views have none of their own, time series are not copied as documents. */
export function dataCollections(collections: readonly CollectionFacts[]): readonly CollectionFacts[] {
  return collections.filter((c) => c.type === 'collection');
}

/** Sums of what holds documents; views and time series are left out. */
export function totalSize(collections: readonly CollectionFacts[]): SizeTotals {
  const data = dataCollections(collections);
  const sum = (of: (c: CollectionFacts) => number): number => data.reduce((total, c) => total + of(c), 0);
  const documents = sum((c) => c.documents);
  const logicalBytes = sum((c) => c.logicalBytes);
  const sampled = data.flatMap((c) => (c.sample ? [c.sample.largestBytes] : []));
  return {
    collections: data.length,
    documents,
    logicalBytes: bytes(logicalBytes),
    storageBytes: bytes(sum((c) => c.storageBytes)),
    indexBytes: bytes(sum((c) => c.indexBytes)),
    averageBytes: bytes(documents > 0 ? logicalBytes / documents : 0),
    ...(sampled.length > 0 ? { largestSampledBytes: bytes(sampled.reduce((a, b) => Math.max(a, b), 0)) } : {}),
  };
}

/** BSON types that `_id` had in the sample. */
export function idTypesSeen(collection: CollectionFacts): readonly string[] {
  return Object.entries(collection.sample?.idTypes ?? {}).flatMap(([type, count]) => (count > 0 ? [type] : []));
}

export interface ChargeTotal {
  readonly total: RequestUnits;
  readonly assumptions: readonly Reason[];
}

/** A `_id` index is part of the table's write charge. */
export function isIdIndex(index: IndexFacts): boolean {
  return index.key.length === 1 && index.key[0]?.[0] === '_id' && index.key[0][1] === 1;
}

/** Average size of a collection's documents: exact where the source counts bytes, else the sample's. */
export function averageDocumentBytes(collection: CollectionFacts): number {
  if (collection.documents > 0 && collection.logicalBytes > 0) return collection.logicalBytes / collection.documents;
  return collection.sample?.averageBytes ?? collection.averageBytes;
}

/**
 * Request units for writing every document once and building its indexes. Each index is taken as one term per document
 * (an array has one per element, which no fact tells). With `ruPerDocument`, a measured charge, the table is not used.
 */
export function migrationCharge(
  collections: readonly CollectionFacts[],
  options: { readonly ruPerDocument?: number } = {},
): ChargeTotal {
  const measured = options.ruPerDocument;
  let total = 0;
  for (const collection of dataCollections(collections)) {
    const terms = collection.indexes.filter((index) => !isIdIndex(index)).length;
    total += collection.documents * (measured ?? insertCharge(averageDocumentBytes(collection), terms));
  }
  const assumptions: Reason[] =
    measured === undefined
      ? [
          { id: 'charge-by-published-table', params: {}, weight: '-' },
          { id: 'one-term-per-index', params: {}, weight: '-' },
        ]
      : [{ id: 'charge-measured', params: { ruPerDocument: measured }, weight: '+' }];
  return { total: requestUnits(total), assumptions };
}

/** Request units for reading every document of the target once, which a full verification does. A read of many documents costs about the sum of point reads. */
export function verificationCharge(collections: readonly CollectionFacts[]): ChargeTotal {
  const total = dataCollections(collections).reduce(
    (sum, c) => sum + c.documents * readCharge(averageDocumentBytes(c)),
    0,
  );
  return { total: requestUnits(total), assumptions: [{ id: 'reads-by-published-table', params: {}, weight: '-' }] };
}
