/** RU/s that the source's own load comes to on an RU account. */
import type { CollectionFacts } from '../model/facts.js';
import type { Assumption, Estimate } from '../model/estimate.js';
import { findByNamespace } from '../model/by-namespace.js';
import type { NamespaceRates, OperationRates, SourceUsage } from '../model/usage.js';
import { assume } from './assumption-ids.js';
import type { AssumptionLists } from './assumption-lists.js';
import { add, band, estimate, NONE, times, type Band } from './bands.js';
import type { CollectionCharges } from './collection-charges.js';
import { averageAssumption, operationsCountedBy, peakAssumption, peakOf } from './peak.js';
import { SIZE_SOURCES } from './sources.js';
import { unionOf } from './union-of.js';

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
  const busiest = times(averageLoad(rates, charges, usage), peakOf(operationsCountedBy(usage)));
  return lists.estimate('ru-per-second', busiest, [...aboutLoad(usage), ...aboutCharges(charges, rates)]);
}

type Rates = Pick<NamespaceRates, 'readsPerSecond' | 'writesPerSecond'>;

function averageLoad(rates: Rates, charges: CollectionCharges, { rates: all }: SourceUsage): Band {
  return add(times(charges.query, rates.readsPerSecond), times(writeCharge(charges, all), rates.writesPerSecond));
}

/** What the charges of such operations rest on: those of writes are of updates, which rest on what inserts and deletes do, and more. */
function aboutCharges(
  { query, replace }: CollectionCharges,
  { readsPerSecond, writesPerSecond }: Rates,
): readonly Assumption[] {
  const about = [...(readsPerSecond > 0 ? query.assumptions : []), ...(writesPerSecond > 0 ? replace.assumptions : [])];
  // Sums of collections add up what was looked at: once for each.
  return [...new Map(about.map((assumption) => [assumption.id, assumption])).values()];
}

/**
 * Of everything at its busiest, and on average: collection by collection where the source tells their operations, else the server's counters with charges weighted by the
 * numbers of documents. Undefined where nothing is known.
 */
export function steadyByRates(
  loads: readonly CollectionLoad[],
  usage: SourceUsage | undefined,
): { readonly peak: Estimate; readonly average: Estimate } | undefined {
  const load = usage && (usage.namespaces.length > 0 ? byNamespaces(loads, usage) : byCounters(loads, usage));
  if (!load) return undefined;
  const about = [...aboutLoad(usage), ...unionOf(load.about)];
  return {
    peak: estimate('ru-per-second', times(load.average, peakOf(operationsCountedBy(usage))), about),
    average: estimate(
      'ru-per-second',
      load.average,
      about.filter(({ id }) => id !== 'peak-over-average'),
    ),
  };
}

interface AverageLoad {
  readonly average: Band;
  /** Of each collection. */
  readonly about: readonly (readonly Assumption[])[];
}

function byNamespaces(loads: readonly CollectionLoad[], usage: SourceUsage): AverageLoad {
  const known = loads.flatMap(({ collection, charges }) => {
    const rates = findByNamespace(usage.namespaces, collection.ns);
    return rates ? [{ charges, rates }] : [];
  });
  return {
    average: add(...known.map(({ charges, rates }) => averageLoad(rates, charges, usage))),
    about: known.map(({ charges, rates }) => aboutCharges(charges, rates)),
  };
}

function byCounters(loads: readonly CollectionLoad[], usage: SourceUsage): AverageLoad | undefined {
  const { rates } = usage;
  if (!rates) return undefined;
  const documents = loads.reduce((sum, { collection }) => sum + collection.documents, 0);
  if (documents === 0) return { average: NONE, about: [] };
  const all = {
    readsPerSecond: rates.query + rates.getmore,
    writesPerSecond: rates.insert + rates.update + rates.delete,
  };
  return {
    average: add(
      ...loads.map(({ collection, charges }) =>
        times(averageLoad(all, charges, usage), collection.documents / documents),
      ),
    ),
    about: loads.map(({ charges }) => aboutCharges(charges, all)),
  };
}

function aboutLoad(usage: SourceUsage): readonly Assumption[] {
  return [
    averageAssumption(usage),
    ...(usage.namespaces.length > 0 && (usage.documentsPerInsert ?? 1) >= 2
      ? [assume('inserts-in-batches', 'judged', { documents: Math.round(usage.documentsPerInsert ?? 1) }, 'top')]
      : []),
    peakAssumption(operationsCountedBy(usage)),
    ...(usage.rates ? [] : [assume('write-mix-unknown', 'judged')]),
    assume('commands-left-out', 'judged'),
  ];
}

/**
 * RU/s that one vCore of MongoDB is worth. Expected: learn.microsoft.com/azure/cosmos-db/convert-vcore-to-request-unit (MongoDB 4.0 and newer), "a rough starting-point". Low: the
 * same page's figure for other interfaces. High: twice, judged; a core that answers a thousand reads of 2 RU each in a second is not exceptional.
 */
const RU_PER_SECOND_OF_A_CORE: Band = { low: 600, expected: 1_000, high: 2_000 };

/**
 * RU/s = C × T ÷ R: RU/s of a core, cores of all members that hold data, replication factor. With members that are alike T ÷ R is the cores of one member of each shard. For
 * sources whose operations are not known; where they are, it bounds nothing: its source sends whoever knows them to reckon by them.
 */
export function steadyByCores(coresOfMember: number, shards: number): Estimate {
  const { low, expected, high } = RU_PER_SECOND_OF_A_CORE;
  return estimate('ru-per-second', times(RU_PER_SECOND_OF_A_CORE, coresOfMember * shards), [
    assume('cores-to-ru', 'published', { cores: coresOfMember, shards, ruPerCore: expected }, SIZE_SOURCES.coresToRu),
    assume('cores-worth', 'judged', { low, high }),
  ]);
}
