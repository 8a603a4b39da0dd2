import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** A server that is no member of a replica set keeps no oplog: nobody can follow what changes during the copy. */
export const onlineStandalone: Rule = {
  id: 'online-standalone',
  severity: 'blocker',
  remedy: 'make-replica-set',
  source: SOURCES.mongodbChangeStreams,
  targets: ON_EVERY,
  looksAt: 'metadata',
  check: ({ online, source }) =>
    online && source.topology === 'standalone' && ['mongodb', 'atlas', 'unknown'].includes(source.kind)
      ? [{ params: {} }]
      : [],
};
