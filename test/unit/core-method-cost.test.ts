import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import ourPrices from '../../media/prices.json';
import { makeAssessment } from '../../src/core/assess/make-assessment.js';
import { billedHours } from '../../src/core/cost/billed-hours.js';
import { COST_GAP_IDS, COST_LINE_IDS } from '../../src/core/cost/cost-ids.js';
import { methodCost, type HeldTarget, type MethodPricing, type MovedData } from '../../src/core/cost/method-cost.js';
import { PRICE_IDS, priceList, unitOf, type PriceFile, type PriceId } from '../../src/core/cost/price-list.js';
import { regionsOf } from '../../src/core/cost/regions.js';
import { decide } from '../../src/core/decide/decide.js';
import type { Assessment } from '../../src/core/model/assessment.js';
import type { MethodCost } from '../../src/core/model/cost.js';
import type { MethodId } from '../../src/core/model/method.js';
import { EVERYTHING } from '../../src/core/model/namespace.js';
import { bytes, GIB, ruPerSecond } from '../../src/core/model/units.js';
import { assumedTarget } from '../../src/core/plan/target.js';
import { exactly } from '../../src/core/size/bands.js';
import { SPEEDS } from '../../src/core/size/duration.js';
import { methodCostTexts } from '../../src/words/costs.js';
import { demoInput } from './assessment-facts.js';
import { aCollection, anInventory } from './core-builders.js';

const HOUR = 3_600_000;
const METHODS = Object.keys(SPEEDS) as MethodId[];
const ours = priceList(ourPrices as PriceFile);
const MOVED: MovedData = {
  targetKind: 'cosmos-ru',
  documents: 1e6,
  logicalBytes: GIB,
  ruPerSecond: 10_000,
  ruPerDocument: 6,
};

function yours(amounts: Partial<Record<PriceId, number>>, currency = 'USD') {
  const prices = Object.entries(amounts).map(([id, amount]) => ({
    ...{ id: id as PriceId, amount, unit: unitOf(id as PriceId) },
    ...{ source: 'our contract', date: '2026-02-01' },
  }));
  const file: PriceFile = { version: 1, currency, asOf: '2026-02-01', region: 'West Europe', prices };
  return priceList(ourPrices as PriceFile, { file, from: 'our.prices.json' });
}

function pricing(held: HeldTarget, prices = ours, regions = 1): MethodPricing {
  return { prices, held, ...regionsOf({ regions }) };
}

const held = (manual: number, first = manual, autoscale = 0): HeldTarget => ({
  ...{ kind: 'throughput', manual, first, autoscale, by: 'sized' },
});

const leftOut = (cost: MethodCost): readonly string[] => cost.leftOut.map(({ id }) => id);

describe('the cost of a method', () => {
  it("is the target's throughput for the hours of the clock that moving the data touches", () => {
    const cost = methodCost('direct-copy', exactly(1.25 * HOUR), MOVED, pricing(held(10_000)));
    expect(cost.amount?.low).toBeCloseTo(2 * 100 * 0.008, 9);
    expect(cost.amount?.expected).toBeCloseTo(billedHours(1.25 * HOUR).expected * 100 * 0.008, 9);
    expect(cost.amount?.high).toBeCloseTo(3 * 100 * 0.008, 9);
    expect(cost.amount?.assumptions.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'list-price',
        'held-while-moving',
        'throughput-as-sized',
        'wall-clock-hours',
        'one-region',
      ]),
    );
  });

  it('has an hour at least, the first one at what collections are made with, and each region again', () => {
    const short = (regions: number) =>
      methodCost('direct-copy', exactly(1_000), MOVED, pricing(held(400, 12_000), ours, regions)).amount?.low;
    expect(short(1)).toBeCloseTo(120 * 0.008, 9);
    expect(short(3)).toBeCloseTo(3 * 120 * 0.008, 9);
    const long = methodCost('direct-copy', exactly(10 * HOUR), MOVED, pricing(held(400, 12_000)));
    expect(long.amount?.low).toBeCloseTo((120 + 9 * 4) * 0.008, 9);
  });

  it('is that of autoscale where autoscale was said, and of what is written where nothing is provisioned', () => {
    const auto = methodCost('dms', exactly(HOUR), MOVED, pricing(held(0, 0, 4_000)));
    expect(auto.amount?.low).toBeCloseTo(40 * 0.012, 9);
    const once = pricing({ kind: 'serverless', ru: exactly(8e6) });
    expect(methodCost('direct-copy', exactly(HOUR), MOVED, once).amount?.expected).toBeCloseTo(2, 9);
    expect(methodCost('direct-copy', exactly(90 * HOUR), MOVED, once).amount?.expected).toBeCloseTo(2, 9);
  });

  it('names what has no price in our list, and makes nothing up for it', () => {
    const without = new Map(
      METHODS.map((method) => [method, leftOut(methodCost(method, exactly(HOUR), MOVED, pricing(held(400))))]),
    );
    expect(Object.fromEntries(without)).toEqual({
      'direct-copy': ['machine'],
      'dump-restore': ['machine'],
      'export-import': ['machine'],
      'studio-3t': ['machine', 'studio-3t-licence'],
      dms: ['dms-service'],
      'data-factory': ['data-factory-units', 'data-factory-runs'],
      'spark-databricks': ['databricks-nodes'],
    });
    for (const method of METHODS) {
      const { leftOut: told } = methodCostTexts(methodCost(method, exactly(HOUR), MOVED, pricing(held(400))));
      expect(told.join(' ')).toMatch(/^Not in it, as no price is known: .+\.$/);
      for (const id of [...COST_LINE_IDS, ...COST_GAP_IDS])
        if (id.includes('-')) expect(told.join(' ')).not.toContain(id);
    }
    const cluster = pricing({ kind: 'cluster', tier: 'M40', shards: 1, nodes: 2 });
    const none = methodCost('dms', exactly(HOUR), { ...MOVED, targetKind: 'cosmos-vcore' }, cluster);
    expect(none).not.toHaveProperty('amount');
    expect(leftOut(none)).toEqual(['held-vcore', 'dms-service']);
    expect(methodCostTexts(none)).toMatchObject({ amount: 'not known', lines: [] });
  });

  it("takes the user's own prices, of the target and of each service", () => {
    const prices = yours({
      'throughput-manual': 1,
      'data-factory-unit': 10,
      'databricks-node': 100,
      dms: 7,
      machine: 3,
    });
    const of = (method: MethodId) => methodCost(method, exactly(2 * HOUR), MOVED, pricing(held(100), prices));
    // Ten thousand RU/s feed one copy of a thousand documents a second; the least of workers, and a driver.
    expect(of('data-factory').amount?.low).toBeCloseTo(2 * 1 + 2 * 4 * 10, 9);
    expect(of('spark-databricks').amount?.low).toBeCloseTo(2 * 1 + 2 * 3 * 100, 9);
    expect(of('dms').amount?.low).toBeCloseTo(2 * 1 + 2 * 7, 9);
    expect(of('dump-restore').amount?.low).toBeCloseTo(2 * 1 + 2 * 3, 9);
    expect(of('dms').amount?.assumptions.map(({ id }) => id)).toContain('price-yours');
    expect(leftOut(of('dms'))).toEqual([]);
    // Prices of another currency do not fill the gaps.
    const euros = methodCost('dms', exactly(HOUR), MOVED, pricing(held(100), yours({ dms: 7 }, 'EUR')));
    expect(euros).toMatchObject({ currency: 'EUR', amount: { low: 7 } });
    expect(leftOut(euros)).toEqual(['held-manual']);
  });

  it('counts the licence of Studio 3T as paid for whoever owns it', () => {
    const owned = methodCost('studio-3t', exactly(HOUR), { ...MOVED, ownsStudio3t: true }, pricing(held(400)));
    expect(leftOut(owned)).toEqual(['machine']);
  });

  it('says so where nobody has said what the target has', () => {
    for (const gap of ['throughput-not-said', 'cluster-not-sized'] as const) {
      const cost = methodCost('direct-copy', exactly(HOUR), MOVED, pricing({ kind: 'not-known', gap }));
      expect(cost).not.toHaveProperty('amount');
      expect(leftOut(cost)).toContain(gap);
      expect(methodCostTexts(cost).leftOut.join(' ')).toMatch(/^No price is known: the machine .*Not reckoned: the /);
    }
  });

  it('is in order, and no less where moving takes longer, whatever the prices', () => {
    const everything = yours(Object.fromEntries(PRICE_IDS.map((id, i) => [id, 1 + i / 7])));
    fc.assert(
      fc.property(
        fc.constantFrom(...METHODS),
        fc.integer({ min: 0, max: 400 * HOUR }),
        fc.integer({ min: 0, max: 400 * HOUR }),
        fc.constantFrom<HeldTarget>(held(400), held(50_000, 60_000), held(100, 100, 4_000), {
          ...{ kind: 'cluster', tier: 'M200', shards: 2, nodes: 4 },
        }),
        (method, a, b, target) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)];
          const cost = methodCost(
            method,
            { low, expected: (low + high) / 2, high },
            MOVED,
            pricing(target, everything),
          );
          const { amount } = cost;
          expect(amount?.low).toBeGreaterThan(0);
          expect(amount?.low).toBeLessThanOrEqual(amount?.expected ?? 0);
          expect(amount?.expected).toBeLessThanOrEqual(amount?.high ?? 0);
          const sum = cost.lines.reduce((all, line) => all + line.amount.expected, 0);
          expect(sum).toBeCloseTo(amount?.expected ?? Number.NaN, 6);
          const longer = methodCost(method, exactly(high), MOVED, pricing(target, everything)).amount;
          expect(longer?.expected).toBeGreaterThanOrEqual((amount?.expected ?? Number.NaN) - 1e-9);
        },
      ),
    );
  });
});

describe('methods of an assessment', () => {
  const costs = ({ targets }: Assessment, kind: string) =>
    targets.find(({ target }) => target.kind === kind)?.recommendation.ranked ?? [];

  it('each have a cost where they are possible, and none where they are not', () => {
    const made = makeAssessment(demoInput());
    for (const kind of ['cosmos-ru', 'cosmos-vcore']) {
      const ranked = costs(made, kind);
      expect(ranked.some(({ possible }) => !possible) || kind === 'cosmos-vcore').toBe(true);
      for (const { method, possible, cost } of ranked) expect([method, cost !== undefined]).toEqual([method, possible]);
    }
    // Nothing that can be cited has a price of vCore's nodes.
    expect(costs(made, 'cosmos-vcore').every(({ cost }) => cost?.amount === undefined)).toBe(true);
    expect(
      costs(made, 'cosmos-ru')
        .filter(({ possible }) => possible)
        .every(({ cost }) => cost?.amount),
    ).toBe(true);
  });

  it('cost as much again in each region that was said', () => {
    const direct = (regions?: number) =>
      costs(makeAssessment(demoInput(regions === undefined ? {} : { regions })), 'cosmos-ru').find(
        ({ method }) => method === 'direct-copy',
      )?.cost?.amount?.expected ?? Number.NaN;
    expect(direct(3)).toBeCloseTo(3 * direct(), 9);
  });

  it('are reckoned with the throughput that was said', () => {
    const throughput = { kind: 'manual', ruPerSecond: ruPerSecond(1_000) } as const;
    const collections = [aCollection('a.b', { documents: 1_000, logicalBytes: bytes(1e6) }), aCollection('a.c')];
    const { recommendation } = decide({
      inventory: anInventory(collections),
      selection: EVERYTHING,
      target: assumedTarget('cosmos-ru'),
      throughput,
      collectionThroughput: { 'a.c': { kind: 'autoscale', maxRuPerSecond: ruPerSecond(4_000) } },
      pricing: { prices: ours, ...regionsOf({}) },
    });
    const lines = recommendation.ranked.find(({ method }) => method === 'direct-copy')?.cost?.lines ?? [];
    expect(lines.map(({ id, params }) => [id, params['ruPerSecond'] ?? params['maxRuPerSecond']])).toEqual([
      ['held-manual', 1_000],
      ['held-autoscale', 4_000],
    ]);
  });
});
