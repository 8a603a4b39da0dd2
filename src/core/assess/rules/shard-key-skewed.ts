import { leastPartitions } from '../limits.js';
import { shardKeyHits } from '../shard-key-rule.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Throughput is split evenly over the physical partitions: one value with more than its partition's share is throttled while the others idle. */
export const shardKeySkewed: Rule = {
  id: 'shard-key-skewed',
  severity: 'warning',
  remedy: 'choose-other-shard-key',
  source: SOURCES.ruPartitioning,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) =>
    shardKeyHits(context, ({ field, collection: { facts, requiredRuPerSecond } }) => {
      const partitions = leastPartitions(facts.logicalBytes, requiredRuPerSecond);
      const share = field.top.reduce((most, value) => Math.max(most, value.documents, value.bytes), 0);
      return partitions > 1 && share > 1 / partitions ? { share, partitions } : undefined;
    }),
};
