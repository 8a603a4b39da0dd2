/**
 * `_id` -> digest of the document, for the documents of a differing part: open addressing over typed arrays, 32 bytes an entry, no object per document. Keys are 64
 * bits of the `_id`'s SHA-256: among a million, two agree by chance once in 37 million tries.
 */
import { hash } from 'node:crypto';
import { LANES } from '../kernel/kernel.js';

/** 64 bits, as above. */
const KEY_WORDS = 2;
/** Filled to at most this part before it grows. */
const LOAD = 0.6;

/** Of few documents, and by chance never the same for two: they are told apart by name here. */
function digestOf(bytes: Buffer): Buffer {
  return hash('sha256', bytes, 'buffer');
}

export class IdTable {
  #mask: number;
  #keys: Uint32Array;
  #digests: Uint32Array;
  /** How often the `_id` was seen on the source (0 marks a free slot), and on the target with equal and with other bytes. */
  #onSource: Uint16Array;
  #equal: Uint16Array;
  #other: Uint16Array;
  #reported: Uint8Array;
  #size = 0;

  constructor(expected: number) {
    let capacity = 64;
    while (capacity * LOAD < expected) capacity *= 2;
    this.#mask = capacity - 1;
    this.#keys = new Uint32Array(capacity * KEY_WORDS);
    this.#digests = new Uint32Array(capacity * LANES);
    this.#onSource = new Uint16Array(capacity);
    this.#equal = new Uint16Array(capacity);
    this.#other = new Uint16Array(capacity);
    this.#reported = new Uint8Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  addSource(id: Buffer, document: Buffer): void {
    if (this.#size >= (this.#mask + 1) * LOAD) this.#grow();
    const key = digestOf(id);
    const slot = this.#slotOf(key.readUInt32LE(0), key.readUInt32LE(4));
    const seen = this.#onSource[slot] ?? 0;
    this.#onSource[slot] = Math.min(seen + 1, 0xffff);
    if (seen > 0) return;
    this.#size += 1;
    this.#keys[slot * KEY_WORDS] = key.readUInt32LE(0);
    this.#keys[slot * KEY_WORDS + 1] = key.readUInt32LE(4);
    const digest = digestOf(document);
    for (let lane = 0; lane < LANES; lane += 1) this.#digests[slot * LANES + lane] = digest.readUInt32LE(lane * 4);
  }

  /** False where the source has no such `_id`. */
  addTarget(id: Buffer, document: Buffer): boolean {
    const slot = this.find(id);
    if (slot < 0) return false;
    const digest = digestOf(document);
    let same = true;
    for (let lane = 0; lane < LANES; lane += 1) {
      if (this.#digests[slot * LANES + lane] !== digest.readUInt32LE(lane * 4)) same = false;
    }
    const seen = same ? this.#equal : this.#other;
    seen[slot] = Math.min((seen[slot] ?? 0) + 1, 0xffff);
    return true;
  }

  /** The entry of an `_id`, -1 where there is none. */
  find(id: Buffer): number {
    const key = digestOf(id);
    const slot = this.#slotOf(key.readUInt32LE(0), key.readUInt32LE(4));
    return (this.#onSource[slot] ?? 0) === 0 ? -1 : slot;
  }

  /** What the counts of one entry mean. A second copy of an `_id` on the target is extra. */
  verdict(slot: number): { missing: number; extra: number; different: number } {
    const onSource = this.#onSource[slot] ?? 0;
    const equal = this.#equal[slot] ?? 0;
    const other = this.#other[slot] ?? 0;
    const onTarget = equal + other;
    const missing = Math.max(0, onSource - onTarget);
    const extra = Math.max(0, onTarget - onSource);
    // Wrong copies are different documents as far as they stand in for right ones, and extra beyond that.
    return { missing, extra, different: Math.max(0, Math.min(other, onSource - equal)) };
  }

  totals(): { missing: number; extra: number; different: number } {
    const sum = { missing: 0, extra: 0, different: 0 };
    for (let slot = 0; slot <= this.#mask; slot += 1) {
      if ((this.#onSource[slot] ?? 0) === 0) continue;
      const one = this.verdict(slot);
      sum.missing += one.missing;
      sum.extra += one.extra;
      sum.different += one.different;
    }
    return sum;
  }

  /** True the first time it is asked of an entry. */
  reportOnce(slot: number): boolean {
    if (this.#reported[slot] === 1) return false;
    this.#reported[slot] = 1;
    return true;
  }

  /** The entry of a key, or the free slot where it belongs. */
  #slotOf(a: number, b: number): number {
    let slot = a & this.#mask;
    while (
      (this.#onSource[slot] ?? 0) > 0 &&
      (this.#keys[slot * KEY_WORDS] !== a || this.#keys[slot * KEY_WORDS + 1] !== b)
    ) {
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  #grow(): void {
    const old = {
      keys: this.#keys,
      digests: this.#digests,
      onSource: this.#onSource,
      equal: this.#equal,
      other: this.#other,
    };
    const bigger = new IdTable((this.#mask + 1) * 2 * LOAD);
    for (let slot = 0; slot <= this.#mask; slot += 1) {
      if ((old.onSource[slot] ?? 0) === 0) continue;
      const to = bigger.#slotOf(old.keys[slot * KEY_WORDS] ?? 0, old.keys[slot * KEY_WORDS + 1] ?? 0);
      bigger.#keys.set(old.keys.subarray(slot * KEY_WORDS, (slot + 1) * KEY_WORDS), to * KEY_WORDS);
      bigger.#digests.set(old.digests.subarray(slot * LANES, (slot + 1) * LANES), to * LANES);
      bigger.#onSource[to] = old.onSource[slot] ?? 0;
      bigger.#equal[to] = old.equal[slot] ?? 0;
      bigger.#other[to] = old.other[slot] ?? 0;
    }
    this.#mask = bigger.#mask;
    this.#keys = bigger.#keys;
    this.#digests = bigger.#digests;
    this.#onSource = bigger.#onSource;
    this.#equal = bigger.#equal;
    this.#other = bigger.#other;
    this.#reported = bigger.#reported;
  }
}
