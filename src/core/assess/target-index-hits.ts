import type { IndexFacts } from '../model/facts.js';
import { isWildcard } from '../plan/index-shape.js';
import { targetIndex } from '../plan/target-index.js';
import type { TargetKind } from '../plan/target.js';
import { fieldScan, lookedAt } from './looked-at.js';
import type { AssessContext, AssessedCollection, RuleHit } from './rule.js';

/** The indexes of a collection as they come to be on the target; those that are left out are not among them. */
export function targetIndexes({ indexes }: AssessedCollection, kind: TargetKind): readonly IndexFacts[] {
  return indexes.flatMap((planned) => targetIndex(planned, kind) ?? []);
}

/** Of rules for RU targets: fields with arrays that an index covers. Such values are found by a scan only. */
export function arrayFieldHits(context: AssessContext, applies: (index: IndexFacts) => boolean): readonly RuleHit[] {
  return context.collections.flatMap((collection) => {
    const { facts, scan } = collection;
    if (!scan) return [];
    return targetIndexes(collection, 'cosmos-ru')
      .filter((index) => applies(index) && !isWildcard(index))
      .flatMap((index) => {
        const found = index.key
          .flatMap(([path]) => fieldScan(collection, path) ?? [])
          .filter(({ arrays }) => arrays > 0);
        const count = found.reduce((most, { arrays }) => Math.max(most, arrays), 0);
        const fields = found.map(({ path }) => path).join(', ');
        return count > 0 ? [{ ns: facts.ns, params: { index: index.name, fields, count, ...lookedAt(scan) } }] : [];
      });
  });
}
