import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';

/** The target tells indexes apart by their keys. */
export const indexDuplicateByKey = indexRule('duplicate-by-key', 'info', 'nothing-to-do', SOURCES.ruIndexing);
