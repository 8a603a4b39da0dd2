import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** What changed while the copy ran is gone from the oplog before it can be applied. */
export const onlineOplogTooShort: Rule = {
  id: 'online-oplog-too-short',
  severity: 'blocker',
  remedy: 'enlarge-oplog',
  source: SOURCES.mongodbOplog,
  targets: ON_EVERY,
  looksAt: 'usage',
  check: ({ online, usage, expectedCopyMs }) => {
    const windowMs = usage?.oplog?.windowMs;
    if (!online || windowMs === undefined || expectedCopyMs === undefined) return [];
    return windowMs < expectedCopyMs ? [{ params: { windowMs, expectedMs: expectedCopyMs } }] : [];
  },
};
