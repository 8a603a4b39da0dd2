import { renameNamespace } from '../../core/model/namespace.js';
import type { ClusterInventory } from '../../core/model/facts.js';
import type { Plan } from '../../core/model/plan.js';
import { selectedCollections } from '../../core/plan/make-plan.js';
import { dataCollections } from '../../core/size/totals.js';
import type { ConnectionString, HostAdapters } from '../adapters.js';
import type { ClusterRole } from '../clusters/cluster-profile.js';
import type { HostServices } from '../services.js';
import type { WizardSettings } from './model/pace.js';
import type { CommandLines, WizardPorts } from './wizard-ports.js';

/** Stands for a password in a command line that is only shown: with it the line names the private file that the real one has. */
const SOME_PASSWORD = 'x';

type ClusterPorts = Pick<
  WizardPorts,
  | 'clusters'
  | 'reference'
  | 'commandLines'
  | 'readSource'
  | 'readTarget'
  | 'measureCharge'
  | 'tryCopy'
  | 'readGiven'
  | 'targetChosen'
  | 'writePlan'
>;

export interface ClusterPortParts extends Pick<HostServices, 'clusters' | 'connections' | 'catalog'> {
  readonly adapters: () => Promise<
    Pick<
      HostAdapters,
      | 'readInventory'
      | 'chargeSamples'
      | 'measureInsertCharge'
      | 'tryDirectCopy'
      | 'readTargetThroughput'
      | 'clock'
      | 'writePlanFile'
      | 'parseConnectionString'
      | 'copyCommandLines'
    >
  >;
  readonly settings: () => WizardSettings;
}

/** What the wizard needs of clusters and plan files. No VS Code in it, so that it is tested as it is. */
export function clusterPorts({ adapters, clusters, connections, catalog, settings }: ClusterPortParts): ClusterPorts {
  return {
    clusters: () => clusters.list(),
    reference: (id) => (clusters.get(id) ? clusters.reference(id) : undefined),
    async commandLines() {
      const { parseConnectionString, copyCommandLines } = await adapters();
      return commandLinesBy(parseConnectionString, copyCommandLines, clusters);
    },
    async readSource(clusterId, { selection, signal, onProgress }) {
      const { readInventory } = await adapters();
      const inventory = await connections.with(clusterId, signal, (cluster) =>
        readInventory(cluster, { selection, signal, onProgress, concurrency: settings().analysisParallelism }),
      );
      catalog.putInventory(clusterId, inventory);
      return inventory;
    },
    async readTarget(clusterId, signal) {
      const facts = await connections.with(clusterId, signal, (cluster) => Promise.resolve(cluster.facts));
      catalog.putFacts(clusterId, facts);
      return facts;
    },
    async measureCharge({ sourceId, targetId, inventory, selection }, signal) {
      const { chargeSamples, measureInsertCharge } = await adapters();
      const collections = dataCollections(selectedCollections(inventory, selection));
      const first = collections.find((c) => c.documents > 0);
      if (!first) return undefined;
      const samples = await connections.with(sourceId, signal, (source) => chargeSamples(source, collections, signal));
      if (samples.length === 0) return undefined;
      const database = renameNamespace(selection, first.ns).db;
      const measured = await connections.with(targetId, signal, (target) =>
        measureInsertCharge(target, { consent: true, database, samples, signal }),
      );
      return { ruPerDocument: measured.ruPerDocument, latencyMs: measured.latencyMs, samples: measured.samples };
    },
    async tryCopy({ sourceId, targetId, inventory, selection, readPreference }, signal) {
      const { tryDirectCopy, clock } = await adapters();
      const collections = dataCollections(selectedCollections(inventory, selection));
      const request = { collections, selection, readPreference, clock, signal };
      return connections.with(sourceId, signal, (source) =>
        targetId === undefined
          ? tryDirectCopy(source, request)
          : connections.with(targetId, signal, (target) => tryDirectCopy(source, { ...request, target })),
      );
    },
    async readGiven(targetId, names, signal) {
      const { readTargetThroughput } = await adapters();
      const given = await connections.with(targetId, signal, (target) => readTargetThroughput(target, names, signal));
      const atOnce = [...(catalog.cluster(targetId).throughput?.values() ?? [])].flatMap(
        ({ budget, instantMaximumRuPerSecond: most }) => (most === undefined ? [] : [[budget, most] as const]),
      );
      return atOnce.length === 0 ? given : { ...given, atOnce: Object.fromEntries(atOnce) };
    },
    targetChosen: (id) => catalog.useTarget(id),
    writePlan: async (path, plan) => (await adapters()).writePlanFile(path, plan),
  };
}

/** By the same functions that build the real ones; no password is asked for, as none is shown. */
function commandLinesBy(
  parseConnectionString: HostAdapters['parseConnectionString'],
  copyCommandLines: HostAdapters['copyCommandLines'],
  clusters: HostServices['clusters'],
): CommandLines {
  const shown = (role: ClusterRole, plan: Pick<Plan, ClusterRole>): ConnectionString => {
    const parsed = parseConnectionString(plan[role].uri);
    const profile = clusters.findReference(role, plan[role]);
    const hasPassword = parsed.username !== undefined && profile !== undefined && profile.secret !== 'none';
    return hasPassword ? parsed.withPassword(SOME_PASSWORD) : parsed;
  };
  return (plan, inventory) =>
    copyCommandLines(plan, { source: shown('source', plan), target: shown('target', plan) }, namesIn(inventory));
}

function namesIn(inventory: ClusterInventory): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { ns } of [...inventory.collections, ...inventory.failed, ...inventory.skipped]) {
    if (ns.coll === '*') continue;
    const own = names.get(ns.db);
    if (own) own.push(ns.coll);
    else names.set(ns.db, [ns.coll]);
  }
  return names;
}
