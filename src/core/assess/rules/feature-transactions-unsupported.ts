import { hasTransactions, transactionHits } from '../features/transactions.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** RU accounts of 3.6 have none. */
export const featureTransactionsUnsupported: Rule = {
  id: 'feature-transactions-unsupported',
  severity: 'warning',
  remedy: 'rewrite-transactions',
  source: SOURCES.ruFeatures,
  targets: ON_RU,
  looksAt: 'usage',
  check: (context) => (!hasTransactions(context) ? transactionHits(context, 0) : []),
};
