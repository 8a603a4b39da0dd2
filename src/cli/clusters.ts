/** From options to connected clusters: finds the connection string, then its password, and keeps the latter out of everything. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MigrationError } from '../core/model/error.js';
import type { ClusterReference } from '../core/model/plan.js';
import { URI_VARIABLE, type ClusterOptions, type Side } from './cluster-options.js';
import type { CommandContext, ConnectedCluster, ConnectionString } from './context.js';

/** A cluster as the user named it, ready to be connected to. */
export interface ResolvedCluster {
  readonly side: Side;
  /** For the plan: no secret in it. */
  readonly reference: ClusterReference;
  /** With the password. */
  readonly connectionString: ConnectionString;
}

/** Mechanisms that want no password. */
const WITHOUT_PASSWORD: ReadonlySet<string> = new Set(['MONGODB-X509', 'GSSAPI', 'MONGODB-OIDC', 'MONGODB-AWS']);

type PasswordSource = NonNullable<ClusterReference['passwordFrom']>;

/**
 * Finds a side's connection string in the options or in the environment, and its password where the options say.
 * @throws MigrationError `bad-option`, `bad-connection-string`, `secret-unavailable`, `file-failed`.
 */
export async function resolveCluster(
  side: Side,
  options: ClusterOptions,
  context: CommandContext,
): Promise<ResolvedCluster> {
  const handed = await handedOver(side, context);
  if (
    handed &&
    (options.uri === undefined ||
      isSameCluster(handed.connectionString, context.adapters.parseConnectionString(options.uri)))
  ) {
    const { connectionString, files } = handed;
    const { name = connectionString.hosts[0] ?? side } = options;
    const uri = connectionString.withoutPassword().reveal();
    return { side, reference: { name, uri, ...files, ...tlsFiles(options, context.cwd) }, connectionString };
  }
  const { text, fromEnvironment } = connectionText(side, options, context);
  const parsed = context.adapters.parseConnectionString(text);
  context.output.protect(parsed.secrets);
  if (!fromEnvironment && parsed.secrets.length > 0) {
    throw new MigrationError('bad-option', {
      option: `--${side}`,
      reason: 'password-in-arguments',
      variable: URI_VARIABLE[side],
    });
  }
  const chosen = chosenSource(options, context.cwd);
  const inEnvironment = fromEnvironment && parsed.secrets.length > 0 ? { env: URI_VARIABLE[side] } : undefined;
  const from = chosen ?? inEnvironment ?? (needsPassword(parsed) ? { prompt: true as const } : undefined);
  const reference: ClusterReference = {
    name: options.name ?? parsed.hosts[0] ?? side,
    uri: parsed.withoutPassword().reveal(),
    ...(from === undefined ? {} : { passwordFrom: from }),
    ...tlsFiles(options, context.cwd),
  };
  if (chosen === undefined && inEnvironment !== undefined) return { side, reference, connectionString: parsed };
  return { side, reference, connectionString: await withSecret(side, reference, context) };
}

/**
 * A cluster of a plan. Options overrule the plan's word on where the password is; `MCM_SOURCE_URI` and `MCM_TARGET_URI` are looked at
 * where the plan has none.
 * @throws MigrationError as {@link resolveCluster}.
 */
export async function resolveReference(
  side: Side,
  planned: ClusterReference,
  options: ClusterOptions,
  context: CommandContext,
): Promise<ResolvedCluster> {
  const chosen = chosenSource(options, context.cwd);
  const reference: ClusterReference = {
    ...planned,
    ...(chosen === undefined ? {} : { passwordFrom: chosen }),
    ...tlsFiles(options, context.cwd),
  };
  const handed = await handedOver(side, context);
  if (handed) {
    const { connectionString, files } = handed;
    if (!isSameCluster(connectionString, context.adapters.parseConnectionString(planned.uri))) {
      throw unavailable(side, { reason: 'handover-other-cluster' });
    }
    // A plan file may come from anybody: it does not say whom a saved connection is to trust.
    const { name, uri } = reference;
    return { side, reference: { name, uri, ...files, ...tlsFiles(options, context.cwd) }, connectionString };
  }
  return { side, reference, connectionString: await withSecret(side, reference, context) };
}

interface HandedCluster {
  readonly connectionString: ConnectionString;
  readonly files: Pick<ClusterReference, 'tlsCAFile' | 'tlsCertificateKeyFile'>;
}

/** What the window that started this process gives for a side. */
async function handedOver(side: Side, context: CommandContext): Promise<HandedCluster | undefined> {
  const handed = await context.handedOver?.();
  const text = handed?.[side];
  if (handed === undefined || text === undefined) return undefined;
  const connectionString = context.adapters.parseConnectionString(text);
  context.output.protect(connectionString.secrets);
  return { connectionString, files: (side === 'source' ? handed.sourceFiles : handed.targetFiles) ?? {} };
}

/** The same servers as the same user; options may have been changed since the plan was made. */
function isSameCluster(a: ConnectionString, b: ConnectionString): boolean {
  const hosts = (c: ConnectionString): string =>
    [...c.hosts]
      .map((host) => host.toLowerCase())
      .sort()
      .join(',');
  return hosts(a) === hosts(b) && a.username === b.username;
}

function clusterText({ hosts, username }: ConnectionString): string {
  return username === undefined ? hosts.join(', ') : `${username} at ${hosts.join(', ')}`;
}

/** Connects; what is secret about the cluster is redacted from then on. @throws MigrationError as `connect`. */
export async function connectTo(cluster: ResolvedCluster, context: CommandContext): Promise<ConnectedCluster> {
  const { tlsCAFile, tlsCertificateKeyFile } = cluster.reference;
  const connecting = context.adapters.connect({
    connectionString: cluster.connectionString,
    ...(tlsCAFile === undefined ? {} : { tlsCAFile }),
    ...(tlsCertificateKeyFile === undefined ? {} : { tlsCertificateKeyFile }),
    clock: context.clock,
    signal: context.interruption.signal,
  });
  const connected = await connecting.catch((error: unknown) => {
    throw withSide(error, cluster.side);
  });
  context.output.protect(connected.secrets);
  return connected;
}

/** Both at once; where one fails, the other is closed again. The source's failure is told first. */
export async function connectBoth(
  source: ResolvedCluster,
  target: ResolvedCluster,
  context: CommandContext,
): Promise<{ source: ConnectedCluster; target: ConnectedCluster }> {
  const [first, second] = await Promise.allSettled([connectTo(source, context), connectTo(target, context)]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') {
    return { source: first.value, target: second.value };
  }
  for (const outcome of [first, second]) if (outcome.status === 'fulfilled') await outcome.value.close();
  throw first.status === 'rejected' ? first.reason : second.status === 'rejected' ? second.reason : undefined;
}

/** Says which of the two clusters an error is about. */
function withSide(error: unknown, side: Side): unknown {
  if (!MigrationError.is(error) || error.code === 'cancelled') return error;
  return new MigrationError(error.code, { ...error.facts, side }, { cause: error.cause });
}

function connectionText(
  side: Side,
  options: ClusterOptions,
  context: CommandContext,
): { text: string; fromEnvironment: boolean } {
  if (options.uri !== undefined) return { text: options.uri, fromEnvironment: false };
  const text = context.env[URI_VARIABLE[side]];
  if (text) return { text, fromEnvironment: true };
  throw new MigrationError('bad-option', { option: `--${side}`, reason: 'missing', variable: URI_VARIABLE[side] });
}

function chosenSource(options: ClusterOptions, cwd: string): PasswordSource | undefined {
  if (options.passwordEnv !== undefined) return { env: options.passwordEnv };
  if (options.passwordFile !== undefined) return { file: resolve(cwd, options.passwordFile) };
  return undefined;
}

function tlsFiles(options: ClusterOptions, cwd: string): Pick<ClusterReference, 'tlsCAFile' | 'tlsCertificateKeyFile'> {
  const { tlsCaFile, tlsCertificateKeyFile } = options;
  return {
    ...(tlsCaFile === undefined ? {} : { tlsCAFile: resolve(cwd, tlsCaFile) }),
    ...(tlsCertificateKeyFile === undefined ? {} : { tlsCertificateKeyFile: resolve(cwd, tlsCertificateKeyFile) }),
  };
}

function needsPassword(parsed: ConnectionString): boolean {
  const mechanism = parsed.option('authMechanism')?.toUpperCase();
  return parsed.username !== undefined && !(mechanism !== undefined && WITHOUT_PASSWORD.has(mechanism));
}

async function withSecret(side: Side, reference: ClusterReference, context: CommandContext): Promise<ConnectionString> {
  const parsed = context.adapters.parseConnectionString(reference.uri);
  const from = reference.passwordFrom ?? (needsPassword(parsed) ? ({ prompt: true } as const) : undefined);
  if (from === undefined) return parsed;
  if ('prompt' in from && !needsPassword(parsed)) return parsed;
  const secret = await readSecret(side, from, parsed, context);
  if (!/^mongodb(\+srv)?:\/\//.test(secret)) {
    context.output.protect([secret]);
    return parsed.withPassword(secret);
  }
  // It holds a whole connection string. Where that is the plan's to the letter, all its secrets count; else its password alone.
  const whole = context.adapters.parseConnectionString(secret);
  context.output.protect(whole.secrets);
  if (whole.withoutPassword().reveal() === parsed.reveal()) return whole;
  // A password is not shown to another cluster than its own, nor does a run go elsewhere than its user has just said.
  if (!isSameCluster(whole, parsed)) {
    throw unavailable(side, {
      reason: 'uri-of-other-cluster',
      given: clusterText(whole),
      planned: clusterText(parsed),
    });
  }
  if (whole.password === undefined) throw unavailable(side, { reason: 'no-password-in-uri' });
  return parsed.withPassword(whole.password);
}

async function readSecret(
  side: Side,
  from: PasswordSource,
  parsed: ConnectionString,
  context: CommandContext,
): Promise<string> {
  if ('env' in from) {
    const value = context.env[from.env];
    if (!value) throw unavailable(side, { reason: 'variable-not-set', variable: from.env });
    return value;
  }
  if ('file' in from) return readSecretFile(side, from.file);
  const whole = context.env[URI_VARIABLE[side]];
  if (whole) return whole;
  if (!context.prompts.possible) throw unavailable(side, { reason: 'no-terminal', variable: URI_VARIABLE[side] });
  const where = `${parsed.username ?? ''} at ${parsed.hosts[0] ?? side}`;
  const answer = await context.prompts.secret(`Password of ${where} (${side}):`, context.interruption.signal);
  if (answer === '') throw unavailable(side, { reason: 'empty' });
  return answer;
}

async function readSecretFile(side: Side, path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw unavailable(side, { reason: 'file-unreadable', path, code }, cause);
  }
  // An editor ends a file with a line end, which is no part of the password.
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw unavailable(side, { reason: 'file-empty', path });
  return secret;
}

function unavailable(side: Side, facts: Readonly<Record<string, string>>, cause?: unknown): MigrationError {
  return new MigrationError('secret-unavailable', { side, ...facts }, cause === undefined ? {} : { cause });
}
