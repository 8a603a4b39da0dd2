import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';

/** Nothing that could tell what is in use was readable: silence of the other rules on use means nothing. */
export const featureUseUnknown: Rule = {
  id: 'feature-use-unknown',
  severity: 'info',
  remedy: 'read-use-too',
  source: SOURCES.serverStatus,
  targets: ON_COSMOS,
  looksAt: 'usage',
  check: ({ usage }) => {
    const looked = (usage?.looked.profiled ?? 0) + (usage?.looked.logged ?? 0);
    const counted = usage?.features.some(({ evidence }) => evidence === 'server-counters') ?? false;
    return usage && looked === 0 && !counted
      ? [{ params: { reason: usage.gaps.find(({ purpose }) => purpose === 'server-counters')?.reason ?? 'not-asked' } }]
      : [];
  },
};
