import { MIB } from '../../model/units.js';
import { largestDocument } from '../../size/limits.js';
import { largestSeen, overParams } from '../looked-at.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** An RU account takes documents of up to 2 MB. A sample shows some, never all: there may be others. */
export const documentOver2mb: Rule = {
  id: 'document-over-2mb',
  severity: 'warning',
  remedy: 'enable-16mb',
  source: SOURCES.ruLimits,
  targets: ON_RU,
  looksAt: 'metadata',
  check: (context) =>
    largestDocument(context.target) > 2 * MIB
      ? []
      : hitsWhere(
          context,
          (c) => (largestSeen(c)?.bytes ?? 0) > 2 * MIB,
          (c) => overParams(c, 2 * MIB),
        ),
};
