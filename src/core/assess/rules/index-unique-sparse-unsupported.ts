import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Without `sparse` all documents that lack the field would be duplicates of each other. */
export const indexUniqueSparseUnsupported = indexRule(
  'unique-sparse-unsupported',
  'warning',
  'enforce-unique-in-application',
  SOURCES.ruFeatures,
  { targets: ON_RU },
);
