import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import ourPrices from '../../media/prices.json';
import { estimateCost } from '../../src/core/cost/estimate-cost.js';
import { regionsOf } from '../../src/core/cost/regions.js';
import { priceList, PRICE_IDS, unitOf, type PriceFile } from '../../src/core/cost/price-list.js';
import type { Estimate } from '../../src/core/model/estimate.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { SourceUsage } from '../../src/core/model/usage.js';
import { bytes, GIB, TIB } from '../../src/core/model/units.js';
import { ASSUMPTION_IDS } from '../../src/core/size/assumption-ids.js';
import { sizeForRu } from '../../src/core/size/ru-sizing.js';
import { migrationCharge } from '../../src/core/size/totals.js';
import { sizeForVcore } from '../../src/core/size/vcore-sizing.js';
import { aCollection, anIndex, ID_INDEX } from './core-builders.js';
import { aScan, aUsage, largeArchive, ruTarget, skewedEvents, smallShop } from './size-sources.js';

const target = ruTarget;

function estimatesIn(value: unknown): Estimate[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('unit' in value && 'expected' in value) return [value as Estimate];
  return Object.values(value).flatMap(estimatesIn);
}

/** Every price that there can be, so that no line is left out. */
const everyPrice: PriceFile = {
  ...(ourPrices as PriceFile),
  prices: PRICE_IDS.map((id, i) => ({
    id,
    amount: 0.01 * (i + 1),
    unit: unitOf(id),
    source: 'me',
    date: '2026-01-01',
  })),
};

const rate = fc.double({ min: 0, max: 1e5, noNaN: true });
const collection = fc
  .record({
    db: fc.constantFrom('a', 'b'),
    documents: fc.integer({ min: 0, max: 1_000_000_000 }),
    average: fc.integer({ min: 30, max: 2_000_000 }),
    indexes: fc.integer({ min: 0, max: 4 }),
    reads: rate,
    writes: rate,
    scan: fc.constantFrom('none', 'full', 'sample'),
    sharded: fc.boolean(),
  })
  .map((drawn) => ({
    ...drawn,
    documents: Math.min(drawn.documents, Math.floor((50 * TIB) / drawn.average)),
  }));
const anySource = fc
  .record({
    drawn: fc.array(collection, { maxLength: 5 }),
    cores: fc.option(fc.integer({ min: 1, max: 128 }), { nil: undefined }),
    cache: fc.option(fc.integer({ min: 1, max: 200 * GIB }), { nil: undefined }),
    rates: fc.boolean(),
    namespaces: fc.boolean(),
    wishedHours: fc.option(fc.integer({ min: 1, max: 200 }), { nil: undefined }),
    measured: fc.option(fc.double({ min: 1, max: 100, noNaN: true }), { nil: undefined }),
  })
  .map(({ drawn, cores, cache, rates, namespaces, wishedHours, measured }) => {
    const collections = drawn.map((one, i) =>
      aCollection(`${one.db}.c${i}`, {
        documents: one.documents,
        logicalBytes: bytes(one.documents * one.average),
        storageBytes: bytes((one.documents * one.average) / 2),
        indexBytes: bytes(one.documents * 20),
        indexes: [ID_INDEX, ...Array.from({ length: one.indexes }, (_, n) => anIndex({ key: [[`f${n}`, 1]] }))],
      }),
    );
    const machine = {
      ...(cores === undefined ? {} : { logicalCores: cores }),
      ...(cache === undefined ? {} : { cacheUsedBytes: cache, cacheMaxBytes: cache * 2 }),
    };
    return {
      collections,
      indexes: [],
      target,
      scans: collections.flatMap((c, i) => {
        const kind = drawn[i]?.scan;
        if (kind === undefined || kind === 'none' || c.documents === 0) return [];
        return [aScan(c, { f0_1: 3 }, kind === 'full' ? c.documents : Math.min(c.documents, 1000))];
      }),
      shardKeys: Object.fromEntries(drawn.flatMap((one, i) => (one.sharded ? [[`${one.db}.c${i}`, 'k']] : []))),
      usage: aUsage({
        machine,
        ...(rates
          ? {
              rates: {
                insert: 5,
                query: 50,
                update: 9,
                delete: 1,
                getmore: 1,
                command: 3,
                seconds: 60,
                by: 'watched' as const,
              },
            }
          : {}),
        namespaces: namespaces
          ? collections.map(({ ns }, i) => ({
              ns,
              readsPerSecond: drawn[i]?.reads ?? 0,
              writesPerSecond: drawn[i]?.writes ?? 0,
            }))
          : [],
      }),
      ...(wishedHours === undefined ? {} : { wishedCopyMs: wishedHours * 3_600_000 }),
      ...(measured === undefined ? {} : { measured: { ruPerDocument: measured } }),
    };
  });

describe('sizing of any source', () => {
  it('gives figures in order, finite, none below 0, each with what it rests on', () => {
    const known = new Set<string>(ASSUMPTION_IDS);
    fc.assert(
      fc.property(anySource, fc.integer({ min: 1, max: 3 }), (source, regions) => {
        const ru = sizeForRu(source);
        const vcore = sizeForVcore(source);
        const cost = estimateCost({ prices: priceList(everyPrice), ru, vcore, regions: regionsOf({ regions }) });
        const all = estimatesIn([ru, vcore, cost]);
        expect(all.length).toBeGreaterThan(10);
        for (const { low, expected, high, assumptions } of all) {
          expect(low).toBeGreaterThanOrEqual(0);
          expect(low).toBeLessThanOrEqual(expected * (1 + 1e-9));
          expect(expected).toBeLessThanOrEqual(high * (1 + 1e-9));
          expect(Number.isFinite(high)).toBe(true);
          for (const { id } of assumptions) expect(known.has(id), id).toBe(true);
          if (high > 0) expect(assumptions.length).toBeGreaterThan(0);
        }
        // What is set has to hold the average, and the busiest time, of the same figure.
        for (const at of ['low', 'expected', 'high'] as const) {
          const [average = 0, busiest = 0] = [ru.averageByRates?.[at], ru.steadyByRates?.[at]];
          expect(average).toBeLessThanOrEqual(busiest);
          expect(busiest).toBeLessThanOrEqual(ru.steady[at]);
        }
        for (const option of cost.options) expect(option.missingPrices).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the rules of the service: steps of 100, the least after a boost, 10,000 RU/s without a shard key', () => {
    fc.assert(
      fc.property(anySource, (source) => {
        const ru = sizeForRu(source);
        for (const { budget, steady, boost = 0, createWith = 0, least, storageBytes } of ru.budgets ?? []) {
          for (const figure of [steady, boost, createWith, least]) expect(figure % 100).toBe(0);
          expect(least).toBeGreaterThanOrEqual(Math.max(400, Math.floor(storageBytes / GIB / 100) * 100));
          expect(steady).toBeGreaterThanOrEqual(least);
          expect(least).toBeGreaterThanOrEqual(Math.max(boost, createWith) / 100);
          if (!budget.endsWith('.') && createWith === 0 && !isSharded(source, budget, storageBytes)) {
            expect(boost).toBeLessThanOrEqual(10_000);
          }
        }
        expect(ru.steady.expected).toBeGreaterThanOrEqual(ru.floorAfterBoost.low);
      }),
      { numRuns: 200 },
    );
  });

  it('never asks less for more documents', () => {
    fc.assert(
      fc.property(anySource, (source) => {
        const more = {
          ...source,
          scans: [],
          collections: source.collections.map((c) => ({
            ...c,
            documents: c.documents * 2,
            logicalBytes: bytes(c.logicalBytes * 2),
            indexBytes: bytes(c.indexBytes * 2),
          })),
        };
        const [small, large] = [sizeForRu({ ...source, scans: [] }), sizeForRu(more)];
        expect(large.migration.expected).toBeGreaterThanOrEqual(small.migration.expected);
        expect(large.storage.high).toBeGreaterThanOrEqual(small.storage.high);
        expect(large.floorAfterBoost.low).toBeGreaterThanOrEqual(small.floorAfterBoost.low);
      }),
      { numRuns: 100 },
    );
  });
});

function isSharded(
  source: { readonly shardKeys: Readonly<Record<string, string>> },
  budget: string,
  storageBytes: number,
): boolean {
  return source.shardKeys[budget] !== undefined || storageBytes > 20 * GIB;
}

describe('a measured charge', () => {
  it('scales the whole table and narrows the band', () => {
    const source = { ...smallShop(), target };
    const published = sizeForRu(source);
    const { documents, ru } = source.collections.reduce(
      (sum, c) => {
        const one = published.collections.find(({ ns }) => ns === c.ns);
        const terms = (one?.insert.expected ?? 0) - 0.2 * beforeTerms(source, c.ns.coll);
        return { documents: sum.documents + c.documents, ru: sum.ru + c.documents * terms };
      },
      { documents: 0, ru: 0 },
    );
    const measured = sizeForRu({ ...source, measured: { ruPerDocument: (1.4 * ru) / documents } });
    for (const [i, one] of measured.collections.entries()) {
      const other = published.collections[i];
      expect(one.insert.expected / (other?.insert.expected ?? 0)).toBeCloseTo(1.4, 6);
      expect(one.pointRead.expected / (other?.pointRead.expected ?? 0)).toBeCloseTo(1.4, 6);
      expect(one.insert.high / one.insert.low).toBeLessThan((other?.insert.high ?? 0) / (other?.insert.low ?? 1));
      expect(one.insert.assumptions.map(({ id }) => id)).toContain('charge-calibrated');
    }
  });

  it('is refused where it is none', () => {
    for (const ruPerDocument of [0, -1, Number.NaN, Infinity]) {
      expect(() => sizeForRu({ ...smallShop(), target, measured: { ruPerDocument } })).toThrow(MigrationError);
    }
    expect(() => sizeForRu({ ...smallShop(), target, wishedCopyMs: 0 })).toThrow(MigrationError);
  });
});

function beforeTerms(source: ReturnType<typeof smallShop>, coll: string): number {
  const planned = source.indexes.find(({ ns }) => ns.coll === coll)?.indexes ?? [];
  const scan = source.scans.find(({ ns }) => ns.coll === coll);
  return planned.reduce(
    (sum, { index, fate }) =>
      fate.kind !== 'skip' && fate.when === 'before-data' ? sum + (scan?.termsPerDocument[index.name] ?? 1) : sum,
    0,
  );
}

describe('sizing of an RU account', () => {
  it('narrows with each thing that is known', () => {
    const { scans, ...unseen } = { ...smallShop(), target };
    const width = ({ low, high }: Estimate): number => high / low;
    expect(width(sizeForRu({ ...unseen, scans }).migration)).toBeLessThan(width(sizeForRu(unseen).migration));
  });

  it('is what methods are compared by, where scans and fates are known', () => {
    const source = { ...smallShop(), target };
    const { total, assumptions } = migrationCharge(source.collections, source);
    expect(total).toBeCloseTo(sizeForRu(source).migration.expected, 3);
    expect(assumptions.map(({ id }) => id)).toContain('terms-by-scan');
  });

  it('makes a large collection with its partitions, and keeps only what a copy can use', () => {
    const events = sizeForRu({ ...skewedEvents(), target });
    expect(events.preSplit).toMatchObject([
      { partitions: 6, createWithRuPerSecond: 36_000, raiseToRuPerSecond: 60_000 },
    ]);
    const archive = sizeForRu({ ...largeArchive(), target });
    for (const { createWithRuPerSecond, raiseToRuPerSecond, partitions } of archive.preSplit) {
      expect(createWithRuPerSecond).toBe(partitions * 6_000);
      expect(raiseToRuPerSecond).toBeLessThan(createWithRuPerSecond);
    }
  });

  it('says where a wish cannot be had without a shard key', () => {
    const wide = aCollection('shop.wide', { documents: 50_000_000, logicalBytes: bytes(15 * GIB) });
    const { migrationThroughput } = sizeForRu({ collections: [wide], indexes: [], target, wishedCopyMs: 60_000 });
    expect(migrationThroughput.expected).toBe(10_000);
    expect(migrationThroughput.assumptions.map(({ id }) => id)).toContain('unsharded-limit');
  });

  it('takes the cores of a sharded cluster shard by shard', () => {
    const usage = aUsage({ machine: { logicalCores: 12 }, shards: 3, dataBearingMembers: 9 });
    const { steadyByCores } = sizeForRu({ ...smallShop(), usage, target });
    // Microsoft's example: 36 cores of one set's members ÷ 3 are 12,000 RU/s; here there are three sets.
    expect(steadyByCores?.expected).toBe(36_000);
  });
});

describe('the everyday throughput', () => {
  const of = (usage: SourceUsage) => sizeForRu({ ...smallShop(), target, usage });

  it('by operations goes as far up as they do, however few cores the source has', () => {
    const withCores = (logicalCores: number) => of({ ...smallShop().usage, machine: { logicalCores } });
    const { steady, steadyByRates } = withCores(1);
    expect(steady).toEqual(withCores(64).steady);
    expect(steady.high).toBe(Math.ceil((steadyByRates?.high ?? Number.NaN) / 100) * 100);
    expect(steady.assumptions.map(({ id }) => id)).not.toContain('cores-to-ru');
  });

  it('by cores alone is as rough as the rule: from the least that can be set to twice what it says', () => {
    const { steady, steadyByRates, floorAfterBoost, steadyByCores } = of(aUsage({ machine: { logicalCores: 16 } }));
    expect(steadyByRates).toBeUndefined();
    expect(steadyByCores).toMatchObject({ low: 9_600, expected: 16_000, high: 32_000 });
    expect(steady).toMatchObject({ low: floorAfterBoost.low, expected: 16_000, high: 32_000 });
    expect(steady.assumptions.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['cores-to-ru', 'cores-worth', 'load-by-lower-bound']),
    );
  });
});

describe('the counters of a server that has just been started', () => {
  const { usage, ...rest } = skewedEvents();
  const since = (seconds: number) => ({
    ...rest,
    target: ruTarget,
    usage: { ...usage, rates: { ...usage.rates, seconds, by: 'since-start' as const } } as SourceUsage,
  });

  it('are no everyday load: nothing is sized by them, and the figure says so', () => {
    const ru = sizeForRu(since(14));
    expect(ru.steadyByRates).toBeUndefined();
    expect(ru.averageByRates).toBeUndefined();
    expect(ru.collections.every(({ steady }) => steady === undefined)).toBe(true);
    const young = ru.steady.assumptions.find(({ id }) => id === 'counters-too-young');
    expect(young?.params).toEqual({ seconds: 14 });
    expect(sizeForVcore(since(14)).iops).toBeUndefined();
  });

  it('count from an hour on, and at once where somebody watches', () => {
    expect(sizeForRu(since(3_600)).steadyByRates).toBeDefined();
    expect(sizeForRu({ ...rest, target: ruTarget, ...(usage ? { usage } : {}) }).steadyByRates).toBeDefined();
    expect(sizeForVcore(since(3_600)).iops).toBeDefined();
  });
});

describe('what the sum of several collections rests on', () => {
  it('tells of all documents and indexes that were looked at, not of one collection', () => {
    const shop = smallShop();
    const ru = sizeForRu({ ...shop, target: ruTarget });
    const looked = ru.migration.assumptions.find(({ id }) => id === 'sizes-scanned');
    const [one, ...others] = ru.collections.map(
      ({ insert }) => insert.assumptions.find(({ id }) => id === 'sizes-scanned')?.params['documents'],
    );
    const all = [one, ...others].reduce<number>((sum, documents) => sum + Number(documents ?? 0), 0);
    expect(looked?.params).toEqual({ documents: all });
    expect(all).toBeGreaterThan(Number(one));
  });
});
