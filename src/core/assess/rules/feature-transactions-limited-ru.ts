import { hasTransactions, transactionHits } from '../features/transactions.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** "The timeout for transactions is a fixed 5 seconds." */
const LIMIT_MS = 5_000;

/** "Transactions": within one unsharded collection. */
export const featureTransactionsLimitedRu: Rule = {
  id: 'feature-transactions-limited-ru',
  severity: 'warning',
  remedy: 'shorten-transactions',
  source: SOURCES.ruFeatures,
  targets: ON_RU,
  looksAt: 'usage',
  check: (context) => (hasTransactions(context) ? transactionHits(context, LIMIT_MS) : []),
};
