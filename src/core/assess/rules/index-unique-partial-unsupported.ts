import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';

/** Without its filter a unique index would refuse documents that the source holds. */
export const indexUniquePartialUnsupported = indexRule(
  'unique-partial-unsupported',
  'warning',
  'enforce-unique-in-application',
  SOURCES.ruCapabilities,
  { targets: ON_COSMOS },
);
