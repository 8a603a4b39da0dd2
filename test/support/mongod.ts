/** Starts a real mongod for tests and for the demo. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MongoClient, MongoServerError, type MongoClientOptions } from 'mongodb';
import { mongodPath } from './mongod-binary.js';
import { makeTempFolder } from './temp.js';

interface MongodTls {
  readonly mode: 'requireTLS';
  readonly certificateKeyFile: string;
  readonly caFile?: string;
  readonly allowConnectionsWithoutCertificates?: boolean;
}

export interface MongodOptions {
  readonly replSet?: string;
  readonly auth?: { readonly user: string; readonly password: string };
  readonly tls?: MongodTls;
  readonly args?: readonly string[];
  /** An existing data folder, kept at the end. Without it a fresh one is made and removed. */
  readonly dbPath?: string;
  readonly port?: number;
  /** What the server logs goes here too; whole when `stop` has resolved. */
  readonly logFile?: string;
}

export interface RunningMongod extends AsyncDisposable {
  /** `mongodb://127.0.0.1:PORT/?directConnection=true`, without credentials. */
  readonly uri: string;
  readonly port: number;
  readonly pid: number;
  readonly dbPath: string;
  /** Asks it to end, waits, and removes a data folder that was made here. */
  stop(): Promise<void>;
  /** SIGKILL; waits. The data folder stays (a crash is what is wanted), until `stop`. */
  kill(): Promise<void>;
}

const START_LIMIT_MS = 60_000;
/** Another process can take a free port between its choice and its use. */
const PORT_ATTEMPTS = 5;
const KEPT_LOG_LINES = 40;

/**
 * Ends the server, and removes its folder where it was made here, when this process is gone however it went: the guard reads from a
 * pipe that only this process holds open. In a group of its own, so that Ctrl+C in a terminal does not end it first.
 */
function guard(server: ChildProcess, folder: string | undefined): void {
  const script = 'read -r _; kill -9 "$0" 2>/dev/null; [ -z "$1" ] || { sleep 0.2; rm -rf -- "$1"; }';
  const argv = ['-c', script, String(server.pid), folder ?? ''];
  const watcher = spawn('sh', argv, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  // Without sh there is no guard: then only `stop` ends the server.
  watcher.once('error', () => undefined);
  watcher.unref();
  server.once('exit', () => watcher.kill('SIGKILL'));
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

class PortTaken extends Error {}

/** Watches the server's log: resolves `waitFor(text)` at the line that has it, rejects when the process ends first. */
class ServerLog {
  readonly #recent: string[] = [];
  readonly #seen: string[] = [];
  readonly #waiting = new Set<{ text: string; resolve: () => void; reject: (error: Error) => void }>();
  #ended: Error | undefined;
  static readonly #MARKS = ['waiting for connections', 'transition to primary complete'];

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#onLine(line));
    }
    child.once('error', (error) => this.#end(error));
    child.once('close', (code, signal) => {
      const text = this.#recent.join('\n');
      const Kind = /address already in use/i.test(text) ? PortTaken : Error;
      this.#end(new Kind(`mongod ended (exit ${code ?? signal ?? '?'})\n${text}`));
    });
  }

  waitFor(text: string): Promise<void> {
    if (this.#seen.includes(text)) return Promise.resolve();
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => entry.reject(new Error(`mongod did not say "${text}"\n${this.#recent.join('\n')}`)),
        START_LIMIT_MS,
      );
      const entry = {
        text,
        resolve: () => (clearTimeout(timer), this.#waiting.delete(entry), resolve()),
        reject: (error: Error) => (clearTimeout(timer), this.#waiting.delete(entry), reject(error)),
      };
      this.#waiting.add(entry);
    });
  }

  #onLine(line: string): void {
    this.#recent.push(line);
    if (this.#recent.length > KEPT_LOG_LINES) this.#recent.shift();
    const lower = line.toLowerCase();
    for (const mark of ServerLog.#MARKS) {
      if (!lower.includes(mark)) continue;
      this.#seen.push(mark);
      for (const entry of [...this.#waiting]) if (entry.text === mark) entry.resolve();
    }
  }

  #end(error: Error): void {
    this.#ended = error;
    for (const entry of [...this.#waiting]) entry.reject(error);
  }
}

function tlsArguments(tls: MongodTls): string[] {
  return [
    ...['--tlsMode', tls.mode, '--tlsCertificateKeyFile', tls.certificateKeyFile],
    ...(tls.caFile === undefined ? [] : ['--tlsCAFile', tls.caFile]),
    ...(tls.allowConnectionsWithoutCertificates ? ['--tlsAllowConnectionsWithoutCertificates'] : []),
  ];
}

async function serverArguments(options: MongodOptions, dbPath: string, port: number): Promise<string[]> {
  const args = ['--dbpath', dbPath, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'];
  args.push('--wiredTigerCacheSizeGB', '0.25', '--setParameter', 'diagnosticDataCollectionEnabled=false');
  if (options.tls) args.push(...tlsArguments(options.tls));
  if (options.replSet !== undefined) {
    args.push('--replSet', options.replSet, '--setParameter', 'shutdownTimeoutMillisForSignaledShutdown=100');
  }
  if (options.auth) args.push('--auth');
  if (options.auth && options.replSet !== undefined) {
    const keyFile = join(dbPath, 'members.key');
    await writeFile(keyFile, randomBytes(96).toString('base64'), { flag: 'wx' }).catch(ignoreExisting);
    await chmod(keyFile, 0o600);
    args.push('--keyFile', keyFile);
  }
  return [...args, ...(options.args ?? [])];
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** Through the localhost exception: starts the replica set, makes the user. Both are there already where a data folder is used again. */
async function initialise(options: MongodOptions, uri: string, port: number, log: ServerLog): Promise<void> {
  if (options.replSet === undefined && !options.auth) return;
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 10_000, ...tlsClientOptions(options.tls) });
  try {
    const admin = client.db('admin');
    if (options.replSet !== undefined) {
      const config = { _id: options.replSet, members: [{ _id: 0, host: `127.0.0.1:${port}` }] };
      await admin.command({ replSetInitiate: config }).catch(ignoreCodes(23, 13));
      await log.waitFor('transition to primary complete');
    }
    if (options.auth) {
      const user = { createUser: options.auth.user, pwd: options.auth.password, roles: ['root'] };
      await admin.command(user).catch(ignoreCodes(51003, 13));
    }
  } finally {
    await client.close();
  }
}

function tlsClientOptions(tls: MongodTls | undefined): MongoClientOptions {
  if (!tls) return {};
  const ownCertificate = tls.caFile !== undefined && !tls.allowConnectionsWithoutCertificates;
  return {
    tls: true,
    tlsAllowInvalidCertificates: true,
    tlsAllowInvalidHostnames: true,
    ...(ownCertificate ? { tlsCertificateKeyFile: tls.certificateKeyFile } : {}),
  };
}

function ignoreCodes(...codes: number[]): (error: unknown) => void {
  return (error) => {
    if (error instanceof MongoServerError && codes.includes(Number(error.code))) return;
    throw error;
  };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'exit');
  child.kill(signal);
  await closed;
}

/** Starts a mongod on loopback and waits until it takes connections (a replica set: until it is primary). */
export async function startMongod(options: MongodOptions = {}): Promise<RunningMongod> {
  const binary = await mongodPath();
  const folder = options.dbPath === undefined ? await makeTempFolder('mongod') : undefined;
  const dbPath = options.dbPath ?? folder?.path ?? '';
  await mkdir(dbPath, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const args = await serverArguments(options, dbPath, port);
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    guard(child, folder?.path);
    const log = new ServerLog(child);
    const kept = options.logFile === undefined ? undefined : child.stdout.pipe(createWriteStream(options.logFile));
    const keptWhole = kept && once(kept, 'close');
    const uri = `mongodb://127.0.0.1:${port}/?directConnection=true${options.tls ? '&tls=true' : ''}`;
    try {
      await log.waitFor('waiting for connections');
      await initialise(options, uri, port, log);
    } catch (error) {
      await ended(child, 'SIGKILL');
      if (error instanceof PortTaken && options.port === undefined && attempt < PORT_ATTEMPTS) continue;
      await folder?.remove();
      throw error;
    }
    const stop = async (): Promise<void> => {
      await ended(child, 'SIGTERM');
      await keptWhole;
      await folder?.remove();
    };
    const kill = (): Promise<void> => ended(child, 'SIGKILL');
    return { uri, port, pid: child.pid ?? -1, dbPath, stop, kill, [Symbol.asyncDispose]: stop };
  }
}
