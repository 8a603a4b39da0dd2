import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';

/** A wildcard within a compound index came with MongoDB 7.0 and is on neither Cosmos target. */
export const indexCompoundWildcardUnsupported = indexRule(
  'compound-wildcard-unsupported',
  'warning',
  'choose-fields',
  SOURCES.ruIndexing,
);
