import { retryableWrites } from '../features/retries.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** With EnableMongoRetryableWrites an account takes them, but not in unordered bulk writes. */
export const clientRetryWritesUnordered: Rule = {
  id: 'client-retry-writes-unordered',
  severity: 'warning',
  remedy: 'order-bulk-writes',
  source: SOURCES.ruCapabilities,
  targets: ON_RU,
  looksAt: 'usage',
  check: (context) => (context.target.capabilities.has('EnableMongoRetryableWrites') ? retryableWrites(context) : []),
};
