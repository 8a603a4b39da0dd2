import { MAX_UNSHARDED_RU_BYTES } from '../../size/limits.js';
import { NEAR_FULL_PARTITION_BYTES } from '../limits.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** It fits today. A shard key cannot be given later, so the collection would have to be copied again. */
export const unshardedNear20gb: Rule = {
  id: 'unsharded-near-20gb',
  severity: 'warning',
  remedy: 'choose-shard-key',
  source: SOURCES.preMigration,
  targets: ON_RU,
  looksAt: 'metadata',
  check: (context) =>
    hitsWhere(
      context,
      ({ facts, sharded }) =>
        facts.type === 'collection' &&
        !sharded &&
        facts.logicalBytes > NEAR_FULL_PARTITION_BYTES &&
        facts.logicalBytes <= MAX_UNSHARDED_RU_BYTES,
      ({ facts }) => ({ bytes: facts.logicalBytes, limitBytes: MAX_UNSHARDED_RU_BYTES }),
    ),
};
