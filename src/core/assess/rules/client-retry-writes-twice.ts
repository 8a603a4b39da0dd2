import { retryableWrites } from '../features/retries.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_VCORE } from '../targets.js';

/** A write that is sent twice is done twice. */
export const clientRetryWritesTwice: Rule = {
  id: 'client-retry-writes-twice',
  severity: 'warning',
  remedy: 'switch-retry-writes-off',
  source: SOURCES.vcoreEngine,
  targets: ON_VCORE,
  looksAt: 'usage',
  check: (context) => retryableWrites(context),
};
