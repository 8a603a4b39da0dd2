import type { RunSnapshot } from '../../core/model/run-snapshot.js';

/** How far one range of a direct copy is. */
export interface RangePace {
  /** Estimated. */
  readonly plannedBytes: number;
  readonly doneBytes: number;
  /** Time that was worked on it, in this attempt and for these bytes. */
  readonly workedMs: number;
  readonly done: boolean;
}

/** Ranges that were worked on for less than this say nothing of their pace. */
const LEAST_MS = 500;
/** Fewer measured ranges have no spread worth the name. */
const FEWEST_RANGES = 5;
/** Of a normal distribution, eight tenths lie within this many standard deviations of its mean. */
const EIGHT_TENTHS = 1.28;
/** However many ranges agree, the source and the target need not stay as they are. */
const LEAST_SPREAD = 0.05;
/** A spread that says "no time at all" says nothing. */
const MOST_SPREAD = 0.8;

type Remaining = NonNullable<RunSnapshot['remainingMs']>;

/**
 * The remaining time with the spread that the ranges show: what is left is a sum over ranges whose paces differ, so that the spread is that
 * of a mean; and it takes no less than the range that will be the last, alone and at its own pace. Unchanged where too few ranges were measured.
 */
export function spreadByRanges(remaining: Remaining, ranges: readonly RangePace[]): Remaining {
  const measured = ranges.filter((range) => range.workedMs >= LEAST_MS && range.doneBytes > 0);
  const open = ranges.filter((range) => !range.done);
  if (measured.length < FEWEST_RANGES || open.length === 0) return remaining;
  const paces = measured.map((range) => range.workedMs / range.doneBytes);
  const mean = paces.reduce((sum, pace) => sum + pace, 0) / paces.length;
  const variance = paces.reduce((sum, pace) => sum + (pace - mean) ** 2, 0) / (paces.length - 1);
  // Both what is to come and what the mean was taken from are samples.
  const error = Math.sqrt(variance * (1 / open.length + 1 / measured.length)) / mean;
  const spread = Math.min(MOST_SPREAD, Math.max(LEAST_SPREAD, EIGHT_TENTHS * error));
  const last = Math.max(...open.map((range) => aloneMs(range, mean)));
  // At the end the readers run out of work one after another: on average half of them stand idle for as long as a range takes.
  const readers = Math.max(1, open.filter((range) => range.doneBytes > 0).length);
  const usual = open.reduce((sum, range) => sum + range.plannedBytes * mean, 0) / open.length;
  const runOut = (usual * (readers - 1)) / (2 * readers);
  const expected = Math.max(remaining.expected, Math.min(last, remaining.high));
  return {
    low: Math.round(Math.min(expected, remaining.expected * (1 - spread))),
    expected: Math.round(expected),
    high: Math.round(Math.max(expected, remaining.expected * (1 + spread) + runOut, last * (1 + spread))),
  };
}

/** How long a range takes yet by itself: at its own pace where that is known, else at the usual one. */
function aloneMs(range: RangePace, usual: number): number {
  const left = Math.max(0, range.plannedBytes - range.doneBytes);
  const isMeasured = range.workedMs >= LEAST_MS && range.doneBytes > 0;
  return left * (isMeasured ? range.workedMs / range.doneBytes : usual);
}
