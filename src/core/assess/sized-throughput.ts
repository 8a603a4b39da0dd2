import type { IndexTranslation, RuSizing } from '../model/assessment.js';
import type { CollectionFacts, Throughput } from '../model/facts.js';
import { formatNamespace } from '../model/namespace.js';
import { ruPerSecond } from '../model/units.js';
import { dataCollections } from '../size/totals.js';

/** Throughput while the data is copied, as it was sized. */
export interface SizedThroughput {
  /** By name on the source, RU/s of its own or `shared`. */
  readonly collections: Readonly<Record<string, Throughput>>;
  /** RU/s that the collections of a database share, by its name on the source. */
  readonly shared: Readonly<Record<string, number>>;
  /** Of all together. */
  readonly ruPerSecond: number;
}

/** What each collection is written with where nobody said a throughput: the one that the sizing asks for while it is copied. */
export function sizedThroughput(
  sizing: RuSizing,
  collections: readonly CollectionFacts[],
  translations: readonly IndexTranslation[],
): SizedThroughput {
  const rates = new Map((sizing.budgets ?? []).map(({ budget, boost, steady }) => [budget, boost ?? steady]));
  const names = new Map(translations.map(({ ns, target }) => [formatNamespace(ns), target]));
  const own: Record<string, Throughput> = {};
  const shared: Record<string, number> = {};
  for (const { ns } of dataCollections(collections)) {
    const target = names.get(formatNamespace(ns)) ?? ns;
    const rate = rates.get(formatNamespace(target));
    const together = rates.get(`${target.db}.`);
    if (rate !== undefined) own[formatNamespace(ns)] = { kind: 'manual', ruPerSecond: ruPerSecond(rate) };
    else if (together !== undefined) {
      own[formatNamespace(ns)] = { kind: 'shared' };
      shared[ns.db] = together;
    }
  }
  return { collections: own, shared, ruPerSecond: [...rates.values()].reduce((sum, rate) => sum + rate, 0) };
}
