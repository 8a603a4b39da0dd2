import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** RU accounts list no views among what they support; that they refuse them is said nowhere. */
export const viewUnsupported: Rule = {
  id: 'view-unsupported',
  severity: 'blocker',
  remedy: 'query-instead-of-view',
  source: SOURCES.ruFeatures,
  targets: ON_RU,
  looksAt: 'metadata',
  basis: 'unverified',
  check: (context) => hitsWhere(context, ({ facts }) => facts.type === 'view'),
};
