/** Opens a driver client and watches it while it connects, so that a failure is known as soon as it is certain and is told by its real reason. */
import { access, constants } from 'node:fs/promises';
import type { MongoClient, MongoClientOptions, TopologyDescription } from 'mongodb';
import { MigrationError } from '../../core/model/error.js';
import { OWN_APPLICATION } from '../../core/usage/client-uses.js';
import { explainFailure, tlsReason, type HostFailure } from './connect-failure.js';
import type { ConnectionString } from './connection-string.js';
import type { Driver } from './driver.js';
import { abortError, isServerError, toMigrationError } from './errors.js';

export interface ClientSettings {
  readonly connectionString: ConnectionString;
  readonly tlsCAFile?: string;
  readonly tlsCertificateKeyFile?: string;
  readonly tlsCertificateKeyFilePassword?: string;
  readonly maxPoolSize?: number;
  /** Tests count commands with it. */
  readonly monitorCommands?: boolean;
}

/** A connected client together with the newest description of its cluster. */
export interface OpenedClient {
  readonly client: MongoClient;
  readonly topology: () => TopologyDescription | undefined;
}

/** Thrown where the server's wire version does not suit the driver. */
export class WireVersionMismatch extends Error {
  constructor(readonly detail: Error) {
    super('wire version mismatch');
  }
}

/** Heartbeats that must have failed at a server before it is given up: a server that restarts refuses once or twice. */
const FAILURES_TO_GIVE_UP = 2;

export function usesTls(settings: ClientSettings): boolean {
  const cs = settings.connectionString;
  if (cs.option('tls') ?? cs.option('ssl')) return cs.tls;
  return cs.tls || settings.tlsCAFile !== undefined || settings.tlsCertificateKeyFile !== undefined;
}

export function secretsOf(settings: ClientSettings): readonly string[] {
  const own = settings.tlsCertificateKeyFilePassword;
  return own === undefined ? settings.connectionString.secrets : [...settings.connectionString.secrets, own];
}

function driverOptions(settings: ClientSettings, connectTimeoutMs: number): MongoClientOptions {
  const cs = settings.connectionString;
  return {
    connectTimeoutMS: connectTimeoutMs,
    // Nothing here goes through the driver's retryable writes: raw commands carry none, RU accounts refuse them, vCore runs them twice.
    retryWrites: false,
    ...(cs.option('appName') === undefined ? { appName: OWN_APPLICATION } : {}),
    ...(settings.maxPoolSize === undefined ? {} : { maxPoolSize: settings.maxPoolSize }),
    ...(usesTls(settings) ? { tls: true } : {}),
    ...(settings.tlsCAFile === undefined ? {} : { tlsCAFile: settings.tlsCAFile }),
    ...(settings.tlsCertificateKeyFile === undefined ? {} : { tlsCertificateKeyFile: settings.tlsCertificateKeyFile }),
    ...(settings.tlsCertificateKeyFilePassword === undefined
      ? {}
      : { tlsCertificateKeyFilePassword: settings.tlsCertificateKeyFilePassword }),
    ...(settings.monitorCommands ? { monitorCommands: true } : {}),
  };
}

async function checkFiles(settings: ClientSettings): Promise<void> {
  const cs = settings.connectionString;
  const files = [
    settings.tlsCAFile,
    settings.tlsCertificateKeyFile,
    cs.option('tlsCAFile'),
    cs.option('tlsCertificateKeyFile'),
  ];
  for (const path of files) {
    if (path === undefined) continue;
    await access(path, constants.R_OK).catch((error: NodeJS.ErrnoException) => {
      throw new MigrationError('file-failed', { path, reason: error.code });
    });
  }
}

interface Watch {
  /** Rejects when no server can be reached any more. */
  readonly hopeless: Promise<never>;
  readonly failures: () => readonly HostFailure[];
  readonly answered: () => readonly string[];
  readonly topology: () => TopologyDescription | undefined;
}

function watch(client: MongoClient): Watch {
  const failures = new Map<string, { failure: Error; count: number }>();
  const answered = new Set<string>();
  let topology: TopologyDescription | undefined;
  let giveUp: (error: Error) => void = () => undefined;
  const hopeless = new Promise<never>((_, reject) => (giveUp = reject));
  hopeless.catch(() => undefined);
  client.on('topologyDescriptionChanged', (event) => {
    topology = event.newDescription;
    // Every server was thrown out: none of them belongs to the replica set that was asked for.
    if (answered.size > 0 && topology.servers.size === 0) giveUp(new Error('no server left'));
  });
  client.on('serverHeartbeatSucceeded', (event) => {
    answered.add(event.connectionId);
    failures.delete(event.connectionId);
  });
  client.on('serverHeartbeatFailed', (event) => {
    const { connectionId, failure } = event;
    if (failure.name === 'MongoCompatibilityError') return giveUp(new WireVersionMismatch(failure));
    failures.set(connectionId, { failure, count: (failures.get(connectionId)?.count ?? 0) + 1 });
    const known = topology ? [...topology.servers.keys()] : [];
    const lost = (address: string): boolean => {
      const seen = failures.get(address);
      if (!seen) return false;
      // A certificate does not get better by trying again, and a timeout has waited long enough.
      const final = tlsReason(seen.failure) !== undefined || seen.failure.name === 'MongoNetworkTimeoutError';
      return final || seen.count >= FAILURES_TO_GIVE_UP;
    };
    if (known.length > 0 && known.every(lost)) giveUp(failure);
  });
  return {
    hopeless,
    failures: () => [...failures].map(([host, { failure }]) => ({ host, failure })),
    answered: () => [...answered],
    topology: () => topology,
  };
}

/** Rejects after `ms` or when the signal aborts; `stop` ends the wait. */
function limit(
  ms: number,
  signal: AbortSignal | undefined,
): { readonly passed: Promise<never>; readonly stop: () => void } {
  let stop: () => void = () => undefined;
  const passed = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new DeadlinePassed()), ms);
    const onAbort = (): void => reject(signal ? abortError(signal) : new MigrationError('cancelled'));
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
  });
  passed.catch(() => undefined);
  return { passed, stop };
}

class DeadlinePassed extends Error {}

/** Runs work that must end within `ms`. @throws MigrationError `unreachable-host` with reason `timeout` where it does not. */
export async function within<T>(work: Promise<T>, ms: number, signal: AbortSignal | undefined): Promise<T> {
  const { passed, stop } = limit(ms, signal);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, passed]);
  } catch (error) {
    throw error instanceof DeadlinePassed ? new MigrationError('unreachable-host', { reason: 'timeout' }) : error;
  } finally {
    stop();
  }
}

/**
 * Connects with the given driver within `budgetMs`.
 * @throws MigrationError `unreachable-host`, `tls-failed`, `authentication-failed`, `bad-connection-string`, `file-failed`, `cancelled`;
 * WireVersionMismatch where another driver has to be tried.
 */
export async function openClient(
  driver: Driver,
  settings: ClientSettings,
  budgetMs: number,
  signal?: AbortSignal,
): Promise<OpenedClient> {
  const started = Date.now();
  await checkFiles(settings);
  const secrets = secretsOf(settings);
  const hasCredentials = settings.connectionString.username !== undefined;
  let client: MongoClient;
  try {
    client = new driver.MongoClient(
      settings.connectionString.reveal(),
      driverOptions(settings, Math.ceil(budgetMs * 0.6)),
    );
  } catch (error) {
    throw toMigrationError(error, { secrets, hasCredentials });
  }
  const watched = watch(client);
  // A fifth of the budget is kept for finding out why a server closed the door.
  const { passed, stop } = limit(budgetMs * 0.8, signal);
  try {
    const connecting = client.connect();
    connecting.catch(() => undefined);
    await Promise.race([connecting, watched.hopeless, passed]);
    return { client, topology: watched.topology };
  } catch (error) {
    void client.close().catch(() => undefined);
    if (error instanceof WireVersionMismatch || MigrationError.is(error)) throw error;
    const known =
      isServerError(error) ||
      (error instanceof Error && /^Mongo(Parse|InvalidArgument|MissingCred|API)/.test(error.name));
    if (known) throw toMigrationError(error, { secrets, hasCredentials });
    throw await explainFailure({
      hosts: watched.failures(),
      seeds: settings.connectionString.hosts,
      answered: watched.answered(),
      tls: usesTls(settings),
      srv: settings.connectionString.isSrv,
      hasClientCertificate:
        settings.tlsCertificateKeyFile !== undefined ||
        settings.connectionString.option('tlsCertificateKeyFile') !== undefined,
      secrets,
      cause: error instanceof DeadlinePassed ? undefined : error,
      remainingMs: budgetMs - (Date.now() - started),
    });
  } finally {
    stop();
  }
}
