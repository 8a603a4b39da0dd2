import { BSON_TYPE } from '../bson/raw-document.js';
import { SCAN_BUCKETS, type FieldScan } from '../model/scan.js';
import { shareBand } from './share-band.js';
import { TYPE_ALIAS } from './type-alias.js';
import { ValueCounts } from './value-counts.js';
import type { ValueHash } from './value-hash.js';

/** Values that are told of a field, each with its share. Judged: the first few are what makes a shard key bad. */
const TOP = 10;
const BUCKET_SHIFT = 32 - Math.log2(SCAN_BUCKETS);
/** A type is one byte. */
const TYPES = 256;

/** The documents that a field is seen against. */
export interface ScanTotals {
  documents: number;
  bytes: number;
  squaredBytes: number;
}

/** What one field holds, in at most 160 KB. */
export class FieldTally {
  /** The next field whose name has the same hash. */
  next: FieldTally | undefined;
  /** Number of the document that it was last seen in: a name that occurs twice counts once. */
  lastDocument = -1;
  present = 0;
  #arrays = 0;
  #bytes = 0;
  #largest = 0;
  readonly #types = new Uint32Array(TYPES);
  readonly #buckets = new Float64Array(SCAN_BUCKETS);
  readonly #values = new ValueCounts();

  /** `unseen`: what had been looked at when it was begun. */
  constructor(
    readonly path: string,
    readonly unseen: ScanTotals,
  ) {}

  /** One document that has it. `hash` is of the value; `onArray`: an array stands on the path. */
  add(type: number, valueBytes: number, documentBytes: number, hash: ValueHash, onArray: boolean): void {
    this.present += 1;
    this.#bytes += documentBytes;
    if (onArray) this.#arrays += 1;
    (this.#types[type] as number) += 1;
    if (valueBytes > this.#largest) this.#largest = valueBytes;
    (this.#buckets[hash.high >>> BUCKET_SHIFT] as number) += documentBytes;
    this.#values.add(hash.high, hash.low, documentBytes);
  }

  /** `random`: the documents were drawn at random, so that the whole can be told from them within a band. */
  scan(
    totals: ScanTotals,
    nullHash: ValueHash,
    options: { readonly random: boolean; readonly buckets: boolean },
  ): FieldScan {
    const { unseen } = this;
    const documents = totals.documents - unseen.documents;
    const bytes = totals.bytes - unseen.bytes;
    const squaredBytes = totals.squaredBytes - unseen.squaredBytes;
    const types: Record<string, number> = {};
    for (let type = 0; type < TYPES; type += 1) {
      const count = this.#types[type] as number;
      if (count > 0) types[TYPE_ALIAS[type] ?? String(type)] = count;
    }
    const top = this.#values.top(TOP).map((value) => ({
      documents: value.documents / documents,
      bytes: value.bytes / bytes,
      ...(options.random ? { band: shareBand(value, { documents, bytes, squaredBytes }) } : {}),
    }));
    const container = (this.#types[BSON_TYPE.array] as number) + (this.#types[BSON_TYPE.document] as number) > 0;
    let bucketBytes: number[] = [];
    if (options.buckets && !container) {
      bucketBytes = [...this.#buckets];
      (bucketBytes[nullHash.high >>> BUCKET_SHIFT] as number) += bytes - this.#bytes;
    }
    return {
      path: this.path,
      present: this.present,
      nulls: (this.#types[BSON_TYPE.null] as number) + (this.#types[BSON_TYPE.undefined] as number),
      arrays: this.#arrays,
      types,
      distinct: this.#values.distinct(),
      largestValueBytes: this.#largest,
      top,
      bucketBytes,
      ...(unseen.documents > 0 ? { unseen: unseen.documents } : {}),
    };
  }
}
