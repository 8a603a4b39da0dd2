import { arrayFieldHits } from '../target-index-hits.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Unique indexes of an RU account leave arrays out: what they hold is not kept unique. */
export const uniqueOverArray: Rule = {
  id: 'unique-over-array',
  severity: 'warning',
  remedy: 'enforce-unique-in-application',
  source: SOURCES.ruIndexing,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) => arrayFieldHits(context, ({ unique }) => unique),
};
