import { keepsIdsApart } from '../ids.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** Shards keep `_id` unique each for itself. A target that holds it unique in the whole collection refuses all but one of those that are the same. */
export const duplicateIds: Rule = {
  id: 'duplicate-ids',
  severity: 'blocker',
  remedy: 'make-ids-unique',
  source: SOURCES.mongodbUnique,
  targets: ON_EVERY,
  looksAt: 'scan',
  check: (context) =>
    hitsWhere(
      context,
      (c) => (c.scan?.duplicateIds ?? 0) > 0 && !keepsIdsApart(c, context.target.kind),
      ({ scan }) => ({ count: scan?.duplicateIds ?? 0 }),
    ),
};
