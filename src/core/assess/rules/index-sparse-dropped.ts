import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';

/** Without `sparse` the index serves the same queries and holds more entries. */
export const indexSparseDropped = indexRule('sparse-dropped', 'info', 'check-queries', SOURCES.ruFeatures);
