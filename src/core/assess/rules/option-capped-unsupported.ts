import { optionRule } from '../option-rule.js';
import { SOURCES } from '../sources.js';

/** Capped collections become ordinary ones: they grow without end. */
export const optionCappedUnsupported = optionRule(
  'capped-unsupported',
  'warning',
  'prune-by-ttl',
  SOURCES.preMigration,
);
