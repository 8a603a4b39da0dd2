import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';

/** Without its filter the index covers every document, which serves the same queries at a higher charge. */
export const indexPartialDropped = indexRule('partial-dropped', 'info', 'check-queries', SOURCES.ruCapabilities, {
  targets: ON_COSMOS,
});
