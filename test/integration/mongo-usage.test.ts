import type { Document } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { readUsage, type UsageOptions } from '../../src/adapters/mongo/read-usage.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import type { FeatureUse, SourceUsage } from '../../src/core/model/usage.js';
import { commandText, usageReads } from '../../src/core/usage/usage-reads.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startReplicaSet } from '../support/replica-set.js';

const PASSWORD = 'pw#1';
/** Stands in every value of a document or a query, and nowhere else. */
const CANARY = 'c4n4ryValue';
let server: RunningMongod;
let admin: MongoClient;
let application: MongoClient;

const open = (user: string): Promise<ConnectedCluster> =>
  connect({
    connectionString: parseConnectionString(
      `mongodb://${user}@127.0.0.1:${server.port}/?authSource=admin&replicaSet=rs0`,
      { password: PASSWORD },
    ),
    clock: systemClock,
    monitorCommands: true,
  });

async function usageOf(user: string, options: UsageOptions = {}): Promise<SourceUsage> {
  await using cluster = await open(user);
  return await readUsage(cluster, options);
}

const find = (usage: SourceUsage, evidence: FeatureUse['evidence'], name: string): FeatureUse | undefined =>
  usage.features.find((use) => use.evidence === evidence && use.name === name);
const gapsOf = (usage: SourceUsage): string[] => usage.gaps.map((gap) => `${gap.purpose} ${gap.reason}`);

beforeAll(async () => {
  server = await startMongod({ replSet: 'rs0', auth: { user: 'root', password: PASSWORD } });
  const auth = { username: 'root', password: PASSWORD };
  admin = new MongoClient(`mongodb://127.0.0.1:${server.port}/?directConnection=true`, { auth });
  for (const [user, roles] of [
    ['reader', [{ role: 'readAnyDatabase', db: 'admin' }]],
    ['monitor', ['readAnyDatabase', 'clusterMonitor']],
  ] as const) {
    await admin.db('admin').command({ createUser: user, pwd: PASSWORD, roles });
  }
  await admin.db('shop').command({ profile: 2 });
  application = new MongoClient(`mongodb://127.0.0.1:${server.port}/?directConnection=true&appName=webshop`, { auth });
  const orders = application.db('shop').collection<Document>('orders');
  await orders.insertMany([
    { customer: 1, state: CANARY, items: [{ sku: CANARY, n: 1 }], address: { city: CANARY } },
    { customer: 2, state: 'open', items: [], address: {} },
  ]);
  await orders.updateOne(
    { customer: 1 },
    { $set: { 'address.city': `${CANARY}2`, seen: CANARY }, $inc: { 'items.0.n': 1 } },
  );
  await orders.updateMany({ state: { $in: [CANARY] }, customer: { $gt: 0 } }, [
    { $set: { total: { $size: '$items' } } },
  ]);
  await orders.findOneAndUpdate(
    { customer: 2 },
    { $push: { items: { $each: [{ sku: CANARY }], $slice: -5 } } } as Document,
    { sort: { state: 1, customer: -1 } },
  );
  await orders.find({ customer: 1, $or: [{ state: CANARY }, { 'address.city': CANARY }] }).sort({ state: 1, 'address.city': -1 }).toArray(); // prettier-ignore
  await orders
    .aggregate([
      { $match: { customer: 2 } },
      { $lookup: { from: 'customers', let: { id: '$customer' }, pipeline: [{ $match: { $expr: { $eq: ['$number', '$$id'] }, name: CANARY } }], as: 'who' } },
      { $bucket: { groupBy: '$customer', boundaries: [0, 5], default: CANARY, output: { most: { $max: '$total' } } } },
    ])
    .toArray(); // prettier-ignore
  await orders.find({ $where: `this.state == '${CANARY}'` }).toArray();
  await application.withSession(async (session) => {
    await session.withTransaction(async () => {
      await orders.insertOne({ customer: 3, state: CANARY }, { session });
    });
  });
}, 120_000);
afterAll(async () => {
  await application.close();
  await admin.close();
  await server.stop();
});

/** What the driver adds to each command. */
const DRIVERS_OWN: ReadonlySet<string> = new Set(['lsid', '$clusterTime', '$readPreference', '$db']);

/** What was sent while `work` ran, as the list of commands tells it; cursors that go on, and what keeps a connection up, left out. */
async function sentBy(on: ConnectedCluster, work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  const listen = (event: { commandName: string; databaseName: string; command: Document }): void => {
    if (['getMore', 'killCursors', 'endSessions'].includes(event.commandName)) return;
    const command = Object.fromEntries(Object.entries(event.command).filter(([name]) => !DRIVERS_OWN.has(name)));
    sent.push(`${event.databaseName} ${commandText(command)}`);
  };
  on.client.on('commandStarted', listen);
  try {
    await work();
  } finally {
    on.client.off('commandStarted', listen);
  }
  return sent;
}

describe('the use of a real source', () => {
  it('is told by its counters, its machine, its members and its clients', async () => {
    const usage = await usageOf('root');
    expect(usage).toMatchObject({ countersOf: 'primary', dataBearingMembers: 1, transactionsCommitted: 1, users: 3 });
    expect(usage.rates).toMatchObject({ by: 'since-start' });
    expect(usage.rates?.insert).toBeGreaterThan(0);
    expect(usage.machine?.logicalCores).toBeGreaterThan(0);
    expect(usage.machine?.memoryBytes).toBeGreaterThan(1e8);
    expect(usage.machine?.cacheMaxBytes).toBe(256 * 1024 * 1024);
    for (const name of ['$bucket', '$lookup', '$where', 'findAndModify', 'update.pipeline']) {
      expect(`${name} ${find(usage, 'server-counters', name)?.count}`).toBe(`${name} 1`);
    }
    expect(usage.namespaces.map(({ ns }) => `${ns.db}.${ns.coll}`)).toContain('shop.orders');
    expect(usage.clients).toContainEqual(expect.objectContaining({ driver: 'nodejs', application: 'webshop' }));
    // Nobody counts himself.
    expect(JSON.stringify(usage.clients)).not.toContain('mongo-cosmos-migration');
    expect(gapsOf(usage)).toEqual(['profiler not-asked']);
  });

  it('is told by its oplog: how far it goes back, which fields are changed, which writes may be repeated', async () => {
    const usage = await usageOf('monitor');
    expect(usage.oplog?.sizeBytes).toBeGreaterThan(1e8);
    expect(usage.oplog?.windowMs).toBeGreaterThanOrEqual(0);
    expect(usage.looked.oplogEntries).toBeGreaterThan(5);
    const updated = usage.fields.filter((field) => field.updated > 0).map(({ path }) => path);
    expect(updated.sort()).toEqual(['address.city', 'items', 'seen', 'total']);
    // An insert, two updates by one driver call each, and a findAndModify; neither the transaction nor the updateMany.
    expect(find(usage, 'oplog', 'retryableWrite')?.count).toBe(4);
  });

  it('is told by its profiler, operation by operation, where that is asked for', async () => {
    const usage = await usageOf('monitor', { profiler: true });
    const seen = usage.features
      .filter(({ evidence, kind }) => evidence === 'profiler' && kind !== 'command')
      .map(({ kind, name, ns }) => `${kind} ${name} ${ns?.coll}`);
    expect(seen).toEqual(
      expect.arrayContaining([
        'stage $lookup orders',
        'option $lookup.let orders',
        'stage $bucket orders',
        'accumulator $max orders',
        'query-operator $expr customers',
        'query-operator $where orders',
        'option findAndModify.sort orders',
        'option update.pipeline orders',
        'option transaction orders',
        'update-operator $slice orders',
      ]),
    );
    const equal = usage.fields.filter((field) => field.equality > 0).map(({ ns, path }) => `${ns.coll}.${path}`);
    expect(equal.sort()).toEqual(['customers.name', 'orders.customer', 'orders.state']);
    expect(usage.sorts.map(({ key }) => key)).toEqual(
      expect.arrayContaining([
        [
          ['state', 1],
          ['address.city', -1],
        ],
      ]),
    );
    expect(gapsOf(usage)).toEqual(['users missing-privilege']);
  });

  it('keeps no value of a document or a query', async () => {
    const usage = await usageOf('root', { profiler: true });
    expect(usage.looked.profiled).toBeGreaterThan(5);
    expect(JSON.stringify(usage)).not.toContain(CANARY);
  });

  it.each([{}, { profiler: true, watchSeconds: 1, oplogEntries: 5 }])(
    'is read by the commands that are listed before, and by no other: %o',
    async (options) => {
      await using cluster = await open('root');
      const clock = { now: () => 1_000, sleep: () => Promise.resolve() };
      const sent = await sentBy(cluster, () => readUsage(cluster, { ...options, clock }));
      const listed = usageReads({ ...options, source: cluster.facts }).flatMap(({ database, command }) =>
        (database === '<database>' ? ['shop'] : [database]).map((db) => `${db} ${command}`),
      );
      expect(sent).toEqual(listed);
      expect(sent.filter((command) => !command.includes('maxTimeMS: 5000'))).toEqual([]);
    },
  );

  it('is that of now where two readings are wanted', async () => {
    await using cluster = await open('monitor');
    const slept: number[] = [];
    const orders = application.db('shop').collection('orders');
    const clock = {
      now: () => 1_000,
      sleep: async (ms: number): Promise<void> => {
        slept.push(ms);
        for (let i = 0; i < 20; i++) await orders.findOne({ customer: i });
      },
    };
    const usage = await readUsage(cluster, { watchSeconds: 30, clock });
    expect(slept).toEqual([30_000]);
    expect(usage.rates?.by).toBe('watched');
    const { query = 0, insert, seconds = 0 } = usage.rates ?? {};
    expect(insert).toBe(0);
    expect(Math.round(query * seconds)).toBeGreaterThanOrEqual(20);
    const [busy] = usage.namespaces.filter(({ ns }) => ns.coll === 'orders');
    expect(Math.round((busy?.readsPerSecond ?? 0) * seconds)).toBe(20);
    expect(busy?.writesPerSecond).toBe(0);
  });

  it('tells change streams that are open', async () => {
    const stream = application.db('shop').collection('orders').watch();
    const opened = stream.tryNext();
    await opened;
    try {
      expect((await usageOf('monitor')).openChangeStreams).toBe(1);
    } finally {
      await stream.close();
    }
  });
});

describe('what cannot be read', () => {
  it('of a user who may only read data is a gap each, and nothing else fails', async () => {
    const usage = await usageOf('reader', { profiler: true });
    expect(gapsOf(usage)).toEqual([
      'server-counters missing-privilege',
      'namespace-rates missing-privilege',
      'machine missing-privilege',
      'members missing-privilege',
      'oplog-window missing-privilege',
      'oplog-updates missing-privilege',
      'clients missing-privilege',
      'users missing-privilege',
      'profiler missing-privilege',
    ]);
    expect(usage).toMatchObject({ dataBearingMembers: 1, features: [], namespaces: [] });
    expect(usage.rates).toBeUndefined();
    expect(JSON.stringify(usage.gaps)).not.toContain(PASSWORD);
  });

  it('in time is a gap, and what came before it is kept', async () => {
    const failpoint = { configureFailPoint: 'maxTimeAlwaysTimeOut', mode: 'alwaysOn' };
    await using slow = await startMongod({ args: ['--setParameter', 'enableTestCommands=1'] });
    const control = await MongoClient.connect(slow.uri);
    await using cluster = await connect({ connectionString: parseConnectionString(slow.uri), clock: systemClock });
    await control.db('admin').command(failpoint);
    const usage = await readUsage(cluster, { profiler: true });
    await control.db('admin').command({ ...failpoint, mode: 'off' });
    await control.close();
    expect(gapsOf(usage)).toEqual(
      expect.arrayContaining(['server-counters time-limit', 'namespace-rates time-limit', 'clients time-limit']),
    );
    expect(usage.gaps.filter(({ reason }) => reason === 'failed')).toEqual([]);
  });

  it('of a standalone server is its oplog', async () => {
    await using alone = await startMongod();
    await using cluster = await connect({ connectionString: parseConnectionString(alone.uri), clock: systemClock });
    const usage = await readUsage(cluster);
    expect(gapsOf(usage)).toEqual(['oplog-window not-supported', 'profiler not-asked']);
    expect(usage.countersOf).toBe('standalone');
    expect(usage.dataBearingMembers).toBeUndefined();
  });

  it('ends with the caller, who has given up', async () => {
    await using cluster = await open('root');
    const gone = new AbortController();
    gone.abort();
    await expect(readUsage(cluster, { signal: gone.signal })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a secondary', () => {
  it('tells the writes that it has applied, not those of clients, and its own reads', async () => {
    await using set = await startReplicaSet();
    const client = await MongoClient.connect(set.uri);
    await client.db('shop').collection('orders').insertMany(Array.from({ length: 50 }, (_, i) => ({ i })), { writeConcern: { w: 3 } }); // prettier-ignore
    const primary = (await client.db('admin').command({ hello: 1 })).primary as string;
    await client.close();
    const member = set.members.find(({ port }) => `127.0.0.1:${port}` !== primary);
    await using cluster = await connect({
      connectionString: parseConnectionString(member?.uri ?? ''),
      clock: systemClock,
    });
    const usage = await readUsage(cluster);
    expect(usage).toMatchObject({ countersOf: 'secondary', dataBearingMembers: 3 });
    expect((usage.rates?.insert ?? 0) * (usage.rates?.seconds ?? 0)).toBeGreaterThanOrEqual(50);
    expect(gapsOf(usage)).toEqual(['profiler not-asked']);
  });
});
