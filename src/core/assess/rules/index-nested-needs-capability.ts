import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Compound and unique indexes on nested paths need `EnableUniqueCompoundNestedDocs`. */
export const indexNestedNeedsCapability = indexRule(
  'nested-needs-capability',
  'warning',
  'enable-nested-capability',
  SOURCES.ruCapabilities,
  { targets: ON_RU },
);
