import { DISTINCT_ERROR, DistinctSample } from './distinct-sample.js';

/** Values that are counted at once, and so the most that are told apart exactly. */
export const EXACT_VALUES = 1024;
/** Grows by doubling. Judged: most fields have few values, and there are many fields. */
const FIRST_PLACES = 64;

/** One value, by its hash alone. `missed`: bytes that it may have had before it was counted. */
interface CountedValue {
  readonly documents: number;
  readonly bytes: number;
  readonly squaredBytes: number;
  readonly missed: number;
}

/**
 * Documents and bytes by value, heaviest kept: exact up to {@link EXACT_VALUES} values, from then on a value may have been missed with at most 1/512 of all
 * bytes. When the table is full, the median weight is taken off all and what is left with none is forgotten: at least 512 values lose that weight at once,
 * so what was ever taken off one of them is at most total / 512 (J. Misra, D. Gries, "Finding repeated elements", 1982; weighted: D. Anderson et al., "A
 * high-performance algorithm for identifying frequent items in data streams", IMC 2017). At most 150 KB.
 */
export class ValueCounts {
  #places = FIRST_PLACES;
  #size = 0;
  #high = new Int32Array(FIRST_PLACES);
  #low = new Int32Array(FIRST_PLACES);
  #documents = new Float64Array(FIRST_PLACES);
  #bytes = new Float64Array(FIRST_PLACES);
  #squares = new Float64Array(FIRST_PLACES);
  /** What is left of the bytes after what was taken off. */
  #weight = new Float64Array(FIRST_PLACES);
  #missed = new Float64Array(FIRST_PLACES);
  #takenOff = 0;
  #distinct: DistinctSample | undefined;

  add(high: number, low: number, bytes: number): void {
    this.#distinct?.add(high, low);
    let place = this.#place(high, low);
    if (this.#documents[place] === 0) {
      if (this.#size >= this.#places / 2) {
        if (this.#places < 2 * EXACT_VALUES) this.#rebuild(2 * this.#places, 0);
        else this.#makeRoom(high, low);
        place = this.#place(high, low);
      }
      this.#high[place] = high;
      this.#low[place] = low;
      this.#missed[place] = this.#takenOff;
      this.#size += 1;
    }
    (this.#documents[place] as number) += 1;
    (this.#bytes[place] as number) += bytes;
    (this.#squares[place] as number) += bytes * bytes;
    (this.#weight[place] as number) += bytes;
  }

  /** Different values and how many came once; an estimate carries its relative standard error. */
  distinct(): { readonly values: number; readonly exact: boolean; readonly error?: number; readonly once: number } {
    if (this.#distinct) {
      const { values, once, exact } = this.#distinct;
      return exact ? { values, exact, once } : { values, exact, once, error: DISTINCT_ERROR };
    }
    let once = 0;
    for (const documents of this.#documents) if (documents === 1) once += 1;
    return { values: this.#size, exact: true, once };
  }

  /** The values with most bytes, at most `count`. */
  top(count: number): readonly CountedValue[] {
    const found: CountedValue[] = [];
    for (let i = 0; i < this.#places; i += 1) {
      const documents = this.#documents[i] as number;
      if (documents === 0) continue;
      const bytes = this.#bytes[i] as number;
      const last = found.at(-1);
      if (found.length === count && last && last.bytes >= bytes) continue;
      const squaredBytes = this.#squares[i] as number;
      const at = found.findIndex((other) => other.bytes < bytes);
      found.splice(at < 0 ? found.length : at, 0, {
        documents,
        bytes,
        squaredBytes,
        missed: this.#missed[i] as number,
      });
      if (found.length > count) found.pop();
    }
    return found;
  }

  #place(high: number, low: number): number {
    const mask = this.#places - 1;
    let place = low & mask;
    while (this.#documents[place] !== 0 && (this.#high[place] !== high || this.#low[place] !== low)) {
      place = (place + 1) & mask;
    }
    return place;
  }

  #makeRoom(high: number, low: number): void {
    if (!this.#distinct) {
      this.#distinct = new DistinctSample();
      for (let i = 0; i < this.#places; i += 1) {
        const documents = this.#documents[i] as number;
        if (documents > 0) this.#distinct.add(this.#high[i] as number, this.#low[i] as number, documents);
      }
      this.#distinct.add(high, low);
    }
    const weights = new Float64Array(this.#size);
    let filled = 0;
    for (let i = 0; i < this.#places; i += 1) {
      if (this.#documents[i] !== 0) weights[filled++] = this.#weight[i] as number;
    }
    weights.sort();
    this.#rebuild(this.#places, weights[weights.length >> 1] as number);
  }

  #rebuild(places: number, takeOff: number): void {
    const from = {
      high: this.#high,
      low: this.#low,
      documents: this.#documents,
      bytes: this.#bytes,
      squares: this.#squares,
      weight: this.#weight,
      missed: this.#missed,
    };
    this.#takenOff += takeOff;
    this.#places = places;
    this.#size = 0;
    this.#high = new Int32Array(places);
    this.#low = new Int32Array(places);
    this.#documents = new Float64Array(places);
    this.#bytes = new Float64Array(places);
    this.#squares = new Float64Array(places);
    this.#weight = new Float64Array(places);
    this.#missed = new Float64Array(places);
    for (let i = 0; i < from.documents.length; i += 1) {
      const weight = (from.weight[i] as number) - takeOff;
      if (from.documents[i] === 0 || weight <= 0) continue;
      const [high, low] = [from.high[i] as number, from.low[i] as number];
      const place = this.#place(high, low);
      this.#high[place] = high;
      this.#low[place] = low;
      this.#documents[place] = from.documents[i] as number;
      this.#bytes[place] = from.bytes[i] as number;
      this.#squares[place] = from.squares[i] as number;
      this.#weight[place] = weight;
      this.#missed[place] = from.missed[i] as number;
      this.#size += 1;
    }
  }
}
