import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** Change streams of an RU account tell of inserts, updates and replacements, never of deletes: what is deleted during the move stays on the target. */
export const onlineDeletesUnseen: Rule = {
  id: 'online-deletes-unseen',
  severity: 'warning',
  remedy: 'mark-deleted',
  source: SOURCES.ruChangeStreams,
  targets: ON_EVERY,
  looksAt: 'metadata',
  check: ({ online, source }) => (online && source.kind === 'cosmos-ru' ? [{ params: {} }] : []),
};
