import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OfferedThroughput } from '../../src/core/model/plan.js';
import { GIB, ruPerSecond } from '../../src/core/model/units.js';
import { figureOf, PARTITION_RU_PER_SECOND, planThroughputRaise } from '../../src/core/plan/throughput-raise.js';
import { raiseEffectSentence } from '../../src/words/throughput.js';
import { ThroughputPool, type Offer } from '../support/ru-stand-in/budget.js';
import { partitionsAtCreation, scalePool } from '../support/ru-stand-in/provisioning.js';

const manual = (figure: number): OfferedThroughput => ({ kind: 'manual', ruPerSecond: ruPerSecond(figure) });
const autoscale = (figure: number): OfferedThroughput => ({ kind: 'autoscale', maxRuPerSecond: ruPerSecond(figure) });
const offer = (throughput: OfferedThroughput): Offer => ({
  kind: throughput.kind,
  ruPerSecond: figureOf(throughput),
});

describe('raising throughput for a copy', () => {
  it("follows Microsoft's recipe for 1 TB", () => {
    const decided = planThroughputRaise({
      budget: 'shop.orders',
      kept: manual(10_000),
      wantedRuPerSecond: 250_000,
      bytes: 1_000 * GIB,
      canSplit: true,
    });
    expect(decided?.raise).toEqual({
      budget: 'shop.orders',
      createWith: manual(150_000),
      raiseTo: manual(250_000),
      restoreTo: manual(10_000),
    });
    expect(decided?.effects).toEqual([
      { id: 'raise-billed', params: { budget: 'shop.orders', raised: 250_000 } },
      { id: 'raise-floor', params: { budget: 'shop.orders', floor: 2_500 } },
      { id: 'raise-partitions', params: { budget: 'shop.orders', partitions: 25, each: 400 } },
    ]);
    expect(decided?.effects.map(raiseEffectSentence)).toEqual([
      'shop.orders is raised to 250,000 RU/s while it is copied. Each hour that this touches is billed so.',
      'shop.orders can then never be set below 2,500 RU/s again.',
      'shop.orders gets 25 physical partitions for good: afterwards each has 400 RU/s of its throughput.',
    ]);
  });

  it('makes a collection with the partitions of its data and lowers it, where that is wished', () => {
    const input = { budget: 'shop.orders', kept: manual(10_000), bytes: 1_000 * GIB, canSplit: true, preSplit: true };
    const decided = planThroughputRaise({ ...input, wantedRuPerSecond: 50_000 });
    expect(decided?.raise).toEqual({
      budget: 'shop.orders',
      createWith: manual(150_000),
      raiseTo: manual(50_000),
      restoreTo: manual(10_000),
    });
    expect(decided?.effects.map(raiseEffectSentence)).toEqual([
      'shop.orders is made with 150,000 RU/s, so that it comes into being with its partitions, and lowered to 50,000 RU/s at once. That hour is billed at the higher figure.',
      'shop.orders is raised to 50,000 RU/s while it is copied. Each hour that this touches is billed so.',
      'shop.orders can then never be set below 1,500 RU/s again.',
      'shop.orders gets 25 physical partitions for good: afterwards each has 400 RU/s of its throughput.',
    ]);
    const only = planThroughputRaise({ ...input, wantedRuPerSecond: 0 });
    expect(only?.raise).toMatchObject({
      createWith: manual(150_000),
      raiseTo: manual(10_000),
      restoreTo: manual(10_000),
    });
    expect(planThroughputRaise({ ...input, wantedRuPerSecond: 0, existing: {} })).toBeUndefined();
    expect(planThroughputRaise({ ...input, wantedRuPerSecond: 0, canSplit: false })).toBeUndefined();
  });

  it('comes into being with room for its data by the rules of the service, and can be lowered at once', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('manual', 'autoscale'),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 0, max: 200_000 }),
        fc.integer({ min: 0, max: 3_900 }),
        (kind, keptSteps, wantedRuPerSecond, gib) => {
          const kept = kind === 'manual' ? manual(Math.max(400, keptSteps * 100)) : autoscale(keptSteps * 1_000);
          const bytes = gib * GIB;
          const decided = planThroughputRaise({
            ...{ budget: 'a.b', kept, wantedRuPerSecond, bytes, canSplit: true, preSplit: true },
          });
          const { createWith = kept, raiseTo = kept, restoreTo = kept } = decided?.raise ?? {};
          const partitions = partitionsAtCreation(offer(createWith), true);
          expect(partitions).toBeGreaterThanOrEqual(Math.ceil(gib / 40));
          const pool = new ThroughputPool(offer(createWith), partitions, 0);
          scalePool(pool, offer(raiseTo), true, 0, 1, 60_000);
          expect(pool.offer).toEqual(offer(raiseTo));
          scalePool(pool, offer(restoreTo), true, gib, 2, 60_000);
          expect(pool.partitions).toBe(partitions);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('does not wait for partitions to split, and says so', () => {
    const decided = planThroughputRaise({
      budget: 'shop.',
      kept: manual(400),
      wantedRuPerSecond: 150_000,
      bytes: GIB,
      canSplit: true,
      existing: {},
    });
    expect(decided?.raise).toEqual({ budget: 'shop.', raiseTo: manual(10_000), restoreTo: manual(400) });
    expect(decided?.effects.map((e) => e.id)).toEqual(['raise-billed', 'raise-floor', 'raise-clamped']);
  });

  it('goes as far as Azure raises it at once, where that was asked, and else says that it goes by the throughput', () => {
    const raise = (existing: { readonly atOnce?: number }) =>
      planThroughputRaise({
        budget: 'shop.',
        kept: manual(400),
        wantedRuPerSecond: 150_000,
        bytes: GIB,
        canSplit: true,
        existing,
      });
    const said = (decided: ReturnType<typeof raise>): string =>
      decided?.effects.map(raiseEffectSentence).at(-1) ?? 'nothing';
    const [assumed, asked] = [raise({}), raise({ atOnce: 40_000 })];
    expect(asked?.raise.raiseTo).toEqual(manual(40_000));
    expect(said(asked)).toBe(
      'Database shop is raised to 40,000 RU/s, not 150,000 RU/s: more would need its partitions to split, which takes hours.',
    );
    expect(assumed?.raise.raiseTo).toEqual(manual(10_000));
    expect(said(assumed)).toContain('not 150,000 RU/s: as far as its throughput tells, more would need');
  });

  it('puts back no lower than the service lets it', () => {
    const decided = planThroughputRaise({
      budget: 'shop.orders',
      kept: autoscale(1_000),
      wantedRuPerSecond: 100_000,
      bytes: GIB,
      canSplit: true,
    });
    expect(decided?.raise).toMatchObject({ createWith: autoscale(100_000), restoreTo: autoscale(10_000) });
    expect(decided?.effects.at(-1)).toEqual({
      id: 'raise-kept-higher',
      params: { budget: 'shop.orders', kept: 1_000, restored: 10_000 },
    });
  });

  it('leaves alone what is high enough', () => {
    const input = { budget: 'a.b', wantedRuPerSecond: 5_000, bytes: 0, canSplit: true };
    expect(planThroughputRaise({ ...input, kept: manual(5_000) })).toBeUndefined();
    expect(
      planThroughputRaise({ ...input, wantedRuPerSecond: 50_000, canSplit: false, kept: manual(10_000) }),
    ).toBeUndefined();
  });

  it('asks only for what the service takes, at once, and for no more than was wanted', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('manual', 'autoscale'),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 100, max: 2_000_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        fc.boolean(),
        fc.constantFrom('new', 'there', 'known'),
        (kind, keptSteps, wantedRuPerSecond, gib, canSplit, state) => {
          const figure = kind === 'manual' ? Math.max(400, keptSteps * 100) : keptSteps * 1_000;
          const kept = (kind === 'manual' ? manual : autoscale)(canSplit ? figure : Math.min(10_000, figure));
          const bytes = (canSplit ? gib : Math.min(gib, 20)) * GIB;
          // As it is before: made by the service's rule for what it keeps, or with more that an earlier throughput has left, as Azure says.
          const before = partitionsAtCreation(offer(kept), canSplit) * (state === 'known' && canSplit ? 2 : 1);
          const known = state === 'known' ? { atOnce: before * PARTITION_RU_PER_SECOND } : {};
          const existing = state === 'new' ? {} : { existing: known };
          const decided = planThroughputRaise({
            budget: 'a.b',
            kept,
            wantedRuPerSecond,
            bytes,
            canSplit,
            ...existing,
          });
          if (!decided) return;
          const { createWith, raiseTo, restoreTo } = decided.raise;
          expect(figureOf(raiseTo)).toBeLessThanOrEqual(Math.max(wantedRuPerSecond, figureOf(kept)));
          expect(figureOf(raiseTo)).toBeGreaterThan(figureOf(kept));
          expect(figureOf(restoreTo)).toBeGreaterThanOrEqual(figureOf(kept));
          const made = createWith ?? kept;
          const partitions = createWith ? partitionsAtCreation(offer(made), canSplit) : before;
          const pool = new ThroughputPool(offer(made), partitions, 0);
          scalePool(pool, offer(raiseTo), canSplit, 0, 1, 60_000);
          // No delay: the throughput is there.
          expect(pool.offer).toEqual(offer(raiseTo));
          scalePool(pool, offer(restoreTo), canSplit, bytes / GIB, 2, 60_000);
          expect(pool.offer).toEqual(offer(restoreTo));
          for (const effect of decided.effects) expect(raiseEffectSentence(effect)).not.toMatch(/undefined|NaN/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
