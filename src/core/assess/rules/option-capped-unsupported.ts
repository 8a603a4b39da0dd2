import { optionRule } from '../option-rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';

/** Capped collections become ordinary ones: they grow without end. */
export const optionCappedUnsupported = optionRule(
  'capped-unsupported',
  'warning',
  'prune-by-ttl',
  SOURCES.preMigration,
  { targets: ON_COSMOS },
);
