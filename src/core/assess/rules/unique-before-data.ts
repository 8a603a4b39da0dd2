import { targetIndexes } from '../target-index-hits.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** An RU account makes unique indexes on an empty collection only. Plans make them before the data; a collection that is there with documents does not get them. */
export const uniqueBeforeData: Rule = {
  id: 'unique-before-data',
  severity: 'info',
  remedy: 'keep-target-empty',
  source: SOURCES.ruIndexing,
  targets: ON_RU,
  looksAt: 'metadata',
  check: (context) =>
    hitsWhere(
      context,
      (c) => targetIndexes(c, 'cosmos-ru').some(({ unique }) => unique),
      (c) => ({
        indexes: targetIndexes(c, 'cosmos-ru')
          .filter(({ unique }) => unique)
          .map(({ name }) => name)
          .join(', '),
      }),
    ),
};
