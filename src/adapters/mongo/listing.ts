/** What there is in a cluster: databases, their collections with type and options, shard keys. One round trip per database. */
import type { Document } from 'bson';
import { BSON_TYPE, findElement, readString } from '../../core/bson/raw-document.js';
import { MigrationError } from '../../core/model/error.js';
import type { CollectionOptions, CollectionType } from '../../core/model/facts.js';
import {
  formatNamespace,
  isSystemNamespace,
  SYSTEM_DATABASES,
  type Namespace,
  type NamespaceSelection,
} from '../../core/model/namespace.js';
import { metadataLimit } from '../../core/scan/metadata-commands.js';
import { collectionOptions, collectionType } from './collection-options.js';
import type { ConnectedCluster } from './connect.js';
import { keyPattern } from './index-facts.js';
import { decodeTyped } from './plain-json.js';

export interface ListedCollection {
  readonly ns: Namespace;
  readonly type: CollectionType;
  readonly options: CollectionOptions;
}

export interface ReadOptions {
  readonly readPreference: string;
  readonly signal?: AbortSignal;
}

/** All in one answer: thousands of collections are a few hundred kilobytes. */
const LIST_BATCH = 10_000;

async function collect(stream: AsyncIterable<{ readonly documents: readonly Buffer[] }>): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for await (const batch of stream) found.push(...batch.documents);
  return found;
}

/** Names of databases that the user has named: what is left where listing them is not allowed. */
function namedDatabases(cluster: ConnectedCluster, selection: NamespaceSelection): string[] {
  const named = selection.include
    .map((pattern) => pattern.split('.')[0] ?? '')
    .filter((db) => db !== '' && !db.includes('*'));
  const own = cluster.connectionString.database;
  return [...new Set([...named, ...(own === undefined ? [] : [own])])];
}

/** Databases that the user may see. @throws MigrationError `missing-privilege` where none can be listed and none is named. */
export async function listDatabases(
  cluster: ConnectedCluster,
  selection: NamespaceSelection,
  options: ReadOptions,
): Promise<string[]> {
  try {
    const reply = await cluster.session.command(
      'admin',
      { listDatabases: 1, nameOnly: true, ...metadataLimit(cluster.facts) },
      options,
    );
    return (reply.databases as Document[]).map((db) => String(db.name)).sort();
  } catch (error) {
    const named = namedDatabases(cluster, selection);
    if (!MigrationError.is(error, 'missing-privilege') || named.length === 0) throw error;
    return named.sort();
  }
}

/** Collections of a database. Where only names are allowed to be seen, options are empty. */
export async function listCollections(
  cluster: ConnectedCluster,
  db: string,
  options: ReadOptions,
): Promise<ListedCollection[]> {
  const command = { listCollections: 1, cursor: { batchSize: LIST_BATCH }, ...metadataLimit(cluster.facts) };
  // RU accounts and old servers only list on the primary; elsewhere the catalogue is the same anyway.
  const stream = { ...options, readPreference: 'primaryPreferred', prefetch: false };
  let raw: Buffer[];
  try {
    raw = await collect(cluster.session.streamRaw(db, command, stream));
  } catch (error) {
    if (!MigrationError.is(error, 'missing-privilege')) throw error;
    const allowed = { ...command, nameOnly: true, authorizedCollections: true };
    raw = await collect(cluster.session.streamRaw(db, allowed, stream));
  }
  return raw.map((bytes) => {
    const entry = decodeTyped(bytes);
    return {
      ns: { db, coll: String(entry.name) },
      type: collectionType(entry),
      options: collectionOptions((entry.options as Document | undefined) ?? {}),
    };
  });
}

export type ShardKeys = ReadonlyMap<string, readonly (readonly [string, number | string])[]>;

/** Shard keys of all collections by one query of `config.collections`; none where it may not be read. */
export async function readShardKeys(cluster: ConnectedCluster, options: ReadOptions): Promise<ShardKeys> {
  const keys = new Map<string, readonly (readonly [string, number | string])[]>();
  if (cluster.facts.topology !== 'sharded') return keys;
  const find = {
    find: 'collections',
    filter: { dropped: { $ne: true } },
    projection: { key: 1 },
    batchSize: LIST_BATCH,
    ...metadataLimit(cluster.facts),
  };
  try {
    for (const row of await collect(cluster.session.streamRaw('config', find, options))) {
      const id = findElement(row, '_id');
      const key = findElement(row, 'key');
      const name = id ? readString(row, id) : undefined;
      if (name !== undefined && key?.type === BSON_TYPE.document) keys.set(name, keyPattern(row, key.valueStart));
    }
  } catch (error) {
    if (!MigrationError.is(error, 'missing-privilege')) throw error;
  }
  return keys;
}

/** Decides per user and collection whether `$indexStats` may be asked: it wants `clusterMonitor`, which a read-only user has not. */
export async function readUsagePrivilege(
  cluster: ConnectedCluster,
  options: ReadOptions,
): Promise<(ns: Namespace) => boolean> {
  const { kind } = cluster.facts;
  if (cluster.connectionString.username === undefined || (kind !== 'mongodb' && kind !== 'atlas')) return () => true;
  let reply: Document;
  try {
    reply = await cluster.session.command(
      'admin',
      { connectionStatus: 1, showPrivileges: true, ...metadataLimit(cluster.facts) },
      options,
    );
  } catch (error) {
    if (!MigrationError.is(error)) throw error;
    return () => true;
  }
  const info = reply.authInfo as Document | undefined;
  const privileges = ((info?.authenticatedUserPrivileges as Document[] | undefined) ?? []).filter((privilege) =>
    (privilege.actions as string[]).includes('indexStats'),
  );
  const resources = privileges.map(
    (privilege) => privilege.resource as { db?: string; collection?: string; anyResource?: boolean },
  );
  return (ns) =>
    resources.some(
      (r) =>
        r.anyResource === true ||
        ((r.db === '' || r.db === ns.db) && (r.collection === '' || r.collection === ns.coll)),
    );
}

/** Why a namespace is left out, or undefined. */
export function skipReason(
  ns: Namespace,
  isSelected: (ns: Namespace) => boolean,
): 'system' | 'not-selected' | undefined {
  if (isSystemNamespace(ns)) return 'system';
  return isSelected(ns) ? undefined : 'not-selected';
}

export function isSystemDatabase(db: string): boolean {
  return SYSTEM_DATABASES.has(db);
}

export function byName(a: { readonly ns: Namespace }, b: { readonly ns: Namespace }): number {
  const [left, right] = [formatNamespace(a.ns), formatNamespace(b.ns)];
  return left < right ? -1 : left > right ? 1 : 0;
}
