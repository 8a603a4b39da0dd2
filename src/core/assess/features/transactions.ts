import { isAtLeast } from '../../plan/target.js';
import type { AssessContext, RuleHit } from '../rule.js';
import { seenOptions } from './seen-uses.js';
import { featureSource, versionName, versionOf } from './target-support.js';

/** Transactions of the whole source: those that the server has counted, or operations that were seen in one. */
export function countedTransactions(context: AssessContext): number {
  const seen = seenOptions(context, 'transaction').reduce((sum, { count }) => sum + count, 0);
  return Math.max(context.usage?.transactionsCommitted ?? 0, seen);
}

/** "Transaction commands" stand in the documents of 4.0 and newer. */
export function hasTransactions({ target }: AssessContext): boolean {
  return isAtLeast(versionOf(target), [4, 0]);
}

/** One hit where transactions were counted. `limitMs`: how long one may take on the target. */
export function transactionHits(context: AssessContext, limitMs: number): readonly RuleHit[] {
  const count = countedTransactions(context);
  return count === 0
    ? []
    : [{ params: { count, limitMs, version: versionName(context.target) }, source: featureSource(context.target) }];
}
