import { describe, expect, it } from 'vitest';
import { connect } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { readInventory, type InventoryOptions } from '../../src/adapters/mongo/inventory.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import type { ClusterInventory } from '../../src/core/model/facts.js';
import { RECORDINGS, startRecordedServer, type Recording } from '../support/recorded-server.js';

const cursor = (db: string, rows: readonly object[]): object => ({
  cursor: { id: 0, ns: `${db}.$cmd`, firstBatch: rows },
  ok: 1,
});

const LISTING: Recording = {
  listDatabases: { databases: [{ name: 'shop' }, { name: 'admin' }], ok: 1 },
  // A dollar in a collection's name: old servers have such collections, newer ones refuse to make them.
  listCollections: cursor('shop', [{ name: 'or$ders.$x', type: 'collection', options: {} }]),
  listIndexes: cursor('shop.or$ders.$x', [{ v: 2, key: { _id: 1 }, name: '_id_' }]),
};

async function read(
  recording: Recording,
  options: InventoryOptions = {},
): Promise<{ inventory: ClusterInventory; commands: string[] }> {
  await using server = await startRecordedServer(recording);
  await using cluster = await connect({
    connectionString: parseConnectionString(`mongodb://127.0.0.1:${server.port}/`),
    clock: systemClock,
  });
  const before = server.commands.length;
  const inventory = await readInventory(cluster, options);
  const commands = server.commands.slice(before).filter((name) => !/^(hello|ismaster|isMaster|ping)$/.test(name));
  return { inventory, commands };
}

describe('an RU account', () => {
  const recording = {
    ...RECORDINGS['cosmos-ru-4.2'],
    ...LISTING,
    collStats: {
      ns: 'shop.or$ders.$x',
      count: 1000,
      size: 500_000,
      avgObjSize: 500,
      storageSize: 600_000,
      totalIndexSize: 9000,
      ok: 1,
    },
    customAction: {
      database: 'shop',
      collection: 'or$ders.$x',
      shardKeyDefinition: { region: 'hashed' },
      provisionedThroughput: 400,
      ok: 1,
    },
  };

  it('is asked by commands it knows, no aggregation and no sample', async () => {
    const { inventory, commands } = await read(recording);
    expect(commands).toEqual(['listDatabases', 'listCollections', 'collStats', 'listIndexes']);
    expect(inventory.collections).toMatchObject([
      {
        ns: { db: 'shop', coll: 'or$ders.$x' },
        documents: 1000,
        logicalBytes: 500_000,
        averageBytes: 500,
        indexes: [{ name: '_id_' }],
      },
    ]);
    expect(inventory.skipped).toEqual([{ ns: { db: 'admin', coll: '*' }, reason: 'system' }]);
  });

  it('tells throughput and shard key where that is asked for', async () => {
    const { inventory } = await read(recording, { ruThroughput: true });
    expect(inventory.collections).toMatchObject([
      { throughput: { kind: 'manual', ruPerSecond: 400 }, shardKey: [['region', 'hashed']] },
    ]);
  });
});

describe('vCore', () => {
  const rows = [
    {
      part: 'stats',
      count: 1000,
      size: 2000,
      avgObjSize: 2,
      storageSize: 600_000,
      totalIndexSize: 9000,
      indexSizes: { _id_: 9000 },
    },
    { part: 'sample', _id: 'objectId', documents: 60, bytes: 180_000, largest: 9000 },
    { part: 'sample', _id: 'binData', documents: 40, bytes: 120_000, largest: 4000 },
  ];

  it('is measured by the sample, for its own sizes only hold for small documents', async () => {
    const { inventory, commands } = await read({
      ...RECORDINGS['cosmos-vcore'],
      ...LISTING,
      aggregate: cursor('shop.or$ders.$x', rows),
    });
    expect(commands).toEqual(['listDatabases', 'listCollections', 'aggregate', 'listIndexes']);
    expect(inventory.collections).toMatchObject([
      {
        documents: 1000,
        averageBytes: 3000,
        logicalBytes: 3_000_000,
        sample: { sampledDocuments: 100, largestBytes: 9000, idTypes: { objectId: 60, binary: 40 } },
      },
    ]);
  });
});

describe('a server that refuses a stage', () => {
  it('is asked in the plain form from then on', async () => {
    const { inventory, commands } = await read(
      {
        ...RECORDINGS['mongodb-sharded'],
        ...LISTING,
        find: cursor('config.collections', [{ _id: 'shop.or$ders.$x', key: { '10': 1, '1': 'hashed' } }]),
        listCollections: cursor(
          'shop',
          ['a', 'b', 'c'].map((name) => ({ name, type: 'collection', options: {} })),
        ),
        aggregate: { ok: 0, code: 40_324, codeName: 'Location40324', errmsg: 'Unrecognized pipeline stage name' },
        collStats: { count: 5, size: 50, storageSize: 60, totalIndexSize: 7, ok: 1 },
      },
      { concurrency: 1 },
    );
    expect(inventory.collections.map((c) => c.documents)).toEqual([5, 5, 5]);
    expect(commands.filter((name) => name === 'aggregate')).toHaveLength(1);
    expect(commands.filter((name) => name === 'collStats')).toHaveLength(3);
  });
});

describe('a sharded cluster', () => {
  it('tells shard keys by one query and adds up its shards', async () => {
    const shard = {
      part: 'stats',
      count: 10,
      size: 100,
      storageSize: 50,
      totalIndexSize: 20,
      indexSizes: { _id_: 20 },
    };
    const { inventory, commands } = await read({
      ...RECORDINGS['mongodb-sharded'],
      ...LISTING,
      find: cursor('config.collections', [{ _id: 'shop.or$ders.$x', key: { region: 1, id: 'hashed' } }]),
      aggregate: cursor('shop', [
        shard,
        shard,
        { part: 'usage', name: '_id_', ops: 3 },
        { part: 'usage', name: '_id_', ops: 4 },
      ]),
    });
    expect(commands.filter((name) => name === 'find')).toHaveLength(1);
    expect(inventory.collections).toMatchObject([
      {
        documents: 20,
        logicalBytes: 200,
        indexBytes: 40,
        shardKey: [
          ['region', 1],
          ['id', 'hashed'],
        ],
        indexes: [{ name: '_id_', sizeBytes: 40, usageOps: 7 }],
      },
    ]);
  });
});
