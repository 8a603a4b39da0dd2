/** The simulation against real copies into the RU stand-in, a model of an account. Many more cases, on a virtual clock: test/unit/core-simulate-engine.test.ts. */
import { describe, expect, it } from 'vitest';
import type { Document } from 'bson';
import { connect } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { readInventory } from '../../src/adapters/mongo/inventory.js';
import { RawCopySource } from '../../src/adapters/mongo/raw-copy-source.js';
import { RawCopyTarget } from '../../src/adapters/mongo/raw-copy-target.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { Refusals } from '../../src/core/conflict/refusals.js';
import type { SimulatedRun } from '../../src/core/model/assessment.js';
import { EVERYTHING } from '../../src/core/model/namespace.js';
import type { CollectionScan } from '../../src/core/model/scan.js';
import { bytes, milliseconds, ruPerSecond } from '../../src/core/model/units.js';
import { describeTarget } from '../../src/core/plan/target.js';
import { simulationInput } from '../../src/core/simulate/from-facts.js';
import { simulateCopy } from '../../src/core/simulate/simulate-copy.js';
import { dataCollections } from '../../src/core/size/totals.js';
import { sourceConnectionsFor } from '../../src/core/tune/direct-copy.js';
import { CollectionsCopy } from '../../src/engine/copy/copy-collections.js';
import { WriterPool } from '../../src/engine/copy/writer-pool.js';
import { copyPacers } from '../../src/engine/pace/pacers.js';
import { scanCollections } from '../../src/engine/scan/scan-collection.js';
import { signalForMany } from '../../src/engine/signal-for-many.js';
import { memoryJournal } from '../contract/memory-journal.js';
import { startMongod } from '../support/mongod.js';
import { createRuCollection, fillCollection } from '../support/restore-through-relay.js';
import { startRuStandIn } from '../support/ru-stand-in/start.js';
import { seededRandom } from '../support/seeded-random.js';
import { aCollection } from '../unit/core-builders.js';
import { planOf, plannedCollection } from '../unit/engine-builders.js';

const DB = 'simulated';
const SIZE = 512;
const PARALLEL = 4;
const TENANT = 'tenant';

interface Case {
  /** By name: how many documents. */
  readonly documents: Readonly<Record<string, number>>;
  readonly ru: number;
  readonly partitions: number;
  /** By name: the share of the documents that have one and the same tenant, by which the collection is sharded. */
  readonly hotTenant?: Readonly<Record<string, number>>;
}

interface Copied {
  readonly seconds: number;
  readonly latencyMs: number;
  /** What reading every document of the source has shown. */
  readonly scans: readonly CollectionScan[];
}

/** So many partitions come with 6,000 RU/s each; then the rate is set to what is to be measured. */
function createdWith({ ru, partitions }: Pick<Case, 'ru' | 'partitions'>): number {
  return partitions === 1 ? ru : partitions * 6_000;
}

/** Seconds that the engine's copy takes, from its first reader to its last acknowledgement. */
async function copySeconds({ documents, ru, partitions, hotTenant }: Case): Promise<Copied> {
  await using origin = await startMongod();
  await using backend = await startMongod();
  await using standIn = await startRuStandIn({ backendPort: backend.port });
  for (const [name, count] of Object.entries(documents)) {
    const hot = hotTenant?.[name];
    await fillCollection(origin.uri, DB, name, count, SIZE, hot === undefined ? undefined : tenants(hot));
    await createRuCollection(
      standIn.uri,
      DB,
      name,
      createdWith({ ru, partitions }),
      hot === undefined ? '_id' : TENANT,
    );
    standIn.setRuPerSecond(`${DB}.${name}`, ru);
  }
  await using source = await connect({ connectionString: parseConnectionString(origin.uri), clock: systemClock });
  const { collections } = await readInventory(source, { selection: EVERYTHING });
  const scans = await scanCollections(source.session, dataCollections(collections), {
    mode: 'full',
    clock: systemClock,
  });
  await using target = await connect({ connectionString: parseConnectionString(standIn.uri), clock: systemClock });
  const halt = new AbortController();
  const signal = signalForMany(halt.signal);
  const planned = Object.entries(documents).map(([coll, count]) =>
    plannedCollection({ db: DB, coll }, { db: DB, coll }, { documents: count, logicalBytes: bytes(count * SIZE) }),
  );
  const copyTarget = new RawCopyTarget(target);
  const writers = new WriterPool(copyTarget, signal);
  const plan = planOf(planned, { targetKind: 'cosmos-ru' });
  const copy = new CollectionsCopy(
    planned.map((one) => ({ planned: one, goesOn: false })),
    {
      plan: { ...plan, tuning: { ...plan.tuning, parallelCollections: PARALLEL } },
      session: source.session,
      source: new RawCopySource(source.session),
      target: copyTarget,
      pacers: copyPacers({ clock: systemClock, ru: target.ru, roundTripMs: target.facts.latencyMs, signal }),
      writers,
      journal: memoryJournal({ runId: 'r', planId: 'p', planHash: 'h' }),
      deadLetters: {
        add: () => Promise.reject(new Error('a dead letter')),
        flush: () => Promise.resolve(),
        count: () => 0,
      },
      refusals: new Refusals(0, () => undefined),
      readers: () => sourceConnectionsFor(source.facts.latencyMs, PARALLEL),
      clock: systemClock,
      random: Math.random,
      signal,
    },
    halt,
  );
  const started = performance.now();
  await copy.run();
  const seconds = (performance.now() - started) / 1000;
  const arrived = copy.counts().reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  expect(arrived).toBe(Object.values(documents).reduce((sum, count) => sum + count, 0));
  await writers.close();
  return { seconds, latencyMs: target.facts.latencyMs, scans };
}

/** The one with `share` of the documents, and so many others that a hash spreads them evenly. */
function tenants(share: number): (i: number) => Document {
  const random = seededRandom(3);
  return () => ({ [TENANT]: random() < share ? 'the large one' : `tenant ${Math.floor(random() * 1_000)}` });
}

function simulatedRun(
  { documents, ru, partitions, hotTenant = {} }: Case,
  { latencyMs, scans }: Pick<Copied, 'latencyMs' | 'scans'>,
): SimulatedRun {
  const input = simulationInput({
    scans,
    shardKeys: Object.fromEntries(Object.keys(hotTenant).map((name) => [`${DB}.${name}`, TENANT])),
    collections: Object.entries(documents).map(([name, count]) =>
      aCollection(`${DB}.${name}`, {
        documents: count,
        logicalBytes: bytes(count * SIZE),
        ...(partitions > 1 && hotTenant[name] === undefined ? { shardKey: [['_id', 'hashed']] as const } : {}),
      }),
    ),
    source: { kind: 'mongodb', latencyMs: milliseconds(1) },
    target: describeTarget({ kind: 'cosmos-ru', versionArray: [7, 0, 0], topology: 'replica-set' }),
    targetLatencyMs: latencyMs,
    parallelCollections: PARALLEL,
    throughput: { kind: 'manual', ruPerSecond: ruPerSecond(createdWith({ ru, partitions })) },
  });
  if (!input) throw new Error('no throughput');
  // Both sides are connected and prepared already; the rate was set past the rules by which partitions are given.
  const budgets = Object.fromEntries(
    Object.entries(input.budgets).map(([name, budget]) => [name, { ...budget, ruPerSecond: ru }]),
  );
  const none = { low: 0, expected: 0, high: 0 };
  return simulateCopy({ ...input, budgets, speed: { ...input.speed, startUp: none } });
}

describe('a simulated copy into an RU account', () => {
  it.each<[string, Case]>([
    ['five even partitions', { documents: { docs: 6_000 }, ru: 2_000, partitions: 5 }],
    [
      'eight collections of different size, each with its own budget',
      {
        documents: { a: 1_500, b: 1_200, c: 1_000, d: 800, e: 600, f: 500, g: 300, h: 100 },
        ru: 1_200,
        partitions: 1,
      },
    ],
    [
      'five partitions, one of them with a tenant that has 60 % of the documents',
      { documents: { docs: 2_500 }, ru: 2_500, partitions: 5, hotTenant: { docs: 0.6 } },
    ],
    [
      'a skewed collection, a more skewed one and an even one side by side, on three partitions each',
      {
        documents: { skewed: 3_000, hot: 2_000, even: 3_000 },
        ru: 1_800,
        partitions: 3,
        hotTenant: { skewed: 0.35, hot: 0.8 },
      },
    ],
  ])(
    'takes what a real copy into the model takes, within 10 %%: %s',
    async (_, c) => {
      const { seconds, ...known } = await copySeconds(c);
      const { durationMs, limitedBy } = simulatedRun(c, known);
      const expected = durationMs.expected / 1000;
      expect(Math.abs(expected / seconds - 1), `${expected} s simulated, ${seconds} s copied`).toBeLessThan(0.1);

      expect(limitedBy).toBe(c.hotTenant ? 'hot-partition' : 'request-units');
    },
    120_000,
  );
});
