/** Regions of an RU account: each has all of its throughput and storage, and is paid for it. */
import { MigrationError } from '../model/error.js';
import type { Assumption } from '../model/estimate.js';
import { leastRegions, type AccountRegions } from '../model/regions.js';
import type { TargetWish } from '../model/target-wishes.js';
import { assume } from '../size/assumption-ids.js';
import { SIZE_SOURCES } from '../size/sources.js';

/** The reading that they are from. */
const ACCOUNT_READING = 'Azure Resource Manager';

export interface Regions extends AccountRegions {
  /** What of it was read from the account: all of it, or, where somebody said how many regions, that each takes writes. */
  readonly ofAccount?: 'all' | 'writes';
}

export interface KnownRegions {
  readonly regions?: number | undefined;
  readonly wants?: readonly TargetWish[] | undefined;
  readonly account?: AccountRegions | undefined;
}

/**
 * The regions that a cost is reckoned with: as many as were said; where nobody said it, those of the account, or one where none was read; two at least where writes in several are wanted.
 * @throws MigrationError `bad-number` for regions that are no whole number above 0.
 */
export function regionsOf({ regions: said, wants, account }: KnownRegions): Regions {
  const least = leastRegions(wants);
  const isRead = said === undefined && account !== undefined && account.regions >= least;
  const regions = said ?? (isRead ? account.regions : least);
  if (!Number.isInteger(regions) || regions < 1) {
    throw new MigrationError('bad-number', { name: 'regions', value: String(regions) });
  }
  const isWished = wants?.includes('global-writes') ?? false;
  const hasWrites = account !== undefined && account.multipleWriteRegions && regions > 1;
  const ofAccount = isRead ? 'all' : hasWrites && !isWished ? 'writes' : undefined;
  return {
    regions,
    multipleWriteRegions: isWished || hasWrites,
    ...(ofAccount === undefined ? {} : { ofAccount }),
  };
}

/** Where the number of regions is from: read of the account, said, or judged. */
export function regionAssumption({ regions, multipleWriteRegions, ofAccount }: Regions): Assumption {
  if (ofAccount === 'all')
    return assume('regions-of-account', 'measured', { regions, multipleWriteRegions }, ACCOUNT_READING);
  if (regions === 1) return assume('one-region', 'judged');
  const writes = ofAccount === 'writes' ? { writesOfAccount: true } : {};
  return assume('several-regions', 'said', { regions, multipleWriteRegions, ...writes }, SIZE_SOURCES.bill);
}
