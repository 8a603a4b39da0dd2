/** Regions of an RU account: each has all of its throughput and storage, and is paid for it. */
import { MigrationError } from '../model/error.js';
import type { Assumption } from '../model/estimate.js';
import { leastRegions } from '../model/regions.js';
import type { TargetWish } from '../model/target-wishes.js';
import { assume } from '../size/assumption-ids.js';
import { SIZE_SOURCES } from '../size/sources.js';

export interface Regions {
  /** The first one counted. */
  readonly regions: number;
  readonly multipleWriteRegions: boolean;
}

/**
 * The regions that a cost is reckoned with: as many as were said, one where nobody said it, two where writes in several are wanted.
 * @throws MigrationError `bad-number` for regions that are no whole number above 0.
 */
export function regionsOf(said: { readonly regions?: number; readonly wants?: readonly TargetWish[] }): Regions {
  const multipleWriteRegions = said.wants?.includes('global-writes') ?? false;
  const regions = said.regions ?? leastRegions(said.wants);
  if (!Number.isInteger(regions) || regions < 1) {
    throw new MigrationError('bad-number', { name: 'regions', value: String(regions) });
  }
  return { regions, multipleWriteRegions };
}

export function regionAssumption({ regions, multipleWriteRegions }: Regions): Assumption {
  return regions === 1
    ? assume('one-region', 'judged')
    : assume('several-regions', 'said', { regions, multipleWriteRegions }, SIZE_SOURCES.bill);
}
