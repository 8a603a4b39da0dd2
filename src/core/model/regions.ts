import type { TargetWish } from './target-wishes.js';

/** Regions that an account has at least: writes in several take two. */
export function leastRegions(wants: readonly TargetWish[] = []): number {
  return wants.includes('global-writes') ? 2 : 1;
}

/** As Azure tells them of an account. */
export interface AccountRegions {
  readonly regions: number;
  /** They are several, and each takes writes. */
  readonly multipleWriteRegions: boolean;
}

/** More than Azure has. */
export const MOST_REGIONS = 100;
