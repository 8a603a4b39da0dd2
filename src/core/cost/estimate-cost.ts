import type { CostEstimate, CostOption, RuSizing, VcoreSizing } from '../model/assessment.js';
import type { Assumption, Estimate } from '../model/estimate.js';
import { assume } from '../size/assumption-ids.js';
import { NONE } from '../size/bands.js';
import type { PriceList } from './price-list.js';
import { regionAssumption, regionsOf, type Regions } from './regions.js';
import { ruCosts } from './ru-cost.js';
import { vcoreCost } from './vcore-cost.js';

export interface CostInput {
  readonly prices: PriceList;
  /** Each that is there is reckoned. */
  readonly ru?: RuSizing;
  readonly vcore?: VcoreSizing;
  /** How long the copy takes. Absent: as long as its charge alone takes at the throughput of the sizing. */
  readonly copyMs?: Estimate;
  /** Of an RU account. Default: one. */
  readonly regions?: Regions;
}

/** What the targets cost by the price list, each way of paying by itself. List prices without discounts, reservations, free tiers, backups and traffic: never a quote. */
export function estimateCost(input: CostInput): CostEstimate {
  const { prices, ru, vcore } = input;
  const known = input.regions ?? regionsOf({});
  const { regions, multipleWriteRegions } = known;
  const copyMs = input.copyMs ?? ru?.migrationMs;
  const about: readonly Assumption[] = [
    assume('hours-per-month', 'published', { hours: prices.hoursPerMonth }, prices.hoursSource),
    regionAssumption(known),
    ...(input.copyMs ? [] : [assume('copy-time-by-charge', 'judged')]),
  ];
  const shared = { prices, copyMs: copyMs ?? NONE, about };
  const options: CostOption[] = [];
  if (ru) options.push(...ruCosts({ ...shared, sizing: ru, regions, multipleWriteRegions }));
  if (vcore) options.push(vcoreCost({ ...shared, sizing: vcore }));
  return { currency: prices.currency, pricesAsOf: prices.asOf, pricesFrom: prices.from, options };
}
