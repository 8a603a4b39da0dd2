import { unsupportedRule } from '../unsupported-rule.js';

export const featureJavascriptUnsupported = unsupportedRule(
  'feature-javascript-unsupported',
  'rewrite-javascript',
  (_, group) => group === 'javascript',
);
