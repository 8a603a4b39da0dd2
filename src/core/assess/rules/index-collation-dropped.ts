import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';

/** Neither RU nor vCore compares strings by language. */
export const indexCollationDropped = indexRule('collation-dropped', 'warning', 'check-collation', SOURCES.ruFeatures, {
  targets: ON_COSMOS,
});
