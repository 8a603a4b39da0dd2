import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** RU accounts have no text index and no `$text`. */
export const indexTextUnsupported = indexRule(
  'text-unsupported',
  'warning',
  'use-search-elsewhere',
  SOURCES.ruFeatures,
  { targets: ON_RU },
);
