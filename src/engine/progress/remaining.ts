import type { RatePoint, RunSnapshot } from '../../core/model/run-snapshot.js';

/** How far back rates say something about what comes. */
const SPREAD_POINTS = 60;
/** Fewer points have no spread worth the name. */
const FEWEST_POINTS = 5;
/** What is said of a rate whose spread is not known yet: it may be half as fast, or half as fast again. */
const UNKNOWN_SPREAD = { slow: 0.5, fast: 1.5 };
/** A stalled second is no forecast: the slowest pace that is reckoned with, of the present one. */
const SLOWEST_SHARE = 0.1;

/**
 * Wall time that is left at `perSecond`, and at the slow and the fast tenth of the latest rates. Undefined where nothing moves or nothing is left.
 */
export function remainingTime(
  left: number,
  perSecond: number,
  points: readonly RatePoint[],
): RunSnapshot['remainingMs'] | undefined {
  if (left <= 0 || !(perSecond > 0)) return undefined;
  const rates = points
    .slice(-SPREAD_POINTS)
    .map((point) => point.documentsPerSecond)
    .sort((a, b) => a - b);
  const known = rates.length >= FEWEST_POINTS;
  const slow = known ? tenth(rates, 0.1) : perSecond * UNKNOWN_SPREAD.slow;
  const fast = known ? tenth(rates, 0.9) : perSecond * UNKNOWN_SPREAD.fast;
  const time = (rate: number): number => Math.round((left / rate) * 1000);
  return {
    low: time(Math.max(fast, perSecond)),
    expected: time(perSecond),
    high: time(Math.max(perSecond * SLOWEST_SHARE, Math.min(slow, perSecond))),
  };
}

/** The same with the part that ends last, where that takes longer than all at their common pace. */
export function noLessThan(
  told: NonNullable<RunSnapshot['remainingMs']>,
  lastMs: number | undefined,
): NonNullable<RunSnapshot['remainingMs']> {
  if (lastMs === undefined || lastMs <= told.expected) return told;
  // Less than half a millisecond was rounded to none.
  const longer = lastMs / Math.max(1, told.expected);
  const expected = Math.round(lastMs);
  return {
    low: Math.min(expected, Math.round(told.low * longer)),
    expected,
    high: Math.max(expected, Math.round(told.high * longer)),
  };
}

function tenth(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
