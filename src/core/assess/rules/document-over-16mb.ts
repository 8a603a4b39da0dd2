import { MIB } from '../../model/units.js';
import { largestSeen, overParams } from '../looked-at.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** 16 MB is the limit of every target; a server lets a document grow a little past it by itself. */
export const documentOver16mb: Rule = {
  id: 'document-over-16mb',
  severity: 'warning',
  remedy: 'split-documents',
  source: SOURCES.vcoreLimits,
  targets: ON_EVERY,
  looksAt: 'metadata',
  check: (context) =>
    hitsWhere(
      context,
      (c) => (largestSeen(c)?.bytes ?? 0) > 16 * MIB,
      (c) => overParams(c, 16 * MIB),
    ),
};
