import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** An ascending index serves the equality queries of a hashed one. */
export const indexHashedToAscending = indexRule('hashed-to-ascending', 'info', 'nothing-to-do', SOURCES.ruFeatures, {
  targets: ON_RU,
});
