import { hitOf, seenUses } from '../features/seen-uses.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** No deletes, no operation type, and only with `$match`, `$project` and `fullDocument`. */
export const featureChangeStreamsLimited: Rule = {
  id: 'feature-change-streams-limited',
  severity: 'warning',
  remedy: 'rewrite-change-streams',
  source: SOURCES.ruChangeStreams,
  targets: ON_RU,
  looksAt: 'usage',
  check: (context) => {
    const used = seenUses(context).filter(({ kind, name }) => kind === 'stage' && name === '$changeStream');
    const open = context.usage?.openChangeStreams ?? 0;
    if (used.length > 0) return used.map((use) => hitOf(context, use));
    return open === 0 ? [] : [{ params: { count: open, evidence: 'open' } }];
  },
};
