import { optionUseRule } from '../option-use-rule.js';

/** "Comparison expressions". */
export const featureArrayLiteralUnsupported = optionUseRule({
  id: 'feature-array-literal-unsupported',
  severity: 'warning',
  remedy: 'rewrite-pipeline',
  target: 'cosmos-ru',
  options: ['comparison.arrayLiteral'],
});
