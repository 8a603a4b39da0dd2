/** Plans as they are made and as people leave them, and an assessment of their source. */
import fc from 'fast-check';
import { advise } from '../../src/core/advise/advise.js';
import type { ShardKeyCandidate, TargetAssessment } from '../../src/core/model/assessment.js';
import type { Estimate } from '../../src/core/model/estimate.js';
import type { CollectionFacts } from '../../src/core/model/facts.js';
import type { Finding } from '../../src/core/model/finding.js';
import { EVERYTHING, formatNamespace } from '../../src/core/model/namespace.js';
import type { Plan } from '../../src/core/model/plan.js';
import { bytes, GIB, MIB, requestUnits, ruPerSecond } from '../../src/core/model/units.js';
import { describeTarget } from '../../src/core/plan/target.js';
import { aCollection, anIndex, anInventory, ID_INDEX } from './core-builders.js';
import { planOf, TARGETS } from './core-plan-builders.js';

const ESTIMATE: Estimate = { unit: 'bytes', low: 1, expected: 2, high: 3, assumptions: [] };

export function aCandidate(path: string, possible = true): ShardKeyCandidate {
  return {
    path,
    score: possible ? 80 : 0,
    possible,
    reasons: [],
    distinct: { values: 1000, exact: false },
    largestLogicalPartition: ESTIMATE,
    missingShare: 0,
    distribution: [0.5, 0.5],
  };
}

/** As an assessment of the same collections would have it, for the kind of the target. */
export function assessed(
  plan: Plan,
  change: Partial<TargetAssessment> = {},
): { readonly targets: readonly TargetAssessment[] } {
  const target = describeTarget(TARGETS.ru);
  return {
    targets: [
      {
        target: { kind: plan.targetKind, version: '4.2', probed: true, capabilities: [] },
        findings: [],
        failedRules: [],
        indexes: [],
        shardKeys: plan.collections.map(({ source: ns }) => ({
          ns,
          needed: 'advised',
          why: [],
          candidates: [aCandidate('customer'), aCandidate('region', false), aCandidate('_id')],
        })),
        recommendation: advise({
          inventory: anInventory([]),
          target,
          selection: EVERYTHING,
          wishes: {},
          serverless: false,
        }),
        whatWouldChange: [],
        ...change,
      },
    ],
  };
}

export const large = (ns: string): Finding => {
  const [db = '', coll = ''] = ns.split('.');
  return {
    rule: 'document-over-2mb',
    severity: 'warning',
    ns: { db, coll },
    params: { bytes: 3 * MIB, sampled: 100 },
    remedy: 'enable-16mb',
    source: 'https://example.org/',
  };
};

const path = fc.constantFrom('a', 'b', 'a.b', 'customer', 'region');
const index = fc
  .record({
    path,
    other: path,
    direction: fc.constantFrom<number | string>(1, -1, 'text', 'hashed', '2d'),
    unique: fc.boolean(),
    sparse: fc.boolean(),
    expires: fc.boolean(),
  })
  .map(({ path: first, other, direction, unique, sparse, expires }) =>
    anIndex({
      name: `${first}_${other}_${direction}`,
      key: [
        [first, direction],
        [other, 1],
      ],
      unique,
      sparse,
      ...(expires ? { expireAfterSeconds: 60 } : {}),
    }),
  );

const facts = fc
  .record({
    documents: fc.constantFrom(0, 1000, 2_000_000_000),
    size: fc.constantFrom(1000, 30 * GIB),
    indexes: fc.array(index, { maxLength: 4 }),
    capped: fc.boolean(),
    compound: fc.boolean(),
  })
  .map(({ documents, size, indexes, capped, compound }): Partial<CollectionFacts> => ({
    documents,
    logicalBytes: bytes(size),
    indexes: [ID_INDEX, ...indexes],
    options: capped ? { capped: { sizeBytes: bytes(1000) } } : {},
    ...(compound
      ? {
          shardKey: [
            ['a', 1],
            ['b', 1],
          ],
        }
      : {}),
  }));

const A_SERVICE: NonNullable<Plan['handoff']> = {
  kind: 'dms',
  azure: { subscriptionId: '00000000-0000-0000-0000-000000000000', resourceGroup: 'moving', location: 'westeurope' },
  service: 'service',
  project: 'project',
  replication: 'one-time',
};

const BY_DATAFRAMES: NonNullable<Plan['handoff']> = {
  kind: 'spark-databricks',
  secretScope: 'migration',
  mode: 'transform',
  cluster: { nodeType: 'Standard_D8ds_v5', workers: 2, runtime: '15.4.x-scala2.12' },
};
const HANDOFFS: Readonly<Partial<Record<Plan['method'], NonNullable<Plan['handoff']>>>> = {
  dms: A_SERVICE,
  'spark-databricks': BY_DATAFRAMES,
};

/** Plans as they are made, and as people leave them who edit files. */
export const anyPlan: fc.Arbitrary<Plan> = fc
  .record({
    collections: fc.array(facts, { minLength: 1, maxLength: 3 }),
    target: fc.constantFrom(...Object.values(TARGETS)),
    method: fc.constantFrom<Plan['method']>('direct-copy', 'dump-restore', 'dms', 'spark-databricks'),
    rate: fc.constantFrom(undefined, 1, 450, 400, 1000, 20_000),
    kind: fc.constantFrom('manual', 'autoscale'),
    shardKey: fc.constantFrom(undefined, 'customer', 'region', 'a'),
    charge: fc.constantFrom(undefined, 12),
    policy: fc.constantFrom<Plan['conflictPolicy']>('fail', 'overwrite'),
    depth: fc.constantFrom<'full' | 'counts'>('full', 'counts'),
    batchSize: fc.constantFrom(24, 5000),
    workers: fc.constantFrom(4, 900),
  })
  .map(({ collections, target, method, rate, kind, shardKey, charge, policy, depth, batchSize, workers }) => {
    const named = collections.map((one, i) => aCollection(`shop.c${i}`, structuredClone(one)));
    const handoff = HANDOFFS[method];
    const isRu = target.kind === 'cosmos-ru';
    const made = planOf(named, {
      targetCluster: target,
      method,
      ...(handoff ? { handoff } : {}),
      conflictPolicy: policy,
      verification: { depth },
      ...(isRu && shardKey !== undefined
        ? { shardKeys: Object.fromEntries(named.map(({ ns }) => [formatNamespace(ns), shardKey])) }
        : {}),
    });
    const throughput =
      rate === undefined || !isRu
        ? {}
        : {
            throughput:
              kind === 'manual'
                ? { kind: 'manual' as const, ruPerSecond: ruPerSecond(rate) }
                : { kind: 'autoscale' as const, maxRuPerSecond: ruPerSecond(rate) },
          };
    return {
      ...made,
      tuning: {
        ...made.tuning,
        batchSize,
        insertionWorkers: workers,
        ...(charge === undefined ? {} : { ruPerDocument: requestUnits(charge) }),
      },
      collections: made.collections.map((c) => ({ ...c, ...throughput })),
    };
  });
