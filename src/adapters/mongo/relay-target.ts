import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { MigrationError } from '../../core/model/error.js';
import type { ClusterSession } from '../../engine/ports.js';
import { hostName, hostPort, type ConnectionString } from './connection-string.js';

/** Where the throttle relay connects to: one server, by TCP or TLS. */
export interface RelayTarget {
  readonly host: string;
  readonly port: number;
  readonly tls?: ConnectionOptions;
}

export interface RelayTlsFiles {
  readonly tlsCAFile?: string;
  readonly tlsCertificateKeyFile?: string;
  readonly tlsCertificateKeyFilePassword?: string;
}

/** TLS options of a connection string that only a loopback relay takes over from the tool. */
const TLS_OPTIONS = [
  'ssl',
  'tlsCAFile',
  'sslCertificateAuthorityFile',
  'tlsCertificateKeyFile',
  'sslClientCertificateKeyFile',
  'tlsInsecure',
  'tlsAllowInvalidCertificates',
  'tlsAllowInvalidHostnames',
  'tlsDisableOCSPEndpointCheck',
  'tlsDisableCertificateRevocationCheck',
];

/** The server that takes the writes: the primary of a replica set, else the one that answered. */
async function writableHost(session: ClusterSession): Promise<string> {
  const hello = await session.command('admin', { hello: 1 });
  const primary: unknown = hello['primary'] ?? hello['me'];
  const host = typeof primary === 'string' && session.facts.hosts.length > 1 ? primary : session.facts.hosts[0];
  if (host === undefined) throw new MigrationError('target-not-ready', { reason: 'no-writable-server' });
  return host;
}

/**
 * Where and how the relay connects to a target that was connected to before.
 * @throws MigrationError `target-not-ready` where no server takes writes, `file-failed` where a certificate cannot be read.
 */
export async function relayTarget(
  session: ClusterSession,
  connectionString: ConnectionString,
  files: RelayTlsFiles = {},
): Promise<RelayTarget> {
  const server = await writableHost(session);
  const where = { host: hostName(server), port: hostPort(server) };
  if (!connectionString.tls) return where;
  const caFile = files.tlsCAFile ?? connectionString.option('tlsCAFile');
  const keyFile = files.tlsCertificateKeyFile ?? connectionString.option('tlsCertificateKeyFile');
  const passphrase = files.tlsCertificateKeyFilePassword ?? connectionString.option('tlsCertificateKeyFilePassword');
  const says = (name: string): boolean => connectionString.option(name)?.toLowerCase() === 'true';
  const anyCertificate = says('tlsInsecure') || says('tlsAllowInvalidCertificates');
  const anyName = says('tlsInsecure') || says('tlsAllowInvalidHostnames');
  const keyPair = keyFile === undefined ? undefined : await readPem(keyFile);
  return {
    ...where,
    tls: {
      ...(caFile === undefined ? {} : { ca: await readPem(caFile) }),
      ...(keyPair === undefined ? {} : { cert: keyPair, key: keyPair }),
      ...(passphrase === undefined ? {} : { passphrase }),
      rejectUnauthorized: !anyCertificate,
      ...(anyName ? { checkServerIdentity: () => undefined } : {}),
    },
  };
}

async function readPem(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new MigrationError('file-failed', { path, reason: 'not-readable' }, { cause });
  }
}

/**
 * The target's connection string with the relay in the place of its servers; TLS is made by the relay. Still holds the secret of the original.
 * A write concern of 0 is left out: with it a tool is done before its writes are, and knows nothing of their fate.
 */
export function throughRelay(connectionString: ConnectionString, relayPort: number): ConnectionString {
  const silent = connectionString.option('w') === '0';
  const removed = Object.fromEntries(TLS_OPTIONS.map((name) => [name, undefined]));
  return connectionString.direct(`127.0.0.1:${relayPort}`, {
    ...removed,
    ...(silent ? { w: undefined } : {}),
    tls: 'false',
    compressors: undefined,
    retryWrites: 'false',
  });
}
