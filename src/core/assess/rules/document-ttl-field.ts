import { isTtl } from '../../plan/index-shape.js';
import { targetIndex } from '../../plan/target-index.js';
import { fieldScan, lookedAt } from '../looked-at.js';
import { hitsWhere, type AssessedCollection, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

function numbersInTtl(collection: AssessedCollection): number {
  const { int = 0, long = 0, double = 0 } = fieldScan(collection, 'ttl')?.types ?? {};
  return int + long + double;
}

function expiresByTs({ indexes }: AssessedCollection): boolean {
  return indexes.some((planned) => {
    const index = targetIndex(planned, 'cosmos-ru');
    return index !== undefined && isTtl(index) && index.key[0]?.[0] === '_ts';
  });
}

/** An RU account reads a whole number in a top-level field `ttl` as the seconds that the document lives, once the collection has a TTL index on `_ts`. */
export const documentTtlField: Rule = {
  id: 'document-ttl-field',
  severity: 'warning',
  remedy: 'rename-ttl-field',
  source: SOURCES.ruTtl,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) =>
    hitsWhere(
      context,
      (c) => numbersInTtl(c) > 0 && expiresByTs(c),
      (c) => ({ count: numbersInTtl(c), ...(c.scan ? lookedAt(c.scan) : {}) }),
    ),
};
