import { MIB } from '../../model/units.js';
import { largestDocument } from '../../size/limits.js';
import { largestSeen, overParams } from '../looked-at.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Documents above 2 MB arrive where the account was switched to 16 MB: that cannot be undone, holds for collections made afterwards only, and not with a key of one's own. */
export const documentNeeds16mb: Rule = {
  id: 'document-needs-16mb',
  severity: 'info',
  remedy: 'mind-16mb',
  source: SOURCES.ruCapabilities,
  targets: ON_RU,
  looksAt: 'metadata',
  check: (context) => {
    const { kind } = context.target;
    if (kind !== 'cosmos-ru' || largestDocument(context.target) <= 2 * MIB) return [];
    return hitsWhere(
      context,
      (c) => (largestSeen(c)?.bytes ?? 0) > 2 * MIB,
      (c) => overParams(c, 2 * MIB),
    );
  },
};
