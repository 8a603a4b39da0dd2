import {
  EventEmitter,
  l10n,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  type Disposable,
  type TreeDataProvider,
} from 'vscode';
import { MigrationError } from '../../core/model/error.js';
import { DisposableStore } from '../disposables.js';
import type { HostServices } from '../services.js';
import { ChangeQueue } from './change-queue.js';
import type { CatalogChange } from './cluster-catalog.js';
import { childrenOf, isWaiting, type TreeState } from './cluster-children.js';
import type { ClusterFindings } from './cluster-findings.js';
import { describeRow, type Row } from './cluster-rows.js';
import { tooltipOf } from './cluster-tooltips.js';
import { nodeId, parentNode, type ClusterTreeNode } from './node.js';

/** Of the addresses that badges hang on. */
export const NODE_SCHEME = 'mcm-node';

function nodeUri(node: ClusterTreeNode): Uri {
  return Uri.from({ scheme: NODE_SCHEME, path: `/${nodeId(node)}` });
}

const OPEN: Readonly<Record<Row['open'], TreeItemCollapsibleState>> = {
  never: TreeItemCollapsibleState.None,
  collapsed: TreeItemCollapsibleState.Collapsed,
  expanded: TreeItemCollapsibleState.Expanded,
};

/**
 * Answers from what the catalog knows and never waits: what is not known yet is asked for, stands as one "Loading" row, and is drawn when it has come. Only what is
 * open is read; closing a row gives up what was being read for it.
 */
export class ClusterTreeProvider implements TreeDataProvider<ClusterTreeNode>, Disposable {
  readonly #services: Pick<HostServices, 'clusters' | 'catalog' | 'log'>;
  readonly #findings: ClusterFindings;
  readonly #state: TreeState;
  readonly #store = new DisposableStore();
  readonly #drawn = this.#store.add(new EventEmitter<ClusterTreeNode | ClusterTreeNode[] | undefined>());
  readonly #queue: ChangeQueue;
  /** VS Code knows rows by their object: one for each. */
  readonly #nodes = new Map<string, ClusterTreeNode>();
  readonly #open = new Map<string, ClusterTreeNode>();
  /** What is being read for an open row. */
  readonly #holds = new Map<string, AbortController>();
  #listed: readonly string[] = [];

  readonly onDidChangeTreeData = this.#drawn.event;

  constructor(services: Pick<HostServices, 'clusters' | 'catalog' | 'log'>, findings: ClusterFindings) {
    this.#services = services;
    this.#findings = findings;
    const { clusters, catalog } = services;
    this.#state = { profiles: (role) => clusters.list(role), profile: (id) => clusters.get(id), catalog };
    this.#queue = this.#store.add(
      new ChangeQueue({
        draw: (nodes) => this.#drawn.fire(nodes?.map((node) => this.known(node))),
        later: (work, ms) => {
          const timer = setTimeout(work, ms);
          return () => clearTimeout(timer);
        },
      }),
    );
    this.#listed = this.#signatures();
    this.#store.add(catalog.onDidChange((change) => this.#queue.add(rowOf(change))));
    this.#store.add(clusters.onDidChange(() => this.#onClusters()));
  }

  getTreeItem(node: ClusterTreeNode): TreeItem {
    const row = describeRow(node, this.#state, this.#findings.of(node), l10n.t);
    const item = new TreeItem(row.label, OPEN[row.open]);
    item.id = nodeId(node);
    item.description = row.description;
    item.contextValue = row.contextValue;
    item.iconPath = new ThemeIcon(row.icon.id, row.icon.color ? new ThemeColor(row.icon.color) : undefined);
    item.accessibilityInformation = { label: row.spoken };
    if ('clusterId' in node) item.resourceUri = nodeUri(node);
    if (row.command) item.command = { command: row.command, title: row.label, arguments: [node] };
    return item;
  }

  /** Tooltips are long and rarely looked at: each is made when it is. */
  resolveTreeItem(item: TreeItem, node: ClusterTreeNode): TreeItem {
    const text = tooltipOf(node, this.#state, this.#findings.of(node), {
      t: l10n.t,
      time: (ms) => new Date(ms).toLocaleString(),
    });
    if (text !== undefined) item.tooltip = new MarkdownString(text);
    return item;
  }

  getParent(node: ClusterTreeNode): ClusterTreeNode | undefined {
    const parent = parentNode(node, (id) => this.#state.profile(id)?.role);
    return parent && this.known(parent);
  }

  getChildren(node?: ClusterTreeNode): ClusterTreeNode[] {
    if (node) this.#ensure(node);
    return childrenOf(node, this.#state).map((child) => this.known(child));
  }

  /** Draws a row, and what is below it, again from what is known. */
  redraw(node: ClusterTreeNode): void {
    this.#queue.add(node);
  }

  /** The object that VS Code knows a row by. */
  known(node: ClusterTreeNode): ClusterTreeNode {
    const id = nodeId(node);
    const known = this.#nodes.get(id);
    // A row that failed in another way than before is another row under the same id.
    if (known && (known.kind !== 'error' || (node.kind === 'error' && known.code === node.code))) return known;
    this.#nodes.set(id, node);
    return node;
  }

  /** A row was opened or closed by the user. */
  setOpen(node: ClusterTreeNode, open: boolean): void {
    const id = nodeId(node);
    if (!open) {
      this.#open.delete(id);
      this.#release(id);
      return;
    }
    this.#open.set(id, node);
    for (const [other, below] of [...this.#open]) if (isAtOrBelow(other, id)) this.#ensure(below);
  }

  /** Reads a row and what is below it again, or everything. */
  refresh(node?: ClusterTreeNode): void {
    const { catalog } = this.#services;
    if (!node) {
      this.#release('');
      catalog.reconcile();
      catalog.invalidate();
      this.#queue.add(undefined);
      return;
    }
    switch (node.kind) {
      case 'group':
        for (const child of childrenOf(node, this.#state)) if (child.kind === 'cluster') this.refresh(child);
        return;
      case 'cluster':
        this.#release(nodeId(node));
        catalog.invalidate({ clusterId: node.clusterId });
        break;
      case 'database':
        this.#release(nodeId(node));
        catalog.invalidate({ clusterId: node.clusterId, db: node.db });
        break;
      case 'collection':
      case 'index': {
        const { clusterId, db, coll } = node;
        this.#release(nodeId({ kind: 'database', clusterId, db }));
        catalog.invalidate({ clusterId, db, coll });
        this.#ensure({ kind: 'database', clusterId, db });
        break;
      }
      case 'error':
      case 'loading':
        this.refresh(node.parent);
        return;
      case 'add':
        return;
    }
    this.#queue.add(node);
  }

  dispose(): void {
    this.#release('');
    this.#store.dispose();
  }

  /** Starts reading what a row needs and nobody reads yet; a failed reading is only started again when the user asks. */
  #ensure(node: ClusterTreeNode): void {
    const { catalog } = this.#services;
    switch (node.kind) {
      case 'cluster': {
        const { listing, sizes } = catalog.cluster(node.clusterId);
        const wanted = listing.state === 'idle' || (listing.state !== 'failed' && sizes.state === 'idle');
        if (wanted) this.#hold(node, (signal) => catalog.loadSizes(node.clusterId, signal));
        return;
      }
      case 'database': {
        const { clusterId, db } = node;
        const { listing, statistics } = catalog.database(clusterId, db) ?? {};
        const idle = listing === undefined || listing.state === 'idle';
        const wanted = idle || (listing.state !== 'failed' && statistics?.state === 'idle');
        if (wanted) this.#hold(node, (signal) => catalog.loadStatistics(clusterId, db, signal));
        return;
      }
      case 'collection': {
        const { clusterId, db, coll } = node;
        const entry = catalog.collection(clusterId, db, coll);
        if (!entry || isWaiting(entry)) this.#ensure({ kind: 'database', clusterId, db });
        return;
      }
      case 'group':
      case 'index':
      case 'error':
      case 'loading':
      case 'add':
        return;
    }
  }

  #hold(node: ClusterTreeNode, work: (signal: AbortSignal) => Promise<void>): void {
    const id = nodeId(node);
    if (this.#holds.has(id)) return;
    const controller = new AbortController();
    this.#holds.set(id, controller);
    const over = (error?: unknown): void => {
      const mine = this.#holds.get(id) === controller;
      if (mine) this.#holds.delete(id);
      // Given up because somebody else has put something newer in its place: what is still missing is read now.
      if (mine && MigrationError.is(error, 'cancelled')) this.#ensure(node);
      else if (error !== undefined && !MigrationError.is(error, 'cancelled')) {
        this.#services.log.warn(`${id}: ${MigrationError.is(error) ? error.code : 'internal'}`);
      }
    };
    work(controller.signal).then(() => over(), over);
  }

  #release(id: string): void {
    for (const [held, controller] of [...this.#holds]) {
      if (id !== '' && !isAtOrBelow(held, id)) continue;
      this.#holds.delete(held);
      controller.abort(new MigrationError('cancelled'));
    }
  }

  #signatures(): readonly string[] {
    return this.#services.clusters.list().map((profile) => JSON.stringify(profile));
  }

  #onClusters(): void {
    this.#services.catalog.reconcile();
    const before = this.#listed;
    this.#listed = this.#signatures();
    const idOf = (signature: string): string => String((JSON.parse(signature) as { readonly id: unknown }).id);
    const sameRows =
      before.length === this.#listed.length && before.every((s, i) => idOf(s) === idOf(this.#listed[i] ?? '{}'));
    if (!sameRows) {
      this.#queue.add(undefined);
      return;
    }
    const known = new Set(before);
    for (const signature of this.#listed) {
      if (!known.has(signature)) this.#queue.add({ kind: 'cluster', clusterId: idOf(signature) });
    }
  }
}

function rowOf({ clusterId, db, coll }: CatalogChange): ClusterTreeNode {
  if (db === undefined) return { kind: 'cluster', clusterId };
  return coll === undefined ? { kind: 'database', clusterId, db } : { kind: 'collection', clusterId, db, coll };
}

function isAtOrBelow(id: string, top: string): boolean {
  return id === top || id.startsWith(`${top}/`);
}
