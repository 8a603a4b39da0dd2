/** The command line as its users have it: one bundled file, run as a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCli } from '../../scripts/bundle.js';
import { findTestTool } from './tools.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it has written so far, both streams. */
  text(): string;
  /** Resolves when the text has been written; rejects when the process ends before. */
  waitFor(text: string): Promise<void>;
  readonly ended: Promise<CliResult>;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The largest file that the system lets it write, in KB: what is beyond fails as on a full disk, only with another code (EFBIG). */
  readonly largestFileKb?: number;
}

export interface Cli {
  readonly path: string;
  run(args: readonly string[], options: CliOptions): Promise<CliResult>;
  start(args: readonly string[], options: CliOptions): Promise<RunningCli>;
  remove(): Promise<void>;
}

/** Builds a bundle of its own, so that test files do not wait for each other. It lies in the work tree, as the real one does. */
export async function buildCli(name: string): Promise<Cli> {
  const folder = join(ROOT, 'node_modules', '.cache', `mcm-cli-${name}-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'cli.cjs');
  await bundleCli(path);
  const start = async (args: readonly string[], options: CliOptions): Promise<RunningCli> =>
    launch(path, args, options);
  return {
    path,
    start,
    run: async (args, options) => (await start(args, options)).ended,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function launch(path: string, args: readonly string[], options: CliOptions): Promise<RunningCli> {
  const argv = [process.execPath, path, ...args];
  // bash counts in KB, other shells in blocks of half of it.
  const limited = ['bash', '-c', 'ulimit -f "$0" && exec "$@"', String(options.largestFileKb), ...argv];
  const [file = '', ...rest] = options.largestFileKb === undefined ? argv : limited;
  const child = spawn(file, rest, {
    cwd: options.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing of the developer's own environment decides how a test ends.
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: options.cwd,
      MCM_RUNS: join(options.cwd, 'runs'),
      MCM_MONGODUMP: await findTestTool('mongodump'),
      MCM_MONGORESTORE: await findTestTool('mongorestore'),
      MCM_MONGOEXPORT: await findTestTool('mongoexport'),
      MCM_MONGOIMPORT: await findTestTool('mongoimport'),
      ...options.env,
    },
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  const tell = (): void => watchers.forEach((watcher) => watcher());
  child.stdout.on('data', (chunk: Buffer) => ((stdout += chunk.toString()), tell()));
  child.stderr.on('data', (chunk: Buffer) => ((stderr += chunk.toString()), tell()));
  const ended = new Promise<CliResult>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  const text = (): string => `${stdout}${stderr}`;
  return {
    child,
    pid: child.pid ?? -1,
    text,
    ended,
    waitFor: (wanted) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!text().includes(wanted)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        void ended.then(({ code }) => reject(new Error(`ended with ${code} before "${wanted}"\n${text()}`)));
        look();
      }),
  };
}
