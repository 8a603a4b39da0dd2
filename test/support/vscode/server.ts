/** A real VS Code, as a server, with a profile of its own. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { CodeServer } from '../../../scripts/vscode/code-server.js';

/** What would ask, fetch, animate or draw on a canvas is off; the rest is as a new user has it. */
export const EDITOR_SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.editor.useModal': 'off',
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'window.commandCenter': false,
  'window.confirmBeforeClose': 'never',
  'editor.accessibilitySupport': 'off',
  // Text of a canvas cannot be read.
  'terminal.integrated.gpuAcceleration': 'off',
} as const;

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 3_000;
const POLL_MS = 100;

export interface ServerOptions {
  /** Holds the profile and the logs; the caller removes it. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Those that a folder or a synchronised profile may not set. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  readonly vsix?: string;
  /** False: folders are trusted, as in tests of anything but trust. */
  readonly workspaceTrust?: boolean;
  readonly port?: number;
}

export interface RunningServer extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly logPath: string;
  readonly userFolder: string;
  stop(): Promise<void>;
}

/** The window's address; without `workspace` an empty window. */
export function windowUrl(server: Pick<RunningServer, 'url'>, workspace?: string): string {
  if (workspace === undefined) return `${server.url}/?ew=true`;
  return `${server.url}/?folder=${encodeURIComponent(workspace).replaceAll('%2F', '/')}`;
}

/** Nothing of the machine's own VS Code, of npm or of a surrounding code-server decides how this one behaves. */
function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|npm_|ELECTRON_|CODE_SERVER|VITEST|NODE_OPTIONS$|PORT$|PASSWORD$)/.test(name),
  );
  // No marketplace: nothing of a test may depend on what is reachable.
  return { ...Object.fromEntries(kept), EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...extra };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function statusOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    get(url, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    }).on('error', () => resolve(0));
  });
}

/** Starts it and waits until it answers. A VSIX is installed into its profile first. */
export async function startServer(code: CodeServer, options: ServerOptions): Promise<RunningServer> {
  const userFolder = join(options.folder, 'user');
  const config = join(userFolder, 'code-server.yaml');
  await mkdir(join(userFolder, 'User'), { recursive: true });
  await writeFile(config, 'auth: none\n');
  await writeFile(
    join(userFolder, 'User', 'settings.json'),
    JSON.stringify({ ...EDITOR_SETTINGS, ...options.settings }, null, 2),
  );
  if (options.machineSettings !== undefined) {
    await mkdir(join(userFolder, 'Machine'), { recursive: true });
    await writeFile(join(userFolder, 'Machine', 'settings.json'), JSON.stringify(options.machineSettings));
  }
  const profile = [
    ...['--config', config, '--user-data-dir', userFolder],
    ...['--extensions-dir', join(options.folder, 'extensions')],
  ];
  const env = cleanEnvironment(options.env);
  if (options.vsix !== undefined) {
    await promisify(execFile)(code.node, [code.entry, ...profile, '--install-extension', options.vsix, '--force'], {
      env,
    });
  }
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const logPath = join(options.folder, 'code-server.log');
  const log = await open(logPath, 'w');
  const flags = [
    ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry', '--disable-update-check'],
    ...['--disable-getting-started-override', '--ignore-last-opened'],
    ...(options.workspaceTrust === true ? [] : ['--disable-workspace-trust']),
  ];
  // A group of its own: it has children and grandchildren, and one signal has to end them all.
  const child = spawn(code.node, [code.entry, ...profile, ...flags], {
    env,
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
  });
  await log.close();
  guard(child);
  const stop = (): Promise<void> => stopGroup(child);
  const deadline = Date.now() + START_LIMIT_MS;
  while ((await statusOf(`${url}/healthz`)) !== 200) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`code-server did not start\n${await readFile(logPath, 'utf8')}`);
    }
    await delay(POLL_MS);
  }
  return { port, url, logPath, userFolder, stop, [Symbol.asyncDispose]: stop };
}

/** Ends the group when this process is gone however it went: the guard reads from a pipe that only this process holds open. */
function guard(child: ChildProcess): void {
  const argv = ['-c', 'read -r _; kill -9 -- "-$0" 2>/dev/null', String(child.pid)];
  const watcher = spawn('sh', argv, { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  watcher.once('error', () => undefined);
  watcher.unref();
  child.once('exit', () => watcher.kill('SIGKILL'));
}

async function stopGroup(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(-pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();
  signal('SIGTERM');
  await Promise.race([gone, delay(STOP_LIMIT_MS, undefined, { ref: false })]);
  // Also what the server has left behind.
  signal('SIGKILL');
}
