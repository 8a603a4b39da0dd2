import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** 500 per collection on RU, 64 elsewhere (vCore: unless it was raised, up to 300). */
export const indexTooManyIndexes = indexRule('too-many-indexes', 'warning', 'reduce-indexes', SOURCES.mongodbLimits, {
  targets: ON_EVERY,
});
