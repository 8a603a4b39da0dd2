import { unsupportedKindRule } from '../unsupported-rule.js';

export const featureExpressionUnsupported = unsupportedKindRule('expression', 'rewrite-pipeline');
