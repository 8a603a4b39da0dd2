import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Throughput } from '../../src/core/model/facts.js';
import { ruPerSecond } from '../../src/core/model/units.js';
import { blindSender } from '../support/blind-sender.js';
import { EventClock } from '../support/event-clock.js';
import { ThroughputPool, type Offer } from '../support/ru-stand-in/budget.js';
import { seededRandom } from '../support/seeded-random.js';
import {
  throttledCopy,
  type ModelledDocument,
  type ThrottledCopy,
  type ThrottledOutcome,
} from '../support/throttled-copy.js';

/** Of a document of 0.5 KB without secondary indexes, by Microsoft's table. */
const RU_PER_DOCUMENT = 4.95;

interface Setting {
  readonly ru: number;
  readonly partitions: number;
  readonly seed: number;
  readonly latencyMs: number;
  /** Share of the documents that the first partition gets; even where left out. */
  readonly share?: number;
  readonly seconds?: number;
  /** The copy begins with a second of the target, so that no part of a second's budget is given on top. */
  readonly aligned?: boolean;
}

type More = Partial<Omit<ThrottledCopy, 'clock' | 'random' | 'latencyMs'>> & {
  readonly pooled?: (pool: ThroughputPool, clock: EventClock) => void;
  readonly offer?: Offer;
};

function documentsOf(s: Setting, random: () => number): ModelledDocument[] {
  const share = s.share ?? 1 / s.partitions;
  const count = Math.floor(((s.ru / s.partitions) * (s.seconds ?? 20)) / RU_PER_DOCUMENT / share);
  return Array.from({ length: count }, () => {
    const isFirst = s.partitions === 1 || random() < share;
    return { bytes: 512, partition: isFirst ? 0 : 1 + Math.floor(random() * (s.partitions - 1)) };
  });
}

/** Timers are up to a millisecond late; the copy begins anywhere within the target's second. */
async function copyOnce(
  s: Setting,
  more: More = {},
): Promise<ThrottledOutcome & { readonly documents: readonly ModelledDocument[] }> {
  const random = seededRandom(s.seed);
  const clock = new EventClock(1_000_000 + (s.aligned ? 0 : Math.floor(random() * 1_000)), random);
  const throughput: Throughput = { kind: 'manual', ruPerSecond: ruPerSecond(s.ru) };
  const pool = new ThroughputPool(more.offer ?? { kind: 'manual', ruPerSecond: s.ru }, s.partitions, clock.now());
  more.pooled?.(pool, clock);
  const documents = documentsOf(s, random);
  const outcome = await throttledCopy({
    collections: [{ name: 'docs', documents }],
    throughput: () => throughput,
    ...more,
    clock,
    pool,
    random,
    latencyMs: s.latencyMs,
  });
  return { ...outcome, documents };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('a copy into partitions that it cannot tell apart', () => {
  it.each([
    { ru: 2_000, partitions: 1, wall: 1.03 },
    { ru: 20_000, partitions: 1, wall: 1.03 },
    { ru: 20_000, partitions: 5, wall: 1.03 },
  ])(
    'uses the budget up and is hardly refused: $ru RU/s, $partitions partition(s)',
    async (bar) => {
      const outcomes: ThrottledOutcome[] = [];
      for (const seed of [1, 2, 3]) outcomes.push(await copyOnce({ ...bar, seed, latencyMs: 3 }));
      const told = JSON.stringify(outcomes);
      for (const o of outcomes) expect(o.acknowledged, told).toBe(o.stored);
      expect(mean(outcomes.map((o) => o.seconds / o.idealSeconds)), told).toBeLessThanOrEqual(bar.wall);
      expect(mean(outcomes.map((o) => o.refused / o.sent)), told).toBeLessThanOrEqual(0.01);
    },
    120_000,
  );

  // 400 RU/s of a partition are 80 documents; chance offers it 80 plus or minus 8 of each 400. Seconds stay unfilled or documents are refused,
  // and who does not know where a document goes has no third way.
  it.each([
    { ru: 2_000, partitions: 5 },
    { ru: 10_000, partitions: 20 },
  ])(
    'comes near to what a sender can do that sees every budget, where a second of a partition holds few documents: $ru RU/s, $partitions partitions',
    async (bar) => {
      const ours: ThrottledOutcome[] = [];
      const best: { readonly wall: number; readonly refused: number }[] = [];
      for (const seed of [1, 2, 3, 4, 5, 6]) {
        const o = await copyOnce({ ...bar, seed, latencyMs: 3, aligned: true });
        ours.push(o);
        const perSecond = bar.ru / bar.partitions / RU_PER_DOCUMENT;
        const b = blindSender(o.documents, bar.partitions, perSecond, 0.01, bar.partitions);
        best.push({ wall: b.seconds / o.idealSeconds, refused: b.refused });
      }
      const wall = mean(ours.map((o) => o.seconds / o.idealSeconds));
      const told = JSON.stringify({ ours, best });
      expect(wall, told).toBeLessThanOrEqual(mean(best.map((b) => b.wall)) + 0.015);
      expect(mean(ours.map((o) => o.refused / o.sent)), told).toBeLessThanOrEqual(0.01);
      // Which does not reach 1.03 itself.
      expect(mean(best.map((b) => b.wall)), told).toBeGreaterThan(1.04);
    },
    120_000,
  );

  it('is as quick as the fullest partition lets it be where one gets 40 % of the documents', async () => {
    for (const latencyMs of [3, 60]) {
      const s = { ru: 2_000, partitions: 5, share: 0.4, seconds: 60, seed: 7, latencyMs };
      const o = await copyOnce(s);
      const told = JSON.stringify({ ...o, documents: o.documents.length });
      expect(o.acknowledged, told).toBe(o.documents.length);
      expect(o.seconds / o.idealSeconds, told).toBeLessThanOrEqual(latencyMs < 10 ? 1.03 : 1.06);
      // Until it has found out how uneven it is; what is on its way when a partition is full counts on top.
      expect(o.refused / o.sent, told).toBeLessThanOrEqual(latencyMs < 10 ? 0.0125 : 0.02);
    }
  }, 120_000);

  it('keeps little in memory and goes on with the others while one partition takes nothing for half a minute', async () => {
    const o = await copyOnce(
      { ru: 20_000, partitions: 5, seed: 3, latencyMs: 5, seconds: 10 },
      { pooled: (pool, clock) => pool.spend(0, 4_000 * 30, clock.now()) },
    );
    expect(o.acknowledged).toBe(o.documents.length);
    // 8 MB ahead, a reply of 3 MB in hand and another on its way.
    expect(o.mostHeld).toBeLessThanOrEqual(14_000_000 / 512);
  }, 120_000);
});

describe('a copy into a budget that is not what it was told', () => {
  const budget = { ru: 2_000, partitions: 5, latencyMs: 5, seconds: 10 };

  it('shares it between the collections of a database', async () => {
    const documents = (seed: number): ModelledDocument[] => documentsOf({ ...budget, seed }, seededRandom(seed));
    const o = await copyOnce(
      { ...budget, seed: 1 },
      {
        collections: ['a', 'b', 'c'].map((name, i) => ({ name, documents: documents(i + 1) })),
        throughput: () => ({ kind: 'shared' }),
        shared: { kind: 'manual', ruPerSecond: ruPerSecond(budget.ru) },
      },
    );
    expect(o.acknowledged).toBe(documents(1).length * 3);
    expect(o.seconds / o.idealSeconds).toBeLessThanOrEqual(1.12);
    expect(o.refused / o.sent).toBeLessThanOrEqual(0.012);
  }, 60_000);

  it('uses what is added while it runs, and copes with what is taken away', async () => {
    for (const [from, to] of [
      [2_000, 6_000],
      [6_000, 2_000],
    ] as const) {
      let offer: number = from;
      let change: (() => void) | undefined;
      const o = await copyOnce(
        { ...budget, ru: from, seed: 2, seconds: from < to ? 120 : 20 },
        {
          throughput: () => {
            // The copy has begun when it asks for the first time.
            change?.();
            change = undefined;
            return { kind: 'manual', ruPerSecond: ruPerSecond(offer) };
          },
          pooled: (pool, clock) => {
            change = () =>
              void (async () => {
                // In small steps, so that the clock does not jump over the copy's preparations, which set no timers.
                for (let slept = 0; slept < 10_000; slept += 10) await clock.sleep(10);
                offer = to;
                pool.scale({ kind: 'manual', ruPerSecond: to }, 5, clock.now(), 0);
              })();
          },
        },
      );
      expect(o.acknowledged).toBe(o.documents.length);
      const work = from * (from < to ? 120 : 20);
      // Seen after 30 s at most.
      const ideal = from < to ? 30 + (work - 30 * from) / to : 10 + (work - 10 * from) / to;
      expect(o.seconds, JSON.stringify({ from, to, seconds: o.seconds })).toBeLessThanOrEqual(ideal * 1.15);
    }
  }, 60_000);

  it('brings every document exactly once, whatever the spread, the way and the words of a refusal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          ru: fc.integer({ min: 4, max: 40 }).map((hundreds) => hundreds * 100),
          partitions: fc.integer({ min: 1, max: 20 }),
          share: fc.constantFrom(undefined, 0.4, 0.9, 1),
          seed: fc.nat(1_000_000),
          latencyMs: fc.integer({ min: 1, max: 200 }),
          speaks: fc.boolean(),
          storm: fc.boolean(),
          kind: fc.constantFrom('manual', 'autoscale', 'none'),
        }),
        async ({ share, speaks, storm, kind, ...s }) => {
          const figure = ruPerSecond(s.ru);
          const told: Record<string, Throughput> = {
            manual: { kind: 'manual', ruPerSecond: figure },
            autoscale: { kind: 'autoscale', maxRuPerSecond: figure },
            none: { kind: 'shared' },
          };
          const { manual } = told;
          const o = await copyOnce(
            { ...s, seconds: 3, ...(share === undefined ? {} : { share: Math.max(share, 1 / s.partitions) }) },
            {
              throughput: () => told[kind] ?? (manual as Throughput),
              ...(speaks ? {} : { refusal: () => "Error=16500, Details='Insert error.'" }),
              ...(storm ? { timesOut: (now) => Math.floor(now / 250) % 8 === 0 } : {}),
            },
          );
          expect(o.stored).toBe(o.documents.length);
          expect(o.acknowledged).toBe(o.documents.length);
        },
      ),
      { numRuns: 15 },
    );
  }, 120_000);
});
