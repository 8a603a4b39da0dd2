import { keysOf, serves, sortsOf } from '../features/sorts.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** RU accounts sort by an index or not at all: by several fields by a compound index of the same sequence, all directions as they are or all turned round. */
export const featureSortWithoutIndex: Rule = {
  id: 'feature-sort-without-index',
  severity: 'warning',
  remedy: 'make-index-for-sort',
  source: SOURCES.ruIndexing,
  targets: ON_RU,
  looksAt: 'usage',
  check: (context) => {
    return context.collections.flatMap(({ facts, indexes, shardPath }) => {
      const keys = keysOf(indexes);
      return sortsOf(context, facts.ns)
        .filter(({ key }) => key.length > 1 || (key[0]?.[0] !== '_id' && key[0]?.[0] !== shardPath))
        .filter(({ key }) => !keys.some((index) => serves(index, key)))
        .map(({ key, count }) => ({
          ns: facts.ns,
          params: { key: key.map((part) => part.join(': ')).join(', '), count },
        }));
    });
  },
};
