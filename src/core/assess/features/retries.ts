import type { AssessContext, RuleHit } from '../rule.js';
import { seenOptions } from './seen-uses.js';

/** Writes that drivers may send twice, as operations, the oplog or the server's counters have shown them. */
export function retryableWrites(context: AssessContext): readonly RuleHit[] {
  const seen = seenOptions(context, 'retryableWrite').reduce((sum, { count }) => sum + count, 0);
  const count = Math.max(seen, context.usage?.retriedWrites ?? 0);
  return count === 0 ? [] : [{ params: { count } }];
}
