/** A direct copy by what is known and chosen: how long it takes, and what holds it up. */
import type { SimulatedRun } from '../model/assessment.js';
import type { ClusterFacts, ClusterInventory, CollectionFacts, Throughput } from '../model/facts.js';
import { formatNamespace, type NamespaceSelection } from '../model/namespace.js';
import type { Tuning } from '../model/plan.js';
import type { CollectionScan } from '../model/scan.js';
import { selectedCollections } from '../plan/make-plan.js';
import { planShardKey, planThroughput } from '../plan/options.js';
import type { TargetDescription } from '../plan/target.js';
import { simulationInput } from '../simulate/from-facts.js';
import { simulateCopy } from '../simulate/simulate-copy.js';
import type { MeasuredInsert } from '../size/table-factor.js';
import type { Trial } from '../size/trial.js';

/** What is known of the two sides, and chosen. */
export interface CopyInput {
  readonly inventory: ClusterInventory;
  readonly selection: NamespaceSelection;
  readonly target: TargetDescription;
  /** What the probe of the target learnt; absent where only its kind is known. */
  readonly targetCluster?: ClusterFacts;
  /** RU targets: throughput of single new collections, by source namespace. */
  readonly collectionThroughput?: Readonly<Record<string, Throughput>>;
  /** How much a shared or serverless throughput is. */
  readonly ruPerSecond?: number;
  readonly shardKeys?: Readonly<Record<string, string>>;
  /** Measured, or said by the user: what an insert is charged, and how long one takes. */
  readonly insert?: Partial<MeasuredInsert> & { readonly latencyMs?: number };
  /** A direct copy that was tried; the charge that it saw counts where none is said. */
  readonly trial?: Trial;
  /** Data scans of the source: sizes and index entries are then counted, not guessed. */
  readonly scans?: readonly CollectionScan[];
}

/**
 * The direct copy, collection by collection: the one simulation that recommendation, wizard and assessment tell. Where a trial has shown how fast it goes, its pace is what source and way give.
 * `common` counts for collections that have no throughput of their own. Undefined for an RU target whose throughput nobody said.
 * @throws MigrationError `bad-number` for a trial with bad figures, and a measured charge that is not above 0.
 */
export function simulatedCopy(
  input: CopyInput & {
    /** RU/s that the collections of a database share, by its name on the source. */
    readonly sharedRuPerSecond?: Readonly<Record<string, number>>;
  },
  common: Throughput | undefined,
  tuning: Tuning | undefined,
): SimulatedRun | undefined {
  const { inventory, selection, target, targetCluster, insert = {}, trial } = input;
  const collections = selectedCollections(inventory, selection);
  const { latencyMs: targetLatencyMs = targetCluster?.latencyMs, ...charged } = insert;
  const { ruPerDocument = trial?.ruPerDocument, ...more } = charged;
  const facts = simulationInput({
    collections,
    source: inventory.cluster,
    target,
    collectionThroughput: givenThroughput(input, common, collections),
    ...(common === undefined ? {} : { throughput: common }),
    ...(input.ruPerSecond === undefined ? {} : { ruPerSecond: input.ruPerSecond }),
    ...(input.sharedRuPerSecond === undefined ? {} : { sharedRuPerSecond: input.sharedRuPerSecond }),
    ...(tuning === undefined ? {} : { parallelCollections: tuning.parallelCollections }),
    ...(targetLatencyMs === undefined ? {} : { targetLatencyMs }),
    ...(input.shardKeys === undefined ? {} : { shardKeys: input.shardKeys }),
    ...(ruPerDocument === undefined ? {} : { measured: { ruPerDocument, ...more } }),
    ...(input.scans === undefined ? {} : { scans: input.scans }),
    ...(trial === undefined ? {} : { trial }),
  });
  return facts && simulateCopy(facts);
}

/** By name on the source, what each collection will really have: without a shard key that is no more than one partition gives. */
export function givenThroughput(
  { target, shardKeys, collectionThroughput }: Pick<CopyInput, 'target' | 'shardKeys' | 'collectionThroughput'>,
  common: Throughput | undefined,
  collections: readonly CollectionFacts[],
): Readonly<Record<string, Throughput>> {
  const given: [string, Throughput][] = [];
  for (const collection of collections) {
    const name = formatNamespace(collection.ns);
    const isSharded = planShardKey(collection, target, shardKeys?.[name]).shardKey !== undefined;
    const { throughput } = planThroughput(collectionThroughput?.[name] ?? common, isSharded);
    if (throughput) given.push([name, throughput]);
  }
  return Object.fromEntries(given);
}
