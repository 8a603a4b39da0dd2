import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';

/** RU accounts list no views among what they support. */
export const viewUnsupported: Rule = {
  id: 'view-unsupported',
  severity: 'blocker',
  remedy: 'query-instead-of-view',
  source: SOURCES.ruFeatures,
  check: (context) =>
    context.target.kind === 'cosmos-ru' ? hitsWhere(context, ({ facts }) => facts.type === 'view') : [],
};
