import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';

/** A view holds no documents: it is made again from its definition. */
export const viewRecreated: Rule = {
  id: 'view-recreated',
  severity: 'info',
  remedy: 'nothing-to-do',
  source: SOURCES.vcoreFeatures,
  targets: ['cosmos-vcore', 'mongodb'],
  looksAt: 'metadata',
  check: (context) => hitsWhere(context, ({ facts }) => facts.type === 'view'),
};
