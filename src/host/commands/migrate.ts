import { l10n } from 'vscode';
import type { WizardSeed } from '../services.js';
import { clusterIdOf, clusterNodes, includePatterns } from './arguments.js';
import type { CommandParts } from './parts.js';
import { pickCluster, pickCollections, pickDatabase } from './pickers.js';

type Extent = 'collection' | 'database' | 'cluster';

/** Opens the wizard on what the nodes are, or on what is picked. */
export async function migrate(extent: Extent, args: readonly unknown[], parts: CommandParts): Promise<void> {
  const seed = seedFromNodes(extent, args, parts) ?? (await seedFromPickers(extent, parts));
  if (seed) await parts.wizard.open(seed);
}

/** Nodes of one source that are of the extent; a target's node is no source of a migration. */
function seedFromNodes(extent: Extent, args: readonly unknown[], { services }: CommandParts): WizardSeed | undefined {
  const nodes = clusterNodes(args);
  const sourceId = clusterIdOf(nodes[0]);
  if (sourceId === undefined || services.clusters.get(sourceId)?.role !== 'source') return undefined;
  const own = nodes.filter((node) => node.kind === extent && clusterIdOf(node) === sourceId);
  return own.length === 0 ? undefined : { sourceId, include: includePatterns(own) };
}

async function seedFromPickers(extent: Extent, { services }: CommandParts): Promise<WizardSeed | undefined> {
  const title = {
    collection: l10n.t('Migrate Collection'),
    database: l10n.t('Migrate Database'),
    cluster: l10n.t('Migrate Cluster'),
  }[extent];
  const cluster = await pickCluster(services, { role: 'source', title });
  if (!cluster) return undefined;
  const sourceId = cluster.id;
  if (extent === 'cluster') return { sourceId };
  const db = await pickDatabase(services, cluster, title);
  if (db === undefined) return undefined;
  if (extent === 'database')
    return { sourceId, include: includePatterns([{ kind: 'database', clusterId: sourceId, db }]) };
  const collections = await pickCollections(services, cluster, db, title);
  if (!collections) return undefined;
  const nodes = collections.map((coll) => ({ kind: 'collection' as const, clusterId: sourceId, db, coll }));
  return { sourceId, include: includePatterns(nodes) };
}

/** The wizard on whatever nodes there are. */
export function seedFromAny(args: readonly unknown[], { services }: CommandParts): WizardSeed {
  const nodes = clusterNodes(args);
  const id = clusterIdOf(nodes[0]);
  const role = id === undefined ? undefined : services.clusters.get(id)?.role;
  if (id === undefined || role === undefined) return {};
  if (role === 'target') return { targetId: id };
  return { sourceId: id, include: includePatterns(nodes.filter((node) => clusterIdOf(node) === id)) };
}
