import { timeNumbers, ttlFieldHits } from '../ttl-fields.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** MongoDB expires by dates only. An RU account takes numbers for milliseconds since 1970: what never expired on the source is deleted there, at once where the number is seconds. */
export const ttlNumbersExpire: Rule = {
  id: 'ttl-numbers-expire',
  severity: 'warning',
  remedy: 'set-dates-for-expiry',
  source: SOURCES.ruCustomTtl,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) => ttlFieldHits(context, timeNumbers),
};
