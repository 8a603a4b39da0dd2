import { l10n, window } from 'vscode';
import type { ClusterInventory } from '../../core/model/facts.js';
import { EVERYTHING, formatNamespace } from '../../core/model/namespace.js';
import type { ClusterProfile } from '../clusters/cluster-profile.js';
import type { ClusterTreeNode } from '../tree/node.js';
import { clusterIdOf, clusterNodes, includePatterns } from './arguments.js';
import type { CommandParts } from './parts.js';
import { pickCluster } from './pickers.js';
import { withProgress } from './progress.js';
import { sizeDocument } from './size-document.js';
import { unlinked } from '../unlinked.js';

/** What a command about sizes is about: a cluster, and which namespaces of it (none: all). */
export interface Subject {
  readonly profile: ClusterProfile;
  readonly include: readonly string[];
  readonly name: string;
}

/** From the command's nodes, else by a picker. */
export async function subjectOf(
  args: readonly unknown[],
  parts: CommandParts,
  wish: Parameters<typeof pickCluster>[1],
): Promise<Subject | undefined> {
  const { services } = parts;
  const nodes = clusterNodes(args);
  const clusterId = clusterIdOf(nodes[0]);
  const found = clusterId === undefined ? undefined : services.clusters.get(clusterId);
  const suits = found && (wish.role === undefined || found.role === wish.role) ? found : undefined;
  const profile = suits ?? (await pickCluster(services, wish));
  if (!profile) return undefined;
  const own = suits ? nodes.filter((node) => clusterIdOf(node) === profile.id) : [];
  const include = own.length === 0 ? [] : includePatterns(own);
  return { profile, include, name: [profile.name, ...(include.length === 0 ? [] : [nodesName(own)])].join(' ') };
}

function nodesName(nodes: readonly ClusterTreeNode[]): string {
  const [only] = nodes;
  if (nodes.length > 1 || !only) return l10n.t('({0} selected)', nodes.length);
  if (only.kind === 'database') return only.db;
  return 'coll' in only ? formatNamespace(only) : '';
}

/** Reads the sizes with progress that can be cancelled; the tree gets them too. */
export async function readSizes({ profile, include, name }: Subject, parts: CommandParts): Promise<ClusterInventory> {
  const { services, settings, view } = parts;
  const { readInventory } = await services.adapters();
  const inventory = await withProgress(l10n.t('Analyzing the size of {0}', name), (report, signal) =>
    services.connections.with(profile.id, signal, (connected) =>
      readInventory(connected, {
        selection: { ...EVERYTHING, include },
        signal,
        concurrency: settings().analysisParallelism,
        ruThroughput: connected.facts.kind === 'cosmos-ru',
        onProgress: ({ done, total, ns }) =>
          report({
            message: l10n.t('{0} of {1}: {2}', done, total, formatNamespace(ns)),
            share: total === 0 ? 1 : done / total,
          }),
      }),
    ),
  );
  view.noteInventory(profile.id, inventory);
  return inventory;
}

export async function analyzeSize(args: readonly unknown[], parts: CommandParts): Promise<void> {
  const subject = await subjectOf(args, parts, { title: l10n.t('Analyze Size') });
  if (!subject) return;
  const inventory = await readSizes(subject, parts);
  if (inventory.failed.length > 0) {
    const failed = l10n.t('{0} collections could not be read; the page says why.', inventory.failed.length);
    void window.showWarningMessage(unlinked(failed));
  }
  const title = l10n.t('Size of {0}', subject.name);
  await parts.results.show(
    title,
    sizeDocument(title, inventory, (message, ...rest) => l10n.t(message, ...rest)),
  );
}
