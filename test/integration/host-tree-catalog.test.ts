import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInventory } from '../../src/adapters/mongo/inventory.js';
import { MigrationError } from '../../src/core/model/error.js';
import { EVERYTHING } from '../../src/core/model/namespace.js';
import { childrenOf } from '../../src/host/tree/cluster-children.js';
import { describeRow } from '../../src/host/tree/cluster-rows.js';
import { tooltipOf } from '../../src/host/tree/cluster-tooltips.js';
import type { ClusterTreeNode } from '../../src/host/tree/node.js';
import { connectTo } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { aProfile, english, testTree, type TestTree } from '../support/tree-state.js';

const ODD = [
  'dots.in.name',
  'with space',
  'ünïcödé 名前',
  'שלום עולם',
  '<b>**loud** [link](x)',
  'a/b%2Fc',
  'star*',
  'new\nline',
];
const anyone = new AbortController().signal;
const cluster: ClusterTreeNode = { kind: 'cluster', clusterId: 'c1' };
const shop: ClusterTreeNode = { kind: 'database', clusterId: 'c1', db: 'shop' };

let mongod: RunningMongod;

beforeAll(async () => {
  mongod = await startMongod();
  const client = new MongoClient(mongod.uri);
  for (const name of ODD) await client.db('odd').collection(name).insertOne({ a: 1 });
  const orders = client.db('shop').collection('orders');
  await orders.insertMany(Array.from({ length: 1200 }, (_, i) => ({ i, pad: 'x'.repeat(100) })));
  await orders.createIndex({ i: 1 }, { unique: true, name: 'by i' });
  await client.db('shop').createCollection('cheap', { viewOn: 'orders', pipeline: [{ $match: { i: { $lt: 10 } } }] });
  await client.db('shop').createCollection('log', { capped: true, size: 4096 });
  await client.db('shop').createCollection('empty');
  await client.close();
});
afterAll(() => mongod.stop());

const tree = (): TestTree => testTree([aProfile({ uri: mongod.uri })]);
const labels = ({ state }: TestTree, node: ClusterTreeNode): string[] =>
  childrenOf(node, state).map((child) => describeRow(child, state, undefined, english).label);
const description = ({ state }: TestTree, node: ClusterTreeNode): string =>
  describeRow(node, state, undefined, english).description;

describe('a cluster that is opened', () => {
  it('stands as loading, then shows its databases without those of the server', async () => {
    const t = tree();
    const loading = t.catalog.loadDatabases('c1', anyone);
    expect(labels(t, cluster)).toEqual(['Connecting...']);
    await loading;
    expect(labels(t, cluster)).toEqual(['odd', 'shop']);
    expect(description(t, cluster)).toMatch(/^MongoDB \d+\.\d+ · 2 databases$/);
    expect(t.seen).toEqual([{ id: 'c1', kind: 'mongodb', version: t.catalog.facts('c1')?.version }]);
  });

  it('gets the sizes of its databases one by one afterwards', async () => {
    const t = tree();
    await t.catalog.loadDatabases('c1', anyone);
    expect(description(t, shop)).toBe('');
    t.changes.length = 0;
    await t.catalog.loadSizes('c1', anyone);
    expect(
      t.changes
        .filter(({ db }) => db !== undefined)
        .map(({ db }) => db)
        .sort(),
    ).toEqual(['odd', 'shop']);
    expect(description(t, shop)).toMatch(/^1\d\d KB · \d collections$/);
    expect(description(t, cluster)).toMatch(/^MongoDB \d+\.\d+ · 2 databases · 1\d\d KB$/);
  });

  it('is read once however many ask', async () => {
    const t = tree();
    await Promise.all([1, 2, 3].map(() => t.catalog.loadDatabases('c1', anyone)));
    await t.catalog.loadDatabases('c1', anyone);
    expect(t.calls.listDatabases).toBe(1);
  });
});

describe('a database that is opened', () => {
  it('shows every kind of collection with its numbers', async () => {
    const t = tree();
    await t.catalog.loadStatistics('c1', 'shop', anyone);
    const rows = childrenOf(shop, t.state).map((node) => describeRow(node, t.state, undefined, english));
    expect(rows.map(({ label, description, open }) => [label, description, open])).toEqual([
      ['cheap', 'view of orders', 'never'],
      ['empty', '0 B · 0 documents', 'collapsed'],
      ['log', '0 B · 0 documents · capped', 'collapsed'],
      ['orders', expect.stringMatching(/^1\d\d KB · 1,200 documents$/) as string, 'collapsed'],
    ]);
    expect(description(t, shop)).toMatch(/^1\d\d KB · 3 collections · 1 view$/);
  });

  it('shows the names before the numbers have come', async () => {
    const t = tree();
    await t.catalog.loadCollections('c1', 'shop', anyone);
    expect(labels(t, shop)).toEqual(['cheap', 'empty', 'log', 'orders']);
    expect(description(t, { ...shop, kind: 'collection', coll: 'orders' })).toBe('');
    expect(labels(t, { ...shop, kind: 'collection', coll: 'orders' })).toEqual(['Loading indexes...']);
  });

  it('shows names exactly as they are', async () => {
    const t = tree();
    await t.catalog.loadStatistics('c1', 'odd', anyone);
    const found = labels(t, { kind: 'database', clusterId: 'c1', db: 'odd' });
    expect([...found].sort()).toEqual([...ODD].sort());
  });

  it('shows indexes with what they are and how they are used', async () => {
    const t = tree();
    await t.catalog.loadStatistics('c1', 'shop', anyone);
    const orders: ClusterTreeNode = { ...shop, kind: 'collection', coll: 'orders' };
    const [id, byI] = childrenOf(orders, t.state);
    expect(id && describeRow(id, t.state, undefined, english).label).toBe('_id_');
    expect(byI && description(t, byI)).toMatch(/^unique · \d+ KB$/);
    const tooltip = byI && tooltipOf(byI, t.state, undefined, { t: english, time: () => 'then' });
    expect(tooltip).toContain('`{ "i": 1 }`');
    expect(tooltip).toContain('0 times since then');
  });
});

describe('a reading that nobody waits for any more', () => {
  it('is given up, and goes on from there when it is wanted again', async () => {
    const t = tree();
    const leaving = new AbortController();
    t.catalog.onDidChange(({ coll }) => {
      if (coll !== undefined) leaving.abort();
    });
    await expect(t.catalog.loadStatistics('c1', 'odd', leaving.signal)).rejects.toMatchObject({ code: 'cancelled' });
    expect(t.catalog.database('c1', 'odd')?.statistics.state).toBe('idle');
    const known = t.catalog.database('c1', 'odd')?.collections?.filter(({ facts }) => facts).length ?? 0;
    expect(known).toBeGreaterThan(0);
    expect(known).toBeLessThan(ODD.length);
    t.changes.length = 0;
    await t.catalog.loadStatistics('c1', 'odd', anyone);
    expect(t.changes.filter(({ coll }) => coll !== undefined)).toHaveLength(ODD.length - known);
  });

  it('goes on while somebody else still waits', async () => {
    const t = tree();
    const leaving = new AbortController();
    const left = t.catalog.loadDatabases('c1', leaving.signal);
    const stays = t.catalog.loadDatabases('c1', anyone);
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: 'cancelled' });
    await stays;
    expect(t.calls.listDatabases).toBe(1);
    expect(t.catalog.cluster('c1').listing.state).toBe('ready');
  });
});

describe('a refresh', () => {
  it('keeps what was known until the new reading has come', async () => {
    const t = tree();
    await t.catalog.loadStatistics('c1', 'shop', anyone);
    await t.catalog.loadDatabases('c1', anyone);
    t.catalog.invalidate({ clusterId: 'c1' });
    const again = t.catalog.loadStatistics('c1', 'shop', anyone);
    expect(labels(t, cluster)).toEqual(['odd', 'shop']);
    expect(labels(t, shop)).toHaveLength(4);
    expect(description(t, { ...shop, kind: 'collection', coll: 'orders' })).toContain('1,200 documents');
    await again;
    expect(t.calls.listCollections).toBe(2);
  });
});

describe('a size analysis', () => {
  it('fills the tree without another reading', async () => {
    const t = tree();
    await using connected = await connectTo(mongod.uri);
    t.catalog.putInventory('c1', await readInventory(connected));
    expect(labels(t, cluster)).toEqual(['odd', 'shop']);
    expect(labels(t, shop)).toEqual(['cheap', 'empty', 'log', 'orders']);
    await t.catalog.loadStatistics('c1', 'shop', anyone);
    expect(t.calls).toMatchObject({ listDatabases: 0, listCollections: 0, readCollections: 0 });
    const tooltip = tooltipOf({ ...shop, kind: 'collection', coll: 'orders' }, t.state, undefined, {
      t: english,
      time: String,
    });
    expect(tooltip).toMatch(/Largest document: \d+ B in a sample of 100/);
  });

  it('of a part leaves the rest as an earlier one had it', async () => {
    const t = tree();
    await using connected = await connectTo(mongod.uri);
    t.catalog.putInventory('c1', await readInventory(connected));
    const whole = t.catalog.inventory('c1');
    t.catalog.putInventory(
      'c1',
      await readInventory(connected, { selection: { ...EVERYTHING, include: ['shop.orders'] } }),
    );
    const merged = t.catalog.inventory('c1');
    expect(merged?.collections.map(({ ns }) => ns)).toEqual(whole?.collections.map(({ ns }) => ns));
    expect(labels(t, shop)).toEqual(['cheap', 'empty', 'log', 'orders']);
  });
});

describe('a cluster that cannot be reached', () => {
  it('stands as an error that says what happened and what to do', async () => {
    const t = testTree([aProfile()], {
      connection: {
        with: () => Promise.reject(new MigrationError('unreachable-host', { reason: 'refused', host: 'db:1' })),
      },
    });
    await expect(t.catalog.loadSizes('c1', anyone)).rejects.toMatchObject({ code: 'unreachable-host' });
    const [error] = childrenOf(cluster, t.state);
    const row = error && describeRow(error, t.state, undefined, english);
    expect(row).toMatchObject({ label: 'Cannot reach db:1.', contextValue: 'error' });
    const tooltip = error && tooltipOf(error, t.state, undefined, { t: english, time: String });
    expect(tooltip).toContain('Nothing listens there');
    expect(description(t, cluster)).toBe('db.example.net · not connected');
  });

  it('is tried again when asked to', async () => {
    const t = testTree([aProfile({ uri: 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200' })]);
    await expect(t.catalog.loadDatabases('c1', anyone)).rejects.toMatchObject({ code: 'unreachable-host' });
    t.profiles.set('c1', aProfile({ uri: mongod.uri }));
    t.catalog.reconcile();
    expect(t.catalog.cluster('c1').listing.state).toBe('idle');
    await t.catalog.loadDatabases('c1', anyone);
    expect(labels(t, cluster)).toEqual(['odd', 'shop']);
  });
});

describe('a collection that cannot be read', () => {
  it('says so itself and leaves the others alone', async () => {
    const t = tree();
    await t.catalog.loadCollections('c1', 'shop', anyone);
    const client = new MongoClient(mongod.uri);
    await client.db('shop').collection('empty').drop();
    await t.catalog.loadStatistics('c1', 'shop', anyone);
    await client.db('shop').createCollection('empty');
    await client.close();
    const empty: ClusterTreeNode = { ...shop, kind: 'collection', coll: 'empty' };
    const [error] = childrenOf(empty, t.state);
    expect(description(t, empty)).toBe('could not be read');
    expect(error).toMatchObject({ kind: 'error' });
    expect(t.catalog.collection('c1', 'shop', 'orders')?.facts?.documents).toBe(1200);
    t.catalog.invalidate({ clusterId: 'c1', db: 'shop', coll: 'empty' });
    await t.catalog.loadStatistics('c1', 'shop', anyone);
    expect(description(t, empty)).toBe('0 B · 0 documents');
    expect(t.calls.listCollections).toBe(1);
  });
});

it('wrong passwords never reach a row or a tooltip', async () => {
  await using locked = await startMongod({ auth: { user: 'root', password: 'right' } });
  const uri = `mongodb://root:s3cr%23t@127.0.0.1:${locked.port}/`;
  const t = testTree([aProfile({ uri })]);
  await expect(t.catalog.loadSizes('c1', anyone)).rejects.toMatchObject({ code: 'authentication-failed' });
  const nodes = [cluster, ...childrenOf(cluster, t.state)];
  const shown = JSON.stringify(
    nodes.map((node) => [
      describeRow(node, t.state, undefined, english),
      tooltipOf(node, t.state, undefined, { t: english, time: String }),
    ]),
  );
  expect(shown).toContain('refused the login');
  expect(shown).toContain('User: root');
  expect(shown).not.toMatch(/s3cr/);
});
