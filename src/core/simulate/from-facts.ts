import type { Assumption, Basis } from '../model/estimate.js';
import type { ClusterFacts, CollectionFacts, Throughput } from '../model/facts.js';
import type { Reason } from '../model/method.js';
import { formatNamespace } from '../model/namespace.js';
import type { PlannedIndex } from '../model/plan.js';
import type { CollectionScan } from '../model/scan.js';
import { planIndexes } from '../plan/index-fates.js';
import { planShardKey, planThroughput } from '../plan/options.js';
import type { TargetDescription, TargetKind } from '../plan/target.js';
import { AssumptionLists } from '../size/assumption-lists.js';
import { insertCharge, readCharge } from '../size/charges.js';
import { collectionCharges } from '../size/collection-charges.js';
import { paceParams, speedOf } from '../size/duration.js';
import { SERVERLESS_RU_PER_SECOND } from '../size/limits.js';
import { tableFactor, type MeasuredInsert, type TableFactor } from '../size/table-factor.js';
import { averageDocumentBytes, dataCollections } from '../size/totals.js';
import type { Band, Trial } from '../size/trial.js';
import { sourceConnectionsFor } from '../tune/direct-copy.js';
import { TOOL_PARALLEL_COLLECTIONS } from '../tune/limits.js';
import { BUILD_DOCUMENTS, BUILD_MEBIBYTES, LEAST_BUILD_MS, READ_DOCUMENTS, READ_MEBIBYTES } from './after-copy.js';
import { taken } from './assumption-ids.js';
import { budgetFor, type NamedBudget } from './budgets.js';
import type { SimulatedCollection, SimulationInput } from './input.js';
import { partitionSpread, type PartitionSpread } from './partition-shares.js';

export interface SimulationFacts {
  /** What takes part; views and time series are left out. */
  readonly collections: readonly CollectionFacts[];
  readonly source: Pick<ClusterFacts, 'kind' | 'latencyMs'>;
  readonly target: TargetDescription;
  readonly targetLatencyMs?: number;
  readonly parallelCollections?: number;
  /** RU targets: of every new collection, of single ones by their name on the source, and how much a shared or serverless one is. */
  readonly throughput?: Throughput;
  readonly collectionThroughput?: Readonly<Record<string, Throughput>>;
  readonly ruPerSecond?: number;
  /** The same for single databases, by their name on the source. */
  readonly sharedRuPerSecond?: Readonly<Record<string, number>>;
  /** By name on the source: what the user has chosen. */
  readonly shardKeys?: Readonly<Record<string, string>>;
  /** Without it charges are those of the published table. */
  readonly measured?: MeasuredInsert;
  /** What was read of documents: their sizes, their index terms, and how a shard key spreads them. */
  readonly scans?: readonly CollectionScan[];
  readonly trial?: Trial;
  /** The user's limit of ranges that are read at once. */
  readonly sourceConnections?: number;
  readonly verification?: 'counts' | 'full';
}

/** Of the application that uses the same throughput meanwhile. Judged. */
const BUDGET_SHARE: Band = { low: 0.85, expected: 1, high: 1 };
/** The facts, with what is worked out once for all collections. */
interface Known {
  readonly facts: SimulationFacts;
  readonly scans: ReadonlyMap<string, CollectionScan>;
  readonly factor: TableFactor;
  readonly lists: AssumptionLists;
}

function knownOf(facts: SimulationFacts): Known {
  return {
    facts,
    scans: new Map(facts.scans?.map((scan) => [formatNamespace(scan.ns), scan])),
    factor: tableFactor(facts),
    lists: new AssumptionLists(),
  };
}

const CONCEPTS = 'https://learn.microsoft.com/azure/cosmos-db/concepts-limits';
const CHARGES = 'https://learn.microsoft.com/azure/cosmos-db/understand-request-unit-consumption';
const MADE_AT_ONCE = 500;

/**
 * What {@link simulateCopy} needs, out of what is known of source and target. Undefined for an RU target whose throughput nobody said.
 * @throws MigrationError `bad-number` for a trial with bad figures, and a measured charge that is not above 0.
 */
export function simulationInput(facts: SimulationFacts): SimulationInput | undefined {
  const { target, source, sourceConnections, trial } = facts;
  const data = dataCollections(facts.collections);
  const known = knownOf(facts);
  const budgets = new Map<string, NamedBudget>();
  const keyed = { even: 0, measured: 0, placed: 0 };
  const collections: SimulatedCollection[] = [];
  for (const [i, collection] of data.entries()) {
    if (target.kind !== 'cosmos-ru') {
      collections.push(baseOf(collection, planIndexes(collection.indexes, { target }), source));
      continue;
    }
    const name = formatNamespace(collection.ns);
    const shardKey = planShardKey(collection, target, facts.shardKeys?.[name]).shardKey?.[0]?.[0];
    const indexes = planIndexes(collection.indexes, { target, ...(shardKey === undefined ? {} : { shardKey }) });
    const wished = facts.collectionThroughput?.[name] ?? facts.throughput;
    const { throughput } = planThroughput(wished, shardKey !== undefined);
    const together = throughput?.kind === 'shared' ? facts.sharedRuPerSecond?.[collection.ns.db] : undefined;
    const budget = budgetFor(collection, throughput, together ?? facts.ruPerSecond, shardKey !== undefined);
    if (!budget) return undefined;
    const kept = budgets.get(budget.name) ?? budget;
    budgets.set(kept.name, kept);
    const { basis, ...spread } = spreadOf(known.scans.get(name), shardKey, kept.partitions, i);
    if (basis) keyed[basis] += 1;
    collections.push({
      ...baseOf(collection, indexes, source),
      ...chargesOf(collection, indexes, known),
      budget: kept.name,
      ...spread,
    });
  }
  const { speed, told } = speedOf('direct-copy', trial);
  const parallel = Math.max(1, facts.parallelCollections ?? Math.min(TOOL_PARALLEL_COLLECTIONS, data.length));
  const readers =
    sourceConnections ?? sourceConnectionsFor(source.latencyMs, target.kind === 'cosmos-ru' ? parallel : 1);
  return {
    target: target.kind,
    collections,
    budgets: Object.fromEntries(
      [...budgets].map(([name, { ruPerSecond, partitions }]) => [name, { ruPerSecond, partitions }]),
    ),
    parallelCollections: parallel,
    sourceConnections: readers,
    sourceLatencyMs: source.latencyMs,
    targetLatencyMs: facts.targetLatencyMs ?? source.latencyMs,
    speed,
    budgetShare: target.kind === 'cosmos-ru' ? BUDGET_SHARE : { low: 1, expected: 1, high: 1 },
    verification: facts.verification ?? 'full',
    assumptions: [
      ...told.map(asAssumption),
      taken('simulated-readers', 'measured', { readers, latencyMs: source.latencyMs }, 'hello'),
      ...(target.kind === 'cosmos-ru' ? meteredAssumptions(facts, keyed, data.length) : []),
      ...afterCopyAssumptions(target.kind, collections, facts.verification ?? 'full'),
    ],
  };
}

/** How fast indexes and check are taken to be, where there are any. */
function afterCopyAssumptions(
  target: TargetKind,
  collections: readonly SimulatedCollection[],
  verification: SimulationInput['verification'],
): readonly Assumption[] {
  const builds = { ...paceParams(BUILD_DOCUMENTS, BUILD_MEBIBYTES), leastMs: LEAST_BUILD_MS[target] };
  return [
    ...(collections.some(({ indexes }) => indexes > 0) ? [taken('simulated-builds-judged', 'judged', builds)] : []),
    ...(verification === 'counts'
      ? []
      : [taken('simulated-check-judged', 'judged', paceParams(READ_DOCUMENTS, READ_MEBIBYTES))]),
  ];
}

function meteredAssumptions(
  { measured, throughput, ruPerSecond }: SimulationFacts,
  keyed: Readonly<Record<'even' | 'measured' | 'placed', number>>,
  collections: number,
): readonly Assumption[] {
  const isServerless = throughput?.kind === 'serverless';
  return [
    measured ? taken('simulated-charge-sized', 'measured') : taken('simulated-charge-sized', 'published', {}, CHARGES),
    taken('simulated-budget-alone', 'judged'),
    ...(keyed.even + keyed.measured + keyed.placed > 0
      ? [taken('simulated-partitions-by-rule', 'published', {}, CONCEPTS)]
      : []),
    ...(keyed.even > 0 ? [taken('simulated-spread-even', 'judged', { collections: keyed.even })] : []),
    ...(keyed.measured > 0 ? [taken('simulated-spread-measured', 'measured', { collections: keyed.measured })] : []),
    ...(keyed.placed > 0 ? [taken('simulated-shared-placed-in-turn', 'judged', { collections: keyed.placed })] : []),
    ...(isServerless
      ? [
          taken('simulated-serverless-rate', ruPerSecond === undefined ? 'published' : 'said', {
            ruPerSecond: ruPerSecond ?? SERVERLESS_RU_PER_SECOND,
          }),
        ]
      : []),
    ...(collections > MADE_AT_ONCE
      ? [taken('simulated-made-in-turn', 'published', { collections: MADE_AT_ONCE }, CONCEPTS)]
      : []),
  ];
}

function baseOf(
  collection: CollectionFacts,
  indexes: readonly PlannedIndex[],
  source: SimulationFacts['source'],
): SimulatedCollection {
  const { ns, documents, options } = collection;
  const isOneGo =
    options.capped !== undefined ||
    options.clustered === true ||
    options.collation !== undefined ||
    source.kind === 'cosmos-vcore' ||
    source.kind === 'ferretdb';
  return {
    ns,
    documents,
    bytes: documents * averageDocumentBytes(collection),
    indexes: indexes.filter(isLate).length,
    ...(isOneGo ? { inOneGo: true } : {}),
  };
}

/** As the sizing has them: a time and the request units beside it are of one copy. */
function chargesOf(
  collection: CollectionFacts,
  indexes: readonly PlannedIndex[],
  { scans, factor, lists }: Known,
): Required<Pick<SimulatedCollection, 'writeRu' | 'readRu' | 'indexRu'>> {
  const { ns } = collection;
  const scan = scans.get(formatNamespace(ns));
  const { low, expected, high } = collectionCharges({
    collection,
    translations: [{ ns, target: ns, indexes }],
    ...(scan && scan.documents > 0 ? { scan } : {}),
    factor,
    // Of queries, which a copy has none of.
    partitions: 0,
    lists,
  }).insert;
  const late = indexes.filter(isLate).reduce((sum, { index }) => sum + (scan?.termsPerDocument[index.name] ?? 1), 0);
  return {
    writeRu: { low, expected, high },
    readRu: readCharge(averageDocumentBytes(collection)),
    indexRu: insertCharge(0, late) - insertCharge(0),
  };
}

function isLate({ fate }: PlannedIndex): boolean {
  return fate.kind !== 'skip' && fate.when !== 'before-data';
}

interface Spread extends Partial<PartitionSpread> {
  /** Where it is from; absent where there is one partition. */
  readonly basis?: 'even' | 'measured' | 'placed';
}

/** How a collection lies on the partitions of its budget: as its documents have shown where they were read; without a key all of it lies on one. */
function spreadOf(
  scan: CollectionScan | undefined,
  shardKey: string | undefined,
  partitions: number,
  place: number,
): Spread {
  if (partitions < 2) return {};
  if (shardKey === undefined)
    return {
      basis: 'placed',
      shares: Array.from({ length: partitions }, (_, p) => (p === place % partitions ? 1 : 0)),
    };
  const spread = partitionSpread(scan, shardKey, partitions);
  return spread ? { basis: 'measured', ...spread } : { basis: 'even' };
}

const BASES: Readonly<Record<string, Basis>> = {
  'speed-measured-here': 'measured',
  'reading-measured-here': 'measured',
  'trial-held-by-request-units': 'measured',
  'trial-too-short': 'measured',
};

function asAssumption({ id, params }: Reason): Assumption {
  return { id, params, basis: BASES[id] ?? 'judged' };
}
