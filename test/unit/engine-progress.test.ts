import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNamespace } from '../../src/core/model/namespace.js';
import type { Plan } from '../../src/core/model/plan.js';
import { MOST_RATE_POINTS, type CollectionSnapshot, type RunSnapshot } from '../../src/core/model/run-snapshot.js';
import type { RelayedCounts } from '../../src/engine/native-ports.js';
import { remainingTime } from '../../src/engine/progress/remaining.js';
import { RunProgress } from '../../src/engine/progress/run-progress.js';
import { parseSnapshot } from '../../src/engine/progress/snapshot-check.js';
import type { RunEvent } from '../../src/engine/run-context.js';
import { goingOnSentence } from '../../src/words/runs.js';
import { expectGolden } from '../golden/expect-golden.js';

const RUN_ID = '20261123T204512Z-1a2b3c4d';
const NAMES = ['shop.orders', 'shop.items'] as const;
const BUDGETS = new Map([
  ['shop.orders', 4_000],
  ['shop.items', 1_000],
]);

function planOf(documents: readonly number[]): Plan {
  const collections = documents.map((count, i) => {
    const ns = parseNamespace(NAMES[i] ?? 'shop.more');
    return { source: ns, target: ns, documents: count, options: {}, indexes: [] };
  });
  return { collections } as unknown as Plan;
}

class FakeTime {
  ms = Date.parse('2026-11-23T20:45:12Z');
  now = (): number => this.ms;
}

function progressOf(documents: readonly number[], time: FakeTime): RunProgress {
  return new RunProgress({ plan: planOf(documents), runId: RUN_ID, startedAt: time.ms }, time.now);
}

function counts(ns: string, more: Partial<RelayedCounts>): RelayedCounts {
  const zero = { alreadyThere: 0, conflicts: 0, deadLettered: 0, failed: 0, throttledOperations: 0, bytes: 0 };
  const sent = { acknowledged: 0, sentOperations: more.acknowledged ?? 0, requestUnits: 0 };
  return { ns: parseNamespace(ns), ...zero, ...sent, ...more };
}

const existed = {
  ns: 'shop.orders',
  outcome: { kind: 'existed' as const, holdsDocuments: true },
  indexes: [],
};

/** What an earlier attempt came to. */
function earlier(ns: string, copied: number): [string, CollectionSnapshot] {
  const quiet = { throttled: 0, deadLetters: 0, conflicts: 0, bytes: 0 };
  return [ns, { ns, planned: copied, copied, verified: 'no', ...quiet }];
}

/** Steps of a run in the order in which they can come; counts only grow, as the relay's do. */
const steps = fc.array(
  fc.record({ ms: fc.nat(3_000), orders: fc.nat(400), items: fc.nat(400), dead: fc.nat(5), throttled: fc.nat(9) }),
  { maxLength: 40 },
);

function copyEvents(list: readonly { orders: number; items: number; dead: number; throttled: number }[]): RunEvent[] {
  const sum = { orders: 0, items: 0, dead: 0, throttled: 0 };
  return list.map((step) => {
    for (const key of ['orders', 'items', 'dead', 'throttled'] as const) sum[key] += step[key];
    const orders = { acknowledged: sum.orders, deadLettered: sum.dead, throttledOperations: sum.throttled };
    return {
      kind: 'copy-progress',
      counts: [
        counts('shop.orders', { ...orders, bytes: sum.orders * 100, requestUnits: sum.orders * 6 }),
        counts('shop.items', { acknowledged: sum.items, bytes: sum.items * 10, requestUnits: sum.items * 5 }),
      ],
    };
  });
}

function check(snapshot: RunSnapshot): void {
  expect(snapshot.done).toBeLessThanOrEqual(snapshot.planned);
  for (const c of snapshot.collections) expect(c.copied + c.deadLetters + c.conflicts).toBeLessThanOrEqual(c.planned);
  expect(snapshot.rates.length).toBeLessThanOrEqual(MOST_RATE_POINTS);
  const { remainingMs } = snapshot;
  if (remainingMs) {
    expect(remainingMs.low).toBeLessThanOrEqual(remainingMs.expected);
    expect(remainingMs.expected).toBeLessThanOrEqual(remainingMs.high);
  }
  // Plain JSON: what is written is what is read.
  expect(parseSnapshot(JSON.stringify(snapshot))).toEqual(snapshot);
}

/** Found by chance: what is left takes no time at the common pace, and some by its own budget. */
const NOTHING_LEFT_TO_SPEAK_OF: [(Parameters<typeof copyEvents>[0][number] & { ms: number })[], number, number] = [
  [{ ms: 1, orders: 0, items: 5, dead: 0, throttled: 0 }],
  0,
  6,
];

describe('the progress of a run', () => {
  it('counts a document that was overwritten once, and one that was left as it was', () => {
    for (const conflictPolicy of ['skip', 'overwrite'] as const) {
      const time = new FakeTime();
      const plan = { ...planOf([10]), conflictPolicy };
      const progress = new RunProgress({ plan, runId: RUN_ID, startedAt: time.ms }, time.now);
      progress.onEvent({ kind: 'state', state: 'copying' });
      const acknowledged = conflictPolicy === 'overwrite' ? 10 : 7;
      progress.onEvent({ kind: 'copy-progress', counts: [counts('shop.orders', { acknowledged, conflicts: 3 })] });
      expect(progress.snapshot(new Map())).toMatchObject({ done: 10, planned: 10 });
    }
  });

  it('says what limits it while it copies, and not after', () => {
    const time = new FakeTime();
    const progress = progressOf([100], time);
    const limited = (): RunSnapshot['limitedBy'] => progress.snapshot(BUDGETS).limitedBy;
    progress.onEvent({ kind: 'state', state: 'copying' });
    progress.onEvent({ kind: 'limited', by: 'source' });
    expect(limited()).toBe('source');
    expect(parseSnapshot(JSON.stringify(progress.snapshot(BUDGETS)))?.limitedBy).toBe('source');
    expect(parseSnapshot(JSON.stringify({ ...progress.snapshot(BUDGETS), limitedBy: 'moon' }))).toBeUndefined();
    progress.onEvent({ kind: 'limited', by: undefined });
    expect(limited()).toBeUndefined();
    progress.onEvent({ kind: 'limited', by: 'target' });
    progress.onEvent({ kind: 'state', state: 'verifying' });
    expect(limited()).toBeUndefined();
  });

  it('says what it waits for until that is done or the step ends', () => {
    const progress = progressOf([100], new FakeTime());
    const awaits = (): RunSnapshot['awaits'] => progress.snapshot(BUDGETS).awaits;
    progress.onEvent({ kind: 'state', state: 'copying' });
    progress.onEvent({ kind: 'awaits', what: 'studio-3t-done' });
    expect(parseSnapshot(JSON.stringify(progress.snapshot(BUDGETS)))?.awaits).toBe('studio-3t-done');
    expect(parseSnapshot(JSON.stringify({ ...progress.snapshot(BUDGETS), awaits: 'rain' }))).toBeUndefined();
    progress.onEvent({ kind: 'awaits', what: undefined });
    expect(awaits()).toBeUndefined();
    progress.onEvent({ kind: 'awaits', what: 'cut-over' });
    progress.onEvent({ kind: 'verdict', verdict: { state: 'failed-resumable', reasons: [] } });
    expect(awaits()).toBeUndefined();
  });

  it('only grows within a step, is never more than what is planned, and is plain JSON', () => {
    fc.assert(
      fc.property(steps, fc.nat(3_000), fc.nat(3_000), (list, orders, items) => {
        const time = new FakeTime();
        const progress = progressOf([orders, items], time);
        progress.onEvent({ kind: 'state', state: 'preparing' });
        progress.onEvent({ kind: 'state', state: 'copying' });
        let before = 0;
        copyEvents(list).forEach((event, i) => {
          time.ms += list[i]?.ms ?? 0;
          progress.onEvent(event);
          progress.tick(BUDGETS);
          const snapshot = progress.snapshot(BUDGETS);
          check(snapshot);
          expect(snapshot.done).toBeGreaterThanOrEqual(before);
          before = snapshot.done;
        });
        progress.onEvent({ kind: 'state', state: 'verifying' });
        before = 0;
        for (const [i, step] of list.entries()) {
          time.ms += step.ms;
          const side = i % 2 === 0 ? 'source' : 'target';
          progress.onEvent({ kind: 'verification-progress', ns: NAMES[0], side, documents: step.orders, bytes: 1 });
          const snapshot = progress.snapshot(BUDGETS);
          check(snapshot);
          expect(snapshot.done).toBeGreaterThanOrEqual(before);
          before = snapshot.done;
        }
      }),
      { numRuns: 60, examples: [NOTHING_LEFT_TO_SPEAK_OF] },
    );
  });

  it('keeps ten minutes of points, one a second', () => {
    const time = new FakeTime();
    const progress = progressOf([1e6, 0], time);
    progress.onEvent({ kind: 'state', state: 'copying' });
    for (let half = 0; half <= 2 * 700; half++) {
      time.ms += 500;
      progress.onEvent({ kind: 'copy-progress', counts: [counts('shop.orders', { acknowledged: half * 50 })] });
      progress.tick(BUDGETS);
    }
    const { rates } = progress.snapshot(BUDGETS);
    expect(rates).toHaveLength(MOST_RATE_POINTS);
    expect(rates.at(-1)).toMatchObject({ at: time.ms, documentsPerSecond: 100, provisioned: 4_000 });
  });

  it('adds up what the attempts of a run have cost, and begins to count documents again', () => {
    const time = new FakeTime();
    const progress = progressOf([1_000, 0], time);
    for (const acknowledged of [600, 400]) {
      progress.onEvent({ kind: 'state', state: 'preparing' });
      progress.onEvent({ kind: 'state', state: 'copying' });
      const count = {
        acknowledged,
        alreadyThere: 1_000 - acknowledged,
        bytes: acknowledged,
        requestUnits: acknowledged,
      };
      progress.onEvent({ kind: 'copy-progress', counts: [counts('shop.orders', count)] });
    }
    expect(progress.snapshot(BUDGETS)).toMatchObject({
      done: 1_000,
      planned: 1_000,
      bytes: 1_000,
      requestUnits: 1_000,
    });
  });

  it('never goes back from attempt to attempt, and says while it looks at what is there', () => {
    const sent = fc.record({ first: fc.nat(900), again: fc.array(fc.nat(300), { maxLength: 6 }) });
    fc.assert(
      fc.property(fc.array(sent, { minLength: 1, maxLength: 4 }), fc.nat(20), (attempts, dead) => {
        const time = new FakeTime();
        const progress = progressOf([1_000, 0], time);
        let before = 0;
        let there = 0;
        for (const { again, first } of attempts) {
          progress.onEvent({ kind: 'state', state: 'preparing' });
          progress.onEvent({ kind: 'prepared', prepared: [existed] });
          progress.onEvent({ kind: 'state', state: 'copying' });
          let came = 0;
          for (const more of [0, first, ...again]) {
            came = Math.min(1_000 - dead, came + more);
            time.ms += 700;
            const alreadyThere = Math.min(there, came);
            const count = { alreadyThere, acknowledged: came - alreadyThere, deadLettered: dead, sentOperations: came };
            progress.onEvent({ kind: 'copy-progress', counts: [counts('shop.orders', count)] });
            const snapshot = progress.snapshot(BUDGETS);
            check(snapshot);
            expect(snapshot.done).toBeGreaterThanOrEqual(before);
            expect(snapshot.rechecked === undefined).toBe(came + dead >= snapshot.done);
            before = snapshot.done;
          }
          there = Math.max(there, came);
          progress.onEvent({ kind: 'verdict', verdict: { state: 'paused', reasons: [] } });
          expect(progress.snapshot(BUDGETS).done).toBe(before);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('goes on, in another process, from what the earlier ones have brought, and reckons its time with what is to be looked at', () => {
    const time = new FakeTime();
    const progress = new RunProgress(
      { plan: planOf([1_000, 50]), runId: RUN_ID, startedAt: 0, before: new Map([earlier('shop.orders', 600)]) },
      time.now,
    );
    progress.onEvent({ kind: 'state', state: 'preparing' });
    expect(progress.snapshot(BUDGETS)).toMatchObject({ done: 600, planned: 1_050 });
    progress.onEvent({ kind: 'state', state: 'copying' });
    for (const alreadyThere of [100, 200]) {
      time.ms += 1_000;
      const count = { alreadyThere, sentOperations: alreadyThere };
      progress.onEvent({ kind: 'copy-progress', counts: [counts('shop.orders', count)] });
    }
    expect(progress.snapshot(BUDGETS)).toMatchObject({
      done: 600,
      rechecked: { done: 200, of: 600 },
      documentsPerSecond: 100,
      remainingMs: { expected: 8_500 },
      collections: [{ copied: 600, active: true, checking: true }, { copied: 0 }],
    });
    time.ms += 1_000;
    const past = { alreadyThere: 600, acknowledged: 10, sentOperations: 610 };
    progress.onEvent({ kind: 'copy-progress', counts: [counts('shop.orders', past)] });
    const snapshot = progress.snapshot(BUDGETS);
    expect(snapshot).toMatchObject({ done: 610 });
    expect(snapshot).not.toHaveProperty('rechecked');
    expect(snapshot.collections[0]).not.toHaveProperty('checking');
  });

  it('says so where a collection that earlier attempts have filled is not there any more', () => {
    const before = new Map([earlier('shop.orders', 600), earlier('shop.items', 50)]);
    const progress = new RunProgress({ plan: planOf([1_000, 50]), runId: RUN_ID, startedAt: 0, before }, Date.now);
    progress.onEvent({ kind: 'state', state: 'preparing' });
    progress.onEvent({ kind: 'prepared', prepared: [{ ...existed, outcome: { kind: 'created' } }] });
    progress.onEvent({ kind: 'state', state: 'copying' });
    const snapshot = progress.snapshot(BUDGETS);
    expect(snapshot).toMatchObject({ done: 50, gone: 600, rechecked: { done: 0, of: 50 } });
    expect(goingOnSentence(snapshot)).toBe(
      'Checking what is there already: 0 of 50 documents; nothing is copied twice. 600 documents of earlier attempts are not on the target any more and will be copied again.',
    );
    expect(parseSnapshot(JSON.stringify(snapshot))).toEqual(snapshot);
  });

  it('tells why it rests, and since when', () => {
    const time = new FakeTime();
    const progress = progressOf([10, 0], time);
    progress.onEvent({ kind: 'state', state: 'copying' });
    time.ms += 5_000;
    const reasons = [{ id: 'paused-by-user', params: {} }];
    progress.onEvent({ kind: 'verdict', verdict: { state: 'paused', reasons } });
    time.ms += 5_000;
    const paused = progress.snapshot(BUDGETS);
    expect(paused).toMatchObject({ state: 'paused', why: reasons[0], endedAt: time.ms - 5_000, documentsPerSecond: 0 });
    progress.onEvent({ kind: 'state', state: 'preparing' });
    expect(progress.snapshot(BUDGETS)).not.toHaveProperty('why');
    expect(progress.snapshot(BUDGETS)).not.toHaveProperty('endedAt');
  });

  it('leaves what an attempt is not about as it was', () => {
    const time = new FakeTime();
    const quiet = { throttled: 0, conflicts: 0, bytes: 7 };
    const items = { ns: 'shop.items', planned: 50, copied: 50, verified: 'equal' as const, deadLetters: 0, ...quiet };
    const orders = { ns: 'shop.orders', planned: 10, copied: 8, verified: 'equal' as const, deadLetters: 2, ...quiet };
    const before = new Map([items, orders].map((c) => [c.ns, c]));
    const progress = new RunProgress({ plan: planOf([10, 50]), runId: RUN_ID, startedAt: 0, before }, time.now);
    progress.onEvent({ kind: 'state', state: 'preparing' });
    progress.onEvent({ kind: 'scope', only: new Set(['shop.orders']) });
    progress.onEvent({ kind: 'state', state: 'copying' });
    const retry = { sent: 2, arrived: 1, alreadyThere: 1, refused: 0 };
    progress.onEvent({ kind: 'dead-letters-retried', ns: 'shop.orders', retry });
    const snapshot = progress.snapshot(BUDGETS);
    expect(snapshot).toMatchObject({ done: 10, planned: 10 });
    expect(snapshot.collections).toContainEqual(items);
  });

  it('goes on from what earlier attempts have brought of what is not proven yet', () => {
    const time = new FakeTime();
    const quiet = { throttled: 0, conflicts: 0, deadLetters: 0, bytes: 7 };
    const items = { ns: 'shop.items', planned: 50, copied: 50, verified: 'equal' as const, ...quiet };
    const orders = { ns: 'shop.orders', planned: 10, copied: 8, verified: 'no' as const, ...quiet };
    const before = new Map([items, orders].map((c) => [c.ns, c]));
    const progress = new RunProgress({ plan: planOf([10, 50]), runId: RUN_ID, startedAt: 0, before }, time.now);
    progress.onEvent({ kind: 'state', state: 'preparing' });
    progress.onEvent({ kind: 'scope', only: new Set(['shop.orders']), proven: 1 });
    progress.onEvent({ kind: 'state', state: 'copying' });
    progress.onEvent({ kind: 'copy-progress', counts: [counts('shop.orders', { acknowledged: 0, alreadyThere: 3 })] });
    const snapshot = progress.snapshot(BUDGETS);
    expect(snapshot).toMatchObject({ done: 8, planned: 10, rechecked: { done: 3, of: 8 } });
    expect(snapshot.collections).toContainEqual(items);
  });

  it('is this, in the middle of a copy', () => {
    const time = new FakeTime();
    const progress = progressOf([10_000, 500], time);
    progress.onEvent({ kind: 'state', state: 'preparing' });
    progress.onEvent({ kind: 'state', state: 'copying' });
    progress.onEvent({ kind: 'command', display: 'mongodump --archive | mongorestore --archive' });
    for (let second = 1; second <= 8; second++) {
      time.ms += 1_000;
      const done = 300 * second + 40 * (second % 3);
      const orders = { acknowledged: done, throttledOperations: second, bytes: done * 200, requestUnits: done * 6 };
      const items = { acknowledged: 500, alreadyThere: 0, deadLettered: 0, bytes: 5_000, requestUnits: 2_500 };
      progress.onEvent({
        kind: 'copy-progress',
        counts: [counts('shop.orders', orders), counts('shop.items', items)],
      });
      progress.tick(BUDGETS);
    }
    expectGolden('run-snapshot', progress.snapshot(BUDGETS));
  });
});

describe('the time that is left', () => {
  const point = (documentsPerSecond: number) => ({
    ...{ at: 0, bytesPerSecond: 0, ruPerSecond: 0, provisioned: 0, throttledPerSecond: 0 },
    documentsPerSecond,
  });

  it('is as wide as the rates were', () => {
    const rates = [80, 90, 100, 100, 110, 120, 200, 100, 100, 50].map(point);
    expect(remainingTime(1_000, 100, rates)).toEqual({ low: 5_000, expected: 10_000, high: 12_500 });
  });

  it('is a wide guess before there are rates to tell by', () => {
    expect(remainingTime(1_000, 100, [])).toEqual({ low: 6_667, expected: 10_000, high: 20_000 });
  });

  it('is not known where nothing moves, and none where nothing is left', () => {
    expect(remainingTime(1_000, 0, [])).toBeUndefined();
    expect(remainingTime(0, 100, [])).toBeUndefined();
  });
});

describe('a snapshot from a file', () => {
  it('is taken whole or not at all', () => {
    const snapshot = progressOf([10, 5], new FakeTime()).snapshot(BUDGETS);
    expect(parseSnapshot(JSON.stringify(snapshot))).toEqual(snapshot);
    const broken: unknown[] = [null, [], 'x', { ...snapshot, state: 'flying' }, { ...snapshot, done: '7' }];
    for (const value of [...broken, { ...snapshot, done: -1 }, { ...snapshot, collections: [{ ns: 'a.b' }] }]) {
      expect(parseSnapshot(JSON.stringify(value))).toBeUndefined();
    }
    expect(parseSnapshot(JSON.stringify(snapshot).slice(0, -5))).toBeUndefined();
  });
});
