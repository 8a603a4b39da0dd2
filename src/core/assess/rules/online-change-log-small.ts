import { VCORE_CHANGE_LOG_BYTES } from '../limits.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** vCore keeps 400 MB of changes, and change streams of clusters with several shards are a preview: a copy that takes longer than that lasts loses changes. */
export const onlineChangeLogSmall: Rule = {
  id: 'online-change-log-small',
  severity: 'warning',
  remedy: 'choose-offline',
  source: SOURCES.vcoreChangeStreams,
  targets: ON_EVERY,
  looksAt: 'metadata',
  check: ({ online, source }) =>
    online && source.kind === 'cosmos-vcore' ? [{ params: { limitBytes: VCORE_CHANGE_LOG_BYTES } }] : [],
};
