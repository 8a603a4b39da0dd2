import { isAtLeast } from '../../plan/target.js';
import { type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';

/** DMS and Data Factory read MongoDB up to 4.0 for an RU target. */
export const sourceTooNewForService: Rule = {
  id: 'source-too-new-for-service',
  severity: 'blocker',
  remedy: 'choose-other-method',
  source: SOURCES.preMigration,
  check: ({ source, target, method }) =>
    (method === 'dms' || method === 'data-factory') &&
    target.kind === 'cosmos-ru' &&
    isAtLeast(source.versionArray, [4, 1])
      ? [{ params: { method, version: source.version, newest: '4.0' } }]
      : [],
};
