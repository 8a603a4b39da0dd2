import { featureSource } from '../features/target-support.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';

/** Users are no data: no method carries them, and neither service takes MongoDB's roles. */
export const clientUsersByHand: Rule = {
  id: 'client-users-by-hand',
  severity: 'info',
  remedy: 'make-users-by-hand',
  source: SOURCES.ruFeatures,
  targets: ON_COSMOS,
  looksAt: 'usage',
  check: ({ target, usage }) =>
    usage?.users !== undefined && usage.users > 0
      ? [{ params: { count: usage.users, kind: target.kind }, source: featureSource(target) }]
      : [],
};
