import type { IndexTranslation } from '../model/assessment.js';
import type { CollectionFacts } from '../model/facts.js';
import type { Reason } from '../model/method.js';
import type { CollectionScan } from '../model/scan.js';
import { bytes, requestUnits, type Bytes, type RequestUnits } from '../model/units.js';
import { insertCharge, readCharge, RU_PER_INDEX_TERM } from './charges.js';
import { averageDocumentBytes, dataCollections, isIdIndex } from './collection-shape.js';
import { averageCharge, documentSizes } from './document-sizes.js';
import { indexTerms, plannedIndexes, scanOf } from './index-terms.js';

export { averageDocumentBytes, dataCollections, isIdIndex };

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

/** What is known of the collections beyond their metadata. */
export interface ChargeFacts {
  /** Measured RU of an insert: the table is not used. */
  readonly ruPerDocument?: number;
  readonly scans?: readonly CollectionScan[];
  /** What becomes of the indexes; without, each besides `_id` lives on. */
  readonly indexes?: readonly IndexTranslation[];
}

/**
 * Request units for writing every document once and building its indexes. Sizes and index entries are those of a collection's scan; without one each document
 * is as large as their average, and each index has one term per document (an array has one per element, which no metadata tell).
 */
export function migrationCharge(collections: readonly CollectionFacts[], facts: ChargeFacts = {}): ChargeTotal {
  const { ruPerDocument: measured, scans, indexes = [] } = facts;
  const data = dataCollections(collections);
  let total = 0;
  for (const collection of data) {
    const scan = scanOf(collection.ns, scans);
    const { before, after } = indexTerms(plannedIndexes(collection, indexes), scan);
    const write = averageCharge(documentSizes(collection, scan), insertCharge).expected;
    total += collection.documents * (measured ?? write + RU_PER_INDEX_TERM * (before.expected + after.expected));
  }
  const scanned = data.every((c) => c.documents === 0 || scanOf(c.ns, scans) !== undefined);
  const assumptions: Reason[] =
    measured === undefined
      ? [
          { id: 'charge-by-published-table', params: {}, weight: '-' },
          scanned && data.length > 0
            ? { id: 'terms-by-scan', params: {}, weight: '+' }
            : { id: 'one-term-per-index', params: {}, weight: '-' },
        ]
      : [{ id: 'charge-measured', params: { ruPerDocument: measured }, weight: '+' }];
  return { total: requestUnits(total), assumptions };
}

/** Request units for reading every document of the target once, which a full verification does. A read of many documents costs about the sum of point reads. */
export function verificationCharge(
  collections: readonly CollectionFacts[],
  { scans }: Pick<ChargeFacts, 'scans'> = {},
): RequestUnits {
  const total = dataCollections(collections).reduce(
    (sum, c) => sum + c.documents * averageCharge(documentSizes(c, scanOf(c.ns, scans)), readCharge).expected,
    0,
  );
  return requestUnits(total);
}
