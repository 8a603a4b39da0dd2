import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_MONGODB } from '../targets.js';

/** Wildcard indexes came with MongoDB 4.2. */
export const indexWildcardUnsupported = indexRule(
  'wildcard-unsupported',
  'warning',
  'upgrade-target',
  SOURCES.mongodbReleases,
  { targets: ON_MONGODB, targetVersions: { mongodb: { before: '4.2' } } },
);
