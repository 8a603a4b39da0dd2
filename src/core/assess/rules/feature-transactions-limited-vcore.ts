import { transactionHits } from '../features/transactions.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_VCORE } from '../targets.js';

/** How long a transaction may take. Source: that of the rule. */
const LIMIT_MS = 30_000;

export const featureTransactionsLimitedVcore: Rule = {
  id: 'feature-transactions-limited-vcore',
  severity: 'info',
  remedy: 'shorten-transactions',
  source: SOURCES.vcoreLimits,
  targets: ON_VCORE,
  looksAt: 'usage',
  check: (context) => transactionHits(context, LIMIT_MS).map((hit) => ({ ...hit, source: SOURCES.vcoreLimits })),
};
