import { isAtLeast } from '../../plan/target.js';
import { type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** The tools and drivers of this product speak to MongoDB 3.6 and newer. */
export const sourceTooOld: Rule = {
  id: 'source-too-old',
  severity: 'blocker',
  remedy: 'upgrade-source',
  source: SOURCES.mongodbReleases,
  targets: ON_EVERY,
  looksAt: 'metadata',
  sourceVersions: { before: '3.6' },
  check: ({ source, method }) =>
    method !== 'dms' && method !== 'data-factory' && !isAtLeast(source.versionArray, [3, 6])
      ? [{ params: { version: source.version, oldest: '3.6' } }]
      : [],
};
