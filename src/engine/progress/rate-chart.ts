/** How fast a run was, second by second, as charts show it. */
import { MOST_RATE_POINTS, type RatePoint } from '../../core/model/run-snapshot.js';

/** A point for each second. */
const POINT_MS = 1_000;

/** What an attempt has come to at a time (ms): it only grows, within one step. */
export interface Sums {
  readonly at: number;
  readonly done: number;
  readonly bytes: number;
  readonly ru: number;
  readonly throttled: number;
}

/** Points are the differences between sums, divided by the time between them; so many are kept as a chart shows. */
export class RateChart {
  readonly #points: RatePoint[];
  #last: Sums | undefined;

  /** `earlier`: points of earlier attempts. */
  constructor(earlier: readonly RatePoint[]) {
    this.#points = earlier.slice(-MOST_RATE_POINTS);
  }

  get points(): readonly RatePoint[] {
    return this.#points;
  }

  /** What comes next is not compared with what was before. */
  interrupt(): void {
    this.#last = undefined;
  }

  /** Adds a point, once a second at most. `provisioned`: RU/s of what moves now. */
  add(sums: Sums, provisioned: () => RatePoint['provisioned']): void {
    const last = this.#last;
    if (last && sums.at - last.at < POINT_MS) return;
    this.#last = sums;
    if (!last) return;
    const seconds = (sums.at - last.at) / 1000;
    const rate = (of: (s: Sums) => number): number => Math.max(0, of(sums) - of(last)) / seconds;
    this.#points.push({
      at: sums.at,
      documentsPerSecond: rate((s) => s.done),
      bytesPerSecond: rate((s) => s.bytes),
      ruPerSecond: rate((s) => s.ru),
      provisioned: provisioned(),
      throttledPerSecond: rate((s) => s.throttled),
    });
    if (this.#points.length > MOST_RATE_POINTS) this.#points.shift();
  }
}
