import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Without `sparse` the index serves the same queries and holds more entries. */
export const indexSparseDropped = indexRule('sparse-dropped', 'info', 'check-queries', SOURCES.ruFeatures, {
  targets: ON_RU,
});
