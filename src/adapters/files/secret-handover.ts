/**
 * Gives connection strings to a runner without argv, environment or file: over a private local socket, to the first who asks, once.
 * On Unix the socket lies in a folder that only this user can enter; on Windows the pipe's random name is what protects it.
 */
import { connect, createServer, type Socket } from 'node:net';
import { MigrationError } from '../../core/model/error.js';
import type { Clock } from '../../engine/ports.js';
import { fileFailed } from './durable.js';
import { listenOn, makeSocketPlace, readLine } from './private-socket.js';

/** The variable that tells a runner where to ask. It holds an address, no secret. */
export const SECRETS_PIPE = 'MCM_SECRETS_PIPE';

/** Certificates of a connection: whom it trusts and as whom it comes. */
export interface HandedFiles {
  readonly tlsCAFile?: string;
  readonly tlsCertificateKeyFile?: string;
}

/** Whole connection strings, passwords included, and the certificates they are to be used with: those that a plan file names may be anybody's. */
export interface HandedSecrets {
  readonly source?: string;
  readonly target?: string;
  readonly sourceFiles?: HandedFiles;
  readonly targetFiles?: HandedFiles;
  /** Where tokens for Azure are to be had as long as the window lives, and the word that opens it. */
  readonly tokens?: HandedTokens;
  /** Address with a signature of a blob container that holds a dump: DMS reads it in the source's place. */
  readonly dumpUrl?: string;
  /** A personal access token of Databricks, where the sign-in to Azure does not do. */
  readonly databricksToken?: string;
}

/** See `adapters/azure/token-handover.ts`. */
export interface HandedTokens {
  readonly path: string;
  readonly key: string;
}

export interface SecretServer {
  /** For {@link SECRETS_PIPE}. */
  readonly path: string;
  /** How it came to its end; never rejects. */
  readonly served: Promise<'served' | 'timed-out' | 'closed'>;
  close(): Promise<void>;
}

/** A terminal that opens slowly, on a machine under load, asks within this. */
const SERVE_FOR_MS = 60_000;
/** Judged: the window that serves is on this machine and answers at once, unless it is gone. */
const ASK_FOR_MS = 10_000;

/** Serves one reader and is gone. @throws MigrationError `file-failed` where no socket can be made. */
export async function serveSecrets(
  secrets: HandedSecrets,
  options: { readonly clock: Clock; readonly timeoutMs?: number; readonly signal?: AbortSignal },
): Promise<SecretServer> {
  const place = await makeSocketPlace();
  const server = createServer();
  const over = new AbortController();
  const { source, target, sourceFiles, targetFiles, tokens, dumpUrl, databricksToken } = secrets;
  const handed = { source, target, sourceFiles, targetFiles, tokens, dumpUrl, databricksToken };
  const line = `${JSON.stringify(handed)}\n`;
  let finish: (how: 'served' | 'timed-out' | 'closed') => void = () => undefined;
  const ended = new Promise<'served' | 'timed-out' | 'closed'>((resolve) => (finish = resolve));
  let taken = false;
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined);
    if (taken) {
      socket.destroy();
      return;
    }
    taken = true;
    socket.end(line, () => finish('served'));
    socket.once('close', () => finish('served'));
  });
  try {
    await listenOn(server, place.path);
  } catch (error) {
    await place.remove();
    throw fileFailed(error, place.path, 'listen');
  }
  options.signal?.addEventListener('abort', () => finish('closed'), { once: true });
  if (options.signal?.aborted) finish('closed');
  void options.clock.sleep(options.timeoutMs ?? SERVE_FOR_MS, over.signal).then(
    () => finish('timed-out'),
    () => undefined,
  );
  const served = ended.then(async (how) => {
    over.abort();
    server.close();
    await place.remove().catch(() => undefined);
    return how;
  });
  return {
    path: place.path,
    served,
    async close() {
      finish('closed');
      await served;
    },
  };
}

/**
 * Asks for the connection strings. The answer is in memory only.
 * @throws MigrationError `secret-unavailable` (`handover-gone`) where nobody answers: the window that started this has gone, or they were handed over already.
 */
export async function receiveSecrets(
  path: string,
  options: { readonly clock: Clock; readonly timeoutMs?: number },
): Promise<HandedSecrets> {
  const over = new AbortController();
  const socket = connect(path);
  try {
    const line = await Promise.race([
      readLine(socket),
      options.clock.sleep(options.timeoutMs ?? ASK_FOR_MS, over.signal).then(() => undefined),
    ]);
    const secrets = line === undefined ? undefined : parseSecrets(line);
    if (secrets) return secrets;
  } catch {
    // Told below: the system's words would only name the socket.
  } finally {
    over.abort();
    socket.destroy();
  }
  throw new MigrationError('secret-unavailable', { reason: 'handover-gone' });
}

function parseSecrets(line: string): HandedSecrets | undefined {
  const parsed: unknown = JSON.parse(line);
  // What needs no cluster may be handed a token alone, or nothing where the terminal signs in by itself.
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { source, target, sourceFiles, targetFiles, tokens, dumpUrl, databricksToken } = parsed as Readonly<
    Record<string, unknown>
  >;
  return {
    ...(isText(source) ? { source, sourceFiles: parseFiles(sourceFiles) } : {}),
    ...(isText(target) ? { target, targetFiles: parseFiles(targetFiles) } : {}),
    ...(isTokens(tokens) ? { tokens } : {}),
    ...(isText(dumpUrl) ? { dumpUrl } : {}),
    ...(isText(databricksToken) ? { databricksToken } : {}),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTokens(value: unknown): value is HandedTokens {
  const { path, key } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return isText(path) && isText(key);
}

function parseFiles(value: unknown): HandedFiles {
  const { tlsCAFile, tlsCertificateKeyFile } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...(isText(tlsCAFile) ? { tlsCAFile } : {}),
    ...(isText(tlsCertificateKeyFile) ? { tlsCertificateKeyFile } : {}),
  };
}
