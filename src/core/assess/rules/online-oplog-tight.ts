import { OPLOG_MARGIN } from '../limits.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** The oplog reaches back as long as the copy takes, with little to spare: a busy day shortens it, a pause lengthens the copy. */
export const onlineOplogTight: Rule = {
  id: 'online-oplog-tight',
  severity: 'warning',
  remedy: 'enlarge-oplog',
  source: SOURCES.mongodbOplog,
  targets: ON_EVERY,
  looksAt: 'usage',
  check: ({ online, usage, expectedCopyMs }) => {
    const windowMs = usage?.oplog?.windowMs;
    if (!online || windowMs === undefined || expectedCopyMs === undefined) return [];
    return windowMs >= expectedCopyMs && windowMs < OPLOG_MARGIN * expectedCopyMs
      ? [{ params: { windowMs, expectedMs: expectedCopyMs } }]
      : [];
  },
};
