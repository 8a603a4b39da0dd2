/** A direct copy by what is known and chosen: how long it takes, and what holds it up. */
import type { SimulatedRun } from '../model/assessment.js';
import type { CollectionFacts, Throughput } from '../model/facts.js';
import { formatNamespace } from '../model/namespace.js';
import type { Tuning } from '../model/plan.js';
import { selectedCollections } from '../plan/make-plan.js';
import { planShardKey, planThroughput } from '../plan/options.js';
import { simulationInput } from '../simulate/from-facts.js';
import { simulateCopy } from '../simulate/simulate-copy.js';
import type { DecideInput } from './decide.js';

export interface SimulatedCopyInput extends Pick<
  DecideInput,
  | 'inventory'
  | 'selection'
  | 'target'
  | 'targetCluster'
  | 'ruPerSecond'
  | 'collectionThroughput'
  | 'shardKeys'
  | 'insert'
  | 'trial'
  | 'scans'
> {
  /** RU/s that the collections of a database share, by its name on the source. */
  readonly sharedRuPerSecond?: Readonly<Record<string, number>>;
}

/**
 * The direct copy, collection by collection: the one simulation that recommendation, wizard and assessment tell. Where a trial has shown how fast it goes, its pace is what source and way give.
 * `common` counts for collections that have no throughput of their own. Undefined for an RU target whose throughput nobody said.
 * @throws MigrationError `bad-number` for a trial with bad figures, and a measured charge that is not above 0.
 */
export function simulatedCopy(
  input: SimulatedCopyInput,
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
  { target, shardKeys, collectionThroughput }: Pick<DecideInput, 'target' | 'shardKeys' | 'collectionThroughput'>,
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
