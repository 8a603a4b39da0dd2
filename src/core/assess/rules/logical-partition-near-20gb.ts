import { MAX_UNSHARDED_RU_BYTES } from '../../size/limits.js';
import { NEAR_FULL_PARTITION_BYTES } from '../limits.js';
import type { Rule } from '../rule.js';
import { logicalPartitionHits } from '../shard-key-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** It fits today and leaves little room to grow; the shard key cannot be changed later. */
export const logicalPartitionNear20gb: Rule = {
  id: 'logical-partition-near-20gb',
  severity: 'warning',
  remedy: 'choose-other-shard-key',
  source: SOURCES.ruPartitioning,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) => logicalPartitionHits(context, NEAR_FULL_PARTITION_BYTES, MAX_UNSHARDED_RU_BYTES),
};
