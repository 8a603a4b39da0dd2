import type { ClusterFacts, CollectionFacts } from '../../src/core/model/facts.js';
import { EVERYTHING } from '../../src/core/model/namespace.js';
import type { Plan, PlannedCollection, PlannedIndex, Tuning } from '../../src/core/model/plan.js';
import { milliseconds } from '../../src/core/model/units.js';
import { makePlan, type PlanInput } from '../../src/core/plan/make-plan.js';
import { aCluster, aCollection, anInventory, aVersion } from './core-builders.js';

export const TARGETS = {
  ru: aCluster({ kind: 'cosmos-ru', hosts: ['a.mongo.cosmos.azure.com:10255'], ...aVersion('4.2.0') }),
  vcore: aCluster({ kind: 'cosmos-vcore', hosts: ['b.mongocluster.cosmos.azure.com:10260'], ...aVersion('7.0.0') }),
  mongodb: aCluster({ hosts: ['target.example:27017'], ...aVersion('7.0.0') }),
} satisfies Record<string, ClusterFacts>;

const A_TUNING: Tuning = {
  target: 'ru',
  batchSize: 24,
  insertionWorkers: 4,
  parallelCollections: 1,
  latencyMs: milliseconds(100),
  explanation: [{ id: 'relay-corrects', params: {} }],
};

export function aPlanInput(collections: readonly CollectionFacts[], change: Partial<PlanInput> = {}): PlanInput {
  return {
    inventory: anInventory(collections),
    source: { name: 'source', uri: 'mongodb://reader@source.example:27017/', passwordFrom: { env: 'SOURCE_PASSWORD' } },
    target: { name: 'target', uri: 'mongodb://a@a.mongo.cosmos.azure.com:10255/?tls=true&appName=@a@' },
    targetCluster: TARGETS.ru,
    method: 'dump-restore',
    selection: EVERYTHING,
    tuning: A_TUNING,
    createdAt: '2026-01-02T03:04:05.000Z',
    ...change,
  };
}

export function planOf(collections: readonly CollectionFacts[], change: Partial<PlanInput> = {}): Plan {
  return makePlan(aPlanInput(collections, change));
}

/** The plan of one collection on one target. */
export function plannedOn(
  targetCluster: ClusterFacts,
  facts: Partial<CollectionFacts>,
  change: Partial<PlanInput> = {},
): PlannedCollection {
  const [planned] = planOf([aCollection('shop.orders', facts)], { targetCluster, ...change }).collections;
  if (!planned) throw new Error('the collection is not in the plan');
  return planned;
}

/** `create before-data`, `rewrite after-data sparse-dropped`, `skip text-unsupported`, by index name. */
export function fates(planned: PlannedCollection): Record<string, string> {
  const text = ({ fate }: PlannedIndex): string =>
    [fate.kind, 'when' in fate ? fate.when : '', 'why' in fate ? fate.why : ''].filter((part) => part !== '').join(' ');
  return Object.fromEntries(planned.indexes.map((p) => [p.index.name, text(p)]));
}
