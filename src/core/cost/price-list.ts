/** Prices as data: ours, and those that the user knows better. */
import { VCORE_TIERS } from '../size/vcore-tiers.js';

/**
 * What can have a price. `vcore-*` besides the storage is of one node of the tier for an hour; `data-factory-unit` of a data integration unit, `databricks-node` of a node's machine
 * and its DBUs together, `dms` of the service, `machine` of the one that this product runs on.
 */
export const PRICE_IDS = [
  'throughput-manual',
  'throughput-manual-multi-write',
  'throughput-autoscale',
  'throughput-autoscale-multi-write',
  'serverless',
  'storage',
  'vcore-M10',
  'vcore-M20',
  'vcore-M25',
  'vcore-M30',
  'vcore-M40',
  'vcore-M50',
  'vcore-M60',
  'vcore-M80',
  'vcore-M200',
  'vcore-storage',
  'data-factory-unit',
  'databricks-node',
  'dms',
  'machine',
] as const;
export type PriceId = (typeof PRICE_IDS)[number];

export type PriceUnit =
  '100-ru-per-second-hour' | 'million-ru' | 'gb-month' | 'node-hour' | 'gib-month' | 'unit-hour' | 'hour';

/** What each price is for; a file that says another unit is refused. */
export function unitOf(id: PriceId): PriceUnit {
  if (id.startsWith('throughput-')) return '100-ru-per-second-hour';
  if (id === 'serverless') return 'million-ru';
  if (id === 'storage') return 'gb-month';
  if (id === 'data-factory-unit') return 'unit-hour';
  if (id === 'dms' || id === 'machine') return 'hour';
  return id === 'vcore-storage' ? 'gib-month' : 'node-hour';
}

/** One price with where it was read and when. */
export interface Price {
  readonly id: PriceId;
  readonly amount: number;
  readonly unit: PriceUnit;
  /** Address of the page, or words of whoever says it. */
  readonly source: string;
  /** ISO date of the source. */
  readonly date: string;
  /** No public source prints it. */
  readonly unverified?: boolean;
}

/** A file of prices: `media/prices.json`, or the user's with some or all of them. Its schema is media/prices.schema.json. */
export interface PriceFile {
  readonly version: 1;
  /** ISO 4217. */
  readonly currency: string;
  /** ISO date of its oldest price. */
  readonly asOf: string;
  /** Where the prices hold, in words. */
  readonly region: string;
  /** Hours of a month. Absent in the user's: ours. */
  readonly hoursPerMonth?: { readonly hours: number; readonly source: string };
  readonly prices: readonly Price[];
}

export interface PriceList {
  readonly currency: string;
  readonly asOf: string;
  /** The product's list, or the name of the user's file. */
  readonly from: string;
  readonly region: string;
  readonly hoursPerMonth: number;
  readonly hoursSource: string;
  readonly prices: ReadonlyMap<PriceId, Price & { readonly isYours: boolean }>;
}

/** Where the user has no file of their own. */
export const OUR_LIST = 'media/prices.json';
/** Hours of a month where no file says them: 365 × 24 ÷ 12, as learn.microsoft.com/azure/cosmos-db/how-to-choose-offer reckons. */
const HOURS_PER_MONTH = 730;
const HOURS_SOURCE = 'https://learn.microsoft.com/azure/cosmos-db/how-to-choose-offer';

/**
 * The user's prices in place of ours, one by one. Ours do not fill gaps of a list in another currency: sums of two currencies are none.
 * @param from name of the user's file
 */
export function priceList(ours: PriceFile, yours?: { readonly file: PriceFile; readonly from: string }): PriceList {
  const prices = new Map<PriceId, Price & { readonly isYours: boolean }>();
  const isMixed = yours === undefined || yours.file.currency === ours.currency;
  if (isMixed) for (const price of ours.prices) prices.set(price.id, { ...price, isYours: false });
  for (const price of yours?.file.prices ?? []) prices.set(price.id, { ...price, isYours: true });
  const file = yours?.file ?? ours;
  const hours = yours?.file.hoursPerMonth ?? ours.hoursPerMonth;
  return {
    currency: file.currency,
    asOf: file.asOf,
    from: yours?.from ?? OUR_LIST,
    region: file.region,
    hoursPerMonth: hours?.hours ?? HOURS_PER_MONTH,
    hoursSource: hours?.source ?? HOURS_SOURCE,
    prices,
  };
}

/** The price of a tier's node. */
export function tierPriceId(tier: string): PriceId | undefined {
  const known = VCORE_TIERS.some(({ name }) => name === tier);
  return known ? PRICE_IDS.find((id) => id === `vcore-${tier}`) : undefined;
}
