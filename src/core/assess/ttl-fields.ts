import type { FieldScan } from '../model/scan.js';
import { isTtl } from '../plan/index-shape.js';
import { fieldScan, lookedAt } from './looked-at.js';
import type { AssessContext, RuleHit } from './rule.js';
import { targetIndexes } from './target-index-hits.js';

/** Fields that documents expire by on the target and that a scan has looked at, where `countOf` finds documents to tell of. */
export function ttlFieldHits(context: AssessContext, countOf: (field: FieldScan) => number): readonly RuleHit[] {
  return context.collections.flatMap((collection) => {
    const { facts, scan } = collection;
    if (!scan) return [];
    return targetIndexes(collection, context.target.kind)
      .filter((index) => isTtl(index) && index.key.length === 1)
      .flatMap((index) => {
        const path = index.key[0]?.[0] ?? '';
        const field = fieldScan(collection, path);
        const count = field ? countOf(field) : 0;
        return count > 0 ? [{ ns: facts.ns, params: { index: index.name, path, count, ...lookedAt(scan) } }] : [];
      });
  });
}

/** Numbers of a kind that an RU account takes for a time. */
export function timeNumbers({ types }: FieldScan): number {
  return (types['int'] ?? 0) + (types['long'] ?? 0) + (types['double'] ?? 0);
}
