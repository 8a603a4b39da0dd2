import { shardKeyScan } from '../looked-at.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** The collection was scanned, its shard key was not among the fields looked at: that nothing is found of it means nothing. */
export const shardKeyNotLookedAt: Rule = {
  id: 'shard-key-not-looked-at',
  severity: 'info',
  remedy: 'scan-shard-key',
  source: SOURCES.ruPartitioning,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) =>
    hitsWhere(
      context,
      (c) => c.shardPath !== undefined && (c.scan?.documents ?? 0) > 0 && !shardKeyScan(c),
      ({ shardPath }) => ({ path: shardPath ?? '' }),
    ),
};
