/**
 * Sums of document digests that do not depend on the order of reading. Digests are added, lane by lane of 32 bits, not XORed: two equal wrong documents would
 * cancel out in an XOR. They tell apart what differs by accident, not what somebody made to look the same.
 */
import { findElement } from '../../core/bson/raw-document.js';
import type { DocumentBatch } from '../copy/batch.js';
import { digestSpans, digestWords, LANES } from '../kernel/kernel.js';

/** FNV-1a of 32 bits. Source: isthe.com/chongo/tech/comp/fnv. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** `_id\0` right after a document's length and the element's type: where servers put it. */
const ID_NAME = Buffer.from('_id\0', 'latin1').readUInt32LE(0);
/** Behind length, type and that name. */
const FIRST_VALUE = 9;

/** Where the value of `_id` lies in a document; written by {@link locateId}, so that no object is made per document. */
export interface IdSpan {
  /** BSON type byte; -1 where the document has no `_id`. */
  type: number;
  start: number;
  end: number;
}

/** Finds the value of `_id` in a document and writes its place to `span`; type -1 where there is none. */
export function locateId(document: Buffer, span: IdSpan): void {
  const first = document.length > FIRST_VALUE && document.readUInt32LE(5) === ID_NAME ? fixedLength(document) : 0;
  if (first > 0) {
    span.type = document[4] ?? 0;
    span.start = FIRST_VALUE;
    span.end = FIRST_VALUE + first;
    return;
  }
  const element = findElement(document, '_id');
  span.type = element?.type ?? -1;
  span.start = element?.valueStart ?? 0;
  span.end = element?.valueEnd ?? 0;
}

/** Length of a first value of the common `_id` types; 0 for others, which take the long way. */
function fixedLength(document: Buffer): number {
  switch (document[4]) {
    case 0x07:
      return 12;
    case 0x10:
      return 4;
    case 0x01:
    case 0x09:
    case 0x12:
      return 8;
    default:
      return 0;
  }
}

/** FNV-1a of type and value of `_id`: spreads documents over buckets the same way on both sides. */
export function hashId(document: Buffer, span: IdSpan): number {
  let h = Math.imul(FNV_OFFSET ^ (span.type & 0xff), FNV_PRIME);
  for (let i = span.start; i < span.end; i += 1) h = Math.imul(h ^ (document[i] ?? 0), FNV_PRIME);
  // FNV's low bits are weak where only the last bytes differ, as they do in ObjectIds.
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}

/** `_id`s that take no part on either side: documents known to be in the dead letters. */
export class ExcludedIds {
  readonly size: number;
  readonly #hex: ReadonlySet<string>;
  readonly #hashes = new Set<number>();

  constructor(hex: ReadonlySet<string>) {
    this.#hex = hex;
    this.size = hex.size;
    for (const id of hex) {
      const bytes = Buffer.from(id, 'hex');
      this.#hashes.add(hashId(bytes, { type: bytes[0] ?? 0, start: 1, end: bytes.length }));
    }
  }

  has(document: Buffer, span: IdSpan, idHash: number): boolean {
    if (!this.#hashes.has(idHash)) return false;
    const type = (span.type & 0xff).toString(16).padStart(2, '0');
    return this.#hex.has(type + document.toString('hex', span.start, span.end));
  }
}

/** What a set of documents comes to, whatever their order. `lanes`: 32 hexadecimal digits. */
export interface DigestTotal {
  readonly documents: number;
  readonly bytes: number;
  readonly lanes: string;
}

export const NO_DOCUMENTS: DigestTotal = { documents: 0, bytes: 0, lanes: '0'.repeat(8 * LANES) };

/** A sum that grows while documents pass by, and from which one that did not arrive can be taken away again. */
export class DigestSum {
  documents = 0;
  bytes = 0;
  readonly lanes = new Uint32Array(LANES);

  static from(total: DigestTotal): DigestSum {
    const sum = new DigestSum();
    sum.reset(total);
    return sum;
  }

  reset(total: DigestTotal): void {
    this.documents = total.documents;
    this.bytes = total.bytes;
    this.lanes.set(lanesOfHex(total.lanes));
  }

  add(document: Buffer): void {
    this.#plus(digestWords(document));
    this.documents += 1;
    this.bytes += document.length;
  }

  addAll(batch: DocumentBatch): void {
    if (batch.known) this.#plusAll(batch.known.digests);
    else digestSpans(batch.buffer, batch.spans, (words) => this.#plus(words));
    this.documents += batch.count;
    this.bytes += batch.bytes;
  }

  subtract(document: Buffer): void {
    const { lanes } = this;
    const words = digestWords(document);
    for (let lane = 0; lane < LANES; lane += 1) lanes[lane] = (lanes[lane] ?? 0) - (words[lane] ?? 0);
    this.documents -= 1;
    this.bytes -= document.length;
  }

  #plusAll(digests: Uint32Array): void {
    let [a = 0, b = 0, c = 0, d = 0] = this.lanes;
    for (let i = 0; i < digests.length; i += LANES) {
      a = (a + (digests[i] ?? 0)) | 0;
      b = (b + (digests[i + 1] ?? 0)) | 0;
      c = (c + (digests[i + 2] ?? 0)) | 0;
      d = (d + (digests[i + 3] ?? 0)) | 0;
    }
    this.lanes.set([a, b, c, d]);
  }

  /** Uint32Array wraps: this is the addition modulo 2^32. */
  #plus(words: Uint32Array): void {
    const { lanes } = this;
    lanes[0] = (lanes[0] ?? 0) + (words[0] ?? 0);
    lanes[1] = (lanes[1] ?? 0) + (words[1] ?? 0);
    lanes[2] = (lanes[2] ?? 0) + (words[2] ?? 0);
    lanes[3] = (lanes[3] ?? 0) + (words[3] ?? 0);
  }

  merge(other: DigestSum): void {
    this.documents += other.documents;
    this.bytes += other.bytes;
    for (let lane = 0; lane < LANES; lane += 1) this.lanes[lane] = (this.lanes[lane] ?? 0) + (other.lanes[lane] ?? 0);
  }

  total(): DigestTotal {
    return { documents: this.documents, bytes: this.bytes, lanes: hexOfLanes(this.lanes) };
  }
}

/** Counts and sums of one side of one range, by bucket of the `_id`'s hash. */
export class DocumentSums {
  /** A power of two. */
  readonly buckets: number;
  readonly counts: Float64Array;
  readonly lanes: Uint32Array;
  documents = 0;
  bytes = 0;
  excluded = 0;
  readonly #span: IdSpan = { type: 0, start: 0, end: 0 };
  readonly #excludedIds: ExcludedIds | undefined;

  constructor(buckets: number, excludedIds?: ExcludedIds) {
    this.buckets = buckets;
    this.counts = new Float64Array(buckets);
    this.lanes = new Uint32Array(buckets * LANES);
    this.#excludedIds = excludedIds && excludedIds.size > 0 ? excludedIds : undefined;
  }

  add(document: Buffer): void {
    locateId(document, this.#span);
    const idHash = hashId(document, this.#span);
    if (this.#excludedIds?.has(document, this.#span, idHash)) {
      this.excluded += 1;
      return;
    }
    const bucket = idHash & (this.buckets - 1);
    const words = digestWords(document);
    const at = bucket * LANES;
    const { lanes } = this;
    lanes[at] = (lanes[at] ?? 0) + (words[0] ?? 0);
    lanes[at + 1] = (lanes[at + 1] ?? 0) + (words[1] ?? 0);
    lanes[at + 2] = (lanes[at + 2] ?? 0) + (words[2] ?? 0);
    lanes[at + 3] = (lanes[at + 3] ?? 0) + (words[3] ?? 0);
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.documents += 1;
    this.bytes += document.length;
  }

  /** Sum over all buckets. */
  total(): Uint32Array {
    const sum = new Uint32Array(LANES);
    for (let i = 0; i < this.lanes.length; i += 1) {
      const lane = i % LANES;
      sum[lane] = (sum[lane] ?? 0) + (this.lanes[i] ?? 0);
    }
    return sum;
  }

  /** Buckets whose documents are not the same on both sides. */
  differingFrom(other: DocumentSums): number[] {
    const found: number[] = [];
    for (let bucket = 0; bucket < this.buckets; bucket += 1) {
      let same = this.counts[bucket] === other.counts[bucket];
      for (let i = bucket * LANES; same && i < (bucket + 1) * LANES; i += 1) same = this.lanes[i] === other.lanes[i];
      if (!same) found.push(bucket);
    }
    return found;
  }
}

/** 32 hexadecimal digits. */
export function hexOfLanes(lanes: Uint32Array): string {
  return [...lanes].map((lane) => lane.toString(16).padStart(8, '0')).join('');
}

/** What {@link hexOfLanes} made. */
export function lanesOfHex(hex: string): Uint32Array {
  return Uint32Array.from({ length: LANES }, (_, lane) => Number.parseInt(hex.slice(lane * 8, lane * 8 + 8), 16));
}
