import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MongoClient, type Db, type Document } from 'mongodb';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn, type RuStandIn } from '../support/ru-stand-in/start.js';
import { makeTempFolder } from '../support/temp.js';
import { virtualClock } from '../support/virtual-clock.js';

const clock = virtualClock(1_000_000_000);
let mongod: RunningMongod;
let standIn: RuStandIn;
let client: MongoClient;
let db: Db;
let count = 0;

beforeAll(async () => {
  mongod = await startMongod();
  standIn = await startRuStandIn({ backendPort: mongod.port, clock, scalingDelayMs: 5000 });
  client = new MongoClient(standIn.uri);
});

afterAll(async () => {
  await client?.close();
  await standIn?.close();
  await mongod?.stop();
});

beforeEach(() => {
  count += 1;
  db = client.db(`provisioning${count}`);
});

function action(name: string, rest: Document = {}): Promise<Document> {
  return db.command({ customAction: name, ...rest });
}

async function partitions(collection: string): Promise<number> {
  const reply = await action('GetChangeStreamTokens', { collection });
  return (reply['resumeAfterTokens'] as unknown[]).length;
}

async function refusal(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'no error',
    (reason: unknown) => reason,
  );
}

describe('databases', () => {
  it('are created, read and scaled; their collections share the throughput', async () => {
    expect(await refusal(action('GetDatabase'))).toMatchObject({ code: 26 });
    expect(await action('CreateDatabase', { offerThroughput: 1000 })).toMatchObject({ ok: 1 });
    expect(await action('GetDatabase')).toEqual({ database: db.databaseName, provisionedThroughput: 1000, ok: 1 });
    await action('UpdateDatabase', { offerThroughput: 2000 });
    expect(await action('GetDatabase')).toMatchObject({ provisionedThroughput: 2000 });
    await action('CreateCollection', { collection: 'c' });
    expect(await action('GetCollection', { collection: 'c' })).toEqual({
      database: db.databaseName,
      collection: 'c',
      ok: 1,
    });
    const documents = Array.from({ length: 410 }, () => ({ a: 1 }));
    expect(await refusal(db.collection('c').insertMany(documents))).toMatchObject({ code: 16500 });
    expect(await refusal(db.collection('other').insertOne({ a: 1 }))).toMatchObject({ code: 16500 });
  });

  it('exist once and without throughput of their own have none to update', async () => {
    await action('CreateCollection', { collection: 'c' });
    expect(await action('GetDatabase')).toEqual({ database: db.databaseName, ok: 1 });
    expect(await refusal(action('CreateDatabase'))).toMatchObject({ code: 48 });
    expect(await refusal(action('UpdateDatabase', { offerThroughput: 400 }))).toMatchObject({ code: 2 });
  });
});

describe('collections', () => {
  it('get 400 RU/s and no shard key unless told, also when an insert creates them', async () => {
    await action('CreateCollection', { collection: 'told' });
    await db.collection('implicit').insertOne({ a: 1 });
    for (const collection of ['told', 'implicit']) {
      expect(await action('GetCollection', { collection })).toEqual({
        database: db.databaseName,
        collection,
        provisionedThroughput: 400,
        ok: 1,
      });
    }
    expect(await refusal(action('GetCollection', { collection: 'none' }))).toMatchObject({ code: 26 });
    expect(await refusal(action('CreateCollection', { collection: 'told' }))).toMatchObject({ code: 48 });
  });

  it('show shard key, throughput and indexes', async () => {
    await action('CreateCollection', {
      collection: 'c',
      shardKey: 'address.city',
      autoScaleSettings: { maxThroughput: 4000 },
      indexes: [
        { key: { _id: 1 }, name: '_id_' },
        { key: { 'address.city': 1 }, name: 'city' },
      ],
    });
    const reply = await action('GetCollection', { collection: 'c', showIndexes: true });
    expect(reply).toMatchObject({
      shardKeyDefinition: { 'address.city': 'hashed' },
      provisionedThroughput: 400,
      autoScaleSettings: { maxThroughput: 4000 },
    });
    expect((reply['indexes'] as Document[]).map((index) => String(index['name']))).toEqual(['_id_', 'city']);
  });

  it('have indexes replaced, not added to, by UpdateCollection', async () => {
    await action('CreateCollection', { collection: 'c' });
    await db.collection('c').createIndex({ a: 1 }, { name: 'a' });
    const indexes = [
      { key: { _id: 1 }, name: '_id_' },
      { key: { b: 1 }, name: 'b' },
    ];
    await action('UpdateCollection', { collection: 'c', indexes });
    expect((await db.collection('c').indexes()).map((index) => index.name)).toEqual(['_id_', 'b']);
    expect(await refusal(action('UpdateCollection', { collection: 'c', indexes: indexes.slice(1) }))).toMatchObject({
      code: 2,
    });
  });

  it('are made with a hashed shard key by shardCollection', async () => {
    const reply = await client
      .db('admin')
      .command({ shardCollection: `${db.databaseName}.c`, key: { region: 'hashed' } });
    expect(reply).toEqual({ _t: 'ShardCollectionResponse', ok: 1, collectionsharded: `${db.databaseName}.c` });
    expect(await action('GetCollection', { collection: 'c' })).toMatchObject({
      shardKeyDefinition: { region: 'hashed' },
    });
  });

  it('lose their throughput and shard key when dropped', async () => {
    await action('CreateCollection', { collection: 'c', shardKey: 'k', offerThroughput: 1000 });
    await db.collection('c').drop();
    await db.collection('c').insertOne({ a: 1 });
    expect(await action('GetCollection', { collection: 'c' })).toMatchObject({ provisionedThroughput: 400 });
  });

  it('tell a failure with errMsg, as documented, and errmsg, as drivers read it', async () => {
    const error = await refusal(action('Nonsense'));
    expect(error).toMatchObject({
      code: 115,
      errorResponse: { ok: 0, errMsg: 'customAction Nonsense is not supported.' },
    });
  });
});

describe('throughput rules', () => {
  it.each([
    ['below the minimum', { offerThroughput: 300 }],
    ['not in steps of 100', { offerThroughput: 450 }],
    ['above the maximum', { offerThroughput: 1_000_100, shardKey: 'k' }],
    ['autoscale not in steps of 1000', { autoScaleSettings: { maxThroughput: 1500 } }],
    ['both kinds', { offerThroughput: 400, autoScaleSettings: { maxThroughput: 1000 } }],
    ['above 10,000 without a shard key', { offerThroughput: 10_100 }],
  ])('refuse throughput %s', async (_, offer) => {
    expect(await refusal(action('CreateCollection', { collection: 'c', ...offer }))).toMatchObject({ code: 2 });
  });

  it.each([
    [400, undefined, 1],
    [10_000, undefined, 1],
    [20_000, 'k', 4],
    [150_000, 'k', 25],
  ])('cut %d RU/s with shard key %s into %d partitions', async (offerThroughput, shardKey, expected) => {
    await action('CreateCollection', { collection: 'c', offerThroughput, ...(shardKey ? { shardKey } : {}) });
    expect(await partitions('c')).toBe(expected);
  });

  it('scale at once within 10,000 RU/s a partition, later above it, and never lose a partition', async () => {
    await action('CreateCollection', { collection: 'c', offerThroughput: 12_000, shardKey: 'k' });
    const throughput = async (): Promise<unknown> =>
      (await action('GetCollection', { collection: 'c' }))['provisionedThroughput'];
    await action('UpdateCollection', { collection: 'c', offerThroughput: 20_000 });
    expect([await throughput(), await partitions('c')]).toEqual([20_000, 2]);
    await action('UpdateCollection', { collection: 'c', offerThroughput: 50_000 });
    expect([await throughput(), await partitions('c')]).toEqual([20_000, 2]);
    clock.advance(5000);
    expect([await throughput(), await partitions('c')]).toEqual([50_000, 5]);
    await action('UpdateCollection', { collection: 'c', offerThroughput: 500 });
    expect([await throughput(), await partitions('c')]).toEqual([500, 5]);
    expect(await refusal(action('UpdateCollection', { collection: 'c', offerThroughput: 400 }))).toMatchObject({
      code: 2,
    });
  });

  it('allow 25 throughput updates in five minutes', async () => {
    await action('CreateCollection', { collection: 'c' });
    const update = (i: number): Promise<Document> =>
      action('UpdateCollection', { collection: 'c', offerThroughput: 500 + 100 * (i % 2) });
    for (let i = 0; i < 25; i += 1) await update(i);
    expect(await refusal(update(25))).toMatchObject({ code: 16500 });
    clock.advance(5 * 60_000);
    await update(26);
  });

  it('keep manual and autoscale apart', async () => {
    await action('CreateCollection', { collection: 'c' });
    const autoScaleSettings = { maxThroughput: 1000 };
    expect(await refusal(action('UpdateCollection', { collection: 'c', autoScaleSettings }))).toMatchObject({
      code: 2,
    });
  });
});

describe('a stand-in started again', () => {
  it('knows throughput and shard keys from its state file', async () => {
    const folder = await makeTempFolder('stand-in');
    const stateFile = join(folder.path, 'state.json');
    try {
      for (const expected of ['created', 'found'] as const) {
        await using again = await startRuStandIn({ backendPort: mongod.port, stateFile, clock });
        const own = new MongoClient(again.uri);
        try {
          const there = own.db(db.databaseName);
          if (expected === 'created') {
            await there.command({
              customAction: 'CreateCollection',
              collection: 'c',
              shardKey: 'k',
              offerThroughput: 12_000,
            });
          }
          expect(await there.command({ customAction: 'GetCollection', collection: 'c' })).toMatchObject({
            shardKeyDefinition: { k: 'hashed' },
            provisionedThroughput: 12_000,
          });
          const tokens = await there.command({ customAction: 'GetChangeStreamTokens', collection: 'c' });
          expect(tokens['resumeAfterTokens']).toHaveLength(2);
        } finally {
          await own.close();
        }
      }
    } finally {
      await folder.remove();
    }
  });
});
