/** A collection of our own on a target, for what has to be tried there: made when it is wanted, dropped whatever happens. */
import { randomBytes } from 'node:crypto';
import { deserialize } from 'bson';
import { MigrationError } from '../../core/model/error.js';
import { SYSTEM_DATABASES, type Namespace } from '../../core/model/namespace.js';
import type { ConnectedCluster } from './connect.js';
import { MongoCosmosRu } from './cosmos-ru.js';
import { SERVER_CODE, serverCode } from './errors.js';
import { throttleWait } from './throttle.js';

/** Every scratch collection's name begins so; a later start finds what a crash has left. */
export const SCRATCH_PREFIX = 'mcm_probe_';

async function databaseExists(cluster: ConnectedCluster, db: string): Promise<boolean> {
  const reply = await cluster.session.command('admin', { listDatabases: 1, nameOnly: true });
  return (reply.databases as { name: string }[]).some((entry) => entry.name === db);
}

/** Drops a collection; one that is gone already is as good. */
async function drop(cluster: ConnectedCluster, ns: Namespace): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await cluster.session.command(ns.db, { drop: ns.coll });
      return;
    } catch (error) {
      const code = serverCode(error);
      if (code === SERVER_CODE.namespaceNotFound) return;
      if (code !== SERVER_CODE.throttled) throw error;
      await cluster.clock.sleep(throttleWait(error, attempt, Math.random));
    }
  }
}

async function collectionNames(cluster: ConnectedCluster, db: string): Promise<string[]> {
  const names: string[] = [];
  const command = { listCollections: 1, nameOnly: true, cursor: {} };
  for await (const batch of cluster.session.streamRaw(db, command)) {
    for (const raw of batch.documents) names.push(String(deserialize(raw).name));
  }
  return names;
}

/** Drops what an earlier measurement that crashed has left in a database. Returns what was dropped. */
export async function removeScratchCollections(
  cluster: ConnectedCluster,
  database: string,
): Promise<readonly Namespace[]> {
  const left = (await collectionNames(cluster, database)).filter((coll) => coll.startsWith(SCRATCH_PREFIX));
  const dropped = left.map((coll) => ({ db: database, coll }));
  for (const ns of dropped) await drop(cluster, ns);
  return dropped;
}

/**
 * Does something with a new, empty collection, and drops it whatever happens; a database that was not there before goes with it, unless somebody else has begun to use it.
 * What an earlier one that crashed has left is removed first. Only for a user who has agreed: on an RU account a collection costs its least throughput for an hour.
 * @throws MigrationError `bad-option` for a system database; `missing-privilege` or `command-failed` where it cannot be made; what `work` throws.
 */
export async function withScratchCollection<T>(
  cluster: ConnectedCluster,
  { database, shardKey }: { readonly database: string; readonly shardKey?: string },
  work: (ns: Namespace) => Promise<T>,
): Promise<T> {
  if (SYSTEM_DATABASES.has(database)) throw new MigrationError('bad-option', { option: 'database', value: database });
  const existed = await databaseExists(cluster, database);
  if (existed) await removeScratchCollections(cluster, database);
  const ns = { db: database, coll: SCRATCH_PREFIX + randomBytes(6).toString('hex') };
  try {
    await create(cluster, ns, shardKey);
  } catch (error) {
    // An answer that was lost may have been a yes.
    await remove(cluster, ns, existed).catch(() => undefined);
    throw error;
  }
  try {
    return await work(ns);
  } finally {
    await remove(cluster, ns, existed);
  }
}

async function create(cluster: ConnectedCluster, ns: Namespace, shardKey: string | undefined): Promise<void> {
  if (cluster.ru)
    await new MongoCosmosRu(cluster.session).createCollection(ns, shardKey === undefined ? {} : { shardKey });
  else await cluster.session.command(ns.db, { create: ns.coll });
}

async function remove(cluster: ConnectedCluster, ns: Namespace, existed: boolean): Promise<void> {
  await drop(cluster, ns);
  // A MongoDB's database ends with its last collection by itself.
  if (cluster.facts.kind !== 'cosmos-ru' && cluster.facts.kind !== 'cosmos-vcore') return;
  if (!existed && (await collectionNames(cluster, ns.db)).length === 0) {
    await cluster.session.command(ns.db, { dropDatabase: 1 });
  }
}
