/** The size analysis: reads every collection's facts without scanning one. */
import { setMaxListeners } from 'node:events';
import { MigrationError } from '../../core/model/error.js';
import type { ClusterInventory, CollectionFacts, FailedNamespace } from '../../core/model/facts.js';
import { EVERYTHING, isSelected, type Namespace, type NamespaceSelection } from '../../core/model/namespace.js';
import { redact } from '../../core/model/redact.js';
import { CollectionReader } from './collection-reader.js';
import type { ConnectedCluster } from './connect.js';
import { abortError } from './errors.js';
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
import type { StatisticsTier } from './statistics-pipeline.js';

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

const CONCURRENCY = 8;
const SAMPLE_SIZE = 100;

/** Runs `work` over `items`, `limit` at a time. An abort ends it at once; what is under way is left to end on its own. */
async function inParallel<T>(
  items: readonly T[],
  limit: number,
  signal: AbortSignal | undefined,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      if (signal?.aborted) throw abortError(signal);
      const item = items[next++];
      if (item === undefined) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}

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
  const signal = options.signal ? forMany(options.signal) : undefined;
  const reading: ReadOptions = {
    readPreference: options.readPreference ?? 'secondaryPreferred',
    ...(signal ? { signal } : {}),
  };
  const collections: CollectionFacts[] = [];
  const failed: FailedNamespace[] = [];
  const skipped: { ns: Namespace; reason: 'system' | 'not-selected' }[] = [];
  const selected: ListedCollection[] = [];
  const orFail = async (ns: Namespace, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!isLocal(error)) throw error;
      failed.push(failure(ns, error, cluster.secrets));
    }
  };

  const databases = await listDatabases(cluster, selection, reading);
  for (const db of databases.filter(isSystemDatabase)) skipped.push({ ns: { db, coll: '*' }, reason: 'system' });
  const userDatabases = databases.filter((db) => !isSystemDatabase(db));
  await inParallel(userDatabases, concurrency, signal, (db) =>
    orFail({ db, coll: '*' }, async () => {
      for (const listed of await listCollections(cluster, db, reading)) {
        const reason = skipReason(listed.ns, (ns) => isSelected(selection, ns));
        if (reason) skipped.push({ ns: listed.ns, reason });
        else selected.push(listed);
      }
    }),
  );

  const reader = new CollectionReader(cluster, {
    ...reading,
    sampleSize: options.sampleSize ?? SAMPLE_SIZE,
    shardKeys: await readShardKeys(cluster, reading),
    mayReadUsage: await readUsagePrivilege(cluster, reading),
    ...(options.statisticsTier ? { tier: options.statisticsTier } : {}),
  });
  selected.sort(byName);
  let done = 0;
  await inParallel(selected, concurrency, signal, async (listed) => {
    await orFail(listed.ns, async () => {
      const facts = await reader.read(listed);
      collections.push(options.ruThroughput ? await withThroughput(cluster, facts) : facts);
    });
    options.onProgress?.({ done: ++done, total: selected.length, ns: listed.ns });
  });

  return {
    cluster: cluster.facts,
    collections: collections.sort(byName),
    failed: failed.sort(byName),
    skipped: skipped.sort(byName),
    readAt: new Date(cluster.clock.now()).toISOString(),
  };
}

/** A signal of our own that follows the caller's: every command under way listens to it, which on the caller's would warn of a leak. */
function forMany(signal: AbortSignal): AbortSignal {
  const own = AbortSignal.any([signal]);
  setMaxListeners(0, own);
  return own;
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
