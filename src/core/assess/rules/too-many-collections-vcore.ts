import { MAX_VCORE_COLLECTIONS } from '../../size/limits.js';
import { type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_VCORE } from '../targets.js';

/** 1,000 collections per vCore cluster; those that the cluster holds already come on top. */
export const tooManyCollectionsVcore: Rule = {
  id: 'too-many-collections-vcore',
  severity: 'blocker',
  remedy: 'spread-over-clusters',
  source: SOURCES.vcoreLimits,
  targets: ON_VCORE,
  looksAt: 'metadata',
  check: ({ collections }) => {
    const count = collections.filter(({ facts }) => facts.type === 'collection').length;
    return count > MAX_VCORE_COLLECTIONS ? [{ params: { count, limit: MAX_VCORE_COLLECTIONS } }] : [];
  },
};
