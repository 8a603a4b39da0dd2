/** Connects to a cluster, finds out what it is, and hands out what the engine works with. */
import { setTimeout as delay } from 'node:timers/promises';
import type { MongoClient } from 'mongodb';
import { MigrationError } from '../../core/model/error.js';
import type { ClusterFacts } from '../../core/model/facts.js';
import type { Clock } from '../../engine/ports.js';
import type { ConnectionString } from './connection-string.js';
import { MongoCosmosRu } from './cosmos-ru.js';
import { DataConnections } from './data-connections.js';
import {
  currentDriver,
  loadLegacyDriver,
  type Driver,
  type DriverGeneration,
  type LoadLegacyDriver,
} from './driver.js';
import { safeCause, toMigrationError } from './errors.js';
import {
  openClient,
  secretsOf,
  usesTls,
  WireVersionMismatch,
  within,
  type ClientSettings,
  type OpenedClient,
} from './open-client.js';
import { serverToPin } from './pinned-server.js';
import { probeCluster } from './probe.js';
import { MongoSession } from './session.js';
import { SILENCE_MS } from './silence.js';

/** However wrong everything is, the user is told after this long. */
const DEADLINE_MS = 10_000;
/** Closing waits for sockets; one that hangs must not hang us. */
const CLOSE_MS = 2000;

export interface ConnectOptions extends ClientSettings {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Milliseconds within which connect ends, one way or the other; 10,000 unless told. */
  readonly deadlineMs?: number;
  /** A seam for tests: how the driver for 3.6 and 4.0 is loaded. */
  readonly loadLegacy?: LoadLegacyDriver;
  readonly random?: () => number;
  /** Milliseconds of silence after which a server is taken for lost; {@link SILENCE_MS} unless told. */
  readonly silenceMs?: number;
}

export interface ConnectedCluster {
  readonly facts: ClusterFacts;
  readonly session: MongoSession;
  /** RU accounts only. */
  readonly ru?: MongoCosmosRu;
  /** The driver's client, for this adapter's own modules. */
  readonly client: MongoClient;
  readonly connectionString: ConnectionString;
  readonly clock: Clock;
  /** Literals to be redacted from everything that is printed about this cluster. */
  readonly secrets: readonly string[];
  /** A second connection to the same cluster; `maxPoolSize: 1` makes request charges attributable. */
  openSibling(options?: { readonly maxPoolSize?: number }): Promise<ConnectedCluster>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface Opened extends OpenedClient {
  readonly driver: Driver;
  readonly generation: DriverGeneration;
}

async function openWithSomeDriver(options: ConnectOptions, budget: () => number): Promise<Opened> {
  try {
    const opened = await openClient(currentDriver, options, budget(), options.signal);
    return { ...opened, driver: currentDriver, generation: 'current' };
  } catch (error) {
    if (!(error instanceof WireVersionMismatch)) throw error;
  }
  const driver = await (options.loadLegacy ?? loadLegacyDriver)();
  try {
    const opened = await openClient(driver, options, budget(), options.signal);
    return { ...opened, driver, generation: 'legacy' };
  } catch (error) {
    if (!(error instanceof WireVersionMismatch)) throw error;
    const cause = safeCause(error.detail, secretsOf(options));
    throw new MigrationError('unsupported-server-version', { minimum: '3.6', message: cause.message }, { cause });
  }
}

/** Hosts as the driver resolved them: those of an SRV record in the place of its name, which is kept in front for telling the kind. */
function resolvedHosts(client: MongoClient, connectionString: ConnectionString): readonly string[] {
  if (!connectionString.isSrv) return connectionString.hosts;
  return client.options.hosts.map((host) => host.toString());
}

async function closeQuietly(client: MongoClient): Promise<void> {
  const waiting = new AbortController();
  const closing = client.close().catch(() => undefined);
  await Promise.race([
    closing,
    delay(CLOSE_MS, undefined, { signal: waiting.signal, ref: false }).catch(() => undefined),
  ]);
  waiting.abort();
}

/**
 * Connects and probes within `deadlineMs`.
 * @throws MigrationError `bad-connection-string`, `authentication-failed`, `unreachable-host`, `tls-failed`, `missing-privilege`,
 * `unsupported-server-version`, `file-failed`, `cancelled`; none holds a secret.
 */
export async function connect(options: ConnectOptions): Promise<ConnectedCluster> {
  const started = Date.now();
  const deadline = options.deadlineMs ?? DEADLINE_MS;
  // Something is kept back for closing and for the caller's own printing.
  const remaining = (): number => Math.max(100, deadline * 0.95 - (Date.now() - started));
  const opened = await openWithSomeDriver(options, remaining);
  const secrets = secretsOf(options);
  const hasCredentials = options.connectionString.username !== undefined;
  const hosts = resolvedHosts(opened.client, options.connectionString);
  const probing = probeCluster({ client: opened.client, driver: opened.generation, tls: usesTls(options), hosts });
  try {
    const facts = await within(probing, remaining(), options.signal);
    return assemble(options, opened, facts);
  } catch (error) {
    await closeQuietly(opened.client);
    throw toMigrationError(error, { secrets, hasCredentials });
  }
}

function assemble(options: ConnectOptions, opened: Opened, facts: ClusterFacts): ConnectedCluster {
  const { client } = opened;
  const secrets = secretsOf(options);
  const direct = new Map<string, Promise<MongoClient>>();

  const openDirect = async (host: string): Promise<MongoClient> => {
    const { credentials } = client.options;
    const connectionString = options.connectionString.direct(host, {
      // What the TXT record of an SRV name said.
      ...(options.connectionString.isSrv && credentials ? { authSource: credentials.source } : {}),
    });
    return (await openClient(opened.driver, { ...options, connectionString }, DEADLINE_MS)).client;
  };

  const clientFor = async (readPreference: string): Promise<MongoClient> => {
    const host = serverToPin(opened.topology(), readPreference);
    if (host === undefined) return client;
    const opening = direct.get(host) ?? openDirect(host);
    direct.set(host, opening);
    return opening.catch((error: unknown) => {
      direct.delete(host);
      throw error;
    });
  };
  const dataConnections = new DataConnections(clientFor, opened.generation === 'current');

  const session = new MongoSession({
    client,
    facts,
    clock: options.clock,
    secrets,
    hasCredentials: options.connectionString.username !== undefined,
    hasSessions: () => (opened.topology()?.logicalSessionTimeoutMinutes ?? null) !== null,
    clientFor,
    dataConnections,
    random: options.random ?? Math.random,
    silenceMs: options.silenceMs ?? SILENCE_MS,
  });

  const close = async (): Promise<void> => {
    dataConnections.close();
    const others = await Promise.allSettled(direct.values());
    direct.clear();
    const clients = others.flatMap((other) => (other.status === 'fulfilled' ? [other.value] : []));
    await Promise.all([client, ...clients].map(closeQuietly));
  };

  return {
    facts,
    session,
    ...(facts.kind === 'cosmos-ru' ? { ru: new MongoCosmosRu(session) } : {}),
    client,
    connectionString: options.connectionString,
    clock: options.clock,
    secrets,
    openSibling: (sibling = {}) => {
      const again: { signal?: AbortSignal } & Omit<ConnectOptions, 'signal'> = { ...options, ...sibling };
      // The caller's signal was for the first attempt.
      delete again.signal;
      return connect(again);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
