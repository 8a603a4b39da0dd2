import { shardKeyHits } from '../shard-key-rule.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** All documents with null share one logical partition, with its 20 GB and 10,000 RU/s. */
export const shardKeyNull: Rule = {
  id: 'shard-key-null',
  severity: 'warning',
  remedy: 'fill-shard-key',
  source: SOURCES.ruPartitioning,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) => shardKeyHits(context, ({ field }) => (field.nulls > 0 ? { count: field.nulls } : undefined)),
};
