import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import ourPrices from '../../media/prices.json';
import { billedHours } from '../../src/core/cost/billed-hours.js';
import { estimateCost } from '../../src/core/cost/estimate-cost.js';
import { regionsOf } from '../../src/core/cost/regions.js';
import { priceList, unitOf, type PriceFile, type PriceId } from '../../src/core/cost/price-list.js';
import type { CostOption } from '../../src/core/model/assessment.js';
import { MigrationError } from '../../src/core/model/error.js';
import { sizeForRu } from '../../src/core/size/ru-sizing.js';
import { sizeForVcore } from '../../src/core/size/vcore-sizing.js';
import { parsePrices, readPrices } from '../../src/adapters/files/price-file.js';
import { anyAssumptionSentence } from '../../src/words/assumptions.js';
import { makeTempFolder } from '../support/temp.js';
import { aUsage, ruTarget, skewedEvents, smallShop } from './size-sources.js';

const ours = ourPrices as PriceFile;
const prices = priceList(ours);
const HOUR = 3_600_000;

function option(options: readonly CostOption[], id: CostOption['id']): CostOption {
  const found = options.find((one) => one.id === id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}

function yours(amounts: Partial<Record<PriceId, number>>, change: Partial<PriceFile> = {}): PriceFile {
  const list = Object.entries(amounts).map(([id, amount]) => ({
    id: id as PriceId,
    amount,
    unit: unitOf(id as PriceId),
    source: 'our contract',
    date: '2026-02-01',
  }));
  return { version: 1, currency: 'USD', asOf: '2026-02-01', region: 'West Europe', prices: list, ...change };
}

describe('billed hours', () => {
  it("are those of Microsoft's example: 9:30 to 10:45 are two", () => {
    const { low, high } = billedHours(1.25 * HOUR);
    expect([low, high]).toEqual([2, 3]);
  });

  it('hold the wall-clock hours of every start, whose average is what is expected', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 * HOUR }), fc.integer({ min: 0, max: HOUR - 1 }), (ms, start) => {
        // The copy ends before the last millisecond that it does not use.
        const touched = Math.floor((start + ms - 1) / HOUR) + 1;
        const { low, expected, high } = billedHours(ms);
        expect(touched).toBeGreaterThanOrEqual(low);
        expect(touched).toBeLessThanOrEqual(high);
        expect(expected).toBeGreaterThanOrEqual(low);
        expect(expected).toBeLessThanOrEqual(high);
      }),
    );
    const starts = Array.from(
      { length: 3600 },
      (_, second) => Math.floor((second * 1000 + 1.25 * HOUR - 1) / HOUR) + 1,
    );
    const average = starts.reduce((a, b) => a + b, 0) / starts.length;
    expect(average).toBeCloseTo(billedHours(1.25 * HOUR).expected, 2);
    expect(billedHours(0).high).toBe(0);
    expect(() => billedHours(-1)).toThrow(MigrationError);
  });
});

describe('the cost of an RU account', () => {
  const ru = sizeForRu({ ...skewedEvents(), target: ruTarget });

  it("is Microsoft's own bill for 1,000 RU/s: 0.08 an hour", () => {
    const steady = { ...ru.steady, low: 1000, expected: 1000, high: 1000 };
    const cost = estimateCost({ prices, ru: { ...ru, steady, budgets: [] } });
    const line = option(cost.options, 'ru-manual').lines.find(({ id }) => id === 'throughput-manual');
    expect((line?.amount.expected ?? 0) / prices.hoursPerMonth).toBeCloseTo(0.08, 10);
    // The page's month of 30 days has 720 hours.
    expect(((line?.amount.expected ?? 0) / prices.hoursPerMonth) * 720).toBeCloseTo(57.6, 10);
  });

  it("is Microsoft's own comparison: 30,000 RU/s that are used for 39 % cost less with autoscale", () => {
    const flat = (expected: number) => ({ ...ru.steady, low: expected, expected, high: expected });
    const [steady, averageByRates] = [flat(30_000), flat(0.39 * 30_000)];
    const used = { ...ru, steady, steadyByRates: averageByRates, averageByRates, budgets: [], collections: [] };
    const { options } = estimateCost({ prices, ru: used });
    const [manual, auto] = [option(options, 'ru-manual'), option(options, 'ru-autoscale')];
    expect((manual.monthly?.expected ?? 0) / prices.hoursPerMonth).toBeCloseTo(2.4, 6);
    expect((auto.monthly?.expected ?? 0) / prices.hoursPerMonth).toBeCloseTo(0.39 * 3.6, 6);
    expect(auto.why.map(({ id, weight }) => `${weight}${id}`)).toContain('+load-is-uneven');
    expect(manual.why.map(({ id, weight }) => `${weight}${id}`)).toContain('-load-is-uneven');
  });

  it('grows with every region, and with several write regions', () => {
    const monthly = (more: object): number =>
      option(estimateCost({ prices, ru, ...more }).options, 'ru-manual').monthly?.expected ?? 0;
    const said = (regions: number) => ({ regions: regionsOf({ regions }) });
    expect(monthly(said(3))).toBeCloseTo(3 * monthly({}), 6);
    expect(monthly({ regions: regionsOf({ regions: 2, wants: ['global-writes'] }) })).toBeGreaterThan(monthly(said(2)));
    expect(() => said(0)).toThrow(MigrationError);
    expect(() => said(1.5)).toThrow(MigrationError);
  });

  it('has one region where nobody says how many, and two where writes in several are wanted', () => {
    expect(regionsOf({})).toEqual({ regions: 1, multipleWriteRegions: false });
    expect(regionsOf({ wants: ['global-writes'] })).toEqual({ regions: 2, multipleWriteRegions: true });
    expect(regionsOf({ wants: ['global-writes', 'elastic'], regions: 3 })).toEqual({
      regions: 3,
      multipleWriteRegions: true,
    });
  });

  it('has the regions of an account that was read, as long as nobody says how many', () => {
    const account = { regions: 3, multipleWriteRegions: true };
    expect(regionsOf({ account })).toEqual({ ...account, ofAccount: 'all' });
    expect(regionsOf({ account: { regions: 1, multipleWriteRegions: false } })).toMatchObject({ ofAccount: 'all' });
    expect(regionsOf({ account, regions: 2 })).toEqual({
      ...{ regions: 2, multipleWriteRegions: true, ofAccount: 'writes' },
    });
    expect(regionsOf({ account, regions: 1 })).toEqual({ regions: 1, multipleWriteRegions: false });
    // Writes in several take two: what is wished of the service is more than the account has.
    expect(regionsOf({ account: { regions: 1, multipleWriteRegions: false }, wants: ['global-writes'] })).toEqual({
      ...{ regions: 2, multipleWriteRegions: true },
    });
    const told = (known: Parameters<typeof regionsOf>[0]): string => {
      const { lines } = option(estimateCost({ prices, ru, regions: regionsOf(known) }).options, 'ru-manual');
      const said = lines.flatMap(({ amount }) => amount.assumptions).filter(({ id }) => /region/.test(id));
      return said.map((one) => `${anyAssumptionSentence(one)} (${one.basis})`)[0] ?? '';
    };
    expect(told({ account })).toMatch(/^3 regions, each taking writes, as read from the account, .* \(measured\)$/);
    expect(told({ account: { regions: 1, multipleWriteRegions: false } })).toMatch(/^One region, as read from/);
    expect(told({ account, regions: 2 })).toMatch(/^2 regions, .* takes writes was read from the account\. \(said\)$/);
  });

  it('of a copy is that of the hours that it takes, the first at what the collection is made with', () => {
    const copyMs = {
      unit: 'milliseconds',
      low: 10 * HOUR,
      expected: 10 * HOUR,
      high: 10 * HOUR,
      assumptions: [],
    } as const;
    const budgets = [
      { budget: 'a.b', collections: 1, storageBytes: 0, steady: 400, createWith: 90_000, boost: 50_000, least: 900 },
    ];
    const cost = estimateCost({ prices, ru: { ...ru, budgets }, copyMs });
    const { migration } = option(cost.options, 'ru-manual');
    expect(migration?.low).toBeCloseTo((900 + 9 * 500) * 0.008, 8);
    // Started between two hours of the clock it touches one more.
    expect(migration?.high).toBeCloseTo((900 + 10 * 500) * 0.008, 8);
  });

  it('with autoscale has the hours of the copy, which drives it up to its maximum, and a band as wide as the load', () => {
    const budgets = [{ budget: 'a.', collections: 3, storageBytes: 0, steady: 400, least: 400 }];
    const flat = (expected: number) => ({ ...ru.steady, low: expected, expected, high: expected });
    const load = { ...flat(50), high: 800 };
    const hour = { unit: 'milliseconds', low: HOUR, expected: HOUR, high: HOUR, assumptions: [] } as const;
    const sizing = { ...ru, budgets, steady: flat(400), steadyByRates: load, averageByRates: load, collections: [] };
    const auto = option(estimateCost({ prices, ru: sizing, copyMs: hour }).options, 'ru-autoscale');
    // 1,000 RU/s of which everyday life uses a tenth, or at most eight tenths; an hour touches one or two.
    expect(auto.monthly?.expected).toBeCloseTo(0.1 * 10 * 0.012 * 730, 6);
    expect(auto.monthly?.high).toBeCloseTo(0.8 * 10 * 0.012 * 730, 6);
    expect(auto.migration?.low).toBeCloseTo(0.2 * 10 * 0.012, 6);
    expect(auto.migration?.high).toBeCloseTo(0.9 * 10 * 0.012 * billedHours(HOUR).high, 6);
    const manual = option(estimateCost({ prices, ru: sizing, copyMs: hour }).options, 'ru-manual');
    expect(manual.migration?.expected).toBe(0);
  });

  it('rules serverless out where a collection is too large or a second region is wished', () => {
    const small = sizeForRu({ ...smallShop(), target: ruTarget });
    expect(option(estimateCost({ prices, ru: small }).options, 'ru-serverless').possible).toBe(true);
    const two = option(
      estimateCost({ prices, ru: small, regions: regionsOf({ regions: 2 }) }).options,
      'ru-serverless',
    );
    expect(two).toMatchObject({ possible: false });
    expect(two.why.map(({ id }) => id)).toContain('serverless-one-region');
  });
});

describe('prices', () => {
  const vcore = sizeForVcore(skewedEvents());

  it('that nobody has published are told as missing, and no sum is made up', () => {
    const { options } = estimateCost({ prices, vcore });
    const cost = option(options, 'vcore');
    expect(cost.monthly).toBeUndefined();
    expect(cost.migration).toBeUndefined();
    expect(cost.missingPrices).toEqual([`vcore-${vcore.tier}`, 'vcore-storage', 'vcore-M200']);
    expect(cost.why.filter(({ id }) => id === 'no-price-known')).toHaveLength(3);
  });

  it('of the user stand in the place of ours, one by one, and are named as theirs', () => {
    const file = yours({ [`vcore-${vcore.tier}`]: 2, 'vcore-storage': 0.1, 'vcore-M200': 20, storage: 0.3 });
    const list = priceList(ours, { file, from: 'mine.prices.json' });
    expect(list.prices.get('storage')).toMatchObject({ amount: 0.3, isYours: true });
    expect(list.prices.get('throughput-manual')).toMatchObject({ amount: 0.008, isYours: false });
    const { options, pricesFrom, pricesAsOf } = estimateCost({ prices: list, vcore });
    expect([pricesFrom, pricesAsOf]).toEqual(['mine.prices.json', '2026-02-01']);
    const cost = option(options, 'vcore');
    const nodes = 2 * vcore.shards;
    expect(cost.monthly?.expected).toBeCloseTo(nodes * (2 * 730 + 0.1 * vcore.storageGib), 6);
    expect(cost.monthly?.assumptions.map(({ id }) => id)).toContain('price-yours');
  });

  it('of two currencies are never added', () => {
    const list = priceList(ours, { file: yours({ storage: 0.3 }, { currency: 'EUR' }), from: 'euro' });
    const ru = sizeForRu({ ...smallShop(), usage: aUsage(), target: ruTarget });
    const cost = estimateCost({ prices: list, ru });
    expect(cost.currency).toBe('EUR');
    expect(option(cost.options, 'ru-manual').missingPrices).toEqual(['throughput-manual']);
    expect(option(cost.options, 'ru-manual').monthly).toBeUndefined();
  });

  it('have each a source, a date and their own unit, ours as well as those of a file', () => {
    for (const { source, date, unit, id } of ours.prices) {
      expect(source).toMatch(/^https:\/\/(learn|azure)\.microsoft\.com\//);
      expect(date >= ours.asOf).toBe(true);
      expect(unit).toBe(unitOf(id));
    }
    expect(parsePrices(JSON.stringify(ours), 'prices.json')).toEqual(ours);
  });

  it('are read from the file that the user names, or are ours', async () => {
    const folder = await makeTempFolder('prices');
    const path = join(folder.path, 'mine.prices.json');
    await writeFile(path, `\uFEFF${JSON.stringify(yours({ storage: 0.5 }))}`);
    expect((await readPrices(path)).prices.get('storage')?.amount).toBe(0.5);
    expect((await readPrices(path)).from).toBe('mine.prices.json');
    expect(await readPrices()).toEqual(prices);
    await expect(readPrices(join(folder.path, 'none.json'))).rejects.toMatchObject({ code: 'file-failed' });
    await folder.remove();
  });

  it.each([
    ['no JSON', '{', '/ is not JSON'],
    ['a price below 0', JSON.stringify(yours({ storage: -1 })), '/prices/0/amount must be >= 0'],
    ['a price that nobody knows', JSON.stringify(yours({ storge: 1 } as never)), '/prices/0/id must be equal'],
    [
      'another unit',
      JSON.stringify({ ...ours, prices: [{ ...ours.prices[0], unit: 'gb-month' }] }),
      '/prices/0/unit must be',
    ],
    [
      'a price twice',
      JSON.stringify({ ...ours, prices: [ours.prices[5], ours.prices[5]] }),
      '/prices/1/id is there twice',
    ],
    ['no currency', JSON.stringify({ ...ours, currency: undefined }), 'currency'],
    ['something else in it', JSON.stringify({ ...ours, secret: 'x' }), '(secret)'],
  ])('are refused with %s, with the place and the rule', (_what, text, problem) => {
    let thrown: unknown;
    try {
      parsePrices(text, 'mine.json');
    } catch (error) {
      thrown = error;
    }
    if (!MigrationError.is(thrown, 'bad-file')) throw new Error('not refused as a file');
    expect(thrown.facts).toMatchObject({ reason: 'prices-invalid', path: 'mine.json' });
    expect(String(thrown.facts['problems'])).toContain(problem);
  });
});
