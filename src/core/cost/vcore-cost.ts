/** What a vCore cluster costs: its nodes by the hour, its disks by the month. */
import type { CostOption, VcoreSizing } from '../model/assessment.js';
import type { Assumption } from '../model/estimate.js';
import { assume } from '../size/assumption-ids.js';
import { exactly, times, type Band } from '../size/bands.js';
import { SIZE_SOURCES } from '../size/sources.js';
import { billedHoursOf } from './billed-hours.js';
import { costWhy } from './cost-ids.js';
import { PricedLines } from './priced.js';
import { tierPriceId, type PriceList } from './price-list.js';

export interface VcoreCostInput {
  readonly sizing: VcoreSizing;
  readonly prices: PriceList;
  /** How long the larger tier is kept, ms. */
  readonly copyMs: Band;
  readonly about: readonly Assumption[];
}

/** Absent sums, with the prices that are missing, are an answer too: no page that can be cited prints what a node costs. */
export function vcoreCost({ sizing, prices, copyMs, about }: VcoreCostInput): CostOption {
  const lines = new PricedLines(prices);
  const { tier, shards, storageGib, highAvailability } = sizing;
  // A standby node for each shard, with a disk of its own.
  const nodes = shards * (highAvailability ? 2 : 1);
  const doubled = highAvailability
    ? [...about, assume('availability-doubles', 'unverified', { shards, nodes }, SIZE_SOURCES.vcoreAvailability)]
    : about;
  const priceOfTier = tierPriceId(tier);
  if (priceOfTier) {
    const params = { tier, nodes, hours: prices.hoursPerMonth };
    lines.add('monthly', 'vcore-compute', priceOfTier, exactly(nodes * prices.hoursPerMonth), params, doubled);
  }
  const disks = exactly(nodes * storageGib);
  lines.add('monthly', 'vcore-storage', 'vcore-storage', disks, { gib: storageGib, nodes }, doubled);
  const larger = sizing.reasons.find(({ id }) => id === 'larger-while-copying')?.params['tier'];
  const priceOfLarger = typeof larger === 'string' ? tierPriceId(larger) : undefined;
  if (priceOfLarger) {
    const hours = billedHoursOf(copyMs);
    const params = { tier: String(larger), nodes, hours: hours.expected };
    lines.add('migration', 'migration-vcore', priceOfLarger, times(hours, nodes), params, [
      ...doubled,
      assume('migration-tier-hours', 'judged', {}, SIZE_SOURCES.vcoreMigration),
    ]);
  }
  return lines.option('vcore', true, highAvailability ? [costWhy('availability-in-price', '+', { nodes })] : []);
}
