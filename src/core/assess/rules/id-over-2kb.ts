import { MAX_VCORE_ID_BYTES } from '../limits.js';
import { lookedAt } from '../looked-at.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_VCORE } from '../targets.js';

/** Longest `_id` that vCore is documented to take. Its engine was seen to take longer ones (DocumentDB 0.112), so that they are tried. */
export const idOver2kb: Rule = {
  id: 'id-over-2kb',
  severity: 'warning',
  remedy: 'shorten-ids',
  source: SOURCES.vcoreLimits,
  targets: ON_VCORE,
  looksAt: 'scan',
  check: (context) =>
    hitsWhere(
      context,
      ({ scan }) => (scan?.id.largestBytes ?? 0) > MAX_VCORE_ID_BYTES,
      ({ scan }) => ({
        bytes: scan?.id.largestBytes ?? 0,
        limitBytes: MAX_VCORE_ID_BYTES,
        ...(scan ? lookedAt(scan) : {}),
      }),
    ),
};
