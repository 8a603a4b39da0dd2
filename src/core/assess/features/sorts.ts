import { allByNamespace } from '../../model/by-namespace.js';
import type { Namespace } from '../../model/namespace.js';
import type { PlannedIndex } from '../../model/plan.js';
import type { AssessContext } from '../rule.js';

type SortKey = readonly (readonly [string, number])[];
type IndexKey = readonly (readonly [string, number | string])[];

export interface SeenSort {
  readonly key: SortKey;
  readonly count: number;
}

/** Keys of the indexes that the target gets. */
export function keysOf(indexes: readonly PlannedIndex[]): readonly IndexKey[] {
  return indexes.flatMap(({ index, fate }) => {
    if (fate.kind === 'skip') return [];
    return [fate.kind === 'rewrite' ? fate.to.key : index.key];
  });
}

/**
 * Whether an index gives a sort. One field: any index that begins with it, and wildcards that hold it. Several: the same fields in the same sequence, with
 * the same directions or all of them turned round. https://learn.microsoft.com/azure/cosmos-db/mongodb/indexing ("Compound indexes")
 */
export function serves(index: IndexKey, sort: SortKey): boolean {
  const [[path] = ['']] = sort;
  if (sort.length === 1) {
    const [[first] = ['']] = index;
    return first === path || first === '$**' || (first.endsWith('.$**') && path.startsWith(first.slice(0, -3)));
  }
  if (index.length !== sort.length) return false;
  const turns = sort.map(([name, direction], i) => {
    const [indexed, value] = index[i] ?? ['', 0];
    return indexed === name && typeof value === 'number' ? Math.sign(value) * direction : 0;
  });
  return turns.every((turn) => turn === 1) || turns.every((turn) => turn === -1);
}

/** Sorts that were seen on a collection: those of several fields as they were, those of one field by the field. */
export function sortsOf({ usage }: AssessContext, ns: Namespace): readonly SeenSort[] {
  const several = usage ? allByNamespace(usage.sorts, ns) : [];
  const inSeveral = new Map<string, number>();
  for (const { key, count } of several) {
    for (const [path] of key) inSeveral.set(path, (inSeveral.get(path) ?? 0) + count);
  }
  const single = (usage ? allByNamespace(usage.fields, ns) : [])
    .map(({ path, sorted }) => ({ path, count: sorted - (inSeveral.get(path) ?? 0) }))
    .filter(({ count }) => count > 0)
    .map(({ path, count }): SeenSort => ({ key: [[path, 1]], count }));
  return [...merged(several), ...merged(single)];
}

function merged(sorts: readonly SeenSort[]): readonly SeenSort[] {
  const byKey = new Map<string, SeenSort>();
  for (const { key, count } of sorts) {
    const name = JSON.stringify(key);
    byKey.set(name, { key, count: (byKey.get(name)?.count ?? 0) + count });
  }
  return [...byKey.values()];
}
