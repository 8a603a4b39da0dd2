import type { MigrationErrorCode } from '../../core/model/error.js';
import { isErrorCode } from '../../words/errors.js';
import type { ClusterRole } from '../clusters/cluster-profile.js';

/** What a row of the Clusters view stands for. Immutable; `id` is stable over refreshes, restarts and sessions: made of names, never of positions. */
export type ClusterTreeNode =
  | { readonly kind: 'group'; readonly role: ClusterRole }
  | { readonly kind: 'cluster'; readonly clusterId: string }
  | { readonly kind: 'database'; readonly clusterId: string; readonly db: string }
  | { readonly kind: 'collection'; readonly clusterId: string; readonly db: string; readonly coll: string }
  | {
      readonly kind: 'index';
      readonly clusterId: string;
      readonly db: string;
      readonly coll: string;
      readonly index: string;
    }
  /** A load that failed; retrying loads `parent` again. */
  | { readonly kind: 'error'; readonly parent: ClusterTreeNode; readonly code: MigrationErrorCode }
  /** Stands for children that are being read. */
  | { readonly kind: 'loading'; readonly parent: ClusterTreeNode }
  /** In a group that has no cluster yet. */
  | { readonly kind: 'add'; readonly role: ClusterRole };

/** A row of the Migrations view. */
export interface RunTreeNode {
  readonly kind: 'run';
  readonly runId: string;
}

const IDS = new WeakMap<ClusterTreeNode, string>();

/** Stable id of a row; names are encoded, so that no name can look like another level. */
export function nodeId(node: ClusterTreeNode): string {
  let id = IDS.get(node);
  if (id === undefined) IDS.set(node, (id = makeId(node)));
  return id;
}

function makeId(node: ClusterTreeNode): string {
  switch (node.kind) {
    case 'group':
      return `group:${node.role}`;
    case 'cluster':
      return `cluster:${encodeURIComponent(node.clusterId)}`;
    case 'database':
      return `cluster:${encodeURIComponent(node.clusterId)}/${encodeURIComponent(node.db)}`;
    case 'collection':
      return `cluster:${encodeURIComponent(node.clusterId)}/${encodeURIComponent(node.db)}/${encodeURIComponent(node.coll)}`;
    case 'index':
      return `cluster:${encodeURIComponent(node.clusterId)}/${encodeURIComponent(node.db)}/${encodeURIComponent(node.coll)}/${encodeURIComponent(node.index)}`;
    case 'error':
      return `error:${nodeId(node.parent)}`;
    case 'loading':
      return `loading:${nodeId(node.parent)}`;
    case 'add':
      return `add:${node.role}`;
  }
}

/** The row above in the tree; the role of a cluster is only known to the store of clusters. */
export function parentNode(
  node: ClusterTreeNode,
  roleOf: (clusterId: string) => ClusterRole | undefined,
): ClusterTreeNode | undefined {
  switch (node.kind) {
    case 'group':
      return undefined;
    case 'cluster': {
      const role = roleOf(node.clusterId);
      return role && { kind: 'group', role };
    }
    case 'database':
      return { kind: 'cluster', clusterId: node.clusterId };
    case 'collection':
      return { kind: 'database', clusterId: node.clusterId, db: node.db };
    case 'index':
      return { kind: 'collection', clusterId: node.clusterId, db: node.db, coll: node.coll };
    case 'error':
    case 'loading':
      return node.parent;
    case 'add':
      return { kind: 'group', role: node.role };
  }
}

/** The node in an argument of a command, which may come from anywhere; undefined for anything else. */
export function asClusterNode(value: unknown): ClusterTreeNode | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, role, clusterId, db, coll, index, parent, code } = value as Readonly<Record<string, unknown>>;
  const names = (...parts: unknown[]): boolean => parts.every((part) => typeof part === 'string' && part !== '');
  const isRole = role === 'source' || role === 'target';
  // No row of this kind stands under another one: what is nested deeper was made to be.
  const parentKind = (parent as { readonly kind?: unknown } | null | undefined)?.kind;
  const hasParent = (): boolean =>
    parentKind !== 'error' && parentKind !== 'loading' && asClusterNode(parent) !== undefined;
  const sound =
    kind === 'group' || kind === 'add'
      ? isRole
      : kind === 'cluster'
        ? names(clusterId)
        : kind === 'database'
          ? names(clusterId, db)
          : kind === 'collection'
            ? names(clusterId, db, coll)
            : kind === 'index'
              ? names(clusterId, db, coll, index)
              : kind === 'error'
                ? typeof code === 'string' && isErrorCode(code) && hasParent()
                : kind === 'loading' && hasParent();
  return sound ? (value as ClusterTreeNode) : undefined;
}

export function asRunNode(value: unknown): RunTreeNode | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, runId } = value as Readonly<Record<string, unknown>>;
  return kind === 'run' && typeof runId === 'string' && runId !== '' ? (value as RunTreeNode) : undefined;
}
