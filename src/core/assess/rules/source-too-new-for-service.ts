import { isAtLeast } from '../../plan/target.js';
import { type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** DMS reads servers up to 4.0 for an RU target, and dumps of newer ones. Data Factory has a connector for them. */
export const sourceTooNewForService: Rule = {
  id: 'source-too-new-for-service',
  severity: 'warning',
  remedy: 'read-from-dump',
  source: SOURCES.preMigration,
  targets: ON_RU,
  looksAt: 'metadata',
  sourceVersions: { from: '4.1' },
  check: ({ source, method }) =>
    method === 'dms' && isAtLeast(source.versionArray, [4, 1])
      ? [{ params: { method, version: source.version, newest: '4.0' } }]
      : [],
};
