import { optionUseRule } from '../option-use-rule.js';

/** "Case insensitive: No". */
export const featureCollationUnsupportedRu = optionUseRule({
  id: 'feature-collation-unsupported-ru',
  severity: 'warning',
  remedy: 'check-collation',
  target: 'cosmos-ru',
  options: ['collation'],
});
