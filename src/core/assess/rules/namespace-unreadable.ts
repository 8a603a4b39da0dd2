import { type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** What could not be read cannot be migrated. */
export const namespaceUnreadable: Rule = {
  id: 'namespace-unreadable',
  severity: 'blocker',
  remedy: 'grant-read',
  source: SOURCES.mongorestore,
  targets: ON_EVERY,
  looksAt: 'metadata',
  check: ({ unreadable }) => unreadable.map(({ ns, code, message }) => ({ ns, params: { code, message } })),
};
