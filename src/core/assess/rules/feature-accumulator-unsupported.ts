import { ON_VCORE } from '../targets.js';
import { unsupportedKindRule } from '../unsupported-rule.js';

/** RU accounts have those that they list; of others their documentation is silent, which is told by `feature-not-listed`. */
export const featureAccumulatorUnsupported = unsupportedKindRule('accumulator', 'rewrite-pipeline', ON_VCORE);
