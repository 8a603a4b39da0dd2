import type { Namespace } from './namespace.js';
import type { ReadingGap } from './reading.js';

/** Buckets that hashed values are counted in, so that any number of partitions up to it can be simulated. */
export const SCAN_BUCKETS = 1024;

/** What one field holds over the documents that were looked at. No value is kept, only hashes and counts. */
export interface FieldScan {
  /** Dotted path. */
  readonly path: string;
  /** Documents that have it (null counts as present). */
  readonly present: number;
  readonly nulls: number;
  /** Documents in which an array stands on the path (at its end or on the way). */
  readonly arrays: number;
  /** By `$type` alias. */
  readonly types: Readonly<Record<string, number>>;
  readonly distinct: {
    readonly values: number;
    readonly exact: boolean;
    /** Relative standard error of an estimate. */
    readonly error?: number;
    /** Values that one document alone has, among those looked at: what tells how many more there may be. */
    readonly once?: number;
  };
  /** Longest encoded value. */
  readonly largestValueBytes: number;
  /**
   * Shares (0 to 1) of documents and bytes of the most frequent values, most bytes first; at most 10. `band`: between which shares of bytes
   * the whole collection lies with 95 % certainty, where the documents were drawn at random.
   */
  readonly top: readonly {
    readonly documents: number;
    readonly bytes: number;
    readonly band?: readonly [low: number, high: number];
  }[];
  /**
   * Bytes of documents by bucket of the value's hash, {@link SCAN_BUCKETS} of them; documents without the field count as null. Empty for a field
   * that can be no shard key (arrays and documents), and where they were not asked for.
   */
  readonly bucketBytes: readonly number[];
  /** Documents that were looked at before the field was followed: so many fields competed that rare ones had to make room. */
  readonly unseen?: number;
}

/** Documents and bytes in one stretch of sizes; a charge that is linear within it is exact for their sum. */
export interface SizeClass {
  /** Upper bound in bytes, inclusive; the last one is Infinity as `null`. */
  readonly upTo: number | null;
  readonly documents: number;
  readonly bytes: number;
}

/** What reading documents of one collection has shown. */
export interface CollectionScan {
  readonly ns: Namespace;
  readonly mode: 'sample' | 'full';
  /** Documents looked at, of how many (the collection's count). */
  readonly documents: number;
  readonly of: number;
  /** Of the documents looked at. */
  readonly bytes: number;
  readonly largestBytes: number;
  readonly sizes: readonly SizeClass[];
  /** Deepest nesting: 1 for a flat document. */
  readonly deepest: number;
  /** Types are named as in {@link SampleFacts.idTypes}. */
  readonly id: { readonly types: Readonly<Record<string, number>>; readonly largestBytes: number };
  /** Entries that each index of the source has per document on average, by index name: an array makes one for each element. Without that of `_id`. */
  readonly termsPerDocument: Readonly<Record<string, number>>;
  /** Top-level fields, and the paths of indexes and shard keys. */
  readonly fields: readonly FieldScan[];
  /** Fields that were left out because there are too many. */
  readonly fieldsLeftOut: number;
  /** `_id`s that occur more than once; only a full scan knows. */
  readonly duplicateIds?: number;
  /** How the documents of a sample were chosen: `ranges` are stretches in the order of `_id`, whose neighbours may be alike; `all` are all there are. */
  readonly drawn?: 'random' | 'ranges' | 'all';
  /** Documents whose bytes are no BSON; they count nowhere else. */
  readonly malformed?: number;
  /** What stopped it early. */
  readonly gaps: readonly ReadingGap[];
}
