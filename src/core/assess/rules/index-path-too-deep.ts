import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** An RU account indexes paths of up to 6 levels. */
export const indexPathTooDeep = indexRule('path-too-deep', 'warning', 'shorten-index', SOURCES.ruLimits, {
  targets: ON_RU,
});
