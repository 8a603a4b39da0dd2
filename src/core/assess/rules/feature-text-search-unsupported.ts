import { unsupportedRule } from '../unsupported-rule.js';

export const featureTextSearchUnsupported = unsupportedRule(
  'feature-text-search-unsupported',
  'use-search-elsewhere',
  (_, group) => group === 'text-search',
);
