import type { MigrationErrorCode } from '../../core/model/error.js';
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
  | { readonly kind: 'error'; readonly parent: ClusterTreeNode; readonly code: MigrationErrorCode };

/** A row of the Migrations view. */
export interface RunTreeNode {
  readonly kind: 'run';
  readonly runId: string;
}

/** Stable id of a row; names are encoded, so that no name can look like another level. */
export function nodeId(node: ClusterTreeNode): string {
  switch (node.kind) {
    case 'group':
      return `group:${node.role}`;
    case 'cluster':
      return `cluster:${node.clusterId}`;
    case 'database':
      return `cluster:${node.clusterId}/${encodeURIComponent(node.db)}`;
    case 'collection':
      return `cluster:${node.clusterId}/${encodeURIComponent(node.db)}/${encodeURIComponent(node.coll)}`;
    case 'index':
      return `cluster:${node.clusterId}/${encodeURIComponent(node.db)}/${encodeURIComponent(node.coll)}/${encodeURIComponent(node.index)}`;
    case 'error':
      return `error:${nodeId(node.parent)}`;
  }
}
