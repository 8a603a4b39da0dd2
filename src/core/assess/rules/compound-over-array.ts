import { arrayFieldHits } from '../target-index-hits.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Compound indexes of an RU account leave arrays out, or are refused with them: a query that counts on one misses documents or scans. */
export const compoundOverArray: Rule = {
  id: 'compound-over-array',
  severity: 'warning',
  remedy: 'split-compound-index',
  source: SOURCES.ruIndexing,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) => arrayFieldHits(context, ({ key, unique }) => key.length > 1 && !unique),
};
