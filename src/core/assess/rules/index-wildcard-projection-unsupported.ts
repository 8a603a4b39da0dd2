import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Indexing every field instead would raise the charge of every write: that is for the owner to decide. */
export const indexWildcardProjectionUnsupported = indexRule(
  'wildcard-projection-unsupported',
  'warning',
  'choose-fields',
  SOURCES.ruIndexing,
  { targets: ON_RU },
);
