import type { RuSizing } from '../model/assessment.js';
import { formatNamespace } from '../model/namespace.js';

/** RU/s that each collection needs for everyday life, by its name on the source `db.coll`. Those of whose load nothing is known are not in it. */
export function requiredRuPerSecond({ collections }: Pick<RuSizing, 'collections'>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    collections.flatMap(({ ns, steady }) => (steady ? [[formatNamespace(ns), steady.expected] as const] : [])),
  );
}
