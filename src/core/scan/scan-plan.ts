import type { CollectionFacts } from '../model/facts.js';
import { MIB } from '../model/units.js';

/** Something that no more than 3 in 10,000 documents have may be missed, which few things that matter are rarer than. */
export const SAMPLE_DOCUMENTS = 10_000;
/** A sample of large documents is smaller: so much is read of one collection. */
const SAMPLE_BYTES = 256 * MIB;
/** Where the server cannot draw but reads and sorts, it may read so much for a sample, and hold a quarter of it, which is below its own limit of 100 MB. */
const SORTED_BYTES = 256 * MIB;
/** Fewer say next to nothing. */
const LEAST_SAMPLE = 100;
/** `$sample` draws below 5 % of a collection of more than 100 documents, and else reads and sorts it: mongodb.com/docs/manual/reference/operator/aggregation/sample. */
const DRAWN_PART = 0.04;
const DRAWN_FROM = 100;

/** What one answer of the server holds about: large enough that waiting for it does not count, small enough for many at a time. */
const REPLY_BYTES = 4 * MIB;
/** Of tiny documents. Judged: each costs the scanner time, whatever its size. */
const MOST_PER_REPLY = 5_000;

/** A sample must not take long, however large the collection is. */
export const SAMPLE_LIMIT_MS = 60_000;
/** All of a collection takes as long as it takes, up to an hour. */
export const SCAN_LIMIT_MS = 3_600_000;

type Size = Pick<CollectionFacts, 'documents' | 'logicalBytes' | 'averageBytes'>;

/** `all`: it is so small that every document is read. */
export type SamplePlan =
  { readonly kind: 'all'; readonly documents: number } | { readonly kind: 'random'; readonly documents: number };

/**
 * How many documents to look at for a sample of `wished`: all of a small collection; fewer where documents are so large, or the collection is so
 * small, that the server would read or hold too much for it.
 */
export function planSample(size: Size, wished: number = SAMPLE_DOCUMENTS): SamplePlan {
  const average = Math.max(1, size.averageBytes);
  const most = Math.max(LEAST_SAMPLE, Math.min(wished, Math.floor(SAMPLE_BYTES / average)));
  if (size.documents <= most) return { kind: 'all', documents: size.documents };
  const drawn = Math.floor(size.documents * DRAWN_PART);
  if (most <= drawn && size.documents > DRAWN_FROM) return { kind: 'random', documents: most };
  const sorted = Math.min(most, Math.floor(SORTED_BYTES / 4 / average));
  if (size.logicalBytes <= SORTED_BYTES && sorted >= LEAST_SAMPLE) return { kind: 'random', documents: sorted };
  return { kind: 'random', documents: Math.max(1, Math.min(most, drawn)) };
}

/** Documents for one answer. */
export function batchSizeFor(averageBytes: number): number {
  return Math.max(1, Math.min(MOST_PER_REPLY, Math.floor(REPLY_BYTES / Math.max(1, averageBytes))));
}

/** Documents drawn at random. Nothing may be written to the source's disk for it. */
export function sampleCommand(coll: string, documents: number, batchSize: number, maxTimeMS: number) {
  return {
    aggregate: coll,
    pipeline: [{ $sample: { size: documents } }],
    cursor: { batchSize },
    allowDiskUse: false,
    maxTimeMS,
  };
}

/** All documents in the order of `_id`, by its index. */
export function orderedCommand(coll: string, batchSize: number, maxTimeMS: number) {
  return { find: coll, sort: { _id: 1 }, hint: { _id: 1 }, batchSize, maxTimeMS };
}

/** Documents as they lie there, `limit` of them where it is given. */
export function naturalCommand(coll: string, batchSize: number, maxTimeMS: number, limit?: number) {
  return { find: coll, ...(limit === undefined ? {} : { limit }), batchSize, maxTimeMS };
}

/** The first `_id`, or the last. */
export function endCommand(coll: string, direction: 1 | -1, maxTimeMS: number) {
  return { find: coll, projection: { _id: 1 }, sort: { _id: direction }, limit: 1, maxTimeMS };
}

/** A stretch of documents in the order of `_id`. */
export function stretchCommand(
  coll: string,
  from: Readonly<Record<string, unknown>>,
  limit: number,
  batchSize: number,
  maxTimeMS: number,
) {
  return { find: coll, filter: { _id: from }, sort: { _id: 1 }, limit, batchSize, maxTimeMS };
}
