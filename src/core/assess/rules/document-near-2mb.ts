import { MIB } from '../../model/units.js';
import { largestDocument } from '../../size/limits.js';
import { NEAR_2MB_BYTES } from '../limits.js';
import { largestSeen } from '../looked-at.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** The account measures JSON text, which can be longer than BSON: what is just below 2 MB here may be above it there. */
export const documentNear2mb: Rule = {
  id: 'document-near-2mb',
  severity: 'info',
  remedy: 'watch-document-size',
  source: SOURCES.ruLimits,
  targets: ON_RU,
  looksAt: 'metadata',
  check: (context) => {
    const near = (bytes: number): boolean => bytes > NEAR_2MB_BYTES && bytes <= 2 * MIB;
    if (largestDocument(context.target) > 2 * MIB) return [];
    return hitsWhere(
      context,
      (c) => near(largestSeen(c)?.bytes ?? 0),
      (c) => ({ ...largestSeen(c) }),
    );
  },
};
