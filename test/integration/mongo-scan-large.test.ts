import type { Document } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { readInventory } from '../../src/adapters/mongo/inventory.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { assess } from '../../src/core/assess/assess.js';
import type { CollectionScan } from '../../src/core/model/scan.js';
import { bytes, GIB } from '../../src/core/model/units.js';
import { describeTarget } from '../../src/core/plan/target.js';
import { scanCollections } from '../../src/engine/scan/scan-collection.js';
import { aCollection, anInventory } from '../unit/core-builders.js';
import { RECORDINGS, startRecordedServer } from '../support/recorded-server.js';
import { startReplicaSet, type ReplicaSet } from '../support/replica-set.js';

const options = { mode: 'sample', clock: systemClock } as const;

describe('a collection of 100 GB, by the recorded replies of its server', () => {
  it('is sampled by one command, which the server answers by drawing', async () => {
    const rows = [{ part: 'stats', count: 5e7, size: 100 * GIB, storageSize: 40 * GIB, totalIndexSize: GIB, indexSizes: { _id_: GIB } }]; // prettier-ignore
    const cursor = (firstBatch: readonly object[]): Document => ({
      cursor: { id: 0, ns: 'shop.orders', firstBatch },
      ok: 1,
    });
    await using server = await startRecordedServer({
      ...RECORDINGS['mongodb-4.2'],
      listDatabases: { databases: [{ name: 'shop' }], ok: 1 },
      listCollections: cursor([{ name: 'orders', type: 'collection', options: {} }]),
      listIndexes: cursor([{ v: 2, key: { _id: 1 }, name: '_id_' }]),
      aggregate: cursor(rows),
    });
    await using cluster = await connect({
      connectionString: parseConnectionString(`mongodb://127.0.0.1:${server.port}/`),
      clock: systemClock,
    });
    const { collections } = await readInventory(cluster);
    expect(collections).toMatchObject([{ documents: 5e7, logicalBytes: 100 * GIB }]);
    const before = server.commands.length;
    const [scan] = await scanCollections(cluster.session, collections, options);
    const sent = server.commands.slice(before).filter((name) => !/^(hello|ismaster|isMaster|ping)$/.test(name));
    expect(sent).toEqual(['aggregate']);
    expect(scan).toMatchObject({ drawn: 'random', of: 5e7, gaps: [] });
  });
});

describe('a sharded cluster whose shard key is not _id, by the recorded replies of its router', () => {
  /** Both shards' documents in the order of `_id`, as a router merges them; the batches end between two that are the same. */
  const merged = [
    [
      { _id: 1, region: 'eu' },
      { _id: 2, region: 'eu' },
    ],
    [
      { _id: 2, region: 'us' },
      { _id: 3, region: 'eu' },
      { _id: 3, region: 'us' },
      { _id: 3, region: 'asia' },
    ],
  ] as const;
  const orders = aCollection('shop.orders', { documents: 6, logicalBytes: bytes(200), shardKey: [['region', 1]] });

  async function scanned(batches: readonly (readonly object[])[]): Promise<readonly CollectionScan[]> {
    const [firstBatch, nextBatch] = batches;
    await using server = await startRecordedServer({
      ...RECORDINGS['mongodb-sharded'],
      find: { cursor: { id: 7, ns: 'shop.orders', firstBatch }, ok: 1 },
      getMore: { cursor: { id: 0, ns: 'shop.orders', nextBatch }, ok: 1 },
    });
    await using cluster = await connect({
      connectionString: parseConnectionString(`mongodb://127.0.0.1:${server.port}/`),
      clock: systemClock,
    });
    return await scanCollections(cluster.session, [orders], { ...options, mode: 'full' });
  }

  const rulesOf = (scans: readonly CollectionScan[], kind: 'cosmos-ru' | 'cosmos-vcore'): readonly string[] =>
    assess({
      inventory: anInventory([orders]),
      scans,
      target: describeTarget({ kind, versionArray: [7, 0, 0], topology: 'replica-set' }),
    }).findings.flatMap(({ rule, params }) =>
      /duplicate|repeat/.test(rule) ? [`${rule} ${params['count'] ?? ''}`] : [],
    );

  it('has each _id counted that is there more than once, also where the batch ends in between', async () => {
    const scans = await scanned(merged);
    expect(scans).toMatchObject([{ drawn: 'all', documents: 6, duplicateIds: 2, gaps: [] }]);
    // An RU account takes the shard key over, by whose values it holds `_id` unique.
    expect(rulesOf(scans, 'cosmos-ru')).toEqual(['duplicate-ids-kept 2']);
    expect(rulesOf(scans, 'cosmos-vcore')).toEqual(['duplicate-ids 2']);
  });

  it('has none where there are none, and is not trusted before all of it was read', async () => {
    const once = await scanned([[{ _id: 1 }, { _id: 2 }], [{ _id: 3 }]]);
    expect(once).toMatchObject([{ duplicateIds: 0 }]);
    expect(rulesOf(once, 'cosmos-vcore')).toEqual([]);
    expect(rulesOf([], 'cosmos-vcore')).toEqual(['ids-may-repeat ']);
  });
});

describe('a replica set', () => {
  let set: ReplicaSet;
  beforeAll(async () => {
    set = await startReplicaSet();
  });
  afterAll(() => set[Symbol.asyncDispose]());

  it('is scanned on a secondary: the primary gets none of it', async () => {
    const client = await MongoClient.connect(set.uri);
    const documents = Array.from({ length: 2_000 }, (_, i) => ({ x: i }));
    await client
      .db('app')
      .collection('things')
      .insertMany(documents, { writeConcern: { w: 3 } });
    const readsOf = async (): Promise<readonly number[]> => {
      const status = await client.db('admin').command({ serverStatus: 1 });
      const commands = (status['metrics'] as Document)['commands'] as Record<string, { total: number }>;
      return ['find', 'aggregate', 'getMore'].map((name) => Number(commands[name]?.total));
    };
    await using cluster = await connect({ connectionString: parseConnectionString(set.uri), clock: systemClock });
    const { collections } = await readInventory(cluster, {
      selection: { include: ['app.*'], exclude: [], rename: [] },
    });
    const [findsBefore, aggregatesBefore] = await readsOf();
    for (const wish of [{ mode: 'full' }, { mode: 'sample', sampleSize: 100 }] as const) {
      const [scan] = await scanCollections(cluster.session, collections, { ...options, ...wish });
      expect(scan).toMatchObject({ documents: wish.mode === 'full' ? 2_000 : 100, of: 2_000, gaps: [] });
    }
    const [findsAfter, aggregatesAfter] = await readsOf();
    expect(aggregatesAfter).toBe(aggregatesBefore);
    expect(findsAfter).toBe(findsBefore);
    await client.close();
  });
});
