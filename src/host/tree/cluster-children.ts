import { MigrationError } from '../../core/model/error.js';
import type { FailedNamespace } from '../../core/model/facts.js';
import { formatNamespace } from '../../core/model/namespace.js';
import type { ClusterProfile, ClusterRole } from '../clusters/cluster-profile.js';
import type { ClusterCatalog } from './cluster-catalog.js';
import type { CollectionEntry, Stage } from './cluster-record.js';
import type { ClusterTreeNode } from './node.js';

/** What the rows are made from. */
export interface TreeState {
  profiles(role?: ClusterRole): readonly ClusterProfile[];
  profile(clusterId: string): ClusterProfile | undefined;
  readonly catalog: Pick<ClusterCatalog, 'cluster' | 'database' | 'collection'>;
}

const ROLES: readonly ClusterRole[] = ['source', 'target'];

/** The rows under a row, as far as they are known: never waits. None at the top means that there is no cluster at all. */
export function childrenOf(node: ClusterTreeNode | undefined, state: TreeState): readonly ClusterTreeNode[] {
  if (!node) return state.profiles().length === 0 ? [] : ROLES.map((role) => ({ kind: 'group', role }));
  switch (node.kind) {
    case 'group': {
      const clusters = state.profiles(node.role);
      if (clusters.length === 0) return [{ kind: 'add', role: node.role }];
      return clusters.map(({ id }) => ({ kind: 'cluster', clusterId: id }));
    }
    case 'cluster': {
      const { listing, databases } = state.catalog.cluster(node.clusterId);
      return rows(node, listing, databases, ({ db }) => ({ kind: 'database', clusterId: node.clusterId, db }));
    }
    case 'database': {
      const { clusterId, db } = node;
      const database = state.catalog.database(clusterId, db);
      return rows(node, database?.listing, database?.collections, ({ ns }) => ({
        kind: 'collection',
        clusterId,
        db,
        coll: ns.coll,
      }));
    }
    case 'collection': {
      const { clusterId, db, coll } = node;
      const entry = state.catalog.collection(clusterId, db, coll);
      const problem = errorUnder(node, state);
      if (problem) return [{ kind: 'error', parent: node, code: problem.code }];
      if (!entry?.facts) return [{ kind: 'loading', parent: node }];
      return entry.facts.indexes.map(({ name }) => ({ kind: 'index', clusterId, db, coll, index: name }));
    }
    case 'index':
    case 'error':
    case 'loading':
    case 'add':
      return [];
  }
}

function rows<T>(
  parent: ClusterTreeNode,
  stage: Stage | undefined,
  known: readonly T[] | undefined,
  toNode: (item: T) => ClusterTreeNode,
): readonly ClusterTreeNode[] {
  if (stage?.state === 'failed') return [{ kind: 'error', parent, code: stage.error?.code ?? 'internal' }];
  if (!known) return [{ kind: 'loading', parent }];
  return known.map(toNode);
}

/** Why what is under a row could not be read. */
export function errorUnder(node: ClusterTreeNode, { catalog }: TreeState): MigrationError | undefined {
  switch (node.kind) {
    case 'cluster':
      return catalog.cluster(node.clusterId).listing.error;
    case 'database':
      return catalog.database(node.clusterId, node.db)?.listing.error;
    case 'collection': {
      const entry = catalog.collection(node.clusterId, node.db, node.coll);
      if (entry?.failed) return refusal(entry.failed);
      return entry?.facts ? undefined : catalog.database(node.clusterId, node.db)?.statistics.error;
    }
    case 'group':
    case 'index':
    case 'error':
    case 'loading':
    case 'add':
      return undefined;
  }
}

function refusal({ ns, code, message }: FailedNamespace): MigrationError {
  const facts = { namespace: formatNamespace(ns), command: 'statistics', message };
  return code === 'missing-privilege' || code === 'Unauthorized'
    ? new MigrationError('missing-privilege', facts)
    : new MigrationError('command-failed', { ...facts, serverCode: code });
}

/** Whether the numbers of a row are still to come while its name is known already. */
export function isWaiting(entry: CollectionEntry): boolean {
  return entry.type !== 'view' && !entry.facts && !entry.failed;
}
