import { retryableWrites } from '../features/retries.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Where the account has EnableMongoRetryableWrites, see client-retry-writes-unordered. */
export const clientRetryWritesRefused: Rule = {
  id: 'client-retry-writes-refused',
  severity: 'warning',
  remedy: 'switch-retry-writes-off',
  source: SOURCES.ruCapabilities,
  targets: ON_RU,
  looksAt: 'usage',
  check: (context) => (context.target.capabilities.has('EnableMongoRetryableWrites') ? [] : retryableWrites(context)),
};
