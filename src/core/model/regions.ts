import type { TargetWish } from './target-wishes.js';

/** Regions that an account has at least: writes in several take two. */
export function leastRegions(wants: readonly TargetWish[] = []): number {
  return wants.includes('global-writes') ? 2 : 1;
}

/** More than Azure has. */
export const MOST_REGIONS = 100;
