import { formatNamespace, type Namespace } from './namespace.js';

/** By list: a list that is asked once is asked for each of its collections, and ten thousand times ten thousand comparisons take seconds. */
const MAPS = new WeakMap<readonly object[], ReadonlyMap<string, readonly object[]>>();

/** The first entry of a list that is about a namespace. The list must not change afterwards. */
export function findByNamespace<T extends { readonly ns: Namespace }>(
  list: readonly T[],
  ns: Namespace,
): T | undefined {
  return allByNamespace(list, ns)[0];
}

/** Every entry of a list that is about a namespace, in the list's order. The list must not change afterwards. */
export function allByNamespace<T extends { readonly ns: Namespace }>(list: readonly T[], ns: Namespace): readonly T[] {
  const map = (MAPS.get(list) as ReadonlyMap<string, readonly T[]> | undefined) ?? grouped(list);
  return map.get(formatNamespace(ns)) ?? [];
}

function grouped<T extends { readonly ns: Namespace }>(list: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const map = new Map<string, T[]>();
  for (const entry of list) {
    const name = formatNamespace(entry.ns);
    const entries = map.get(name);
    if (entries) entries.push(entry);
    else map.set(name, [entry]);
  }
  MAPS.set(list, map);
  return map;
}
