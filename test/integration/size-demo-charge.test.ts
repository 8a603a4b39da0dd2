import { MongoClient, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillWithPublicData } from '../../scripts/demo-data.js';
import { readInventory } from '../../src/adapters/mongo/inventory.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import type { IndexTranslation, RuSizing } from '../../src/core/model/assessment.js';
import type { CollectionFacts } from '../../src/core/model/facts.js';
import { EVERYTHING, formatNamespace } from '../../src/core/model/namespace.js';
import type { CollectionScan } from '../../src/core/model/scan.js';
import { ruPerSecond } from '../../src/core/model/units.js';
import { planIndexes } from '../../src/core/plan/index-fates.js';
import { targetIndex } from '../../src/core/plan/target-index.js';
import type { TargetDescription } from '../../src/core/plan/target.js';
import { sizeForRu } from '../../src/core/size/ru-sizing.js';
import { dataCollections, migrationCharge } from '../../src/core/size/totals.js';
import { scanCollections } from '../../src/engine/scan/scan-collection.js';
import { connectTo, migrate } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn } from '../support/ru-stand-in/start.js';
import { makeTempFolder } from '../support/temp.js';

const MOST_OFF = 0.05;
/** Below it a few documents decide. */
const MANY_DOCUMENTS = 1_000;
const BATCH = 1_000;
const PLENTY = 1_000_000;
const ROUNDING = 1e-9;
/** Nearly all of the documents: without a shard key they would have to come through one partition. */
const LARGEST = 'aviation.flights';

const target: TargetDescription = {
  kind: 'cosmos-ru',
  versionArray: [7, 0],
  sharded: false,
  capabilities: new Set(),
};

let source: RunningMongod;
let client: MongoClient;
let collections: readonly CollectionFacts[];
let indexes: readonly IndexTranslation[];
let scans: readonly CollectionScan[];
let sizing: RuSizing;

beforeAll(async () => {
  source = await startMongod();
  client = await MongoClient.connect(source.uri);
  await fillWithPublicData(client, () => undefined);
  const cluster = await connectTo(source.uri);
  ({ collections } = await readInventory(cluster, { selection: EVERYTHING }));
  collections = dataCollections(collections);
  indexes = collections.map((c) => ({ ns: c.ns, target: c.ns, indexes: planIndexes(c.indexes, { target }) }));
  scans = await scanCollections(cluster.session, collections, { mode: 'full', clock: systemClock });
  await cluster.close();
  sizing = sizeForRu({ collections, indexes, scans, target });
}, 300_000);

afterAll(async () => {
  await client.close();
  await source.stop();
});

/** Every document of every collection, with all indexes that the target takes there before. Returns what the model of the account charged. */
async function insertAll(): Promise<ReadonlyMap<string, number>> {
  await using backend = await startMongod();
  await using standIn = await startRuStandIn({ backendPort: backend.port, ruPerSecond: PLENTY });
  const writer = await MongoClient.connect(standIn.uri);
  const before = new Map<string, number>();
  try {
    for (const { ns, indexes: planned } of indexes) {
      const wanted = planned.flatMap((one) => targetIndex(one, 'cosmos-ru') ?? []);
      if (wanted.length > 0) {
        const specs = wanted.map(({ key, name, unique }) => ({ key: Object.fromEntries(key), name, unique }));
        await writer.db(ns.db).command({ createIndexes: ns.coll, indexes: specs });
      }
      before.set(formatNamespace(ns), standIn.stats()[formatNamespace(ns)]?.ruCharged ?? 0);
      let batch: Document[] = [];
      const flush = async (): Promise<void> => {
        if (batch.length > 0) await writer.db(ns.db).collection(ns.coll).insertMany(batch, { ordered: false });
        batch = [];
      };
      for await (const document of client.db(ns.db).collection(ns.coll).find({}, { promoteValues: false })) {
        batch.push(document);
        if (batch.length === BATCH) await flush();
      }
      await flush();
    }
    const stats = standIn.stats();
    return new Map([...before].map(([name, earlier]) => [name, (stats[name]?.ruCharged ?? 0) - earlier]));
  } finally {
    await writer.close();
  }
}

function expectNear(estimated: number, charged: number, what: string): void {
  expect(Math.abs(estimated / charged - 1), `${what}: ${estimated} estimated, ${charged} charged`).toBeLessThan(
    MOST_OFF,
  );
}

describe('the charge of a migration of public data', () => {
  it(
    'is within 5 % of what the model of an RU account charges for inserts with all indexes',
    { timeout: 300_000 },
    async () => {
      const charged = await insertAll();
      let [estimatedSum, chargedSum] = [0, 0];
      for (const { ns, insertWithIndexes } of sizing.collections) {
        const name = formatNamespace(ns);
        const documents = scans.find((scan) => formatNamespace(scan.ns) === name)?.documents ?? 0;
        const estimated = documents * insertWithIndexes.expected;
        const actual = charged.get(name) ?? Number.NaN;
        if (documents > MANY_DOCUMENTS) expectNear(estimated, actual, name);
        estimatedSum += estimated;
        chargedSum += actual;
      }
      expectNear(estimatedSum, chargedSum, 'all');
      expectNear(
        migrationCharge(collections, { scans, indexes }).total,
        chargedSum,
        'the charge that methods are compared by',
      );
      // Without a scan the figures are farther off, but never outside of what they say of themselves.
      const unseen = sizeForRu({ collections, indexes, target });
      for (const { ns, insertWithIndexes } of unseen.collections) {
        const documents = collections.find((c) => c.ns === ns)?.documents ?? 0;
        const each = (charged.get(formatNamespace(ns)) ?? Number.NaN) / documents;
        if (documents === 0) continue;
        // A sum of many charges is rounded where the estimate is not.
        expect(each * (1 + ROUNDING), formatNamespace(ns)).toBeGreaterThanOrEqual(insertWithIndexes.low);
        expect(each * (1 - ROUNDING), formatNamespace(ns)).toBeLessThanOrEqual(insertWithIndexes.high);
      }
    },
  );

  it(
    'is within 5 % of what a direct copy into the model of an RU account is charged',
    { timeout: 300_000 },
    async () => {
      await using backend = await startMongod();
      await using standIn = await startRuStandIn({ backendPort: backend.port });
      const folder = await makeTempFolder('size-demo');
      const { verdict, status } = await migrate({
        sourceUri: source.uri,
        targetUri: standIn.uri,
        runsRoot: folder.path,
        plan: {
          method: 'direct-copy',
          throughput: { kind: 'manual', ruPerSecond: ruPerSecond(PLENTY) },
          shardKeys: { [LARGEST]: '_id' },
        },
      });
      await folder.remove();
      expect(['completed', 'completed-with-findings']).toContain(verdict.state);
      let [estimatedSum, chargedSum] = [0, 0];
      for (const { ns, insert } of sizing.collections) {
        const documents = scans.find((scan) => formatNamespace(scan.ns) === formatNamespace(ns))?.documents ?? 0;
        const charged = status.collections[formatNamespace(ns)]?.copy.ru ?? Number.NaN;
        if (documents > MANY_DOCUMENTS) expectNear(documents * insert.expected, charged, formatNamespace(ns));
        estimatedSum += documents * insert.expected;
        chargedSum += charged;
      }
      expectNear(estimatedSum, chargedSum, 'all');
    },
  );
});
