import { MAX_UNSHARDED_RU_PER_SECOND } from '../limits.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Without a shard key a collection has one partition, and that gives no more. */
export const unshardedOver10000Ru: Rule = {
  id: 'unsharded-over-10000-ru',
  severity: 'warning',
  remedy: 'choose-shard-key',
  source: SOURCES.customCommands,
  targets: ON_RU,
  looksAt: 'metadata',
  check: (context) =>
    hitsWhere(
      context,
      ({ facts, sharded, requiredRuPerSecond = 0 }) =>
        facts.type === 'collection' && !sharded && requiredRuPerSecond > MAX_UNSHARDED_RU_PER_SECOND,
      ({ requiredRuPerSecond = 0 }) => ({
        ruPerSecond: requiredRuPerSecond,
        limitRuPerSecond: MAX_UNSHARDED_RU_PER_SECOND,
      }),
    ),
};
