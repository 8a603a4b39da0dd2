import { isWildcard } from '../../plan/index-shape.js';
import { utf8Length } from '../../plan/names.js';
import { VCORE_INDEX_PATH } from '../limits.js';
import { targetIndexes } from '../target-index-hits.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_VCORE } from '../targets.js';

function isBeyond(path: string): boolean {
  return utf8Length(path) > VCORE_INDEX_PATH.bytes || path.split('.').length > VCORE_INDEX_PATH.levels;
}

/** Paths that are longer or deeper than Azure documents for vCore. The engine was seen to take some of them, so that they are tried. */
export const indexBeyondDocumented: Rule = {
  id: 'index-beyond-documented',
  severity: 'info',
  remedy: 'shorten-index',
  source: SOURCES.vcoreLimits,
  targets: ON_VCORE,
  looksAt: 'metadata',
  check: ({ target, collections }) =>
    collections.flatMap((collection) =>
      targetIndexes(collection, target.kind)
        .filter((index) => !isWildcard(index) && index.key.some(([path]) => isBeyond(path)))
        .map((index) => ({
          ns: collection.facts.ns,
          params: { index: index.name, limitBytes: VCORE_INDEX_PATH.bytes, levels: VCORE_INDEX_PATH.levels },
        })),
    ),
};
