import type { IndexTranslation, RuSizing } from '../model/assessment.js';
import type { Assumption, Basis } from '../model/estimate.js';
import type { ClusterFacts, CollectionFacts, Throughput } from '../model/facts.js';
import type { Reason } from '../model/method.js';
import { formatNamespace, type Namespace } from '../model/namespace.js';
import type { PlannedIndex } from '../model/plan.js';
import type { CollectionScan } from '../model/scan.js';
import { planIndexes } from '../plan/index-fates.js';
import { planShardKey, planThroughput } from '../plan/options.js';
import type { TargetDescription, TargetKind } from '../plan/target.js';
import { insertCharge, readCharge } from '../size/charges.js';
import { paceParams, speedOf } from '../size/duration.js';
import { SERVERLESS_RU_PER_SECOND } from '../size/limits.js';
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
  /** Without it the charge is that of the published table, unless it was measured. */
  readonly sizing?: RuSizing;
  readonly ruPerDocument?: number;
  /** What was read of documents: their sizes, their index terms, and how a shard key spreads them. */
  readonly scans?: readonly CollectionScan[];
  /** Without them they follow from the rules, index by index. */
  readonly indexes?: readonly IndexTranslation[];
  readonly trial?: Trial;
  /** The user's limit of ranges that are read at once. */
  readonly sourceConnections?: number;
  readonly verification?: 'counts' | 'full';
}

/** A published charge may be half of what is charged: pages of the service print 5 to 10 RU for an insert of 1 KB. Source: learn.microsoft.com/azure/cosmos-db/optimize-cost-reads-writes. */
const TABLE_BAND: Band = { low: 0.9, expected: 1, high: 2 };
/** Documents differ from those that were measured. Judged. */
const MEASURED_BAND: Band = { low: 0.9, expected: 1, high: 1.1 };
/** Of the application that uses the same throughput meanwhile. Judged. */
const BUDGET_SHARE: Band = { low: 0.85, expected: 1, high: 1 };
/** The facts, with what is told of single collections by their name. */
interface Known {
  readonly facts: SimulationFacts;
  readonly scans: ReadonlyMap<string, CollectionScan>;
  readonly inserts: ReadonlyMap<string, Band>;
  readonly indexes: ReadonlyMap<string, readonly PlannedIndex[]>;
}

function knownOf(facts: SimulationFacts): Known {
  const named = <T, V>(
    items: readonly T[] | undefined,
    ns: (item: T) => Namespace,
    value: (item: T) => V,
  ): ReadonlyMap<string, V> => new Map((items ?? []).map((item) => [formatNamespace(ns(item)), value(item)]));
  return {
    facts,
    scans: named(
      facts.scans,
      ({ ns }) => ns,
      (scan) => scan,
    ),
    inserts: named(
      facts.sizing?.collections,
      ({ ns }) => ns,
      ({ insert: { low, expected, high } }) => ({ low, expected, high }),
    ),
    indexes: named(
      facts.indexes,
      ({ ns }) => ns,
      ({ indexes }) => indexes,
    ),
  };
}

const CONCEPTS = 'https://learn.microsoft.com/azure/cosmos-db/concepts-limits';
const CHARGES = 'https://learn.microsoft.com/azure/cosmos-db/understand-request-unit-consumption';
const MADE_AT_ONCE = 500;

/**
 * What {@link simulateCopy} needs, out of what is known of source and target. Undefined for an RU target whose throughput nobody said.
 * @throws MigrationError `bad-number` for a trial with bad figures.
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
      collections.push(baseOf(collection, known));
      continue;
    }
    const name = formatNamespace(collection.ns);
    const shardKey = planShardKey(collection, target, facts.shardKeys?.[name]).shardKey?.[0]?.[0];
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
      ...baseOf(collection, known),
      ...chargesOf(collection, known),
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

function chargeAssumption(ruPerDocument: number | undefined, sizing: RuSizing | undefined): Assumption {
  const isMeasured = ruPerDocument !== undefined;
  if (sizing && isMeasured) return taken('simulated-charge-sized', 'measured');
  if (sizing) return taken('simulated-charge-sized', 'published', {}, CHARGES);
  if (isMeasured) return taken('simulated-charge-measured', 'measured', { ruPerDocument });
  return taken('simulated-charge-table', 'published', {}, CHARGES);
}

function meteredAssumptions(
  { ruPerDocument, sizing, throughput, ruPerSecond }: SimulationFacts,
  keyed: Readonly<Record<'even' | 'measured' | 'placed', number>>,
  collections: number,
): readonly Assumption[] {
  const isServerless = throughput?.kind === 'serverless';
  return [
    chargeAssumption(ruPerDocument, sizing),
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

function baseOf(collection: CollectionFacts, known: Known): SimulatedCollection {
  const { options } = collection;
  const { source } = known.facts;
  const isOneGo =
    options.capped !== undefined ||
    options.clustered === true ||
    options.collation !== undefined ||
    source.kind === 'cosmos-vcore' ||
    source.kind === 'ferretdb';
  return {
    ns: collection.ns,
    documents: collection.documents,
    bytes: collection.documents * averageDocumentBytes(collection),
    indexes: indexesOf(collection, known).filter(isLate).length,
    ...(isOneGo ? { inOneGo: true } : {}),
  };
}

function chargesOf(
  collection: CollectionFacts,
  known: Known,
): Required<Pick<SimulatedCollection, 'writeRu' | 'readRu' | 'indexRu'>> {
  const scan = known.scans.get(formatNamespace(collection.ns));
  const indexes = indexesOf(collection, known);
  const terms = (some: readonly PlannedIndex[]): number =>
    some.reduce((sum, { index }) => sum + (scan?.termsPerDocument[index.name] ?? 1), 0);
  const early = terms(indexes.filter((i) => i.fate.kind !== 'skip' && !isLate(i)));
  return {
    writeRu: writeCharge(collection, scan, early, known),
    readRu: readCharge(averageDocumentBytes(collection)),
    indexRu: insertCharge(0, terms(indexes.filter(isLate))) - insertCharge(0),
  };
}

function writeCharge(
  collection: CollectionFacts,
  scan: CollectionScan | undefined,
  terms: number,
  { facts, inserts }: Known,
): Band {
  // The sizing rests on the same measurement, and tells small documents from large ones.
  const sized = inserts.get(formatNamespace(collection.ns));
  if (sized) return sized;
  if (facts.ruPerDocument !== undefined) return times(MEASURED_BAND, facts.ruPerDocument);
  return times(TABLE_BAND, meanCharge(collection, scan, terms));
}

/** By stretches of sizes where documents were looked at: a mean of sizes hides the large ones, which cost more for each KB. */
function meanCharge(collection: CollectionFacts, scan: CollectionScan | undefined, terms: number): number {
  if (!scan || scan.documents === 0) return insertCharge(averageDocumentBytes(collection), terms);
  const total = scan.sizes.reduce(
    (sum, { documents, bytes }) => sum + (documents > 0 ? documents * insertCharge(bytes / documents, terms) : 0),
    0,
  );
  return total / scan.documents;
}

function times(band: Band, factor: number): Band {
  return { low: band.low * factor, expected: band.expected * factor, high: band.high * factor };
}

function indexesOf(collection: CollectionFacts, { indexes, facts }: Known): readonly PlannedIndex[] {
  return indexes.get(formatNamespace(collection.ns)) ?? planIndexes(collection.indexes, { target: facts.target });
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
