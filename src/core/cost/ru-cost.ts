/** What an RU account costs, by each of the three ways in which it can be paid. */
import type { CostOption, RuBudgetSizing, RuSizing } from '../model/assessment.js';
import type { Assumption } from '../model/estimate.js';
import { GIB, TIB } from '../model/units.js';
import { CREATION_RU_PER_PARTITION, floorOf, PARTITION_RU_PER_SECOND } from '../plan/throughput-raise.js';
import { assume } from '../size/assumption-ids.js';
import { atLeast, atMost, band, exactly, mapBand, times, type Band } from '../size/bands.js';
import { AUTOSCALE_RU_PER_SECOND, SERVERLESS_RU_PER_SECOND } from '../size/limits.js';
import { SIZE_SOURCES } from '../size/sources.js';
import { billedHoursOf } from './billed-hours.js';
import { costWhy, type CostWhy } from './cost-ids.js';
import { PricedLines } from './priced.js';
import type { PriceId, PriceList } from './price-list.js';

export interface RuCostInput {
  readonly sizing: RuSizing;
  readonly prices: PriceList;
  /** How long the throughput is raised, ms. */
  readonly copyMs: Band;
  readonly regions: number;
  readonly multipleWriteRegions: boolean;
  readonly about: readonly Assumption[];
}

/** Storage of a serverless container. Source: learn.microsoft.com/azure/cosmos-db/serverless-performance. */
const SERVERLESS_BYTES = TIB;
/** What autoscale bills at least, of its maximum. Source: learn.microsoft.com/azure/cosmos-db/how-to-choose-offer. */
const AUTOSCALE_LEAST = 0.1;
/** Share of the everyday throughput that an average hour reaches, where no load says it. Judged. */
const UNKNOWN_USE = 0.5;
/** Autoscale is cheaper up to this use of its maximum. Source: as {@link AUTOSCALE_LEAST}. */
const BREAK_EVEN = 0.66;
const SECONDS_PER_HOUR = 3_600;

interface Offer {
  /** RU/s that it is set in. */
  readonly step: number;
  /** What gives the same number of partitions as so many manual RU/s. */
  readonly madeWith: number;
}

/** Autoscale makes a partition for each 10,000 RU/s of its maximum, manual throughput for each 6,000. Source: see `throughput-raise`. */
const AUTOSCALE_OFFER: Offer = {
  step: AUTOSCALE_RU_PER_SECOND.step,
  madeWith: PARTITION_RU_PER_SECOND / CREATION_RU_PER_PARTITION,
};

/** Manual, autoscale and serverless, in that order. */
export function ruCosts(input: RuCostInput): readonly CostOption[] {
  return [manual(input), autoscale(input), serverless(input)];
}

/** Of one way of paying; RU/s of the whole account and of what it is raised to. */
function manual(input: RuCostInput): CostOption {
  const { sizing, prices, regions, multipleWriteRegions, about } = input;
  const lines = new PricedLines(prices);
  const price = multipleWriteRegions ? 'throughput-manual-multi-write' : 'throughput-manual';
  const { steady } = sizing;
  lines.add(
    'monthly',
    'throughput-manual',
    price,
    times(mapBand(steady, per100), regions * prices.hoursPerMonth),
    { ruPerSecond: steady.expected, regions, hours: prices.hoursPerMonth },
    [...about, ...steady.assumptions],
  );
  addStorage(lines, sizing, regions, about);
  const boost = addBoost(lines, price, input, { step: 1, madeWith: 1 });
  return lines.option('ru-manual', true, [...loadWhys(sizing, 'manual'), ...boostWhys(sizing, boost)]);
}

function autoscale(input: RuCostInput): CostOption {
  const { sizing, prices, regions, multipleWriteRegions, about } = input;
  const lines = new PricedLines(prices);
  const price = multipleWriteRegions ? 'throughput-autoscale-multi-write' : 'throughput-autoscale';
  const most = autoscaleMaximum(sizing);
  const use = autoscaleUse(sizing, most);
  lines.add(
    'monthly',
    'throughput-autoscale',
    price,
    times(times(mapBand(most, per100), use), regions * prices.hoursPerMonth),
    { maxRuPerSecond: most.expected, share: use.expected, regions, hours: prices.hoursPerMonth },
    [
      ...about,
      assume(
        'autoscale-use',
        'judged',
        { share: use.expected, least: AUTOSCALE_LEAST },
        SIZE_SOURCES.manualOrAutoscale,
      ),
      ...sizing.steady.assumptions,
    ],
  );
  addStorage(lines, sizing, regions, about);
  addAutoscaledHours(lines, price, input, use);
  const boost = addBoost(lines, price, input, AUTOSCALE_OFFER);
  return lines.option('ru-autoscale', true, [...loadWhys(sizing, 'autoscale'), ...boostWhys(sizing, boost)]);
}

/** The maximum RU/s of all budgets together under autoscale: what load and data ask for, and a tenth of the boost, each in whole thousands. */
export function autoscaleMaximum({ budgets = [], steady }: RuSizing): Band {
  const { step, least } = AUTOSCALE_RU_PER_SECOND;
  return atLeast(
    mapBand(steady, (v) => roundUp(v, step)),
    Math.max(
      least,
      budgets.reduce((sum, budget) => sum + budgetMaximum(budget), 0),
    ),
  );
}

function budgetMaximum({ steady, storageBytes, boost = 0, createWith = 0 }: RuBudgetSizing): number {
  const raised = Math.max(boost, createWith * AUTOSCALE_OFFER.madeWith);
  return Math.max(roundUp(steady, AUTOSCALE_OFFER.step), floorOf('autoscale', storageBytes, raised));
}

/**
 * What an average hour reaches of the maximum, no less than a tenth: its busiest second decides, so between the average load and the busiest. From the least load that there may
 * be to the busiest time all day.
 */
function autoscaleUse({ steady, steadyByRates, averageByRates }: RuSizing, most: Band): Band {
  const busiest = steadyByRates ?? steady;
  const expected = busiest.expected / most.expected;
  if (!averageByRates) return atMost(atLeast(band(0, expected * UNKNOWN_USE, 1), AUTOSCALE_LEAST), 1);
  const average = averageByRates.expected / most.expected;
  const use = band(averageByRates.low / most.low, (average + expected) / 2, busiest.high / most.high);
  return atMost(atLeast(use, AUTOSCALE_LEAST), 1);
}

/** Which of manual and autoscale is cheaper hangs on how evenly the throughput is used. */
function loadWhys(sizing: RuSizing, way: 'manual' | 'autoscale'): readonly CostWhy[] {
  if (!sizing.averageByRates) return [costWhy('load-not-known', '-', { limit: BREAK_EVEN })];
  const share = autoscaleUse(sizing, sizing.steady).expected;
  const isEven = share > BREAK_EVEN;
  const suits = isEven === (way === 'manual');
  return [costWhy(isEven ? 'load-is-even' : 'load-is-uneven', suits ? '+' : '-', { share, limit: BREAK_EVEN })];
}

function serverless({ sizing, prices, regions, about }: RuCostInput): CostOption {
  const lines = new PricedLines(prices);
  const { steady, averageByRates, storage, migration, verification } = sizing;
  const perMonth = (prices.hoursPerMonth * SECONDS_PER_HOUR) / 1e6;
  // What is used, not what has to be ready.
  const used = averageByRates ?? band(0, steady.expected * AUTOSCALE_LEAST, steady.expected);
  lines.add('monthly', 'serverless', 'serverless', times(used, perMonth), { ruPerSecond: used.expected }, [
    ...about,
    ...(averageByRates?.assumptions ?? [assume('load-unknown', 'judged', { most: steady.expected })]),
  ]);
  addStorage(lines, sizing, 1, about);
  const copied = verification ? addBands(migration, verification) : migration;
  lines.add('migration', 'migration-serverless', 'serverless', times(copied, 1e-6), { ru: copied.expected }, about);
  const whys: CostWhy[] = [];
  if (regions > 1) whys.push(costWhy('serverless-one-region', '!', { regions }));
  const large = sizing.collections.filter((c) => c.storage.expected > SERVERLESS_BYTES).length;
  if (large > 0) {
    const params = { collections: large, limitBytes: SERVERLESS_BYTES, bytes: storage.expected };
    whys.push(costWhy('serverless-storage-limit', '!', params));
  }
  const busy = sizing.collections.filter((c) => (c.steady?.expected ?? 0) > SERVERLESS_RU_PER_SECOND).length;
  if (busy > 0) {
    const params = { collections: busy, ruPerSecond: SERVERLESS_RU_PER_SECOND };
    whys.push(costWhy('serverless-throughput-limit', '-', params));
  }
  const possible = !whys.some(({ weight }) => weight === '!');
  return lines.option('ru-serverless', possible, [costWhy('paid-by-use', '+'), ...whys]);
}

function addBands(a: Band, b: Band): Band {
  return { low: a.low + b.low, expected: a.expected + b.expected, high: a.high + b.high };
}

function addStorage(lines: PricedLines, sizing: RuSizing, regions: number, about: readonly Assumption[]): void {
  // A GB at least for each container with something in it.
  const least = exactly(sizing.collections.filter((c) => c.storage.expected > 0).length);
  const each = sizing.collections.map((c) =>
    atLeast(
      mapBand(c.storage, (v) => v / GIB),
      c.storage.expected > 0 ? 1 : 0,
    ),
  );
  const gb = each.reduce(addBands, { low: 0, expected: 0, high: 0 });
  const params = { bytes: sizing.storage.expected, gb: gb.expected, regions };
  lines.add('monthly', 'storage', 'storage', times(gb, regions), params, [
    ...about,
    ...sizing.storage.assumptions,
    ...(gb.expected > sizing.storage.expected / GIB
      ? [assume('least-storage-billed', 'published', { collections: least.expected }, SIZE_SOURCES.pricingModel)]
      : []),
  ]);
}

/**
 * The hours of the copy: the first at what collections are made with where that is more, the others at what they have while they are copied. Budgets that are not raised
 * cost what they always do. Returns the highest RU/s.
 */
function addBoost(lines: PricedLines, price: PriceId, input: RuCostInput, { step, madeWith }: Offer): number {
  const { sizing, copyMs, regions, about } = input;
  const raised = (sizing.budgets ?? []).filter(
    ({ boost, createWith }) => boost !== undefined || createWith !== undefined,
  );
  const sum = (of: (budget: RuBudgetSizing) => number): number =>
    raised.reduce((total, budget) => total + roundUp(of(budget), step), 0);
  const copying = sum(({ boost, steady }) => boost ?? steady);
  const first = sum(({ boost, steady, createWith = 0 }) => Math.max(boost ?? steady, createWith * madeWith));
  if (raised.length === 0) return 0;
  const hours = atLeast(billedHoursOf(copyMs), 1);
  const units = mapBand(hours, (h) => (per100(first) + per100(copying) * (h - 1)) * regions);
  const params = { ruPerSecond: copying, first, hours: hours.expected, regions };
  lines.add('migration', 'migration-boost', price, units, params, [
    ...about,
    assume('wall-clock-hours', 'published', {}, SIZE_SOURCES.bill),
  ]);
  return first;
}

/** A copy drives autoscale to its maximum: budgets that are not raised cost, for these hours, what everyday life leaves of it. */
function addAutoscaledHours(lines: PricedLines, price: PriceId, input: RuCostInput, use: Band): void {
  const { sizing, copyMs, regions, about } = input;
  const most = (sizing.budgets ?? [])
    .filter(({ boost, createWith }) => boost === undefined && createWith === undefined)
    .reduce((sum, budget) => sum + budgetMaximum(budget), 0);
  const hours = billedHoursOf(copyMs);
  if (most === 0 || hours.high === 0) return;
  const unused = { low: 1 - use.high, expected: 1 - use.expected, high: 1 - use.low };
  const units = times(
    times(
      mapBand(unused, (share) => share * per100(most)),
      hours,
    ),
    regions,
  );
  const params = { maxRuPerSecond: most, share: unused.expected, hours: hours.expected, regions };
  lines.add('migration', 'migration-autoscale', price, units, params, [
    ...about,
    assume('wall-clock-hours', 'published', {}, SIZE_SOURCES.bill),
  ]);
}

function boostWhys(sizing: RuSizing, boost: number): readonly CostWhy[] {
  if (boost === 0) return [];
  return [
    costWhy('raised-for-the-copy', '+', { ruPerSecond: boost }),
    costWhy('floor-stays', '-', { ruPerSecond: sizing.floorAfterBoost.expected }),
  ];
}

function per100(ruPerSecond: number): number {
  return ruPerSecond / 100;
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
