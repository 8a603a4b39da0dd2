import { MAX_RU_NESTING } from '../limits.js';
import { lookedAt } from '../looked-at.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** An RU account takes documents of up to 128 levels; a server stores up to 180 (observed of MongoDB 6.0). */
export const documentTooDeep: Rule = {
  id: 'document-too-deep',
  severity: 'warning',
  remedy: 'flatten-documents',
  source: SOURCES.ruLimits,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) =>
    hitsWhere(
      context,
      ({ scan }) => (scan?.deepest ?? 0) > MAX_RU_NESTING,
      ({ scan }) => ({ levels: scan?.deepest ?? 0, limit: MAX_RU_NESTING, ...(scan ? lookedAt(scan) : {}) }),
    ),
};
