/** Values whose hashes are kept at most. */
const CAPACITY = 2048;

/**
 * Relative standard error of {@link DistinctSample.values} once it is an estimate: 1.20 / sqrt(capacity).
 * Source: P. Flajolet, "On adaptive sampling", Computing 43 (1990), algorithm by M. Wegman.
 */
export const DISTINCT_ERROR = 1.2 / Math.sqrt(CAPACITY);

/**
 * How many different values there were, and how many of them once only, in 48 KB whatever comes. A value is kept where its hash ends in so many zero bits;
 * each time the table is full, one bit more is asked for. Whether a value is kept depends on the value alone, so that the counts of those kept are exact.
 */
export class DistinctSample {
  #level = 0;
  #kept = 0;
  #high = new Int32Array(2 * CAPACITY);
  #low = new Int32Array(2 * CAPACITY);
  /** 0 for a free place, 1 for a value seen once, 2 for more. */
  #seen = new Uint8Array(2 * CAPACITY);

  /** True while every value is kept. */
  get exact(): boolean {
    return this.#level === 0;
  }

  get values(): number {
    return this.#kept * 2 ** this.#level;
  }

  /** Values that came once. */
  get once(): number {
    let once = 0;
    for (const seen of this.#seen) if (seen === 1) once += 1;
    return once * 2 ** this.#level;
  }

  /** `times`: how often the value has come already, this time included. */
  add(high: number, low: number, times = 1): void {
    if ((low & (2 ** this.#level - 1)) !== 0) return;
    let place = this.#place(high, low);
    if (this.#seen[place] !== 0) {
      this.#seen[place] = 2;
      return;
    }
    if (this.#kept === CAPACITY) {
      this.#thinOut();
      if ((low & (2 ** this.#level - 1)) !== 0) return;
      place = this.#place(high, low);
    }
    this.#put(place, high, low, Math.min(2, times));
  }

  #put(place: number, high: number, low: number, seen: number): void {
    this.#high[place] = high;
    this.#low[place] = low;
    this.#seen[place] = seen;
    this.#kept += 1;
  }

  /** Where the value is, or the free place where it would be. */
  #place(high: number, low: number): number {
    const mask = this.#seen.length - 1;
    let place = high & mask;
    while (this.#seen[place] !== 0 && (this.#high[place] !== high || this.#low[place] !== low)) {
      place = (place + 1) & mask;
    }
    return place;
  }

  #thinOut(): void {
    const [high, low, seen] = [this.#high, this.#low, this.#seen];
    do {
      // Zero bits beyond the 31st cannot be asked for: by then 2^42 values have come.
      this.#level += 1;
      const unwanted = 2 ** this.#level - 1;
      this.#high = new Int32Array(high.length);
      this.#low = new Int32Array(low.length);
      this.#seen = new Uint8Array(seen.length);
      this.#kept = 0;
      for (let i = 0; i < seen.length; i += 1) {
        if (seen[i] === 0 || ((low[i] as number) & unwanted) !== 0) continue;
        const [h, l] = [high[i] as number, low[i] as number];
        this.#put(this.#place(h, l), h, l, seen[i] as number);
      }
    } while (this.#kept === CAPACITY && this.#level < 31);
  }
}
