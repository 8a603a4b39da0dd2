import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_VCORE } from '../targets.js';

/** Empty paths, a trailing dot and a leading dollar are refused (67). */
export const indexPathUnsupported = indexRule('path-unsupported', 'warning', 'shorten-index', SOURCES.vcoreEngine, {
  targets: ON_VCORE,
});
