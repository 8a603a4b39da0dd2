/** How large databases are, by one small command each: what a tree shows before anything in them was looked at. */
import { MigrationError } from '../../core/model/error.js';
import { bytes, type Bytes } from '../../core/model/units.js';
import { signalForMany } from '../../engine/signal-for-many.js';
import type { ConnectedCluster } from './connect.js';
import { inParallel } from './in-parallel.js';

export interface DatabaseSize {
  readonly db: string;
  /** Uncompressed BSON bytes. */
  readonly logicalBytes: Bytes;
  readonly storageBytes: Bytes;
  readonly indexBytes: Bytes;
  readonly documents: number;
  /** As the server counts them: its own `system.` collections may be among them. */
  readonly collections: number;
}

export interface DatabaseSizesOptions {
  readonly signal?: AbortSignal;
  /** Databases asked at a time. */
  readonly concurrency?: number;
  readonly onRead: (size: DatabaseSize) => void;
}

/** Nobody waits for these numbers: they must not be in the way of what somebody does wait for. */
const CONCURRENCY = 4;

/**
 * Sizes of databases, told one by one as they are read. A database whose statistics are refused is left out.
 * @throws MigrationError `connection-lost`, `cancelled`.
 */
export async function readDatabaseSizes(
  cluster: ConnectedCluster,
  databases: readonly string[],
  options: DatabaseSizesOptions,
): Promise<void> {
  const signal = options.signal ? signalForMany(options.signal) : undefined;
  await inParallel(databases, options.concurrency ?? CONCURRENCY, signal, async (db) => {
    try {
      const reply = await cluster.session.command(
        db,
        { dbStats: 1 },
        { readPreference: 'secondaryPreferred', ...(signal ? { signal } : {}) },
      );
      options.onRead({
        db,
        logicalBytes: bytes(count(reply['dataSize'])),
        storageBytes: bytes(count(reply['storageSize'])),
        indexBytes: bytes(count(reply['indexSize'])),
        documents: count(reply['objects']),
        collections: count(reply['collections']),
      });
    } catch (error) {
      const refused = MigrationError.is(error, 'command-failed') || MigrationError.is(error, 'missing-privilege');
      if (!refused) throw error;
    }
  });
}

function count(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) && number > 0 ? number : 0;
}
