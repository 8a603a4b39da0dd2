/** The Clusters view's rows in their hundreds and thousands, as VS Code asks for them: a whole level with every row of it. */
import { strict as assert } from 'node:assert';
import { after, describe, it } from 'mocha';
import type * as vscode from 'vscode';
import type { ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { bytes } from '../../src/core/model/units.js';
import { DisposableStore } from '../../src/host/disposables.js';
import { findingsFor } from '../../src/host/tree/findings-for.js';
import { ClusterFindings } from '../../src/host/tree/cluster-findings.js';
import { tooltipOf } from '../../src/host/tree/cluster-tooltips.js';
import { ClusterTreeProvider } from '../../src/host/tree/cluster-tree-provider.js';
import type { ClusterTreeNode } from '../../src/host/tree/node.js';
import { memoryCluster } from '../support/fake-cluster.js';
import { aProfile, testTree } from '../support/tree-state.js';

const DATABASES = 200;
const COLLECTIONS = 10_000;
/** The view has to answer within this while it loads. */
const ANSWER_MS = 100;

const facts = { ...memoryCluster({}).facts, kind: 'mongodb' as const, version: '8.0.1' };
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type CpuUsage = (before?: NodeJS.CpuUsage) => NodeJS.CpuUsage;

/** Of this thread alone where Node tells it (23.9 and newer): what collects garbage beside it keeps nobody waiting. */
const cpuUsage: CpuUsage =
  (process as { readonly threadCpuUsage?: CpuUsage }).threadCpuUsage?.bind(process) ?? process.cpuUsage.bind(process);

/** How long the longest turn of the event loop was, which is how long any other question may have waited. In time of the processor, which other work on the machine does not add to. */
function longestTurn(): { end(): number } {
  let longest = 0;
  let before = cpuUsage();
  let watching = true;
  const look = (): void => {
    const { user, system } = cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
    before = cpuUsage();
    if (watching) setImmediate(look);
  };
  setImmediate(look);
  return {
    end: () => {
      watching = false;
      return longest;
    },
  };
}

describe('a tree of 200 databases and 10,000 collections', () => {
  const disposables = new DisposableStore();
  after(() => disposables.dispose());

  it('answers every question of VS Code within 100 ms while it is read', async function () {
    this.timeout(60_000);
    const size = { logicalBytes: bytes(5_000_000), storageBytes: bytes(5), indexBytes: bytes(20_000) };
    const index = { unique: false, sparse: false, hidden: false, otherOptions: {} };
    const test = testTree([aProfile()], {
      connection: { with: (_id, _signal, use) => use({ facts } as ConnectedCluster) },
      adapters: {
        listDatabases: () => nextTurn().then(() => Array.from({ length: DATABASES }, (_, i) => `db${i}`)),
        listCollections: async (_cluster, db) => {
          await nextTurn();
          return Array.from({ length: COLLECTIONS }, (_, i) => ({
            ns: { db, coll: `collection of the shop ${i}` },
            type: 'collection' as const,
            options: {},
          }));
        },
        readDatabaseSizes: async (_cluster, names, { onRead }) => {
          for (const db of names) {
            await nextTurn();
            onRead({ db, ...size, documents: 1000, collections: 3 });
          }
        },
        readCollections: async (_cluster, listed, { onRead, signal }) => {
          for (const [i, { ns }] of listed.entries()) {
            if (i % 20 === 0) await nextTurn();
            signal?.throwIfAborted();
            const indexes = [{ ...index, name: '_id_', key: [['_id', 1]] as const }];
            onRead({ ns, type: 'collection', documents: 1000, ...size, averageBytes: bytes(1), indexes, options: {} });
          }
        },
      },
    });
    const clusters = {
      list: () => test.state.profiles(),
      get: (id: string) => test.state.profile(id),
      onDidChange: () => ({ dispose: () => undefined }),
    };
    const log = { warn: (message: string) => assert.fail(message) };
    const { catalog } = test;
    const findings = new ClusterFindings({
      catalog,
      clusters,
      rules: () => Promise.resolve(findingsFor),
      onFailure: (error) => assert.fail(String(error)),
      later: (work) => void setImmediate(work),
      onChange: () => undefined,
    });
    const services = { clusters, catalog, log } as unknown as ConstructorParameters<typeof ClusterTreeProvider>[0];
    const provider = disposables.add(new ClusterTreeProvider(services, findings, () => Promise.resolve(tooltipOf)));

    /** As VS Code asks: the rows below one, then each of them, before it sends any. */
    const ask = async (node: ClusterTreeNode): Promise<vscode.TreeItem[]> =>
      Promise.all(provider.getChildren(node).map(async (child) => provider.getTreeItem(child)));
    const turns = longestTurn();
    const cluster: ClusterTreeNode = { kind: 'cluster', clusterId: 'c1' };
    const big: ClusterTreeNode = { kind: 'database', clusterId: 'c1', db: 'db7' };
    const drawn = async (done: () => boolean, ...open: readonly ClusterTreeNode[]): Promise<void> => {
      while (!done()) {
        // Before it is asked: what is told meanwhile may be the last there is to tell.
        const change = new Promise<void>((resolve) => {
          const listening = provider.onDidChangeTreeData(() => {
            listening.dispose();
            resolve();
          });
        });
        for (const node of open) await ask(node);
        if (!done()) await change;
      }
    };
    provider.tree.setOpen(cluster, true);
    await drawn(() => catalog.cluster('c1').sizes.state === 'ready', cluster);
    assert.equal((await ask(cluster)).length, DATABASES);
    provider.tree.setOpen(big, true);
    await drawn(() => catalog.database('c1', 'db7')?.statistics.state === 'ready', cluster, big);
    const items = await ask(big);
    assert.equal(items.length, COLLECTIONS);
    assert.match(String(items[9]?.description), /1,000 documents/);
    const longest = turns.end();
    assert.ok(longest < ANSWER_MS, `whoever asks meanwhile waits ${Math.round(longest)} ms`);
  });
});
