import { Double, Int32, type Document } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { readInventory, type InventoryOptions } from '../../src/adapters/mongo/inventory.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import type { ClusterInventory, CollectionFacts } from '../../src/core/model/facts.js';
import { formatNamespace } from '../../src/core/model/namespace.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';

const PASSWORD = 'pw#1';
let server: RunningMongod;
let admin: MongoClient;
let cluster: ConnectedCluster;

const open = (user: string, database = ''): Promise<ConnectedCluster> =>
  connect({
    connectionString: parseConnectionString(`mongodb://${user}@127.0.0.1:${server.port}/${database}?authSource=admin`, {
      password: PASSWORD,
    }),
    clock: systemClock,
    monitorCommands: true,
  });

const of = (inventory: ClusterInventory, name: string): CollectionFacts => {
  const found = inventory.collections.find((c) => formatNamespace(c.ns) === name);
  if (!found) throw new Error(`${name} is not in the inventory`);
  return found;
};

/** Commands per namespace while `work` runs; what concerns no collection is counted under its own name. */
async function countCommands(on: ConnectedCluster, work: () => Promise<unknown>): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const listen = (event: { commandName: string; databaseName: string; command: Document }): void => {
    const target: unknown =
      event.commandName === 'getMore' ? event.command.collection : event.command[event.commandName];
    const key = typeof target === 'string' ? `${event.databaseName}.${target}` : event.commandName;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  on.client.on('commandStarted', listen);
  try {
    await work();
  } finally {
    on.client.off('commandStarted', listen);
  }
  return counts;
}

beforeAll(async () => {
  server = await startMongod({ auth: { user: 'root', password: PASSWORD } });
  admin = new MongoClient(`mongodb://127.0.0.1:${server.port}/`, { auth: { username: 'root', password: PASSWORD } });
  const shop = admin.db('shop');
  const orders = shop.collection<Document>('orders');
  await orders.insertMany([
    ...Array.from({ length: 3000 }, (_, i) => ({ a: i, text: 'x'.repeat(100) })),
    { _id: 'a string' as never, a: -1, text: 'y'.repeat(50_000) },
  ]);
  await shop.command({
    createIndexes: 'orders',
    indexes: [
      // Integer-like names: an object would put 1 before 10.
      { name: 'ordered', key: new Map([['10', 1], ['1', -1]]) }, // prettier-ignore
      { name: 'unique', key: { a: 1 }, unique: true, partialFilterExpression: { a: { $gt: new Double(1) } } },
      { name: 'ttl', key: { at: 1 }, expireAfterSeconds: 3600 },
      { name: 'text', key: { text: 'text' }, weights: { text: 5 }, default_language: 'none' },
      { name: 'geo', key: { place: '2dsphere' }, sparse: true },
      { name: 'hash', key: { h: 'hashed' } },
      { name: 'nice', key: { n: 1 }, collation: { locale: 'de' }, hidden: true },
      { name: 'wild', key: { '$**': 1 }, wildcardProjection: { w: 1 } },
    ],
  });
  await orders.find({ a: 5 }).hint('unique').filter({ a: 5 }).toArray().catch(() => undefined); // prettier-ignore
  await shop.createCollection('capped', { capped: true, size: 8192, max: 10 });
  await shop.createCollection('empty', { collation: { locale: 'en' } });
  await shop.createCollection('checked', {
    validator: { v: { $type: 'int', $gt: new Int32(1) } },
    validationLevel: 'moderate',
    validationAction: 'warn',
  });
  await shop.createCollection('clustered', { clusteredIndex: { key: { _id: 1 }, unique: true } });
  await shop.createCollection('a view', { viewOn: 'orders', pipeline: [{ $match: { a: new Double(1) } }] });
  await shop.createCollection('weather', {
    timeseries: { timeField: 't', metaField: 'm', granularity: 'hours' },
    expireAfterSeconds: 100_000,
  });
  await shop
    .collection('weather')
    .insertMany(Array.from({ length: 500 }, (_, i) => ({ t: new Date(1.6e12 + i * 1000), m: i % 2, v: i })));
  await admin.db('ü-db').collection('dots.and spaces.ü漢😀').insertOne({ x: 1 });
  await admin.db('admin').command({ createUser: 'reader', pwd: PASSWORD, roles: [{ role: 'read', db: 'shop' }] });
  await admin.db('admin').command({
    createRole: 'half',
    privileges: [
      { resource: { db: 'shop', collection: '' }, actions: ['listCollections', 'listIndexes'] },
      { resource: { db: 'shop', collection: 'empty' }, actions: ['collStats', 'find'] },
    ],
    roles: [],
  });
  await admin.db('admin').command({ createUser: 'half', pwd: PASSWORD, roles: ['half'] });
  cluster = await open('root');
});
afterAll(async () => {
  await cluster.close();
  await admin.close();
  await server.stop();
});

const read = (options: InventoryOptions = {}): Promise<ClusterInventory> =>
  readInventory(cluster, { readPreference: 'primary', ...options });

describe('the inventory', () => {
  it('tells numbers, sample and identifiers of a collection', async () => {
    const orders = of(await read(), 'shop.orders');
    const stats = await admin.db('shop').command({ collStats: 'orders' });
    expect(orders).toMatchObject({
      type: 'collection',
      documents: 3001,
      logicalBytes: stats.size as number,
      storageBytes: stats.storageSize as number,
      indexBytes: stats.totalIndexSize as number,
      averageBytes: Math.round((stats.size as number) / 3001),
    });
    expect(orders.sample?.sampledDocuments).toBe(100);
    expect(orders.sample?.largestBytes).toBeGreaterThan(100);
    expect(orders.sample?.idTypes.objectId).toBeGreaterThan(90);
  });

  it('sees every document of a small collection, so its largest and all types of _id', async () => {
    const orders = of(await read({ sampleSize: 5000 }), 'shop.orders');
    expect(orders.sample).toMatchObject({ sampledDocuments: 3001, idTypes: { objectId: 3000, string: 1 } });
    expect(orders.sample?.largestBytes).toBeGreaterThan(50_000);
  });

  it('tells each index completely, its fields in their order', async () => {
    const { indexes } = of(await read(), 'shop.orders');
    const index = (name: string): (typeof indexes)[number] | undefined => indexes.find((i) => i.name === name);
    expect(indexes.map((i) => i.name).sort()).toEqual([
      '_id_',
      'geo',
      'hash',
      'nice',
      'ordered',
      'text',
      'ttl',
      'unique',
      'wild',
    ]);
    expect(index('ordered')?.key).toEqual([
      ['10', 1],
      ['1', -1],
    ]);
    expect(index('unique')).toMatchObject({
      unique: true,
      sparse: false,
      hidden: false,
      partialFilterExpression: { a: { $gt: { $numberDouble: '1.0' } } },
    });
    expect(index('ttl')).toMatchObject({ expireAfterSeconds: 3600 });
    expect(index('text')).toMatchObject({
      key: [
        ['_fts', 'text'],
        ['_ftsx', 1],
      ],
      otherOptions: {
        weights: { text: { $numberInt: '5' } },
        default_language: 'none',
        textIndexVersion: { $numberInt: '3' },
      },
    });
    expect(index('geo')).toMatchObject({ key: [['place', '2dsphere']], sparse: true });
    expect(index('hash')?.key).toEqual([['h', 'hashed']]);
    expect(index('nice')).toMatchObject({ hidden: true, collation: { locale: 'de' } });
    expect(index('wild')).toMatchObject({ key: [['$**', 1]], wildcardProjection: { w: { $numberInt: '1' } } });
    for (const one of indexes) {
      expect(one.sizeBytes).toBeGreaterThan(0);
      expect(one.usageOps).toBeGreaterThanOrEqual(0);
      expect(Date.parse(one.usageSince ?? '')).not.toBeNaN();
    }
  });

  it('tells options as plain data', async () => {
    const inventory = await read();
    expect(of(inventory, 'shop.capped').options).toEqual({ capped: { sizeBytes: 8192, maxDocuments: 10 } });
    expect(of(inventory, 'shop.empty').options.collation).toMatchObject({ locale: 'en' });
    expect(of(inventory, 'shop.checked').options).toEqual({
      validator: { v: { $type: 'int', $gt: { $numberInt: '1' } } },
      validationLevel: 'moderate',
      validationAction: 'warn',
    });
    expect(of(inventory, 'shop.clustered').options).toEqual({ clustered: true });
    expect(JSON.parse(JSON.stringify(inventory))).toEqual(inventory);
  });

  it('tells an empty collection as empty', async () => {
    const empty = of(await read(), 'shop.empty');
    expect(empty).toMatchObject({ documents: 0, logicalBytes: 0, averageBytes: 0 });
    expect(empty.sample).toBeUndefined();
    expect(empty.indexes.map((i) => i.name)).toEqual(['_id_']);
  });

  it('tells a view by its definition and never reads through it', async () => {
    let inventory: ClusterInventory | undefined;
    const counts = await countCommands(cluster, async () => (inventory = await read()));
    const view = of(inventory as ClusterInventory, 'shop.a view');
    expect(view).toMatchObject({ type: 'view', documents: 0, logicalBytes: 0, indexes: [] });
    expect(view.options.view).toEqual({ on: 'orders', pipeline: [{ $match: { a: { $numberDouble: '1.0' } } }] });
    expect(counts.has('shop.a view')).toBe(false);
  });

  it('counts a time series by the buckets of its storage', async () => {
    const weather = of(await read(), 'shop.weather');
    const buckets = await admin.db('shop').collection('system.buckets.weather').countDocuments();
    expect(buckets).toBeLessThan(500);
    expect(weather).toMatchObject({ type: 'timeseries', documents: buckets });
    expect(weather.logicalBytes).toBeGreaterThan(0);
    expect(weather.options).toMatchObject({
      timeseries: { timeField: 't', metaField: 'm', granularity: 'hours' },
      expireAfterSeconds: 100_000,
    });
  });

  it('takes names with dots, spaces and Unicode', async () => {
    expect(of(await read(), 'ü-db.dots.and spaces.ü漢😀')).toMatchObject({ documents: 1 });
  });

  it('leaves system namespaces and what is not selected out, and lists them', async () => {
    const { skipped, collections } = await read({
      selection: { include: ['shop.*'], exclude: ['shop.c*'], rename: [] },
    });
    const names = skipped.map((s) => `${formatNamespace(s.ns)} ${s.reason}`);
    expect(names).toEqual(
      expect.arrayContaining(['admin.* system', 'shop.system.buckets.weather system', 'shop.system.views system']),
    );
    expect(names).toEqual(
      expect.arrayContaining(['shop.capped not-selected', 'ü-db.dots.and spaces.ü漢😀 not-selected']),
    );
    expect(collections.map((c) => c.ns.coll)).toEqual(['a view', 'empty', 'orders', 'weather']);
  });

  it('asks each collection two times at most, also for a user who may not see the use of indexes', async () => {
    for (const user of ['root', 'reader']) {
      await using connection = await open(user);
      let inventory: ClusterInventory | undefined;
      const counts = await countCommands(connection, async () => {
        inventory = await readInventory(connection, { selection: { include: ['shop'], exclude: [], rename: [] } });
      });
      expect(inventory?.failed).toEqual([]);
      const asked = [...counts].filter(([name]) => name.startsWith('shop.'));
      expect(asked.map(([name]) => name).sort()).toEqual(
        ['capped', 'checked', 'clustered', 'empty', 'orders', 'weather'].map((c) => `shop.${c}`),
      );
      for (const [name, count] of asked) expect(`${name} ${count}`).toBe(`${name} 2`);
      const orders = of(inventory as ClusterInventory, 'shop.orders');
      expect(orders.documents).toBe(3001);
      expect(orders.sample?.sampledDocuments).toBe(100);
      expect(orders.indexes[0]?.usageOps !== undefined).toBe(user === 'root');
    }
  });

  it('reports what one user may not read and reads the rest', async () => {
    await using connection = await open('half', 'shop');
    const inventory = await readInventory(connection);
    expect(inventory.collections.map((c) => c.ns.coll)).toEqual(['a view', 'empty']);
    expect(inventory.failed.map((f) => f.ns.coll)).toEqual(['capped', 'checked', 'clustered', 'orders', 'weather']);
    for (const failed of inventory.failed) {
      expect(failed.code).toBe('Unauthorized');
      expect(failed.message).not.toContain(PASSWORD);
    }
  });

  it.each(['lookup', 'command'] as const)(
    'reads the same numbers from servers that only know the %s form',
    async (statisticsTier) => {
      const full = of(await read(), 'shop.orders');
      let inventory: ClusterInventory | undefined;
      const counts = await countCommands(cluster, async () => (inventory = await read({ statisticsTier })));
      const older = of(inventory as ClusterInventory, 'shop.orders');
      const { sample, indexes } = older;
      for (const name of ['documents', 'logicalBytes', 'storageBytes', 'indexBytes', 'averageBytes'] as const) {
        expect(`${name} ${older[name]}`).toBe(`${name} ${full[name]}`);
      }
      expect(indexes.map((i) => [i.name, i.key, i.sizeBytes])).toEqual(
        full.indexes.map((i) => [i.name, i.key, i.sizeBytes]),
      );
      expect(inventory?.failed).toEqual([]);
      expect(of(inventory as ClusterInventory, 'shop.weather').documents).toBe(
        of(await read(), 'shop.weather').documents,
      );
      expect(counts.get('shop.orders')).toBe(2);
      if (statisticsTier === 'lookup') {
        expect(sample?.sampledDocuments).toBe(20);
        expect(sample?.averageBytes).toBeGreaterThan(100);
      } else {
        expect(sample).toBeUndefined();
      }
    },
  );

  it('tells its progress', async () => {
    const seen: string[] = [];
    const inventory = await read({ onProgress: ({ done, total }) => seen.push(`${done}/${total}`) });
    expect(seen).toEqual(inventory.collections.map((_, i) => `${i + 1}/${inventory.collections.length}`));
  });
});

describe('a thousand collections', () => {
  const COUNT = 1000;
  beforeAll(async () => {
    const many = admin.db('many');
    for (let start = 0; start < COUNT; start += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, i) => many.collection(`c${start + i}`).insertOne({ x: 1 })));
    }
  }, 120_000);

  it('are read within 30 seconds, with two round trips each, eight at a time', async () => {
    let inFlight = 0;
    let most = 0;
    const started = (): void => void (most = Math.max(most, ++inFlight));
    const ended = (): void => void inFlight--;
    cluster.client.on('commandStarted', started).on('commandSucceeded', ended).on('commandFailed', ended);
    const begun = performance.now();
    let inventory: ClusterInventory | undefined;
    const counts = await countCommands(cluster, async () => {
      inventory = await read({ selection: { include: ['many.*'], exclude: [], rename: [] } });
    });
    const took = performance.now() - begun;
    cluster.client.off('commandStarted', started).off('commandSucceeded', ended).off('commandFailed', ended);
    expect(inventory?.collections).toHaveLength(COUNT);
    expect(inventory?.failed).toEqual([]);
    expect(took).toBeLessThan(30_000);
    const perCollection = [...counts].filter(([name]) => name.startsWith('many.'));
    expect(perCollection).toHaveLength(COUNT);
    expect(Math.max(...perCollection.map(([, count]) => count))).toBe(2);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('can be given up at once', async () => {
    const controller = new AbortController();
    const begun = performance.now();
    let cancelledAt = 0;
    const reading = read({
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done !== 20) return;
        cancelledAt = performance.now();
        controller.abort();
      },
    });
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    expect(cancelledAt).toBeGreaterThan(begun);
    expect(performance.now() - cancelledAt).toBeLessThan(1000);
  });
});
