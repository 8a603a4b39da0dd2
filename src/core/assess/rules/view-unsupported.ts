import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/**
 * RU accounts list no views among what they support; that they refuse them is said nowhere. A view has no documents of its own: all data moves without it, as it does without
 * an index or a validator that the target lacks.
 */
export const viewUnsupported: Rule = {
  id: 'view-unsupported',
  severity: 'warning',
  remedy: 'query-instead-of-view',
  source: SOURCES.ruFeatures,
  targets: ON_RU,
  looksAt: 'metadata',
  basis: 'unverified',
  check: (context) => hitsWhere(context, ({ facts }) => facts.type === 'view'),
};
