import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/core/model/plan.js';
import { spreadByRanges, type RangePace } from '../../src/engine/progress/range-spread.js';
import { RunProgress } from '../../src/engine/progress/run-progress.js';
import { seededRandom } from '../support/seeded-random.js';

const MB = 1_000_000;
const pace = fc.record({
  plannedBytes: fc.nat(200 * MB),
  doneBytes: fc.nat(200 * MB),
  workedMs: fc.nat(600_000),
  done: fc.boolean(),
});
const remaining = fc
  .tuple(fc.nat(1e6), fc.nat(1e6), fc.nat(1e6))
  .map(([a, b, c]) => ({ low: a, expected: a + b, high: a + b + c }));

/** `workers` take range after range, each at a pace of its own; returns how it stands at a time, and how long it all takes. */
function course(random: () => number, count: number, workers: number, spread: number) {
  const free = Array.from({ length: workers }, () => 0);
  const ranges = Array.from({ length: count }, () => {
    const bytes = (64 + random() * 64) * MB;
    const msPerByte = 2e-4 * Math.exp(spread * (random() + random() + random() - 1.5) * 2);
    const worker = free.indexOf(Math.min(...free));
    const from = free[worker] ?? 0;
    free[worker] = from + bytes * msPerByte;
    return { bytes, from, until: free[worker] };
  });
  const total = Math.max(...free);
  const at = (now: number): RangePace[] =>
    ranges.map(({ bytes, from, until }) => {
      const worked = Math.min(Math.max(0, now - from), until - from);
      return {
        plannedBytes: bytes,
        doneBytes: (bytes * worked) / (until - from),
        workedMs: worked,
        done: now >= until,
      };
    });
  return { total, at };
}

describe('the spread of the remaining time', () => {
  it('is never upside down, and is left alone where too little is known', () => {
    fc.assert(
      fc.property(remaining, fc.array(pace, { maxLength: 30 }), (told, ranges) => {
        const spread = spreadByRanges(told, ranges);
        expect(spread.low).toBeLessThanOrEqual(spread.expected);
        expect(spread.expected).toBeLessThanOrEqual(spread.high);
        expect(spread.low).toBeGreaterThanOrEqual(0);
        if (ranges.length < 5) expect(spread).toEqual(told);
      }),
    );
  });

  it('holds the true time in most cases, and grows narrow when there is much to go by', () => {
    const random = seededRandom(7);
    let held = 0;
    let asked = 0;
    const widths: number[] = [];
    for (let i = 0; i < 60; i += 1) {
      const { total, at } = course(random, 60, 4, 0.5);
      for (const share of [0.3, 0.5, 0.7, 0.9]) {
        const now = total * share;
        const ranges = at(now);
        const done = ranges.reduce((sum, r) => sum + r.doneBytes, 0);
        const all = ranges.reduce((sum, r) => sum + r.plannedBytes, 0);
        const expected = ((all - done) * now) / done;
        const spread = spreadByRanges({ low: expected * 0.5, expected, high: expected * 2 }, ranges);
        asked += 1;
        if (spread.low <= total - now && total - now <= spread.high) held += 1;
        if (share === 0.5) widths.push((spread.high - spread.low) / spread.expected);
      }
    }
    expect(held / asked, `${held} of ${asked}`).toBeGreaterThan(0.78);
    expect(Math.max(...widths)).toBeLessThan(0.6);
  });

  it('does not forget the range that will be the last', () => {
    const fast = { plannedBytes: 100 * MB, doneBytes: 100 * MB, workedMs: 10_000, done: true };
    const slow = { plannedBytes: 100 * MB, doneBytes: 10 * MB, workedMs: 10_000, done: false };
    const told = { low: 20_000, expected: 25_000, high: 30_000 };
    const spread = spreadByRanges(told, [...Array.from({ length: 20 }, () => fast), slow]);
    // Nine tenths are left of it, at a tenth of the others' pace: 90 s.
    expect(spread.high).toBeGreaterThanOrEqual(90_000);
    expect(spread.expected).toBe(30_000);
  });

  it('is what the run tells once its ranges are known', () => {
    let now = 1_000_000;
    const ns = { db: 'shop', coll: 'orders' };
    const collections = [{ source: ns, target: ns, documents: 10_000, options: {}, indexes: [] }];
    const plan = { collections } as unknown as Plan;
    const progress = new RunProgress({ plan, runId: 'r', startedAt: now }, () => now);
    progress.onEvent({ kind: 'state', state: 'copying' });
    const counts = {
      ns,
      acknowledged: 0,
      alreadyThere: 0,
      conflicts: 0,
      deadLettered: 0,
      failed: 0,
      throttledOperations: 0,
      sentOperations: 0,
      bytes: 0,
      requestUnits: 0,
    };
    for (let second = 1; second <= 5; second += 1) {
      now += 1_000;
      progress.onEvent({ kind: 'copy-progress', counts: [{ ...counts, acknowledged: second * 1_000 }] });
    }
    const before = progress.snapshot(new Map()).remainingMs;
    const range = { plannedBytes: MB, doneBytes: MB, workedMs: 1_000, done: true };
    const open = { plannedBytes: MB, doneBytes: 0, workedMs: 0, done: false };
    const ranges = [...Array.from({ length: 20 }, () => range), ...Array.from({ length: 20 }, () => open)];
    progress.onEvent({ kind: 'ranges', ranges });
    const after = progress.snapshot(new Map()).remainingMs;
    expect(before).toEqual({ low: 3_333, expected: 5_000, high: 10_000 });
    expect(after).toEqual({ low: 4_750, expected: 5_000, high: 5_250 });
    progress.onEvent({ kind: 'state', state: 'verifying' });
    expect(progress.snapshot(new Map()).remainingMs).toBeUndefined();
  });
});
