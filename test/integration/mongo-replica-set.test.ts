import { once } from 'node:events';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { serverToPin } from '../../src/adapters/mongo/pinned-server.js';
import { rawDocument } from '../../src/adapters/mongo/raw-statement.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';

let members: RunningMongod[];
let cluster: ConnectedCluster;
const ns = { db: 'd', coll: 'c' };
const COUNT = 3000;

/** Resolves when the set as the client sees it has a primary and a secondary. */
async function complete(client: MongoClient): Promise<void> {
  for (;;) {
    const [event] = (await once(client, 'topologyDescriptionChanged')) as [
      { newDescription: { servers: Map<string, { type: string }> } },
    ];
    const types = [...event.newDescription.servers.values()].map((server) => server.type);
    if (types.includes('RSPrimary') && types.includes('RSSecondary')) return;
  }
}

beforeAll(async () => {
  const args = ['--replSet', 'rs0', '--setParameter', 'shutdownTimeoutMillisForSignaledShutdown=100'];
  members = await Promise.all([startMongod({ args }), startMongod({ args })]);
  const [first, second] = members as [RunningMongod, RunningMongod];
  const admin = new MongoClient(`mongodb://127.0.0.1:${first.port}/?directConnection=true`);
  const host = (server: RunningMongod): string => `127.0.0.1:${server.port}`;
  await admin.db('admin').command({
    replSetInitiate: {
      _id: 'rs0',
      settings: { heartbeatIntervalMillis: 200, electionTimeoutMillis: 1000 },
      members: [
        { _id: 0, host: host(first), priority: 2 },
        { _id: 1, host: host(second), priority: 0 },
      ],
    },
  });
  await admin.close();
  const set = new MongoClient(`mongodb://${host(first)},${host(second)}/?replicaSet=rs0`);
  const seen = complete(set);
  await Promise.all([seen, set.connect()]);
  await set
    .db('d')
    .collection('warm')
    .insertOne({}, { writeConcern: { w: 2 } });
  await set.close();

  cluster = await connect({
    connectionString: parseConnectionString(`mongodb://${host(first)},${host(second)}/?replicaSet=rs0`),
    clock: systemClock,
  });
  const documents = Array.from({ length: COUNT }, (_, i) => {
    const value = Buffer.alloc(4);
    value.writeInt32LE(i);
    return rawDocument([{ name: '_id', type: 0x10, value }]);
  });
  await cluster.session.insertRaw(ns, documents, { ordered: true });
  await cluster.session.command('d', { insert: 'warm', documents: [{ a: 1 }], writeConcern: { w: 2 } });
});
afterAll(async () => {
  await cluster?.close();
  await Promise.all((members ?? []).map((member) => member.stop()));
});

async function opCount(member: RunningMongod, kind: 'query' | 'getmore'): Promise<number> {
  const direct = new MongoClient(`mongodb://127.0.0.1:${member.port}/?directConnection=true`);
  const status = await direct.db('admin').command({ serverStatus: 1 }, { readPreference: 'secondaryPreferred' });
  await direct.close();
  return (status.opcounters as Record<string, number>)[kind] ?? 0;
}

describe('a replica set', () => {
  it('is told as such, with its members', () => {
    expect(cluster.facts).toMatchObject({ topology: 'replica-set', setName: 'rs0' });
    expect([...cluster.facts.hosts].sort()).toEqual(members.map((m) => `127.0.0.1:${m.port}`).sort());
  });

  it.each([
    ['secondary', 1],
    ['primary', 0],
    ['nearest', undefined],
  ] as const)(
    'read from %s gives every document once: find and its getMores go to one server',
    async (readPreference, expected) => {
      const before = await Promise.all(members.map((m) => opCount(m, 'query')));
      const ids = new Set<number>();
      for await (const batch of cluster.session.findRaw(ns, { batchSize: 100, readPreference })) {
        for (const document of batch.documents) ids.add(document.readInt32LE(9));
      }
      expect(ids.size).toBe(COUNT);
      const after = await Promise.all(members.map((m) => opCount(m, 'query')));
      if (expected !== undefined) expect((after[expected] ?? 0) - (before[expected] ?? 0)).toBeGreaterThan(0);
    },
  );
});

describe('the server to read from', () => {
  const server = (address: string, type: string, roundTripTime: number) => ({ address, type, roundTripTime });
  const topology = (type: string, servers: ReturnType<typeof server>[]) =>
    ({ type, servers: new Map(servers.map((s) => [s.address, s])) }) as never;
  const set = topology('ReplicaSetWithPrimary', [
    server('p', 'RSPrimary', 9),
    server('s', 'RSSecondary', 5),
    server('t', 'RSSecondary', 3),
  ]);

  it.each([
    ['primary', undefined],
    ['primaryPreferred', 'p'],
    ['secondary', 't'],
    ['secondaryPreferred', 't'],
    ['nearest', 't'],
  ])('for %s is %s', (mode, address) => {
    expect(serverToPin(set, mode)).toBe(address);
  });

  it('is one of several routers, and nothing special where there is one server', () => {
    expect(serverToPin(topology('Sharded', [server('a', 'Mongos', 2), server('b', 'Mongos', 1)]), 'primary')).toBe('b');
    expect(serverToPin(topology('Sharded', [server('a', 'Mongos', 2)]), 'nearest')).toBeUndefined();
    expect(serverToPin(topology('Single', [server('a', 'Standalone', 2)]), 'secondary')).toBeUndefined();
    expect(serverToPin(undefined, 'secondary')).toBeUndefined();
  });
});
