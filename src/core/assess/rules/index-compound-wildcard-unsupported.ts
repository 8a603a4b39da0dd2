import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** A wildcard within a compound index came with MongoDB 7.0 and is on neither Cosmos target. */
export const indexCompoundWildcardUnsupported = indexRule(
  'compound-wildcard-unsupported',
  'warning',
  'choose-fields',
  SOURCES.ruIndexing,
  { targets: ON_EVERY, targetVersions: { mongodb: { before: '7.0' } } },
);
