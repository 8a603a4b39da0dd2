import { MAX_RU_NAMESPACES } from '../../size/limits.js';
import { type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** 500 databases and collections per RU account; those that the account holds already come on top. */
export const tooManyNamespacesRu: Rule = {
  id: 'too-many-namespaces-ru',
  severity: 'blocker',
  remedy: 'spread-over-accounts',
  source: SOURCES.ruLimits,
  targets: ON_RU,
  looksAt: 'metadata',
  check: ({ collections }) => {
    const arriving = collections.filter(({ facts }) => facts.type === 'collection');
    const count = arriving.length + new Set(arriving.map(({ name }) => name.db)).size;
    return count > MAX_RU_NAMESPACES ? [{ params: { count, limit: MAX_RU_NAMESPACES } }] : [];
  },
};
