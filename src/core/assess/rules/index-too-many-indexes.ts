import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';

/** 500 per collection on RU, 64 elsewhere. */
export const indexTooManyIndexes = indexRule(
  'too-many-indexes',
  'warning',
  'drop-unused-indexes',
  SOURCES.mongodbLimits,
);
