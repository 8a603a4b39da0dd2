import { ON_RU } from '../targets.js';
import { unsupportedRule } from '../unsupported-rule.js';

/** vCore lacks none but those of JavaScript and text search. Operators of filters, and those of updates, which all targets have so far. */
export const featureQueryOperatorUnsupported = unsupportedRule(
  'feature-query-operator-unsupported',
  'rewrite-query',
  ({ kind }, group) => group === 'other' && (kind === 'query-operator' || kind === 'update-operator'),
  ON_RU,
);
