import { optionUseRule } from '../option-use-rule.js';

/** "Evaluation query operators": `i` and `m` read the whole collection. */
export const featureRegexScans = optionUseRule({
  id: 'feature-regex-scans',
  severity: 'info',
  remedy: 'store-lower-case',
  target: 'cosmos-ru',
  options: ['$regex.options'],
});
