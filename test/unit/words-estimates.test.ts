import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Estimate, EstimateUnit } from '../../src/core/model/estimate.js';
import { estimateText } from '../../src/words/estimates.js';
import { formatDurationRange, formatRoughDuration } from '../../src/words/sizes.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const estimate = (unit: EstimateUnit, low: number, expected: number, high: number): Estimate => ({
  ...{ unit, low, expected, high },
  assumptions: [],
});

describe('a figure that nobody knows exactly', () => {
  it('is told in three digits, and in full where all of its band read the same', () => {
    expect(estimateText(estimate('ru', 1_487_127, 1_553_815, 3_803_884))).toBe(
      'about 1,550,000 (1,490,000 to 3,800,000) RU',
    );
    expect(estimateText(estimate('ru-per-second', 1_245, 2_104, 16_501))).toBe('about 2,100 (1,250 to 16,500) RU/s');
    expect(estimateText(estimate('ru', 1_553_815, 1_553_815, 1_553_815))).toBe('1,553,815 RU');
    expect(estimateText(estimate('ru', 1_553_814, 1_553_815, 1_553_816))).toBe('about 1,550,000 RU');
    expect(estimateText(estimate('documents', 1_234_567, 2_345_678, 3_456_789))).toContain('1,234,567');
  });

  it('is told in whole minutes, hours or days where it takes ten of them', () => {
    const took = (hours: number): string => formatRoughDuration(hours * HOUR);
    expect([1 / 60, 0.05, 0.774, 1.84, 9.99, 10.6, 239, 260].map(took)).toEqual([
      ...['1 min', '3 min', '46 min', '1 h 50 min', '9 h 59 min', '11 h', '9 d 23 h', '11 d'],
    ]);
    const range = { low: 46 * MINUTE + 26_000, expected: 46 * MINUTE + 27_000, high: 110 * MINUTE };
    expect(formatDurationRange(range)).toBe('about 46 min (46 min to 1 h 50 min)');
    expect(estimateText(estimate('milliseconds', range.low, range.expected, range.high))).toBe(
      'about 46 min (46 min to 1 h 50 min)',
    );
  });

  it('is never further from what it is than a twentieth, and keeps the order of a band', () => {
    const ms = fc.integer({ min: 0, max: 100 * 24 * HOUR });
    fc.assert(
      fc.property(ms, (took) => {
        expect(Math.abs(inMs(formatRoughDuration(took)) - took)).toBeLessThanOrEqual(Math.max(500, took / 20));
      }),
    );
    fc.assert(
      fc.property(ms, ms, (one, other) => {
        const [low, high] = [one, other].sort((a, b) => a - b) as [number, number];
        expect(inMs(formatRoughDuration(low))).toBeLessThanOrEqual(inMs(formatRoughDuration(high)));
      }),
    );
  });
});

/** What such a text says. */
function inMs(text: string): number {
  const units: Readonly<Record<string, number>> = { d: 24 * HOUR, h: HOUR, min: MINUTE, s: 1_000, ms: 1 };
  return [...text.matchAll(/(\d[\d,]*) (\w+)/g)].reduce(
    (sum, [, value = '', unit = '']) => sum + Number(value.replaceAll(',', '')) * (units[unit] ?? Number.NaN),
    0,
  );
}
