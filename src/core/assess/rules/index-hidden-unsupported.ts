import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';

/** No query uses a hidden index; a target that cannot hide it would only pay for it. */
export const indexHiddenUnsupported = indexRule('hidden-unsupported', 'info', 'nothing-to-do', SOURCES.vcoreEngine, {
  targets: ON_COSMOS,
});
