import { LISTED_UNIQUE_KEYS } from '../limits.js';
import { targetIndexes } from '../target-index-hits.js';
import { hitsWhere, type AssessedCollection, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

function uniqueIndexes(collection: AssessedCollection): number {
  return targetIndexes(collection, 'cosmos-ru').filter(({ unique }) => unique).length;
}

/** Azure lists ten unique keys for a container. Whether unique indexes of the MongoDB API count among them is said nowhere. */
export const uniqueIndexesOver10: Rule = {
  id: 'unique-indexes-over-10',
  severity: 'info',
  remedy: 'ask-support',
  source: SOURCES.ruLimits,
  targets: ON_RU,
  looksAt: 'metadata',
  basis: 'unverified',
  check: (context) =>
    hitsWhere(
      context,
      (c) => uniqueIndexes(c) > LISTED_UNIQUE_KEYS,
      (c) => ({ count: uniqueIndexes(c), limit: LISTED_UNIQUE_KEYS }),
    ),
};
