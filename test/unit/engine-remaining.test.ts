import { describe, expect, it } from 'vitest';
import { parseNamespace } from '../../src/core/model/namespace.js';
import type { Plan } from '../../src/core/model/plan.js';
import { ruPerSecond } from '../../src/core/model/units.js';
import type { RelayedCounts } from '../../src/engine/native-ports.js';
import { RunProgress } from '../../src/engine/progress/run-progress.js';
import { plannedCollection, planOf } from './engine-builders.js';

const NAMES = ['shop.orders', 'shop.items'] as const;
const BUDGETS = new Map([
  ['shop.orders', 4_000],
  ['shop.items', 1_000],
]);

/** Two collections of 10,000 documents. */
function twoCollections(throughput: readonly number[] = []): Plan {
  const collections = NAMES.map((name, i) => {
    const ns = parseNamespace(name);
    const own = throughput[i];
    const given = own === undefined ? {} : { throughput: { kind: 'manual' as const, ruPerSecond: ruPerSecond(own) } };
    return plannedCollection(ns, ns, { documents: 10_000, ...given });
  });
  return planOf(collections, { targetKind: 'cosmos-ru' });
}

function copying(plan: Plan) {
  const time = { ms: 1_000_000 };
  const progress = new RunProgress({ plan, runId: 'r', startedAt: time.ms }, () => time.ms);
  progress.onEvent({ kind: 'state', state: 'preparing' });
  progress.onEvent({ kind: 'state', state: 'copying' });
  return { time, progress };
}

function counts(ns: string, acknowledged: number, requestUnits: number): RelayedCounts {
  const none = { alreadyThere: 0, conflicts: 0, deadLettered: 0, failed: 0, throttledOperations: 0, bytes: 0 };
  return { ns: parseNamespace(ns), ...none, acknowledged, sentOperations: acknowledged, requestUnits };
}

describe('the time that a copy into an RU account still takes', () => {
  it('is that of the budget that ends last, not of all budgets together', () => {
    const { time, progress } = copying(twoCollections());
    // 400 of one and 100 of the other in each second.
    for (let second = 1; second <= 20; second++) {
      time.ms += 1_000;
      const orders = counts('shop.orders', 400 * second, 4_000 * second);
      const items = counts('shop.items', 100 * second, 1_000 * second);
      progress.onEvent({ kind: 'copy-progress', counts: [orders, items] });
    }
    const expected = (budgets: ReadonlyMap<string, number>) => progress.snapshot(budgets).remainingMs?.expected;
    // (10,000 - 2,000) / 100 a second; together they are 500 a second.
    expect(expected(BUDGETS)).toBe(80_000);
    expect(expected(new Map([['shop.', 5_000]]))).toBe(20_000);
    expect(expected(new Map())).toBe(20_000);
  });

  it('reckons with a slow budget that is not begun yet', () => {
    const { time, progress } = copying(twoCollections([4_000, 400]));
    for (let second = 1; second <= 10; second++) {
      time.ms += 1_000;
      progress.onEvent({ kind: 'copy-progress', counts: [counts('shop.orders', 400 * second, 4_000 * second)] });
    }
    // 10,000 documents of 10 RU at 400 RU/s.
    expect(progress.snapshot(new Map([['shop.orders', 4_000]])).remainingMs?.expected).toBe(250_000);
  });
});
