import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';

/** The target tells indexes apart by their keys. */
export const indexDuplicateByKey = indexRule('duplicate-by-key', 'info', 'nothing-to-do', SOURCES.ruIndexing, {
  targets: ON_COSMOS,
});
