import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** RU accounts know `2dsphere` only. */
export const indexTwoDUnsupported = indexRule('2d-unsupported', 'warning', 'use-2dsphere', SOURCES.ruFeatures, {
  targets: ON_RU,
});
