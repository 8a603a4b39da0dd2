import { keepsIdsApart } from '../ids.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** A source that is sharded by something else than `_id` does not see to it that `_id` is unique; only reading all of it shows. */
export const idsMayRepeat: Rule = {
  id: 'ids-may-repeat',
  severity: 'info',
  remedy: 'scan-in-full',
  source: SOURCES.mongodbUnique,
  targets: ON_EVERY,
  looksAt: 'metadata',
  check: (context) =>
    hitsWhere(
      context,
      (c) =>
        (c.facts.shardKey ?? []).some(([path]) => path !== '_id') &&
        c.facts.documents > 1 &&
        c.scan?.duplicateIds === undefined &&
        !keepsIdsApart(c, context.target.kind),
    ),
};
