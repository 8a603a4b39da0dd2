import { optionRule } from '../option-rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';

/** Queries that relied on the default collation compare bytes on the target. */
export const optionCollationUnsupported = optionRule(
  'collation-unsupported',
  'warning',
  'check-collation',
  SOURCES.ruFeatures,
  { targets: ON_COSMOS },
);
