/** The rows of both views as VS Code gets them, read from real servers over the extension's own connections. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { MongoClient } from 'mongodb';
import * as vscode from 'vscode';
import { adapters } from '../../src/extension-adapters.js';
import { SavedClusterStore } from '../../src/host/clusters/cluster-store.js';
import { SharedConnections } from '../../src/host/clusters/connection-pool.js';
import { DisposableStore } from '../../src/host/disposables.js';
import { FollowedRuns } from '../../src/host/runs/run-store.js';
import { ClusterCatalog } from '../../src/host/tree/cluster-catalog.js';
import { ClusterFindings } from '../../src/host/tree/cluster-findings.js';
import { tooltipOf } from '../../src/host/tree/cluster-tooltips.js';
import { ClusterTreeProvider } from '../../src/host/tree/cluster-tree-provider.js';
import { findingsFor } from '../../src/host/tree/findings-for.js';
import { FindingDecorations } from '../../src/host/tree/finding-decorations.js';
import { RunTreeProvider } from '../../src/host/tree/migrations-view.js';
import type { ClusterTreeNode } from '../../src/host/tree/node.js';
import { hostTestContext, SHOP, type HostTestContext } from './context.js';

const ODD = ['dots.in.name', 'with space', 'ünïcödé 名前', 'שלום עולם', 'a/b%2Fc', '<b>**loud** [link](command:x)'];

function values<T>(): {
  get: (key: string) => T | undefined;
  set: (key: string, value: T | undefined) => Promise<void>;
} {
  const held = new Map<string, T>();
  return {
    get: (key) => held.get(key),
    set: (key, value) => Promise.resolve(void (value === undefined ? held.delete(key) : held.set(key, value))),
  };
}

describe('the tree', () => {
  const disposables = new DisposableStore();
  const log = disposables.add(vscode.window.createOutputChannel('tree under test', { log: true }));
  let context: HostTestContext;
  let clusters: SavedClusterStore;
  let catalog: ClusterCatalog;
  let provider: ClusterTreeProvider;
  let decorations: FindingDecorations;

  before(async () => {
    context = await hostTestContext();
    const client = new MongoClient(context.sourceUri);
    for (const name of ODD) await client.db('odd-names').collection(name).insertOne({ name });
    await client.close();

    const memento = values<unknown>();
    const secrets = values<string>();
    clusters = new SavedClusterStore({
      memento: { get: memento.get, update: memento.set },
      secrets: {
        get: (key) => Promise.resolve(secrets.get(key)),
        store: secrets.set,
        delete: (key) => secrets.set(key, undefined),
      },
      changes: new vscode.EventEmitter<void>(),
      declared: () => [],
      env: {},
      adapters: () => Promise.resolve(adapters),
      askPassword: () => Promise.resolve(undefined),
      onKeyringFailure: (error) => assert.fail(String(error)),
      onSecrets: () => undefined,
    });
    const loaded = (): Promise<typeof adapters> => Promise.resolve(adapters);
    const connections = disposables.add(new SharedConnections({ clusters, adapters: loaded }));
    catalog = disposables.add(new ClusterCatalog({ clusters, connections, adapters: loaded, log }));
    const findings = new ClusterFindings({
      catalog,
      clusters,
      rules: () => Promise.resolve(findingsFor),
      onFailure: (error) => assert.fail(String(error)),
      later: (work) => void setImmediate(work),
      onChange: () => decorations.refresh(),
    });
    provider = disposables.add(
      new ClusterTreeProvider({ clusters, catalog, log }, findings, () => Promise.resolve(tooltipOf)),
    );
    decorations = disposables.add(new FindingDecorations(findings));
    disposables.add(catalog.onDidChange(({ db }) => void (db === undefined && findings.check())));
  });
  after(async () => {
    disposables.dispose();
    const client = new MongoClient(context.sourceUri);
    await client.db('odd-names').dropDatabase();
    await client.close();
  });

  /** Waits for the rows to be drawn again until they are as wanted. */
  function until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = look();
        if (found === undefined) return;
        listening.dispose();
        resolve(found);
      };
      const listening = provider.onDidChangeTreeData(check);
      check();
    });
  }

  const items = (node?: ClusterTreeNode): vscode.TreeItem[] =>
    provider.getChildren(node).map((child) => provider.item(child));
  const labels = (node?: ClusterTreeNode): unknown[] => items(node).map(({ label }) => label);
  const add = (name: string, role: 'source' | 'target', uri: string): ReturnType<SavedClusterStore['add']> =>
    clusters.add({ name, role, connectionString: adapters.parseConnectionString(uri) });

  it('is empty before there is a cluster, then shows both groups', async () => {
    assert.deepEqual(labels(), []);
    await add('shop of ours', 'source', context.sourceUri);
    assert.deepEqual(labels(), ['Sources', 'Targets']);
    assert.deepEqual(labels({ kind: 'group', role: 'target' }), ['Add Target...']);
  });

  it('goes down from the cluster to its indexes, answering at once at every step', async () => {
    const [source] = provider.getChildren({ kind: 'group', role: 'source' });
    assert.ok(source?.kind === 'cluster');
    assert.deepEqual(labels(source), ['Connecting...']);
    const shop = await until(() => provider.getChildren(source).find((node) => 'db' in node && node.db === 'shop'));
    const cluster = await until(() => {
      const item = provider.item(source);
      return /^MongoDB \d.* · .*B$/.test(String(item.description)) ? item : undefined;
    });
    assert.equal(cluster.contextValue, 'cluster.source.saved');
    assert.equal(cluster.iconPath instanceof vscode.ThemeIcon && cluster.iconPath.id, 'server');

    assert.deepEqual(labels(shop), ['Loading collections...']);
    const orders = await until(() => {
      const found = provider.getChildren(shop).find((node) => 'coll' in node && node.coll === 'orders');
      return found && String(provider.item(found).description).includes('3,000 documents') ? found : undefined;
    });
    assert.deepEqual(labels(shop), Object.keys(SHOP).sort());
    assert.ok(labels(orders).includes('_id_'));
    assert.equal(
      provider.getParent(orders),
      provider.getParent(provider.getChildren(orders)[0] ?? orders)?.kind === 'collection' ? shop : undefined,
    );
    const { tooltip } = await provider.resolveTreeItem(provider.item(orders), orders);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.match(tooltip.value, /Documents: 3,000/);
    assert.equal(tooltip.isTrusted, undefined);
  });

  it('shows names exactly as they are, and gives each row an id of its own', async () => {
    const [source] = provider.getChildren({ kind: 'group', role: 'source' });
    const odd = provider.getChildren(source).find((node) => 'db' in node && node.db === 'odd-names');
    assert.ok(odd);
    const rows = await until(() => {
      const found = items(odd);
      return found.length === ODD.length && found.every(({ description }) => description !== '') ? found : undefined;
    });
    assert.deepEqual(rows.map(({ label }) => label).sort(), [...ODD].sort());
    assert.equal(new Set(rows.map(({ id }) => id)).size, ODD.length);
    for (const { accessibilityInformation } of rows)
      assert.match(accessibilityInformation?.label ?? '', /^collection /);
  });

  it('shows a wrong password as a row that says so and can be retried', async () => {
    const profile = await add(
      'locked',
      'target',
      context.targetUri.replace(encodeURIComponent(context.password), 'wr%23ng'),
    );
    const node: ClusterTreeNode = { kind: 'cluster', clusterId: profile.id };
    const error = await until(() => provider.getChildren(node).find(({ kind }) => kind === 'error'));
    const item = provider.item(error);
    assert.ok(typeof item.label === 'string');
    assert.match(item.label, /refused the login/);
    assert.equal(item.contextValue, 'error');
    assert.equal(item.command?.command, 'mongoCosmosMigration.retryNode');
    const shown = JSON.stringify([item, await provider.resolveTreeItem(item, error), provider.item(node)]);
    assert.doesNotMatch(shown, /wr#ng|wr%23ng/);
    await clusters.update(profile.id, {
      name: 'account',
      role: 'target',
      connectionString: adapters.parseConnectionString(context.targetUri),
    });
    provider.tree.refresh(node);
    const ready = await until(() => {
      // As VS Code does with a row that is open.
      provider.getChildren(node);
      return catalog.cluster(profile.id).listing.state === 'ready' ? provider.item(node) : undefined;
    });
    assert.match(String(ready.description), /Cosmos DB \(RU\)/);
    assert.equal(ready.iconPath instanceof vscode.ThemeIcon && ready.iconPath.id, 'globe');
  });

  it('badges what an analysis has found, up to the cluster', async () => {
    const [source] = provider.getChildren({ kind: 'group', role: 'source' });
    assert.ok(source?.kind === 'cluster');
    await using connected = await adapters.connect({
      connectionString: adapters.parseConnectionString(context.sourceUri),
      clock: adapters.clock,
    });
    const drawn = new Promise<void>((resolve) => {
      const listening = decorations.onDidChangeFileDecorations(() => {
        listening.dispose();
        resolve();
      });
    });
    await connected.session.command('shop', { create: 'cheap', timeseries: { timeField: 'at' } });
    try {
      catalog.putInventory(source.clusterId, await adapters.readInventory(connected));
      await drawn;
      const series: ClusterTreeNode = { kind: 'collection', clusterId: source.clusterId, db: 'shop', coll: 'cheap' };
      for (const node of [series, provider.getParent(series), source]) {
        assert.ok(node);
        const { resourceUri } = provider.item(node);
        assert.ok(resourceUri);
        // As it comes back from VS Code's other side.
        const decoration = decorations.provideFileDecoration(vscode.Uri.parse(resourceUri.toString()));
        assert.match(decoration?.badge ?? '', /^!\d$/);
        assert.match(decoration?.tooltip ?? '', /blocker/);
      }
    } finally {
      await connected.session.command('shop', { drop: 'cheap' });
    }
  });

  it('lists no migration where there is none', async () => {
    const runs = disposables.add(
      new FollowedRuns({
        root: () => join(context.folder, 'no-runs-here'),
        openList: (root) => Promise.resolve(adapters.openRunList(root)),
        onFailure: (error) => assert.fail(String(error)),
      }),
    );
    const rows = disposables.add(new RunTreeProvider(runs));
    assert.deepEqual(await rows.getChildren(), []);
  });
});
