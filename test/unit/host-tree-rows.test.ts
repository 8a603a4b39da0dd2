import { describe, expect, it } from 'vitest';
import type { AzureRuAccount } from '../../src/core/model/azure-account.js';
import type { ClusterFacts, CollectionFacts, IndexFacts, SampleFacts } from '../../src/core/model/facts.js';
import type { Finding } from '../../src/core/model/finding.js';
import { bytes, milliseconds, ruPerSecond } from '../../src/core/model/units.js';
import { originOf } from '../../src/host/azure/account-rows.js';
import { childrenOf } from '../../src/host/tree/cluster-children.js';
import { describeRow } from '../../src/host/tree/cluster-rows.js';
import { tooltipOf } from '../../src/host/tree/cluster-tooltips.js';
import {
  ANY_RU_TARGET,
  assumedTarget,
  badgeOf,
  indexFindings,
  type RowFindings,
} from '../../src/host/tree/finding-index.js';
import { code, plain } from '../../src/host/tree/names-in-markdown.js';
import { asClusterNode, asRunNode, nodeId, parentNode, type ClusterTreeNode } from '../../src/host/tree/node.js';
import { targetName } from '../../src/words/clusters.js';
import { findingSentence } from '../../src/words/findings.js';
import { expectGolden } from '../golden/expect-golden.js';
import { memoryCluster } from '../support/fake-cluster.js';
import { aProfile, english, testTree } from '../support/tree-state.js';

const words = { t: english, time: (ms: number) => new Date(ms).toISOString() };
const facts: ClusterFacts = {
  ...memoryCluster({}).facts,
  kind: 'mongodb',
  topology: 'replica-set',
  setName: 'rs0',
  version: '6.0.5',
  versionArray: [6, 0, 5],
  hosts: ['a.example.net:27017', 'b.example.net:27017'],
  latencyMs: milliseconds(2.5),
};
const anIndex = (index: Partial<IndexFacts>): IndexFacts => ({
  name: '_id_',
  key: [['_id', 1]],
  unique: false,
  sparse: false,
  hidden: false,
  otherOptions: {},
  sizeBytes: bytes(4_300_000),
  ...index,
});
const aCollection = (coll: string, rest: Partial<CollectionFacts> = {}): CollectionFacts => ({
  ns: { db: 'shop', coll },
  type: 'collection',
  documents: 120_000,
  logicalBytes: bytes(251_658_240),
  storageBytes: bytes(100_000_000),
  indexBytes: bytes(8_600_000),
  averageBytes: bytes(2097),
  indexes: [anIndex({})],
  options: {},
  ...rest,
});
const collections: readonly CollectionFacts[] = [
  aCollection('carts', { options: { capped: { sizeBytes: bytes(1_048_576), maxDocuments: 1000 } } }),
  aCollection('orders', {
    shardKey: [['customer', 'hashed']],
    throughput: { kind: 'autoscale', maxRuPerSecond: ruPerSecond(4000) },
    sample: {
      sampledDocuments: 100,
      averageBytes: bytes(2097),
      largestBytes: bytes(3_000_000),
      idTypes: { objectId: 99, string: 1 } as SampleFacts['idTypes'],
    },
    indexes: [
      anIndex({}),
      anIndex({
        name: 'words',
        key: [
          ['_fts', 'text'],
          ['_ftsx', 1],
        ],
        usageOps: 1204,
        usageSince: '2026-08-01T00:00:00.000Z',
      }),
      anIndex({
        name: 'once',
        key: [['no', 1]],
        unique: true,
        sparse: true,
        partialFilterExpression: { no: { $gt: 1 } },
      }),
      anIndex({ name: 'old', key: [['at', -1]], expireAfterSeconds: 3600 }),
    ],
  }),
  aCollection('cheap', {
    type: 'view',
    options: { view: { on: 'orders', pipeline: [{ $match: { price: { $lt: 5 } } }] } },
    indexes: [],
  }),
  aCollection('weather', { type: 'timeseries', options: { timeseries: { timeField: 'at' } } }),
];
const inventory = { cluster: facts, collections, failed: [], skipped: [], readAt: '2026-09-01T10:00:00.000Z' };

/** One of each severity, on a view, a collection, an index, a database and the cluster. */
const FINDINGS: readonly Finding[] = [
  {
    rule: 'view-unsupported',
    severity: 'blocker',
    ns: { db: 'shop', coll: 'cheap' },
    params: {},
    remedy: 'query-instead-of-view',
  },
  {
    rule: 'too-many-namespaces-ru',
    severity: 'blocker',
    params: { count: 600, limit: 500 },
    remedy: 'spread-over-accounts',
  },
  {
    rule: 'index-text-unsupported',
    severity: 'warning',
    ns: { db: 'shop', coll: 'orders' },
    params: { index: 'words' },
    remedy: 'use-search-elsewhere',
  },
  {
    rule: 'mixed-id-types',
    severity: 'info',
    ns: { db: 'shop', coll: 'orders' },
    params: { types: 'objectId, string' },
    remedy: 'nothing-to-do',
  },
  {
    rule: 'namespace-unreadable',
    severity: 'warning',
    ns: { db: 'shop', coll: '*' },
    params: { message: 'not allowed', code: 'Unauthorized' },
    remedy: 'grant-read',
  },
].map((finding) => ({ ...finding, source: 'https://example.net/' }) as Finding);

function analysed(): ReturnType<typeof testTree> {
  const tree = testTree([
    aProfile({ uri: 'mongodb://us%40er@a.example.net,b.example.net/?replicaSet=rs0', secret: 'session' }),
    aProfile({
      id: 't',
      name: 'cosmos',
      role: 'target',
      kind: 'cosmos-ru',
      version: '4.2',
      uri: 'mongodb://x@x.mongo.cosmos.azure.com:10255/',
    }),
  ]);
  tree.catalog.putInventory('c1', inventory);
  return tree;
}

it('the tooltip of a source that was assessed for both services has a column for each, the worst first', () => {
  const { state } = analysed();
  const node = { kind: 'collection', clusterId: 'c1', db: 'shop', coll: 'orders' } as const;
  const [first, second] = FINDINGS.filter(({ ns }) => ns?.coll === 'orders');
  if (!first || !second) throw new Error('two findings are needed');
  const found: RowFindings = {
    ...{ blockers: 1, warnings: 1, infos: 0, own: [first, second], places: 0 },
    byTarget: [
      { target: 'cosmos-ru', own: [first, second] },
      { target: 'cosmos-vcore', own: [] },
    ],
  };
  const rows = (tooltipOf(node, state, found, words) ?? '').split('\n').filter((line) => line.startsWith('|'));
  const cells = rows.map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')));
  expect(cells[0]).toEqual([plain(targetName('cosmos-ru')), plain(targetName('cosmos-vcore'))]);
  expect(cells[1]).toEqual(['---', '---']);
  expect(cells).toHaveLength(4);
  expect(cells[2]?.[0]).toContain(plain(findingSentence(first)));
  expect(cells[2]?.[1]).toBe('nothing found');
  expect(cells[3]?.[0]).toContain(plain(findingSentence(second)));
});

it('a target that was found in Azure tells what was read of it there, and how far each throughput goes at once', () => {
  const account: AzureRuAccount = {
    ...{ kind: 'cosmos-ru', resourceId: '/subscriptions/s/resourceGroups/rg1/providers/x/y/shop', name: 'shop' },
    ...{ subscriptionId: 's', resourceGroup: 'rg1', location: 'West Europe', serverless: false, capabilities: [] },
    ...{ serverSideRetry: true, largeDocuments: true, retryableWrites: false, backup: 'continuous' },
    ...{ regions: ['West Europe', 'North Europe'], multipleWriteRegions: false },
    network: { publicAccess: 'rules', addresses: ['10.0.0.0/8'], virtualNetworks: 0, privateEndpoints: 0 },
  };
  const { state, catalog } = testTree([
    aProfile({ id: 't', role: 'target', azure: originOf(account, undefined) }),
    aProfile({ id: 'typed', role: 'target' }),
  ]);
  const cluster = { kind: 'cluster', clusterId: 't' } as const;
  expect(describeRow(cluster, state, undefined, english).contextValue).toBe('cluster.target.saved.azure');
  expect(describeRow({ ...cluster, clusterId: 'typed' }, state, undefined, english).contextValue).toBe(
    'cluster.target.saved',
  );
  const told = ['westeurope', 'rg1', 'documents up to 16 MB', 'server-side retry', 'continuous backup', '2 regions'];
  expect(tooltipOf(cluster, state, undefined, words)).toContain(
    `In Azure: ${plain([...told, 'reachable from chosen networks'].join(' · '))}`,
  );
  const orders = { kind: 'collection', clusterId: 't', db: 'shop', coll: 'orders' } as const;
  const shop = { kind: 'database', clusterId: 't', db: 'shop' } as const;
  expect(tooltipOf(orders, state, undefined, words)).not.toContain('at once');
  catalog.putThroughput('t', [
    { budget: 'shop.', instantMaximumRuPerSecond: ruPerSecond(10_000) },
    { budget: 'shop.orders', instantMaximumRuPerSecond: ruPerSecond(20_000) },
  ]);
  expect(tooltipOf(orders, state, undefined, words)).toContain('Throughput at once up to: 20,000 RU/s');
  expect(tooltipOf(shop, state, undefined, words)).toContain('Throughput at once up to: 10,000 RU/s');
  expect(tooltipOf({ ...orders, coll: 'other' }, state, undefined, words)).not.toContain('at once');
});

it('every row and tooltip of an analysed cluster is as agreed', () => {
  const { state } = analysed();
  const index = indexFindings('c1', FINDINGS);
  const shown: unknown[] = [];
  const show = (node: ClusterTreeNode, depth: number): void => {
    const found = index.get(nodeId(node));
    shown.push({
      depth,
      ...describeRow(node, state, found, english),
      tooltip: tooltipOf(node, state, found, words),
      badge: badgeOf(found, english),
    });
    if (!(node.kind === 'cluster' && node.clusterId === 't'))
      for (const child of childrenOf(node, state)) show(child, depth + 1);
  };
  for (const node of childrenOf(undefined, state)) show(node, 0);
  expectGolden('host-tree-rows', shown);
});

describe('the top of the tree', () => {
  it('is empty without any cluster, so that the welcome shows', () => {
    expect(childrenOf(undefined, testTree([]).state)).toEqual([]);
  });

  it('offers to add what a group still lacks', () => {
    const { state } = testTree([aProfile()]);
    const [add] = childrenOf({ kind: 'group', role: 'target' }, state);
    expect(add && describeRow(add, state, undefined, english)).toMatchObject({
      label: 'Add Target...',
      command: 'mongoCosmosMigration.addTarget',
    });
  });

  it('tells a cluster that was never seen by its address, and one that was by what it is', () => {
    const { state } = testTree([
      aProfile({ uri: 'mongodb+srv://me@prod.example.net/?x=1' }),
      aProfile({ id: 'c2', kind: 'cosmos-ru', version: '4.2' }),
    ]);
    const row = (clusterId: string) => describeRow({ kind: 'cluster', clusterId }, state, undefined, english);
    expect(row('c1').description).toBe('prod.example.net');
    expect(row('c2').description).toBe('Cosmos DB (RU) 4.2');
  });
});

it('each kind of cluster has a picture of its own', () => {
  const kinds = ['mongodb', 'atlas', 'cosmos-ru', 'cosmos-vcore'] as const;
  const { state } = testTree(kinds.map((kind) => aProfile({ id: kind, kind })));
  const icons = kinds.map(
    (clusterId) => describeRow({ kind: 'cluster', clusterId }, state, undefined, english).icon.id,
  );
  expect(new Set(icons).size).toBe(kinds.length);
});

it('a name that runs from right to left does not turn its numbers round', () => {
  const tree = testTree([aProfile()]);
  tree.catalog.putInventory('c1', { ...inventory, collections: ['שלום', 'plain'].map((coll) => aCollection(coll)) });
  const description = (coll: string) =>
    describeRow({ kind: 'collection', clusterId: 'c1', db: 'shop', coll }, tree.state, undefined, english).description;
  expect(description('plain')).toBe('240 MB · 120,000 documents');
  expect(description('שלום')).toBe('\u202c\u2066240 MB · 120,000 documents\u2069');
});

describe('badges', () => {
  const found = (counts: Partial<RowFindings>): RowFindings => ({
    blockers: 0,
    warnings: 0,
    infos: 0,
    own: [],
    places: 0,
    ...counts,
  });
  it.each([
    [{ infos: 3 }, undefined],
    [{ warnings: 7 }, '7'],
    [{ warnings: 150 }, '99'],
    [{ blockers: 2, warnings: 7 }, '!2'],
    [{ blockers: 12 }, '!+'],
  ])('of %j say %s, in two characters at most', (counts, text) => {
    expect(badgeOf(found(counts), english)?.text).toBe(text);
  });

  it('are for the target chosen last, else for the only one, else for any RU account', () => {
    const ru = { id: 'ru', kind: 'cosmos-ru', version: '6.0' } as const;
    const vcore = { id: 'vcore', kind: 'cosmos-vcore', version: '7.0.1' } as const;
    const none = (): undefined => undefined;
    expect(assumedTarget([], none, undefined)).toBe(ANY_RU_TARGET);
    expect(assumedTarget([{ id: 'new' }], none, undefined)).toBe(ANY_RU_TARGET);
    expect(assumedTarget([ru, vcore], none, undefined)).toBe(ANY_RU_TARGET);
    expect(assumedTarget([vcore], none, undefined)).toMatchObject({ kind: 'cosmos-vcore', versionArray: [7, 0, 1] });
    expect(assumedTarget([ru, vcore], none, 'vcore')).toMatchObject({ kind: 'cosmos-vcore' });
    expect(assumedTarget([ru], () => facts, 'ru')).toMatchObject({ kind: 'mongodb', versionArray: [6, 0, 5] });
  });
});

describe('names in Markdown', () => {
  it('neither format nor link nor break out', () => {
    expect(plain('a*b_[x](command:y) <b>\n$(sync)')).toBe('a\\*b\\_\\[x\\]\\(command\\:y\\) &lt;b&gt; \\$\\(sync\\)');
    expect(code('a`b``c')).toBe('``` a`b``c ```');
  });
});

describe('a node', () => {
  const nodes: readonly ClusterTreeNode[] = [
    { kind: 'group', role: 'source' },
    { kind: 'add', role: 'target' },
    { kind: 'cluster', clusterId: 'a/b' },
    { kind: 'database', clusterId: 'a', db: 'b' },
    { kind: 'collection', clusterId: 'a', db: 'b', coll: 'c/d' },
    { kind: 'index', clusterId: 'a', db: 'b', coll: 'c', index: 'd' },
    { kind: 'error', parent: { kind: 'cluster', clusterId: 'a' }, code: 'unreachable-host' },
    { kind: 'loading', parent: { kind: 'cluster', clusterId: 'a' } },
  ];

  it('has an id of its own, whatever stands in its names', () => {
    expect(new Set(nodes.map(nodeId)).size).toBe(nodes.length);
    expect(nodeId({ kind: 'database', clusterId: 'a', db: 'b%2Fc' })).not.toBe(
      nodeId({ kind: 'collection', clusterId: 'a', db: 'b', coll: 'c' }),
    );
  });

  it('is recognised in an argument, and nothing else is', () => {
    for (const node of nodes) expect(asClusterNode(node)).toBe(node);
    const others: unknown[] = [
      undefined,
      null,
      'cluster',
      {},
      { kind: 'cluster' },
      { kind: 'database', clusterId: 'a', db: '' },
      { kind: 'collection', clusterId: 'a', db: 'b', coll: 7 },
      { kind: 'error', parent: { kind: 'run' }, code: 'internal' },
      { kind: 'error', parent: nodes[2], code: 'no-such-code' },
      { kind: 'group', role: 'admin' },
      { kind: 'run', runId: 'x' },
    ];
    for (const other of others) expect(asClusterNode(other)).toBeUndefined();
    expect(asRunNode({ kind: 'run', runId: 'x' })).toEqual({ kind: 'run', runId: 'x' });
    for (const other of [undefined, { kind: 'run' }, { kind: 'run', runId: '' }, nodes[0]])
      expect(asRunNode(other)).toBeUndefined();
  });

  it('leads up to its group', () => {
    const roleOf = () => 'target' as const;
    const path: string[] = [];
    for (let node: ClusterTreeNode | undefined = nodes[5]; node; node = parentNode(node, roleOf)) path.push(node.kind);
    expect(path).toEqual(['index', 'collection', 'database', 'cluster', 'group']);
  });
});
