/** Arguments of commands come from the tree, from keybindings and from other extensions: unknown until they are looked at. */
import type { RunAction } from '../../protocol/run-page.js';
import { possibleActions } from '../runs/run-actions.js';
import type { RunInfo } from '../services.js';
import { asClusterNode, asRunNode, nodeId, type ClusterTreeNode } from '../tree/node.js';

/** A command's node, and the others that are selected with it where it is one of them. */
export function clusterNodes(args: readonly unknown[]): readonly ClusterTreeNode[] {
  const [first, selected] = args;
  const node = asClusterNode(first);
  if (!node) return [];
  const others = Array.isArray(selected) ? selected.map(asClusterNode).filter((other) => other !== undefined) : [];
  return others.some((other) => nodeId(other) === nodeId(node)) ? others : [node];
}

/** The cluster that a node belongs to; none for groups. */
export function clusterIdOf(node: ClusterTreeNode | undefined): string | undefined {
  if (!node) return undefined;
  if ('clusterId' in node) return node.clusterId;
  return 'parent' in node ? clusterIdOf(node.parent) : undefined;
}

/** Run ids of the nodes in a command's arguments; a plain id is taken too. */
export function runIds(args: readonly unknown[]): readonly string[] {
  const [first, selected] = args;
  if (typeof first === 'string' && first !== '') return [first];
  const node = asRunNode(first);
  if (!node) return [];
  const others = Array.isArray(selected) ? selected.map(asRunNode).filter((other) => other !== undefined) : [];
  return (others.some(({ runId }) => runId === node.runId) ? others : [node]).map(({ runId }) => runId);
}

/** Runs that an action can be done with now. */
export function runsFor(runs: readonly RunInfo[], action: RunAction | undefined): readonly RunInfo[] {
  return action === undefined ? runs : runs.filter((run) => possibleActions(run).includes(action));
}

/** Path of a `*.migration.json` on this machine; undefined for anything else. */
export function planPath(value: unknown): string | undefined {
  if (typeof value === 'string') return value.endsWith(PLAN_ENDING) ? value : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const { scheme, fsPath } = value as Readonly<Record<string, unknown>>;
  return scheme === 'file' && typeof fsPath === 'string' && fsPath.endsWith(PLAN_ENDING) ? fsPath : undefined;
}

export const PLAN_ENDING = '.migration.json';

/** A selection's pattern for exactly this name: a star in it means itself. */
function exactly(name: string): string {
  return name.replaceAll('*', '\\*');
}

/** Patterns of a selection for the nodes, which are of one cluster; empty: all of it. */
export function includePatterns(nodes: readonly ClusterTreeNode[]): readonly string[] {
  const patterns = nodes.map((node) => {
    switch (node.kind) {
      case 'database':
        return `${exactly(node.db)}.*`;
      case 'collection':
      case 'index':
        return exactly(`${node.db}.${node.coll}`);
      case 'cluster':
      case 'group':
      case 'error':
      case 'loading':
      case 'add':
        return undefined;
    }
  });
  return patterns.some((pattern) => pattern === undefined)
    ? []
    : [...new Set(patterns.filter((pattern) => pattern !== undefined))];
}
