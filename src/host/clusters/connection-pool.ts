/** Open connections, one per cluster, shared by everything in the window and closed after a while without use. */
import { MigrationError } from '../../core/model/error.js';
import type { Clock } from '../../engine/ports.js';
import type { ConnectedCluster, HostAdapters } from '../adapters.js';
import type { ClusterStore, ConnectionPool } from '../services.js';
import type { ClusterProfile } from './cluster-profile.js';

/** Long enough for a person who reads between two clicks; RU accounts drop connections that idle for 4 minutes anyway. */
const IDLE_MS = 3 * 60_000;

export interface PoolParts {
  readonly clusters: Pick<ClusterStore, 'get' | 'connectionString' | 'noteSeen'>;
  readonly adapters: () => Promise<Pick<HostAdapters, 'connect'> & { readonly clock: Clock }>;
  readonly idleMs?: number;
}

interface Shared {
  readonly opening: Promise<ConnectedCluster>;
  /** Ends the opening when nobody waits for it any more. */
  readonly abandon: AbortController;
  opened: boolean;
  users: number;
  /** Ends the wait for the idle time. */
  idle?: AbortController;
}

export class SharedConnections implements ConnectionPool {
  readonly #parts: PoolParts;
  readonly #shared = new Map<string, Shared>();
  #disposed = false;

  constructor(parts: PoolParts) {
    this.#parts = parts;
  }

  async with<T>(clusterId: string, signal: AbortSignal, use: (cluster: ConnectedCluster) => Promise<T>): Promise<T> {
    const profile = this.#parts.clusters.get(clusterId);
    if (!profile) throw new MigrationError('internal', { reason: 'unknown-cluster', cluster: clusterId });
    if (signal.aborted || this.#disposed) throw new MigrationError('cancelled', { cluster: profile.name });
    const shared = this.#take(clusterId);
    try {
      return await use(await unlessAborted(shared.opening, signal));
    } catch (error) {
      if (MigrationError.is(error, 'connection-lost')) this.#forget(clusterId, shared);
      throw aboutCluster(error, profile);
    } finally {
      this.#giveBack(clusterId, shared);
    }
  }

  async drop(clusterId: string): Promise<void> {
    const shared = this.#shared.get(clusterId);
    if (!shared) return;
    this.#shared.delete(clusterId);
    await close(shared);
  }

  dispose(): Promise<unknown> {
    this.#disposed = true;
    return Promise.all([...this.#shared.keys()].map((id) => this.drop(id)));
  }

  #take(clusterId: string): Shared {
    const known = this.#shared.get(clusterId);
    if (known) {
      known.users++;
      known.idle?.abort();
      return known;
    }
    const abandon = new AbortController();
    const shared: Shared = { opening: this.#open(clusterId, abandon.signal), abandon, opened: false, users: 1 };
    this.#shared.set(clusterId, shared);
    shared.opening.then(
      () => (shared.opened = true),
      () => this.#forget(clusterId, shared),
    );
    return shared;
  }

  async #open(clusterId: string, signal: AbortSignal): Promise<ConnectedCluster> {
    const { clusters } = this.#parts;
    const [{ connect, clock }, connectionString] = await Promise.all([
      this.#parts.adapters(),
      clusters.connectionString(clusterId),
    ]);
    const { tlsCAFile, tlsCertificateKeyFile } = clusters.get(clusterId) ?? {};
    const connected = await connect({
      connectionString,
      clock,
      signal,
      ...(tlsCAFile === undefined ? {} : { tlsCAFile }),
      ...(tlsCertificateKeyFile === undefined ? {} : { tlsCertificateKeyFile }),
    });
    await clusters.noteSeen(clusterId, { kind: connected.facts.kind, version: connected.facts.version });
    return connected;
  }

  #giveBack(clusterId: string, shared: Shared): void {
    if (--shared.users > 0) return;
    if (this.#shared.get(clusterId) !== shared) return;
    if (!shared.opened) {
      this.#shared.delete(clusterId);
      void close(shared);
      return;
    }
    const idle = new AbortController();
    shared.idle = idle;
    void this.#closeWhenIdle(clusterId, shared, idle.signal);
  }

  async #closeWhenIdle(clusterId: string, shared: Shared, signal: AbortSignal): Promise<void> {
    const { clock } = await this.#parts.adapters();
    const waited = await clock.sleep(this.#parts.idleMs ?? IDLE_MS, signal).then(
      () => true,
      () => false,
    );
    if (waited && shared.users === 0 && this.#shared.get(clusterId) === shared) await this.drop(clusterId);
  }

  #forget(clusterId: string, shared: Shared): void {
    if (this.#shared.get(clusterId) !== shared) return;
    this.#shared.delete(clusterId);
    void close(shared);
  }
}

async function close(shared: Shared): Promise<void> {
  shared.abandon.abort();
  shared.idle?.abort();
  await shared.opening.then((connected) => connected.close()).catch(() => undefined);
}

/** The shared promise goes on for others; only this waiting ends. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new MigrationError('cancelled'));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}

function aboutCluster(error: unknown, profile: ClusterProfile): unknown {
  if (!MigrationError.is(error)) return error;
  return new MigrationError(
    error.code,
    { side: profile.role, ...error.facts, cluster: profile.name },
    { cause: error.cause },
  );
}
