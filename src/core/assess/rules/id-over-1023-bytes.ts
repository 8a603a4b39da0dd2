import { MAX_RU_ID_BYTES } from '../limits.js';
import { lookedAt } from '../looked-at.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Longest `_id` of an RU account. */
export const idOver1023Bytes: Rule = {
  id: 'id-over-1023-bytes',
  severity: 'warning',
  remedy: 'shorten-ids',
  source: SOURCES.ruLimits,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) =>
    hitsWhere(
      context,
      ({ scan }) => (scan?.id.largestBytes ?? 0) > MAX_RU_ID_BYTES,
      ({ scan }) => ({
        bytes: scan?.id.largestBytes ?? 0,
        limit: MAX_RU_ID_BYTES,
        ...(scan ? lookedAt(scan) : {}),
      }),
    ),
};
