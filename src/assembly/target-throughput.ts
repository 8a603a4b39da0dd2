/** What an RU target has given to the collections that a plan is about, and to their databases. Part of the composition root. */
import type { ConnectedCluster } from '../adapters/mongo/connect.js';
import { inParallel } from '../adapters/mongo/in-parallel.js';
import type { Throughput } from '../core/model/facts.js';
import { formatNamespace, type Namespace } from '../core/model/namespace.js';
import type { TargetThroughput } from '../core/plan/plan-raises.js';

/** Each question is a round trip and a request unit. */
const AT_A_TIME = 8;

/**
 * Asks for each namespace whether it is there and what it has, and for each database whether its collections share a throughput. Reads only; empty where the target is no RU account.
 * @throws MigrationError `cancelled`, `connection-lost`, `missing-privilege`.
 */
export async function readTargetThroughput(
  target: ConnectedCluster,
  namespaces: readonly Namespace[],
  signal: AbortSignal,
): Promise<TargetThroughput> {
  const { ru } = target;
  const collections: Record<string, Throughput> = {};
  const databases: Record<string, Throughput> = {};
  if (!ru) return { collections, databases };
  await inParallel(namespaces, AT_A_TIME, signal, async (ns) => {
    const found = await ru.getCollection(ns);
    if (found?.exists && found.throughput) collections[formatNamespace(ns)] = found.throughput;
  });
  await inParallel([...new Set(namespaces.map(({ db }) => db))], AT_A_TIME, signal, async (db) => {
    const shared = await ru.getDatabaseThroughput(db);
    if (shared) databases[db] = shared;
  });
  return { collections, databases };
}
