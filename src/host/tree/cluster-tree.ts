import { MigrationError } from '../../core/model/error.js';
import type { ClusterProfile, ClusterRole } from '../clusters/cluster-profile.js';
import { DisposableStore } from '../disposables.js';
import { ChangeQueue, type ChangeQueueOptions } from './change-queue.js';
import type { CatalogChange, ClusterCatalog } from './cluster-catalog.js';
import { childrenOf, isWaiting, type TreeState } from './cluster-children.js';
import { nodeId, parentNode, type ClusterTreeNode } from './node.js';

export interface ClusterTreeOptions extends ChangeQueueOptions {
  readonly catalog: ClusterCatalog;
  readonly clusters: {
    list(role?: ClusterRole): readonly ClusterProfile[];
    get(id: string): ClusterProfile | undefined;
  };
  readonly log: { warn(message: string): void };
}

/**
 * Answers from what the catalog knows and never waits: what is not known yet is asked for, stands as one "Loading" row, and is drawn when it has come. Only what is
 * open is read; closing a row gives up what was being read for it.
 */
export class ClusterTree {
  readonly state: TreeState;
  readonly #options: ClusterTreeOptions;
  readonly #store = new DisposableStore();
  readonly #queue: ChangeQueue;
  /** VS Code knows rows by their object: one for each. */
  readonly #nodes = new Map<string, ClusterTreeNode>();
  readonly #open = new Map<string, ClusterTreeNode>();
  /** What is being read for an open row. */
  readonly #holds = new Map<string, AbortController>();
  #listed: readonly string[];

  constructor(options: ClusterTreeOptions) {
    this.#options = options;
    const { clusters, catalog, draw, later } = options;
    this.state = { profiles: (role) => clusters.list(role), profile: (id) => clusters.get(id), catalog };
    this.#queue = this.#store.add(
      new ChangeQueue({ draw: (nodes) => draw(nodes?.map((node) => this.known(node))), later }),
    );
    this.#listed = this.#signatures();
    this.#store.add(catalog.onDidChange((change) => this.#queue.add(rowOf(change))));
  }

  /** The row above. */
  parent(node: ClusterTreeNode): ClusterTreeNode | undefined {
    const parent = parentNode(node, (id) => this.state.profile(id)?.role);
    return parent && this.known(parent);
  }

  /** The rows below as they are known now; what is missing is asked for. */
  children(node?: ClusterTreeNode): ClusterTreeNode[] {
    if (node) this.#ensure(node);
    return childrenOf(node, this.state).map((child) => this.known(child));
  }

  /** Draws a row, and what is below it, again from what is known. */
  redraw(node: ClusterTreeNode): void {
    this.#queue.add(node);
  }

  /** The object that VS Code knows a row by. */
  known(node: ClusterTreeNode): ClusterTreeNode {
    const key = keyOf(node);
    const known = this.#nodes.get(key);
    if (known) return known;
    this.#nodes.set(key, node);
    return node;
  }

  /** A row was opened or closed by the user. */
  setOpen(node: ClusterTreeNode, open: boolean): void {
    const id = nodeId(node);
    if (open) this.#open.set(id, node);
    else this.#open.delete(id);
    const tops = node.kind === 'group' ? childrenOf(node, this.state).map(nodeId) : [id];
    for (const top of tops) {
      if (!open) this.#release(top);
      else for (const [other, below] of [...this.#open]) if (isAtOrBelow(other, top)) this.#ensure(below);
    }
  }

  /** Reads a row and what is below it again, or everything. */
  refresh(node?: ClusterTreeNode): void {
    const { catalog } = this.#options;
    if (!node) {
      this.#release('');
      catalog.reconcile();
      catalog.invalidate();
      this.#queue.add(undefined);
      return;
    }
    switch (node.kind) {
      case 'group':
        for (const child of childrenOf(node, this.state)) if (child.kind === 'cluster') this.refresh(child);
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
    const { catalog } = this.#options;
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
        this.#options.log.warn(`${id}: ${MigrationError.is(error) ? error.code : 'internal'}`);
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
    return this.#options.clusters.list().map((profile) => JSON.stringify(profile));
  }

  /** The list of clusters, or one of them, may have changed. */
  clustersChanged(): void {
    this.#options.catalog.reconcile();
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

/** Cheaper than an id, for what is asked of every row; no name holds a null character. A row that failed in another way is another row. */
function keyOf(node: ClusterTreeNode): string {
  switch (node.kind) {
    case 'database':
      return `${node.clusterId}\0${node.db}`;
    case 'collection':
      return `${node.clusterId}\0${node.db}\0${node.coll}`;
    case 'index':
      return `${node.clusterId}\0${node.db}\0${node.coll}\0${node.index}`;
    case 'error':
      return `${node.code}\0${nodeId(node)}`;
    case 'group':
    case 'cluster':
    case 'loading':
    case 'add':
      return nodeId(node);
  }
}

function rowOf({ clusterId, db, coll }: CatalogChange): ClusterTreeNode {
  if (db === undefined) return { kind: 'cluster', clusterId };
  return coll === undefined ? { kind: 'database', clusterId, db } : { kind: 'collection', clusterId, db, coll };
}

function isAtOrBelow(id: string, top: string): boolean {
  return id === top || id.startsWith(`${top}/`);
}
