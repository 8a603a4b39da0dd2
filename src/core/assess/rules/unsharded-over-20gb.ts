import { MAX_UNSHARDED_RU_BYTES } from '../../size/limits.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Without a shard key a collection of an RU account is one logical partition. */
export const unshardedOver20gb: Rule = {
  id: 'unsharded-over-20gb',
  severity: 'blocker',
  remedy: 'choose-shard-key',
  source: SOURCES.preMigration,
  targets: ON_RU,
  looksAt: 'metadata',
  check: (context) =>
    hitsWhere(
      context,
      ({ facts, sharded }) => facts.type === 'collection' && !sharded && facts.logicalBytes > MAX_UNSHARDED_RU_BYTES,
      ({ facts }) => ({ bytes: facts.logicalBytes, limitBytes: MAX_UNSHARDED_RU_BYTES }),
    ),
};
