import { unsupportedKindRule } from '../unsupported-rule.js';

export const featureStageUnsupported = unsupportedKindRule('stage', 'rewrite-pipeline');
