import { leastPartitions } from '../limits.js';
import { shardKeyHits } from '../shard-key-rule.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** A logical partition lies within one physical partition: with fewer values than partitions some of these hold nothing, and what they give is paid for. */
export const shardKeyFewValues: Rule = {
  id: 'shard-key-few-values',
  severity: 'warning',
  remedy: 'choose-other-shard-key',
  source: SOURCES.ruPartitioning,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) =>
    shardKeyHits(context, ({ field, scan, collection: { facts, requiredRuPerSecond } }) => {
      const partitions = leastPartitions(facts.logicalBytes, requiredRuPerSecond);
      const { values } = field.distinct;
      // A handful of documents has a handful of values.
      return scan.documents >= 10 * partitions && values < Math.max(2, partitions) ? { values, partitions } : undefined;
    }),
};
