/** The size analysis: reads every collection's facts without scanning one. */
import { MigrationError } from '../../core/model/error.js';
import type { ClusterInventory, CollectionFacts, FailedNamespace } from '../../core/model/facts.js';
import { EVERYTHING, isSelected, type Namespace, type NamespaceSelection } from '../../core/model/namespace.js';
import { redact } from '../../core/model/redact.js';
import { METADATA_SAMPLE, type StatisticsTier } from '../../core/scan/statistics-pipeline.js';
import { signalForMany } from '../../engine/signal-for-many.js';
import { CollectionReader } from './collection-reader.js';
import type { ConnectedCluster } from './connect.js';
import { inParallel } from './in-parallel.js';
import {
  byName,
  isSystemDatabase,
  listCollections,
  listDatabases,
  readShardKeys,
  readUsagePrivilege,
  skipReason,
  type ListedCollection,
  type ReadOptions,
} from './listing.js';

interface InventoryProgress {
  readonly done: number;
  readonly total: number;
  /** What was just read. */
  readonly ns: Namespace;
}

export interface InventoryOptions {
  readonly selection?: NamespaceSelection;
  readonly signal?: AbortSignal;
  /** Collections read at a time. */
  readonly concurrency?: number;
  /** Documents sampled per collection, 0 for no sample. A server may look at up to 20 times as many of a small collection. */
  readonly sampleSize?: number;
  readonly readPreference?: 'primary' | 'primaryPreferred' | 'secondary' | 'secondaryPreferred' | 'nearest';
  /** RU accounts: one more round trip per collection for its throughput and shard key. */
  readonly ruThroughput?: boolean;
  readonly onProgress?: (progress: InventoryProgress) => void;
  /** How statistics are asked for, where it is known better than from the server's version. */
  readonly statisticsTier?: StatisticsTier;
}

export interface CollectionsOptions {
  readonly signal?: AbortSignal;
  /** Collections read at a time. */
  readonly concurrency?: number;
  /** Documents sampled per collection, 0 for no sample. */
  readonly sampleSize?: number;
  readonly readPreference?: InventoryOptions['readPreference'];
  readonly ruThroughput?: boolean;
  readonly statisticsTier?: StatisticsTier;
  readonly onRead: (facts: CollectionFacts) => void;
  readonly onFailed: (failed: FailedNamespace) => void;
}

/** Judged: enough to hide the round trips, few enough for a source that is in use. */
const CONCURRENCY = 8;

/** Errors that concern one namespace; a lost connection or an abort concern all. */
function isLocal(error: unknown): error is MigrationError {
  return MigrationError.is(error) && (error.code === 'command-failed' || error.code === 'missing-privilege');
}

function failure(ns: Namespace, error: MigrationError, secrets: readonly string[]): FailedNamespace {
  const { codeName, serverCode, message } = error.facts;
  const code = String(codeName ?? serverCode ?? error.code);
  return { ns, code, message: redact(String(message ?? error.code), secrets) };
}

/**
 * Facts of every selected collection: at most two round trips each, never a scan. Views carry their definition and no numbers; a time
 * series is counted by its storage: `documents` are its buckets, `logicalBytes` their BSON. System databases stand in `skipped` as `db.*`.
 * @throws MigrationError `missing-privilege` where not even databases can be listed, `connection-lost`, `cancelled`.
 */
export async function readInventory(
  cluster: ConnectedCluster,
  options: InventoryOptions = {},
): Promise<ClusterInventory> {
  const { selection = EVERYTHING, concurrency = CONCURRENCY } = options;
  const signal = options.signal ? signalForMany(options.signal) : undefined;
  const reading = readOptions(options.readPreference, signal);
  const collections: CollectionFacts[] = [];
  const failed: FailedNamespace[] = [];
  const skipped: { ns: Namespace; reason: 'system' | 'not-selected' }[] = [];
  const selected: ListedCollection[] = [];
  const databases = await listDatabases(cluster, selection, reading);
  for (const db of databases.filter(isSystemDatabase)) skipped.push({ ns: { db, coll: '*' }, reason: 'system' });
  const userDatabases = databases.filter((db) => !isSystemDatabase(db));
  await inParallel(userDatabases, concurrency, signal, (db) =>
    orFail(
      cluster,
      { db, coll: '*' },
      (failure) => failed.push(failure),
      async () => {
        for (const listed of await listCollections(cluster, db, reading)) {
          const reason = skipReason(listed.ns, (ns) => isSelected(selection, ns));
          if (reason) skipped.push({ ns: listed.ns, reason });
          else selected.push(listed);
        }
      },
    ),
  );

  selected.sort(byName);
  let done = 0;
  const progress = (ns: Namespace): void => options.onProgress?.({ done: ++done, total: selected.length, ns });
  await readCollections(cluster, selected, {
    ...options,
    onRead: (facts) => {
      collections.push(facts);
      progress(facts.ns);
    },
    onFailed: (failure) => {
      failed.push(failure);
      progress(failure.ns);
    },
  });

  return {
    cluster: cluster.facts,
    collections: collections.sort(byName),
    failed: failed.sort(byName),
    skipped: skipped.sort(byName),
    readAt: new Date(cluster.clock.now()).toISOString(),
  };
}

/**
 * Facts of collections that were listed, told one by one as they are read.
 * @throws MigrationError `connection-lost`, `cancelled`.
 */
export async function readCollections(
  cluster: ConnectedCluster,
  listed: readonly ListedCollection[],
  options: CollectionsOptions,
): Promise<void> {
  const signal = options.signal ? signalForMany(options.signal) : undefined;
  const reading = readOptions(options.readPreference, signal);
  const reader = new CollectionReader(cluster, {
    ...reading,
    sampleSize: options.sampleSize ?? METADATA_SAMPLE,
    shardKeys: await readShardKeys(cluster, reading),
    mayReadUsage: await readUsagePrivilege(cluster, reading),
    ...(options.statisticsTier ? { tier: options.statisticsTier } : {}),
  });
  await inParallel(listed, options.concurrency ?? CONCURRENCY, signal, (one) =>
    orFail(cluster, one.ns, options.onFailed, async () => {
      const facts = await reader.read(one);
      options.onRead(options.ruThroughput ? await withThroughput(cluster, facts) : facts);
    }),
  );
}

function readOptions(
  readPreference: InventoryOptions['readPreference'] = 'secondaryPreferred',
  signal: AbortSignal | undefined,
): ReadOptions {
  return { readPreference, ...(signal ? { signal } : {}) };
}

/** What concerns one namespace is reported; everything else ends the reading. */
async function orFail(
  cluster: ConnectedCluster,
  ns: Namespace,
  onFailed: (failed: FailedNamespace) => void,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isLocal(error)) throw error;
    onFailed(failure(ns, error, cluster.secrets));
  }
}

async function withThroughput(cluster: ConnectedCluster, facts: CollectionFacts): Promise<CollectionFacts> {
  const found = facts.type === 'collection' ? await cluster.ru?.getCollection(facts.ns) : undefined;
  if (!found) return facts;
  return {
    ...facts,
    ...(found.throughput ? { throughput: found.throughput } : {}),
    ...(found.shardKey === undefined ? {} : { shardKey: [[found.shardKey, 'hashed'] as const] }),
  };
}
