import { BSON } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { readInventory } from '../../src/adapters/mongo/inventory.js';
import { measureInsertCharge } from '../../src/adapters/mongo/measure-charge.js';
import { removeScratchCollections, SCRATCH_PREFIX } from '../../src/adapters/mongo/scratch-collection.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { MigrationError } from '../../src/core/model/error.js';
import { ruPerSecond } from '../../src/core/model/units.js';
import type { Clock } from '../../src/engine/ports.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn, type RuStandIn } from '../support/ru-stand-in/start.js';
import { virtualClock } from '../support/virtual-clock.js';

let backend: RunningMongod;
let target: RuStandIn;
let cluster: ConnectedCluster;
let direct: MongoClient;
const open = (): Promise<ConnectedCluster> =>
  connect({ connectionString: parseConnectionString(target.uri), clock: systemClock });

beforeAll(async () => {
  backend = await startMongod();
  target = await startRuStandIn({ backendUri: backend.uri, logicalSessions: false });
  direct = await MongoClient.connect(backend.uri);
  cluster = await open();
});
afterAll(async () => {
  await cluster?.close();
  await direct?.close();
  await target?.close();
  await backend?.stop();
});

const sample = (kilobytes: number, i: number): Buffer =>
  Buffer.from(BSON.serialize({ _id: i, text: 'x'.repeat(kilobytes * 1024 - 30) }));
const names = async (db: string): Promise<string[]> =>
  (await direct.db(db).listCollections().toArray()).map((c) => c.name).sort();

describe('an RU account', () => {
  it('is recognised and offers what only it can do', () => {
    expect(cluster.facts).toMatchObject({ kind: 'cosmos-ru', kindEvidence: 'server-reply', setName: 'globaldb' });
    expect(cluster.ru).toBeDefined();
  });

  it('makes collections with shard key and throughput and tells them again', async () => {
    const ru = cluster.ru;
    if (!ru) throw new Error('no RU session');
    const ns = { db: 'made', coll: 'orders' };
    expect(await ru.getCollection(ns)).toEqual({ exists: false });
    await ru.createCollection(ns, {
      shardKey: 'region',
      throughput: { kind: 'autoscale', maxRuPerSecond: ruPerSecond(4000) },
    });
    expect(await ru.getCollection(ns)).toEqual({
      exists: true,
      shardKey: 'region',
      throughput: { kind: 'autoscale', maxRuPerSecond: 4000 },
    });
    await ru.createCollection(
      { db: 'made', coll: 'small' },
      { throughput: { kind: 'manual', ruPerSecond: ruPerSecond(500) } },
    );
    expect(await ru.getCollection({ db: 'made', coll: 'small' })).toEqual({
      exists: true,
      throughput: { kind: 'manual', ruPerSecond: 500 },
    });
  });

  it('is inventoried by the commands that it knows', async () => {
    const inventory = await readInventory(cluster, { ruThroughput: true });
    expect(inventory.failed).toEqual([]);
    expect(inventory.collections.find((c) => c.ns.coll === 'orders')).toMatchObject({
      shardKey: [['region', 'hashed']],
      throughput: { kind: 'autoscale', maxRuPerSecond: 4000 },
    });
  });

  it('reads through throttling: every document once, waits as long as told, and counts', async () => {
    // The model's seconds pass only while the adapter waits, so the budget runs out however slow this machine is.
    const time = virtualClock();
    const told: number[] = [];
    const waiting: Clock = {
      now: () => systemClock.now(),
      sleep: (ms) => {
        told.push(ms);
        return time.sleep(ms);
      },
    };
    const busy = await startRuStandIn({ backendUri: backend.uri, logicalSessions: false, clock: time });
    const reader = await connect({ connectionString: parseConnectionString(busy.uri), clock: waiting });
    const documents = Array.from({ length: 400 }, (_, i) => ({ _id: i as never, text: 'x'.repeat(2000) }));
    await direct.db('busy').collection('docs').insertMany(documents);
    busy.setRuPerSecond('busy.docs', 400);
    const ids: number[] = [];
    for await (const batch of reader.session.findRaw({ db: 'busy', coll: 'docs' }, { batchSize: 40 })) {
      for (const raw of batch.documents) ids.push(BSON.deserialize(raw)._id as number);
    }
    const { readThrottles } = reader.session;
    await reader.close();
    await busy.close();
    expect([...ids].sort((a, b) => a - b)).toEqual(documents.map((d) => d._id));
    expect(readThrottles).toBeGreaterThan(0);
    expect(told).toHaveLength(readThrottles);
    for (const wait of told) expect(wait).toBeGreaterThan(0);
  });
});

describe('measuring the charge of an insert', () => {
  it('gives the mean of the samples, and leaves nothing behind', async () => {
    await direct.db('kept').collection('mine').insertOne({ a: 1 });
    const samples = [1, 2, 3, 4, 5].map((i) => sample(1, i));
    const measured = await measureInsertCharge(cluster, { consent: true, database: 'kept', samples });
    // The published table: 4.95 RU for a document of 1 KB without indexed terms.
    expect(measured.ruPerDocument).toBeCloseTo(4.95, 0);
    expect(measured.samples).toBe(5);
    expect(measured.latencyMs).toBeGreaterThan(0);
    expect(await names('kept')).toEqual(['mine']);
    const larger = await measureInsertCharge(cluster, { consent: true, database: 'kept', samples: [sample(100, 1)] });
    expect(larger.ruPerDocument).toBeGreaterThan(measured.ruPerDocument * 3);
  });

  it('counts the indexes that the collection will have', async () => {
    const samples = [sample(1, 1), sample(1, 2)];
    const bare = await measureInsertCharge(cluster, { consent: true, database: 'kept', samples });
    const indexed = await measureInsertCharge(cluster, {
      consent: true,
      database: 'kept',
      samples,
      indexKeys: [[['text', 1]], [['a', 1]]],
    });
    expect(indexed.ruPerDocument).toBeGreaterThan(bare.ruPerDocument);
  });

  it('removes a database that it had to make', async () => {
    await measureInsertCharge(cluster, { consent: true, database: 'fresh', samples: [sample(1, 1)] });
    expect((await direct.db('admin').admin().listDatabases()).databases.map((d) => d.name)).not.toContain('fresh');
  });

  it('cleans up when an insert is refused', async () => {
    const tooLarge = sample(3000, 1);
    const error: unknown = await measureInsertCharge(cluster, {
      consent: true,
      database: 'kept',
      samples: [tooLarge],
    }).catch((e: unknown) => e);
    expect(MigrationError.is(error, 'command-failed')).toBe(true);
    expect(await names('kept')).toEqual(['mine']);
  });

  it('removes what a crash has left, and only that', async () => {
    await direct.db('kept').createCollection(`${SCRATCH_PREFIX}left`);
    expect(await removeScratchCollections(cluster, 'kept')).toEqual([{ db: 'kept', coll: `${SCRATCH_PREFIX}left` }]);
    expect(await names('kept')).toEqual(['mine']);
  });

  it('writes nothing without consent', async () => {
    const request = { consent: false as unknown as true, database: 'kept', samples: [sample(1, 1)] };
    await expect(measureInsertCharge(cluster, request)).rejects.toMatchObject({
      code: 'bad-option',
      facts: { option: 'consent' },
    });
    expect(await names('kept')).toEqual(['mine']);
  });
});
