import { optionUseRule } from '../option-use-rule.js';
import { SOURCES } from '../sources.js';

/** Taken, and without effect. */
export const featureCollationIgnoredVcore = optionUseRule({
  id: 'feature-collation-ignored-vcore',
  severity: 'warning',
  remedy: 'check-collation',
  target: 'cosmos-vcore',
  options: ['collation'],
  source: SOURCES.vcoreEngine,
});
