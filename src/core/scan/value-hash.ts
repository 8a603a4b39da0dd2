import { BSON_TYPE } from '../bson/raw-document.js';

/** Of 2^53, up to which a double tells whole numbers apart. */
const LONG_EXACT_HIGH = 0x200000;
/** Of the NaN that stands for all of them. */
const CANONICAL_NAN_HIGH = 0x7ff80000;
/** Where the halves start. Any two that share no pattern would do. */
const HIGH_BASIS = 0x2f9be6cc;
const LOW_BASIS = 0x5bd1e995;
const NUMBER_HIGH = BSON_TYPE.double ^ HIGH_BASIS;
const NUMBER_LOW = Math.imul(BSON_TYPE.double, 0x9e3779b1) ^ LOW_BASIS;

/**
 * A 64-bit hash of a BSON value, as two signed 32-bit halves that are overwritten by the next one: no value is kept, and nothing is allocated.
 * Equal numbers of different types hash alike, as they are one key to a server; decimals stand for themselves.
 * Mixing: MurmurHash3 (github.com/aappleby/smhasher), two halves that feed each other.
 */
export class ValueHash {
  high = 0;
  low = 0;
  readonly #double = new Float64Array(1);
  readonly #words = new Int32Array(this.#double.buffer);
  #view: DataView = new DataView(this.#double.buffer);

  /** Of the value of `type` between `start` and `end`. */
  ofValue(buffer: Buffer, type: number, start: number, end: number): void {
    switch (type) {
      case BSON_TYPE.int:
        this.#ofNumber(buffer.readInt32LE(start));
        return;
      case BSON_TYPE.double:
        this.#ofNumber(buffer.readDoubleLE(start));
        return;
      case BSON_TYPE.long: {
        const high = buffer.readInt32LE(start + 4);
        // Beyond 2^53 neighbours would become one double.
        if (high >= -LONG_EXACT_HIGH && high < LONG_EXACT_HIGH) {
          this.#ofNumber(high * 4_294_967_296 + buffer.readUInt32LE(start));
          return;
        }
        break;
      }
      case BSON_TYPE.undefined:
        this.ofBytes(buffer, start, start, BSON_TYPE.null);
        return;
    }
    this.ofBytes(buffer, start, end, type);
  }

  /** Of the bytes between `start` and `end`, different for each seed. */
  ofBytes(buffer: Buffer, start: number, end: number, seed: number): void {
    let high = seed ^ HIGH_BASIS;
    let low = Math.imul(seed, 0x9e3779b1) ^ LOW_BASIS;
    let i = start;
    if (end - start >= 8) {
      const view = this.#viewOf(buffer);
      const { byteOffset } = buffer;
      for (const last = end - 8; i <= last; i += 8) {
        high = mixHigh(high, low, view.getInt32(byteOffset + i, true));
        low = mixLow(low, high, view.getInt32(byteOffset + i + 4, true));
      }
    }
    if (i < end) {
      let first = 0;
      let second = 0;
      for (let shift = 0; i < end; i += 1, shift += 8) {
        if (shift < 32) first |= (buffer[i] as number) << shift;
        else second |= (buffer[i] as number) << (shift - 32);
      }
      high = mixHigh(high, low, first);
      low = mixLow(low, high, second);
    }
    this.#finish(high, low, end - start);
  }

  /** Four bytes at a time, which a buffer itself reads slowly. Documents of one reply lie in the same memory. */
  #viewOf(buffer: Buffer): DataView {
    if (this.#view.buffer !== buffer.buffer) this.#view = new DataView(buffer.buffer);
    return this.#view;
  }

  #ofNumber(value: number): void {
    // Both zeros are one value, and so is every NaN.
    this.#double[0] = value === 0 ? 0 : value;
    const first = !Number.isNaN(value) ? (this.#words[0] as number) : 0;
    const second = !Number.isNaN(value) ? (this.#words[1] as number) : CANONICAL_NAN_HIGH;
    const high = mixHigh(NUMBER_HIGH, NUMBER_LOW, first);
    const low = mixLow(NUMBER_LOW, high, second);
    this.#finish(high, low, 8);
  }

  #finish(afterHigh: number, afterLow: number, length: number): void {
    let high = afterHigh ^ length;
    let low = afterLow ^ length;
    high = (high + low) | 0;
    low = (low + high) | 0;
    high = finalMix(high);
    low = finalMix(low);
    this.high = (high + low) | 0;
    this.low = (low + this.high) | 0;
  }
}

function mixHigh(high: number, low: number, word: number): number {
  let k = Math.imul(word, 0x239b961b);
  k = Math.imul((k << 15) | (k >>> 17), 0xab0e9789);
  const h = high ^ k;
  return (Math.imul((((h << 19) | (h >>> 13)) + low) | 0, 5) + 0x561ccd1b) | 0;
}

function mixLow(low: number, high: number, word: number): number {
  let k = Math.imul(word, 0x38b34ae5);
  k = Math.imul((k << 16) | (k >>> 16), 0xa1e38b93);
  const h = low ^ k;
  return (Math.imul((((h << 17) | (h >>> 15)) + high) | 0, 5) + 0x0bcaa747) | 0;
}

function finalMix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
