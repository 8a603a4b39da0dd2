import { MAX_UNSHARDED_RU_BYTES } from '../../size/limits.js';
import type { Rule } from '../rule.js';
import { logicalPartitionHits } from '../shard-key-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** All documents with one value of the shard key are one logical partition, and the account refuses what comes after 20 GB of it. */
export const logicalPartitionOver20gb: Rule = {
  id: 'logical-partition-over-20gb',
  severity: 'blocker',
  remedy: 'choose-other-shard-key',
  source: SOURCES.ruPartitioning,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) => logicalPartitionHits(context, MAX_UNSHARDED_RU_BYTES),
};
