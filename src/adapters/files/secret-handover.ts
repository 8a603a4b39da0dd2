/**
 * Gives connection strings to a runner without argv, environment or file: over a private local socket, to the first who asks, once.
 * On Unix the socket lies in a folder that only this user can enter; on Windows the pipe's random name is what protects it.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MigrationError } from '../../core/model/error.js';
import type { Clock } from '../../engine/ports.js';
import { fileFailed, PRIVATE_FOLDER } from './durable.js';

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
const ASK_FOR_MS = 10_000;
/** Two connection strings are far shorter; whatever sends more is no server of ours. */
const LONGEST_LINE = 64 * 1024;

/** Serves one reader and is gone. @throws MigrationError `file-failed` where no socket can be made. */
export async function serveSecrets(
  secrets: HandedSecrets,
  options: { readonly clock: Clock; readonly timeoutMs?: number; readonly signal?: AbortSignal },
): Promise<SecretServer> {
  const place = await makePlace();
  const server = createServer();
  const over = new AbortController();
  const { source, target, sourceFiles, targetFiles } = secrets;
  const line = `${JSON.stringify({ source, target, sourceFiles, targetFiles })}\n`;
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
    await listen(server, place.path);
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

async function makePlace(): Promise<{ path: string; remove(): Promise<void> }> {
  const name = randomBytes(16).toString('hex');
  if (process.platform === 'win32') {
    return { path: `\\\\.\\pipe\\mcm-${name}`, remove: () => Promise.resolve() };
  }
  try {
    // A short name: a socket's path may have 104 bytes on macOS (sys/un.h).
    const folder = await mkdtemp(join(tmpdir(), 'mcm-'));
    await chmod(folder, PRIVATE_FOLDER);
    return { path: join(folder, name), remove: () => rm(folder, { recursive: true, force: true }) };
  } catch (error) {
    throw fileFailed(error, tmpdir(), 'make-folder');
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      // Nothing that the server meets from now on may end the process.
      server.on('error', () => undefined);
      resolve();
    });
  });
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

function readLine(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      text += part;
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
      else if (text.length > LONGEST_LINE) reject(new Error('too long'));
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
  });
}

function parseSecrets(line: string): HandedSecrets | undefined {
  const { source, target, sourceFiles, targetFiles } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  if (!isText(source) && !isText(target)) return undefined;
  return {
    ...(isText(source) ? { source, sourceFiles: parseFiles(sourceFiles) } : {}),
    ...(isText(target) ? { target, targetFiles: parseFiles(targetFiles) } : {}),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function parseFiles(value: unknown): HandedFiles {
  const { tlsCAFile, tlsCertificateKeyFile } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...(isText(tlsCAFile) ? { tlsCAFile } : {}),
    ...(isText(tlsCertificateKeyFile) ? { tlsCertificateKeyFile } : {}),
  };
}
