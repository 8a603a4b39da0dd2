import { MAX_UNSHARDED_RU_BYTES } from '../../size/limits.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';

/** Without a shard key a collection of an RU account is one logical partition. */
export const unshardedOver20gb: Rule = {
  id: 'unsharded-over-20gb',
  severity: 'blocker',
  remedy: 'choose-shard-key',
  source: SOURCES.preMigration,
  check: (context) =>
    context.target.kind !== 'cosmos-ru'
      ? []
      : hitsWhere(
          context,
          ({ facts, sharded }) =>
            facts.type === 'collection' && !sharded && facts.logicalBytes > MAX_UNSHARDED_RU_BYTES,
          ({ facts }) => ({ bytes: facts.logicalBytes, limitBytes: MAX_UNSHARDED_RU_BYTES }),
        ),
};
