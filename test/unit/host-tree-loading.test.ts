import { describe, expect, it } from 'vitest';
import type { ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { MigrationError } from '../../src/core/model/error.js';
import { bytes } from '../../src/core/model/units.js';
import { ChangeQueue } from '../../src/host/tree/change-queue.js';
import { describeRow } from '../../src/host/tree/cluster-rows.js';
import { ClusterTree } from '../../src/host/tree/cluster-tree.js';
import type { ClusterTreeNode } from '../../src/host/tree/node.js';
import { memoryCluster } from '../support/fake-cluster.js';
import { aProfile, english, testTree } from '../support/tree-state.js';

const cluster: ClusterTreeNode = { kind: 'cluster', clusterId: 'c1' };
const shop: ClusterTreeNode = { kind: 'database', clusterId: 'c1', db: 'shop' };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A server whose answers are given by hand, in the order in which they were asked for. */
function stage() {
  const asked: { names: (names: string[]) => void; fail: (error: unknown) => void; signal: AbortSignal | undefined }[] =
    [];
  const drawn: (readonly ClusterTreeNode[] | undefined)[] = [];
  const fake = { facts: memoryCluster({}).facts } as ConnectedCluster;
  const test = testTree([aProfile(), aProfile({ id: 'c2', name: 'other' })], {
    connection: { with: (_id, _signal, use) => use(fake) },
    adapters: {
      listDatabases: (_cluster, _selection, { signal }) =>
        new Promise((resolve, reject) => asked.push({ names: resolve, fail: reject, signal })),
      readDatabaseSizes: (_cluster, names, { onRead }) => {
        const size = {
          logicalBytes: bytes(1),
          storageBytes: bytes(1),
          indexBytes: bytes(1),
          documents: 1,
          collections: 1,
        };
        for (const db of names) onRead({ db, ...size });
        return Promise.resolve();
      },
      listCollections: (_cluster, db) => Promise.resolve([{ ns: { db, coll: 'c' }, type: 'collection', options: {} }]),
      readCollections: () => Promise.reject(new MigrationError('connection-lost', { host: 'db:1' })),
    },
  });
  let due: (() => void) | undefined;
  const tree = new ClusterTree({
    catalog: test.catalog,
    clusters: { list: (role) => test.state.profiles(role), get: (id) => test.state.profile(id) },
    log: { warn: () => undefined },
    draw: (nodes) => drawn.push(nodes),
    later: (work) => {
      due = work;
      return () => (due = undefined);
    },
  });
  const labels = (node?: ClusterTreeNode): string[] =>
    tree.children(node).map((child) => describeRow(child, test.state, undefined, english).label);
  const pass = (): void => {
    const work = due;
    due = undefined;
    work?.();
  };
  return { ...test, asked, drawn, tree, labels, pass };
}

describe('opening a cluster', () => {
  it('answers at once and draws the row again when the names have come', async () => {
    const { labels, asked, drawn, pass } = stage();
    expect(labels(cluster)).toEqual(['Connecting...']);
    await turn();
    asked[0]?.names(['b', 'a', 'admin']);
    await turn();
    pass();
    expect(drawn).toEqual([[cluster]]);
    expect(labels(cluster)).toEqual(['a', 'b']);
  });

  it('gives up what was asked when it is closed, and asks anew when it is opened again', async () => {
    const { labels, asked, tree } = stage();
    labels(cluster);
    tree.setOpen(cluster, true);
    await turn();
    tree.setOpen(cluster, false);
    await turn();
    expect(asked[0]?.signal?.aborted).toBe(true);
    tree.setOpen(cluster, true);
    await turn();
    asked[1]?.names(['a']);
    // The late answer to what was given up changes nothing.
    asked[0]?.names(['wrong']);
    await turn();
    expect(labels(cluster)).toEqual(['a']);
  });

  it('gives up what was asked when its group is closed', async () => {
    const { labels, asked, tree } = stage();
    labels(cluster);
    await turn();
    tree.setOpen({ kind: 'group', role: 'source' }, false);
    await turn();
    expect(asked[0]?.signal?.aborted).toBe(true);
  });
});

describe('a refresh', () => {
  it('in the middle of a reading reads again and is not left hanging', async () => {
    const { labels, asked, tree } = stage();
    labels(cluster);
    await turn();
    tree.refresh(cluster);
    labels(cluster);
    await turn();
    asked[1]?.names(['new']);
    await turn();
    expect(labels(cluster)).toEqual(['new']);
  });

  it('of everything shows the old names until the new ones have come', async () => {
    const { labels, asked, tree, pass, drawn } = stage();
    labels(cluster);
    await turn();
    asked[0]?.names(['old']);
    await turn();
    tree.refresh();
    pass();
    expect(drawn.at(-1)).toBeUndefined();
    expect(labels(cluster)).toEqual(['old']);
    await turn();
    asked[1]?.names(['new']);
    await turn();
    expect(labels(cluster)).toEqual(['new']);
  });
});

describe('a load that failed', () => {
  it('is not tried again by itself, only when the row is retried', async () => {
    const { labels, asked, tree } = stage();
    labels(cluster);
    await turn();
    asked[0]?.fail(new MigrationError('authentication-failed', {}));
    await turn();
    expect(labels(cluster)).toEqual(['The cluster refused the login.']);
    tree.setOpen(cluster, true);
    await turn();
    expect(asked).toHaveLength(1);
    const [error] = tree.children(cluster);
    tree.refresh(error);
    expect(labels(cluster)).toEqual(['Loading databases...']);
    await turn();
    asked[1]?.names(['a']);
    await turn();
    expect(labels(cluster)).toEqual(['a']);
  });

  it('is tried again once a connection has worked elsewhere', async () => {
    const { labels, asked, catalog } = stage();
    labels(cluster);
    await turn();
    asked[0]?.fail(new MigrationError('authentication-failed', {}));
    await turn();
    catalog.putFacts('c1', memoryCluster({}).facts);
    labels(cluster);
    await turn();
    asked[1]?.names(['a']);
    await turn();
    expect(labels(cluster)).toEqual(['a']);
  });

  it('of the numbers leaves the names, and stands under the collection', async () => {
    const { labels, asked, tree, state } = stage();
    labels(cluster);
    await turn();
    asked[0]?.names(['shop']);
    await turn();
    tree.children(shop);
    await turn();
    await turn();
    expect(labels(shop)).toEqual(['c']);
    expect(labels({ ...shop, kind: 'collection', coll: 'c' })).toEqual(['The connection to db:1 was lost.']);
    expect(describeRow(shop, state, undefined, english).description).toBe(
      '1 B · 1 collection · not all sizes could be read',
    );
  });
});

it('a row is one and the same object for as long as the tree lives', () => {
  const { tree } = stage();
  const [first] = tree.children({ kind: 'group', role: 'source' });
  tree.refresh();
  expect(tree.children({ kind: 'group', role: 'source' })[0]).toBe(first);
  expect(first && tree.parent(first)).toBe(tree.children()[0]);
});

describe('a change in the list of clusters', () => {
  it('draws one row for one cluster and everything for a new one', () => {
    const { tree, profiles, drawn, pass } = stage();
    profiles.set('c2', aProfile({ id: 'c2', name: 'renamed' }));
    tree.clustersChanged();
    pass();
    expect(drawn).toEqual([[{ kind: 'cluster', clusterId: 'c2' }]]);
    profiles.set('c3', aProfile({ id: 'c3' }));
    tree.clustersChanged();
    pass();
    expect(drawn.at(-1)).toBeUndefined();
  });

  it('forgets what was read of a cluster that connects elsewhere now', async () => {
    const { tree, profiles, labels, asked, catalog } = stage();
    labels(cluster);
    await turn();
    asked[0]?.names(['a']);
    await turn();
    profiles.set('c1', aProfile({ uri: 'mongodb://elsewhere/' }));
    tree.clustersChanged();
    expect(catalog.cluster('c1').databases).toBeUndefined();
  });
});

describe('changes that come in a row', () => {
  function queue() {
    const drawn: (readonly ClusterTreeNode[] | undefined)[] = [];
    const due: (() => void)[] = [];
    const changes = new ChangeQueue({
      draw: (nodes) => drawn.push(nodes),
      later: (work) => (due.push(work), () => undefined),
    });
    return { changes, drawn, pass: () => due.shift()?.() };
  }
  const coll = (i: number): ClusterTreeNode => ({ kind: 'collection', clusterId: 'c1', db: 'shop', coll: `c${i}` });

  it('are drawn together, each row once', () => {
    const { changes, drawn, pass } = queue();
    changes.add(coll(1));
    changes.add(coll(2));
    changes.add(coll(1));
    expect(drawn).toEqual([]);
    pass();
    expect(drawn).toEqual([[coll(1), coll(2)]]);
  });

  it('are covered by a change of a row above', () => {
    const { changes, drawn, pass } = queue();
    changes.add(coll(1));
    changes.add(shop);
    changes.add(coll(2));
    pass();
    expect(drawn).toEqual([[shop]]);
  });

  it('come in portions where they are many', () => {
    const { changes, drawn, pass } = queue();
    for (let i = 0; i < 450; i++) changes.add(coll(i));
    pass();
    pass();
    pass();
    expect(drawn.map((nodes) => nodes?.length)).toEqual([200, 200, 50]);
  });
});
