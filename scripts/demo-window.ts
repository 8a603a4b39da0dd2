/** The demo's last part: VS Code on the demo's clusters, the packaged extension in it, ready to be clicked through. */
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { EDITOR_SETTINGS, startServer, windowUrl } from '../test/support/vscode/server.js';
import { makePackage } from './package.js';
import { setUpCodeServer } from './vscode/code-server.js';

/** Where VS Code keeps secrets in the browser, it keeps them by address: the same port finds them again. */
const PORT = 8790;

export interface DemoCluster {
  readonly name: string;
  readonly role: 'source' | 'target';
  /** With its password. */
  readonly uri: string;
}

export interface DemoWindow {
  /** What to tell: where it is and how to begin. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

export interface DemoWindowOptions {
  /** Of this demo; what is put there is removed by the caller. */
  readonly folder: string;
  /** What is opened; also where plans are saved. */
  readonly workspace: string;
  readonly clusters: readonly DemoCluster[];
  readonly environment: Readonly<Record<string, string>>;
  readonly print: (line: string) => void;
}

/** Opens the desktop's VS Code where `code` is on the path and there is a screen, else the one for the browser. Nothing where neither is to be had; `print` has been told why. */
export async function openDemoWindow(options: DemoWindowOptions): Promise<DemoWindow | undefined> {
  options.print('packaging the extension ...');
  const { path: vsix, problems } = await makePackage();
  for (const problem of problems) options.print(problem);
  const { connections, variables } = declared(options.clusters);
  const settings = { 'mongoCosmosMigration.connections': connections };
  const env = { ...options.environment, ...variables };
  const code = await desktopCode();
  return code === undefined ? inBrowser(vsix, settings, env, options) : onDesktop(code, vsix, settings, env, options);
}

/** The clusters as the settings name them: passwords are references to variables of the environment. */
function declared(clusters: readonly DemoCluster[]): {
  connections: readonly object[];
  variables: Record<string, string>;
} {
  const variables: Record<string, string> = {};
  const connections = clusters.map(({ name, role, uri }, i) => {
    const variable = `MCM_DEMO_PASSWORD_${i + 1}`;
    const connectionString = uri.replace(/:([^:@/]+)@/, (_, password: string) => {
      variables[variable] = decodeURIComponent(password);
      return `:\${env:${variable}}@`;
    });
    return { name, role, connectionString };
  });
  return { connections, variables };
}

async function inBrowser(
  vsix: string,
  settings: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>>,
  { folder, workspace, print }: DemoWindowOptions,
): Promise<DemoWindow | undefined> {
  const code = await setUpCodeServer((what) => print(`installing ${what} ...`));
  if (code.kind === 'missing') {
    print('VS Code could not be set up. Tried:');
    for (const line of code.tried) print(`  ${line}`);
    return undefined;
  }
  const port = (await isFree(PORT)) ? { port: PORT } : {};
  const server = await startServer(code, { folder: join(folder, 'vscode'), vsix, settings, env, ...port });
  return {
    lines: [
      `VS Code   ${windowUrl(server, workspace)}`,
      '',
      'Open that address in a browser on this machine. Everyone who is logged in to this machine can.',
    ],
    close: () => server.stop(),
  };
}

async function onDesktop(
  code: string,
  vsix: string,
  settings: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>>,
  { folder, workspace }: DemoWindowOptions,
): Promise<DemoWindow> {
  const user = join(folder, 'vscode', 'user');
  await mkdir(join(user, 'User'), { recursive: true });
  const all = { ...EDITOR_SETTINGS, ...settings };
  await writeFile(join(user, 'User', 'settings.json'), JSON.stringify(all, null, 2));
  const profile = ['--user-data-dir', user, '--extensions-dir', join(folder, 'vscode', 'extensions')];
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const whole = { ...process.env, ...env };
  await promisify(execFile)(code, [...profile, ...asRoot, '--install-extension', vsix, '--force'], { env: whole });
  const flags = ['--new-window', '--disable-workspace-trust', '--wait'];
  const window = spawn(code, [...profile, ...asRoot, ...flags, workspace], { env: whole, stdio: 'ignore' });
  return {
    lines: ['VS Code opens in a window of its own, with a profile of its own.'],
    close: async () => {
      if (window.exitCode !== null || window.signalCode !== null) return;
      const gone = once(window, 'exit');
      window.kill();
      await gone;
    },
  };
}

/** The `code` on the path, where a window can be shown. */
async function desktopCode(): Promise<string | undefined> {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return undefined;
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    const there = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== '' && there) return path;
  }
  return undefined;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = once(server, 'listening').then(
    () => true,
    () => false,
  );
  server.listen(port, '127.0.0.1');
  if (!(await listening)) return false;
  server.close();
  await once(server, 'close');
  return true;
}
