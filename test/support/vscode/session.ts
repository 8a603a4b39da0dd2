/** One window of VS Code with the packaged extension in it, for a test in a browser. */
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { setUpChromium } from '../../../scripts/vscode/chromium.js';
import { setUpCodeServer, type CodeServer } from '../../../scripts/vscode/code-server.js';
import { findTestTool } from '../tools.js';
import { makeTempFolder } from '../temp.js';
import { launchBrowser } from './browser.js';
import { remoteFolder, withDevelopmentOptions } from './development-options.js';
import { startServer, windowUrl, type RunningServer } from './server.js';
import { Workbench } from './workbench.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MICROSOFT_ACCOUNT = fileURLToPath(new URL('microsoft-account', import.meta.url));
const FAILURES = join(ROOT, 'node_modules', '.cache', 'mcm-failures');
/** Set by `npm run screenshots`: where the pictures of the README go. */
const SCREENSHOTS_VARIABLE = 'MCM_SCREENSHOTS';

export interface SessionOptions {
  /** Of the pictures of a failure. */
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Those that a folder or a synchronised profile may not set. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** Of the opened folder itself, `.vscode/settings.json`. */
  readonly workspaceSettings?: Readonly<Record<string, unknown>>;
  readonly workspaceTrust?: boolean;
  /** Stands in the place of VS Code's Microsoft account: whoever agrees to its question gets this token. */
  readonly accountToken?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface Session extends AsyncDisposable {
  readonly workbench: Workbench;
  readonly page: Page;
  readonly server: RunningServer;
  /** The opened folder. */
  readonly workspace: string;
  readonly runsFolder: string;
  /** Opens the window again, on the folder or on none. */
  openWindow(on: 'folder' | 'nothing'): Promise<void>;
  /** Opens another window on the same server and browser, as a person does with a second window. */
  secondWindow(): Promise<Workbench>;
  /** Takes a picture for the README, where pictures are asked for. */
  picture(name: string): Promise<void>;
  /** Which of all that this window has left hold one of the texts: the opened folder, run folders, VS Code's own folder with its logs and its state, what the server and the page's console say. */
  whatHolds(texts: readonly string[]): Promise<{ readonly holding: readonly string[]; readonly looked: number }>;
  /** What is on the screen and in the logs, for whoever reads the failure. Resolves with the folder. */
  saveFailure(): Promise<string>;
}

async function parts(): Promise<{ codeServer: CodeServer; chromium: string }> {
  const install = (what: string): void => void process.stdout.write(`installing ${what} ...\n`);
  const [codeServer, chromium] = await Promise.all([setUpCodeServer(install), setUpChromium(install)]);
  if (codeServer.kind === 'missing') throw new Error(['VS Code is missing', ...codeServer.tried].join('\n'));
  if (chromium.kind === 'missing') throw new Error(['Chromium is missing', ...chromium.tried].join('\n'));
  return { codeServer, chromium: chromium.path };
}

/** The package that `npm run package` has left. */
async function vsixPath(): Promise<string> {
  const dist = join(ROOT, 'dist');
  const name = (await readdir(dist)).find((file) => file.endsWith('.vsix'));
  if (name === undefined) throw new Error('there is no VSIX in dist; run npm run package');
  return join(dist, name);
}

async function toolVariables(): Promise<Record<string, string>> {
  return {
    MCM_MONGODUMP: await findTestTool('mongodump'),
    MCM_MONGORESTORE: await findTestTool('mongorestore'),
    MCM_MONGOEXPORT: await findTestTool('mongoexport'),
    MCM_MONGOIMPORT: await findTestTool('mongoimport'),
  };
}

export async function startSession(options: SessionOptions): Promise<Session> {
  const { codeServer, chromium } = await parts();
  const folder = await makeTempFolder('e2e');
  const workspace = join(folder.path, 'my-migration');
  const runsFolder = join(folder.path, 'runs');
  await mkdir(join(workspace, '.vscode'), { recursive: true });
  if (options.workspaceSettings !== undefined) {
    await writeFile(join(workspace, '.vscode', 'settings.json'), JSON.stringify(options.workspaceSettings));
  }
  const { accountToken } = options;
  const account = accountToken === undefined ? {} : { MCM_TEST_ACCOUNT_TOKEN: accountToken };
  const env = { MCM_RUNS: runsFolder, ...(await toolVariables()), ...account, ...options.env };
  const server = await startServer(codeServer, {
    folder: folder.path,
    vsix: await vsixPath(),
    env,
    ...(options.settings === undefined ? {} : { settings: options.settings }),
    ...(options.machineSettings === undefined ? {} : { machineSettings: options.machineSettings }),
    ...(options.workspaceTrust === undefined ? {} : { workspaceTrust: options.workspaceTrust }),
  });
  const browser = await launchBrowser(chromium, options.viewport === undefined ? {} : { viewport: options.viewport });
  const { page } = browser;
  if (accountToken !== undefined) {
    // Installed, it would be refused: that one is built in. One under development goes before it.
    const extensions = [remoteFolder(server.port, MICROSOFT_ACCOUNT)];
    await page.addInitScript({ content: withDevelopmentOptions({ extensions }) });
  }
  const said: string[] = [];
  page.on('console', (message) => said.push(`${message.type()} ${message.text()}`));
  page.on('pageerror', (error) => said.push(`page error ${error.stack ?? error.message}`));
  const workbench = new Workbench(page);
  const openWindow = (on: 'folder' | 'nothing', window = workbench): Promise<void> =>
    window.open(windowUrl(server, on === 'folder' ? workspace : undefined));
  await openWindow('folder');
  return {
    workbench,
    page,
    server,
    workspace,
    runsFolder,
    openWindow,
    secondWindow: async () => {
      const second = new Workbench(await browser.context.newPage());
      await openWindow('folder', second);
      return second;
    },
    picture: async (name) => {
      const into = process.env[SCREENSHOTS_VARIABLE];
      if (!into) return;
      await mkdir(into, { recursive: true });
      await workbench.command('Notifications: Clear All Notifications');
      // Where no row or button shows that it is pointed at.
      await page.mouse.move(640, 15);
      // As JPEG the README's pictures fit into the package.
      await page.screenshot({ path: join(into, `${name}.jpg`), type: 'jpeg', quality: 45, animations: 'disabled' });
    },
    whatHolds: async (texts) => {
      const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      const isOurs = (path: string): boolean => !relative(folder.path, path).startsWith('extensions');
      const holds = (text: string): boolean => texts.some((one) => text.includes(one));
      const holding = holds(said.join('\n')) ? ["the page's console"] : [];
      const looked = files.filter(isOurs);
      // One after another: VS Code goes on writing, and may have taken a file away.
      for (const path of looked) if (holds(await readIfThere(path))) holding.push(relative(folder.path, path));
      return { holding, looked: looked.length };
    },
    saveFailure: async () => {
      const into = join(FAILURES, options.name);
      await mkdir(into, { recursive: true });
      await page.screenshot({ path: join(into, 'window.png') });
      await writeFile(join(into, 'page.log'), said.join('\n'));
      await copyFile(server.logPath, join(into, 'code-server.log'));
      await writeFile(join(into, 'extension-host.log'), await hostLogs(server.userFolder));
      return into;
    },
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      await server.stop();
      await folder.remove();
    },
  };
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Logs of the extension host and the extension's own. */
async function hostLogs(userFolder: string): Promise<string> {
  const entries = await readdir(join(userFolder, 'logs'), { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => /remoteexthost|Cosmos|mongo-cosmos/.test(join(entry.parentPath, entry.name)));
  const texts = await Promise.all(
    files
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return `== ${path}\n${await readFile(path, 'utf8')}`;
      }),
  );
  return texts.join('\n');
}
