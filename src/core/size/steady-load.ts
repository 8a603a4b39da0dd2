/** RU/s that the source's own load comes to on an RU account. */
import type { CollectionFacts } from '../model/facts.js';
import type { Assumption, Estimate } from '../model/estimate.js';
import { findByNamespace } from '../model/by-namespace.js';
import type { NamespaceRates, OperationRates, SourceUsage } from '../model/usage.js';
import { assume } from './assumption-ids.js';
import type { AssumptionLists } from './assumption-lists.js';
import { add, band, estimate, exactly, NONE, times, type Band } from './bands.js';
import type { CollectionCharges } from './collection-charges.js';
import { SIZE_SOURCES } from './sources.js';

/** What the busiest time has over the average. Of counters since the start nights and weekends are a part; who watches chooses a time. Judged. */
const PEAK: Readonly<Record<OperationRates['by'], Band>> = {
  'since-start': { low: 1, expected: 3, high: 6 },
  watched: { low: 1, expected: 1.5, high: 3 },
};

export interface CollectionLoad {
  readonly collection: CollectionFacts;
  readonly charges: CollectionCharges;
}

/** What an average write costs: by the source's mix of inserts, updates and deletes where it is known. */
function writeCharge(
  { insertWithIndexes, replace, remove }: CollectionCharges,
  rates: OperationRates | undefined,
): Band {
  const written = rates ? rates.insert + rates.update + rates.delete : 0;
  if (!rates || written === 0) return band(insertWithIndexes.low, replace.expected, replace.high);
  return add(
    times(insertWithIndexes, rates.insert / written),
    times(replace, rates.update / written),
    times(remove, rates.delete / written),
  );
}

/** Of one collection at its busiest; undefined where nothing is known of its operations. */
export function collectionLoad(
  { collection, charges }: CollectionLoad,
  usage: SourceUsage,
  lists: AssumptionLists,
): Estimate | undefined {
  const rates = findByNamespace(usage.namespaces, collection.ns);
  if (!rates) return undefined;
  return lists.estimate('ru-per-second', times(averageLoad(rates, charges, usage), peakOf(usage)), aboutLoad(usage));
}

function averageLoad(rates: NamespaceRates, charges: CollectionCharges, { rates: all }: SourceUsage): Band {
  return add(times(charges.query, rates.readsPerSecond), times(writeCharge(charges, all), rates.writesPerSecond));
}

/**
 * Of everything at its busiest, and on average: collection by collection where the source tells their operations, else the server's counters with charges weighted by the
 * numbers of documents. Undefined where nothing is known.
 */
export function steadyByRates(
  loads: readonly CollectionLoad[],
  usage: SourceUsage | undefined,
): { readonly peak: Estimate; readonly average: Estimate } | undefined {
  const average = usage && (usage.namespaces.length > 0 ? byNamespaces(loads, usage) : byCounters(loads, usage));
  if (!average) return undefined;
  const about = aboutLoad(usage);
  return {
    peak: estimate('ru-per-second', times(average, peakOf(usage)), about),
    average: estimate(
      'ru-per-second',
      average,
      about.filter(({ id }) => id !== 'peak-over-average'),
    ),
  };
}

function byNamespaces(loads: readonly CollectionLoad[], usage: SourceUsage): Band {
  return add(
    ...loads.map(({ collection, charges }) => {
      const rates = findByNamespace(usage.namespaces, collection.ns);
      return rates ? averageLoad(rates, charges, usage) : NONE;
    }),
  );
}

function byCounters(loads: readonly CollectionLoad[], usage: SourceUsage): Band | undefined {
  const { rates } = usage;
  if (!rates) return undefined;
  const documents = loads.reduce((sum, { collection }) => sum + collection.documents, 0);
  if (documents === 0) return NONE;
  const written = rates.insert + rates.update + rates.delete;
  return add(
    ...loads.map(({ collection, charges }) =>
      times(
        add(times(charges.query, rates.query + rates.getmore), times(writeCharge(charges, rates), written)),
        collection.documents / documents,
      ),
    ),
  );
}

function peakOf({ rates }: SourceUsage): Band {
  return PEAK[rates?.by ?? 'since-start'];
}

function aboutLoad(usage: SourceUsage): readonly Assumption[] {
  const { rates } = usage;
  const peak = peakOf(usage);
  return [
    assume(
      'rates-averaged',
      'measured',
      { seconds: rates?.seconds ?? 0, by: rates?.by ?? 'since-start' },
      'serverStatus',
    ),
    ...(usage.namespaces.length > 0 && (usage.documentsPerInsert ?? 1) >= 2
      ? [assume('inserts-in-batches', 'judged', { documents: Math.round(usage.documentsPerInsert ?? 1) }, 'top')]
      : []),
    assume('peak-over-average', 'judged', { expected: peak.expected, high: peak.high }),
    ...(rates ? [] : [assume('write-mix-unknown', 'judged')]),
    assume('commands-left-out', 'judged'),
  ];
}

/** RU/s that one vCore of MongoDB does. Source: learn.microsoft.com/azure/cosmos-db/convert-vcore-to-request-unit (MongoDB 4.0 and newer). */
const RU_PER_SECOND_OF_A_CORE = 1000;
/** The same page's figure for other interfaces; the lower end of what a core is worth. */
const LESSER_CORE = 600;

/**
 * RU/s = C × T ÷ R: RU/s of a core, cores of all members that hold data, replication factor. With members that are alike T ÷ R is the cores of one member of each shard.
 */
export function steadyByCores(coresOfMember: number, shards: number): Estimate {
  const cores = exactly(coresOfMember * shards);
  const worth = { low: LESSER_CORE, expected: RU_PER_SECOND_OF_A_CORE, high: RU_PER_SECOND_OF_A_CORE };
  const params = { cores: coresOfMember, shards, ruPerCore: RU_PER_SECOND_OF_A_CORE };
  return estimate('ru-per-second', times(cores, worth), [
    assume('cores-to-ru', 'published', params, SIZE_SOURCES.coresToRu),
  ]);
}
