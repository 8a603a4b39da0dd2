import { keepsIdsApart } from '../ids.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** An RU collection with a shard key holds `_id` unique by shard key value: documents that share one arrive where their shard key differs. */
export const duplicateIdsKept: Rule = {
  id: 'duplicate-ids-kept',
  severity: 'warning',
  remedy: 'make-ids-unique',
  source: SOURCES.ruIndexing,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) =>
    hitsWhere(
      context,
      (c) => (c.scan?.duplicateIds ?? 0) > 0 && keepsIdsApart(c, context.target.kind),
      ({ scan, shardPath }) => ({ count: scan?.duplicateIds ?? 0, path: shardPath ?? '' }),
    ),
};
