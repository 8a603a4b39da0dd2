import { shardKeyHits } from '../shard-key-rule.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** A shard key has one value, which an array is not. */
export const shardKeyArray: Rule = {
  id: 'shard-key-array',
  severity: 'blocker',
  remedy: 'choose-other-shard-key',
  source: SOURCES.ruPartitioning,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) => shardKeyHits(context, ({ field }) => (field.arrays > 0 ? { count: field.arrays } : undefined)),
};
