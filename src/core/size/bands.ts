/** Reckoning with figures that nobody can know exactly. */
import type { Assumption, Estimate, EstimateUnit } from '../model/estimate.js';
import { AssumptionLists } from './assumption-lists.js';

export interface Band {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

export const NONE: Band = { low: 0, expected: 0, high: 0 };

export function exactly(value: number): Band {
  return { low: value, expected: value, high: value };
}

/** In order, whatever rounding has done. */
export function band(low: number, expected: number, high: number): Band {
  return { low: Math.min(low, expected), expected, high: Math.max(high, expected) };
}

export function add(...bands: readonly Band[]): Band {
  return bands.reduce(
    (a, b) => ({ low: a.low + b.low, expected: a.expected + b.expected, high: a.high + b.high }),
    NONE,
  );
}

/** Of two figures that are no less than 0: the least product, the likely one and the greatest. */
export function times(a: Band, b: Band | number): Band {
  const factor = typeof b === 'number' ? exactly(b) : b;
  return { low: a.low * factor.low, expected: a.expected * factor.expected, high: a.high * factor.high };
}

/** The same, growing function of all three. */
export function mapBand(of: Band, change: (value: number) => number): Band {
  return band(change(of.low), change(of.expected), change(of.high));
}

/** No less than `least`, figure by figure. */
export function atLeast(of: Band, least: Band | number): Band {
  const floor = typeof least === 'number' ? exactly(least) : least;
  return {
    low: Math.max(of.low, floor.low),
    expected: Math.max(of.expected, floor.expected),
    high: Math.max(of.high, floor.high),
  };
}

/** No more than `most`, figure by figure. */
export function atMost(of: Band, most: Band | number): Band {
  const roof = typeof most === 'number' ? exactly(most) : most;
  return {
    low: Math.min(of.low, roof.low),
    expected: Math.min(of.expected, roof.expected),
    high: Math.min(of.high, roof.high),
  };
}

export function estimate(unit: EstimateUnit, of: Band, assumptions: readonly Assumption[]): Estimate {
  return new AssumptionLists().estimate(unit, of, assumptions);
}
