import { describe, expect, it } from 'vitest';
import type { ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import type { ClusterFacts, CollectionFacts } from '../../src/core/model/facts.js';
import { bytes } from '../../src/core/model/units.js';
import { describeRow } from '../../src/host/tree/cluster-rows.js';
import { ClusterTree } from '../../src/host/tree/cluster-tree.js';
import { ANY_RU_TARGET } from '../../src/host/tree/finding-index.js';
import { findingsFor } from '../../src/host/tree/findings-for.js';
import { nodeId, type ClusterTreeNode } from '../../src/host/tree/node.js';
import { memoryCluster } from '../support/fake-cluster.js';
import { aProfile, english, testTree } from '../support/tree-state.js';

const DATABASES = 200;
const COLLECTIONS = 10_000;
/** The view has to answer within this while it loads. */
const ANSWER_MS = 100;

const big = 'db7';
const dbNames = Array.from({ length: DATABASES }, (_, i) => `db${i}`);
const facts: ClusterFacts = { ...memoryCluster({}).facts, kind: 'mongodb', version: '8.0.1' };
const fakeCluster = { facts } as ConnectedCluster;
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function aCollection(db: string, coll: string): CollectionFacts {
  const index = { unique: false, sparse: false, hidden: false, otherOptions: {} };
  return {
    ns: { db, coll },
    type: 'collection',
    documents: 1000,
    logicalBytes: bytes(1_000_000),
    storageBytes: bytes(500_000),
    indexBytes: bytes(20_000),
    averageBytes: bytes(1000),
    indexes: [
      { ...index, name: '_id_', key: [['_id', 1]] },
      { ...index, name: 'text', key: [['body', 'text']] },
    ],
    options: {},
  };
}

/** A loader of that size that answers in many small steps, as a server does. */
function largeTree(): ReturnType<typeof testTree> {
  return testTree([aProfile()], {
    connection: { with: (_id, _signal, use) => use(fakeCluster) },
    adapters: {
      listDatabases: () => nextTurn().then(() => dbNames),
      listCollections: async (_cluster, db) => {
        await nextTurn();
        const names = Array.from({ length: db === big ? COLLECTIONS : 3 }, (_, i) => `c${i}`);
        return names.map((coll) => ({ ns: { db, coll }, type: 'collection', options: {} }));
      },
      readDatabaseSizes: async (_cluster, names, { onRead }) => {
        for (const db of names) {
          await nextTurn();
          const size = { logicalBytes: bytes(5), storageBytes: bytes(5), indexBytes: bytes(5) };
          onRead({ db, ...size, documents: 1, collections: 3 });
        }
      },
      readCollections: async (_cluster, listed, { onRead, signal }) => {
        for (const [i, { ns }] of listed.entries()) {
          if (i % 20 === 0) await nextTurn();
          signal?.throwIfAborted();
          onRead(aCollection(ns.db, ns.coll));
        }
      },
    },
  });
}

/** Does what VS Code does with a view: draws what it is told, and the children of what is open. */
class Workbench {
  readonly open = new Set<string>();
  rows = 0;
  draws = 0;
  slowestMs = 0;
  readonly tree: ClusterTree;
  #settled: (() => void) | undefined;

  constructor(readonly test: ReturnType<typeof testTree>) {
    this.tree = new ClusterTree({
      catalog: test.catalog,
      clusters: { list: (role) => test.state.profiles(role), get: (id) => test.state.profile(id) },
      log: { warn: (message) => expect.unreachable(message) },
      draw: (nodes) => this.#draw(nodes),
      later: (work) => {
        const handle = setImmediate(work);
        return () => clearImmediate(handle);
      },
    });
  }

  expand(node: ClusterTreeNode): void {
    this.open.add(nodeId(node));
    this.tree.setOpen(node, true);
    this.#show(node);
  }

  /** Waits until the tree shows what `done` asks for. */
  async until(done: () => boolean): Promise<void> {
    while (!done()) {
      await new Promise<void>((resolve) => {
        this.#settled = resolve;
      });
    }
  }

  #draw(nodes: readonly ClusterTreeNode[] | undefined): void {
    this.draws++;
    for (const node of nodes ?? this.#children()) this.#show(node);
    this.#settled?.();
  }

  #show(node: ClusterTreeNode): void {
    this.rows++;
    describeRow(node, this.test.state, undefined, english);
    if (this.open.has(nodeId(node))) for (const child of this.#children(node)) this.#show(child);
  }

  /** In time of the processor, which other work on the machine does not add to. */
  #children(node?: ClusterTreeNode): readonly ClusterTreeNode[] {
    const started = process.cpuUsage();
    const children = this.tree.children(node);
    const { user, system } = process.cpuUsage(started);
    this.slowestMs = Math.max(this.slowestMs, (user + system) / 1000);
    return children;
  }
}

const cluster: ClusterTreeNode = { kind: 'cluster', clusterId: 'c1' };
const database: ClusterTreeNode = { kind: 'database', clusterId: 'c1', db: big };

describe('a tree of 200 databases and 10,000 collections', () => {
  it('answers within 100 ms all the while and draws each row a few times only', async () => {
    const workbench = new Workbench(largeTree());
    const { catalog } = workbench.test;
    workbench.expand(cluster);
    await workbench.until(() => catalog.cluster('c1').sizes.state === 'ready');
    workbench.expand(database);
    await workbench.until(() => catalog.database('c1', big)?.statistics.state === 'ready');
    expect(workbench.tree.children(database)).toHaveLength(COLLECTIONS);
    // Names, each collection once as its numbers come, and everything once more at the end: never all of them for one that has come.
    expect(workbench.rows).toBeLessThan(5 * (COLLECTIONS + DATABASES));
    expect(workbench.slowestMs).toBeLessThan(ANSWER_MS);
  });

  it('is given up when it is closed, and goes on when it is opened again', async () => {
    const workbench = new Workbench(largeTree());
    const { catalog } = workbench.test;
    const read = (): number => catalog.database('c1', big)?.collections?.filter(({ facts: f }) => f).length ?? 0;
    workbench.expand(cluster);
    workbench.expand(database);
    await workbench.until(() => read() > 100);
    workbench.tree.setOpen(cluster, false);
    const before = read();
    for (let i = 0; i < 50; i++) await nextTurn();
    expect(read()).toBe(before);
    expect(before).toBeLessThan(COLLECTIONS);
    workbench.tree.setOpen(cluster, true);
    await workbench.until(() => catalog.database('c1', big)?.statistics.state === 'ready');
    expect(read()).toBe(COLLECTIONS);
    expect(workbench.test.calls.listCollections).toBe(1);
  });

  it('has its findings counted where they belong', () => {
    const collections = Array.from({ length: COLLECTIONS }, (_, i) =>
      aCollection(dbNames[i % DATABASES] ?? '', `c${i}`),
    );
    const inventory = { cluster: facts, collections, failed: [], skipped: [], readAt: '2026-01-01T00:00:00.000Z' };
    const index = findingsFor('c1', inventory, ANY_RU_TARGET);
    const collection: ClusterTreeNode = { kind: 'collection', clusterId: 'c1', db: big, coll: 'c7' };
    expect(index.get(nodeId({ ...collection, kind: 'index', index: 'text' }))).toMatchObject({
      warnings: 1,
      places: 0,
    });
    expect(index.get(nodeId(collection))).toMatchObject({ blockers: 0, warnings: 1, places: 0 });
    expect(index.get(nodeId(database))).toMatchObject({
      warnings: COLLECTIONS / DATABASES,
      places: COLLECTIONS / DATABASES,
    });
    // More namespaces than an account takes.
    expect(index.get(nodeId(cluster))).toMatchObject({ blockers: 1, warnings: COLLECTIONS, places: COLLECTIONS });
  });
});
