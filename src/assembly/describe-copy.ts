/** The command lines of a copy without running them: the same functions that build the real ones. */
import { join } from 'node:path';
import { textFileName } from '../adapters/files/text-files.js';
import {
  displayCommand,
  dumpArguments,
  exportArguments,
  importArguments,
  restoreArguments,
  type ToolConnection,
} from '../adapters/tools/command-lines.js';
import { planPasses } from '../adapters/tools/passes.js';
import { exportRequest, importRequest } from '../adapters/tools/text-requests.js';
import { toolUri, type ToolUri } from '../adapters/tools/tool-uri.js';
import type { ConnectedCluster } from '../adapters/mongo/connect.js';
import type { ConnectionString } from '../adapters/mongo/connection-string.js';
import { throughRelay } from '../adapters/mongo/relay-target.js';
import { formatNamespace } from '../core/model/namespace.js';
import { travelOf, type ClusterReference, type Plan, type PlannedCollection } from '../core/model/plan.js';
import { neededTools } from '../core/plan/needed-tools.js';
import { asCluster, type RunSide } from './compose-run.js';

/** Stands for the relay's port, which is free to be any. */
const SOME_PORT = 65_535;

/** One line per pair of tools. Asks the source for the names of its collections. */
export async function describeCopy(plan: Plan, source: RunSide, target: RunSide): Promise<string[]> {
  const strings = {
    ...('client' in source ? { source: source.connectionString } : {}),
    ...('client' in target ? { target: target.connectionString } : {}),
  };
  if (plan.method === 'export-import') return textCommandLines(plan, strings);
  if (neededTools(plan).length === 0) return [];
  const cluster = asCluster(source);
  const present = new Map<string, readonly string[]>();
  for (const db of new Set(copied(plan).map((c) => c.source.db))) present.set(db, await namesIn(cluster, db));
  return copyCommandLines(
    plan,
    { source: cluster.connectionString, target: asCluster(target).connectionString },
    present,
  );
}

/**
 * The same where the names are known already. `present`: every collection of each database of the source, as a pass over a whole database names those it leaves out.
 * A connection string that has a password shows as a private file; the lines hold no secret.
 */
export function copyCommandLines(
  plan: Omit<Plan, 'id'>,
  clusters: { readonly source: ConnectionString; readonly target: ConnectionString },
  present: ReadonlyMap<string, readonly string[]>,
): string[] {
  if (plan.method === 'export-import') return textCommandLines(plan, clusters);
  if (neededTools(plan).length === 0) return [];
  const collections = copied(plan);
  const { passes } = planPasses(
    collections.map((c) => ({
      source: c.source,
      target: c.target,
      type: c.options.timeseries ? 'timeseries' : 'collection',
    })),
    present,
  );
  const from = toolUri(clusters.source.reveal());
  const to = toolUri(throughRelay(clusters.target, SOME_PORT).reveal());
  const capped = new Set(collections.filter((c) => c.options.capped).map((c) => formatNamespace(c.target)));
  return passes.map((pass) => {
    const members = pass.kind === 'database' ? pass.collections : [pass.collection];
    const oneWorker = members.some((m) => capped.has(formatNamespace(m.target)));
    const dump = dumpArguments({
      connection: connectionOf(from, plan.source),
      pass,
      readPreference: plan.readPreference,
      parallelCollections: plan.tuning.parallelCollections,
    });
    const restore = restoreArguments({
      connection: connectionOf(to),
      pass,
      tuning: oneWorker ? { ...plan.tuning, insertionWorkers: 1 } : plan.tuning,
      bypassDocumentValidation: plan.targetKind === 'mongodb',
    });
    const line = `${displayCommand('mongodump', dump)} | ${displayCommand('mongorestore', restore)}`;
    return line.replaceAll(`127.0.0.1:${SOME_PORT}`, '127.0.0.1:RELAY_PORT');
  });
}

function connectionOf(
  { uri, password }: ToolUri,
  { tlsCAFile, tlsCertificateKeyFile }: Partial<ClusterReference> = {},
): ToolConnection {
  return {
    uri,
    ...(password === undefined ? {} : { configFile: 'PRIVATE_FILE' }),
    ...(tlsCAFile === undefined ? {} : { tlsCAFile }),
    ...(tlsCertificateKeyFile === undefined ? {} : { tlsCertificateKeyFile }),
  };
}

/** One line per collection, or one for each tool where a file is between them. */
function textCommandLines(
  plan: Omit<Plan, 'id'>,
  clusters: { readonly source?: ConnectionString; readonly target?: ConnectionString },
): string[] {
  const { format, files } = travelOf(plan);
  const from = clusters.source && connectionOf(toolUri(clusters.source.reveal()), plan.source);
  const to = clusters.target && connectionOf(toolUri(throughRelay(clusters.target, SOME_PORT).reveal()));
  const lines = copied(plan).flatMap((planned) => {
    const file = files && join(files.folder ?? 'RUN_FOLDER', textFileName(planned.source, format));
    const parts = [
      ...(from && files?.use !== 'import'
        ? [displayCommand('mongoexport', exportArguments(exportRequest(plan, planned, from, file)))]
        : []),
      ...(to && files?.use !== 'export'
        ? [displayCommand('mongoimport', importArguments(importRequest(plan, planned, to, file)))]
        : []),
    ];
    return files ? parts : [parts.join(' | ')];
  });
  return lines.map((line) => line.replaceAll(`127.0.0.1:${SOME_PORT}`, '127.0.0.1:RELAY_PORT'));
}

function copied(plan: Pick<Plan, 'collections'>): readonly PlannedCollection[] {
  return plan.collections.filter((c) => !c.options.view);
}

async function namesIn(cluster: ConnectedCluster, db: string): Promise<string[]> {
  const reply = await cluster.session.command(db, {
    listCollections: 1,
    nameOnly: true,
    cursor: { batchSize: 1_000_000 },
  });
  const { firstBatch } = reply['cursor'] as { firstBatch: readonly { name: string }[] };
  return firstBatch.map(({ name }) => name);
}
