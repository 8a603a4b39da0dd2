/** The real bundles in the real frame with the real policy, in a real browser; only the other end of the messages is the test's. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { CDPSession, Page } from 'playwright-core';
import { setUpChromium } from '../../scripts/vscode/chromium.js';
import { bundleWebview } from '../../scripts/bundle-webview.js';
import { pageDocument } from '../../src/host/panels/page-document.js';
import { launchBrowser } from '../support/vscode/browser.js';
import { makeTempFolder } from '../support/temp.js';
import THEMES from './themes.json' with { type: 'json' };

export type PageName = 'wizard' | 'run-page';
export type Theme = keyof typeof THEMES;
export const THEME_NAMES = Object.keys(THEMES) as readonly Theme[];

/** As VS Code names them on the body. */
const BODY_CLASSES: Readonly<Record<Theme, string>> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  'high-contrast': 'vscode-high-contrast',
  'high-contrast-light': 'vscode-high-contrast-light vscode-high-contrast',
};

/** What VS Code itself puts into every webview before the page's own styles. */
const DEFAULT_STYLES = `
html { scrollbar-color: color-mix(in srgb, currentColor 30%, transparent) transparent; }
body { background-color: var(--vscode-editor-background); color: var(--vscode-editor-foreground); font-family: var(--vscode-font-family);
  font-weight: var(--vscode-font-weight); font-size: var(--vscode-font-size); margin: 0; padding: 0 20px; }
img, video { max-width: 100%; max-height: 100%; }
a, a code { color: var(--vscode-textLink-foreground); }
code { font-family: var(--monaco-monospace-font); color: var(--vscode-textPreformat-foreground);
  background-color: var(--vscode-textPreformat-background); padding: 1px 3px; border-radius: 4px; }
pre code { padding: 0; }
`;
const FONTS = `--vscode-font-family: system-ui, Ubuntu, "Droid Sans", sans-serif; --vscode-font-weight: normal; --vscode-font-size: 13px;
--vscode-editor-font-family: "Droid Sans Mono", monospace; --vscode-editor-font-size: 14px;`;

export interface OpenOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: boolean;
  readonly strings?: Readonly<Record<string, string>>;
  readonly state?: Readonly<Record<string, unknown>>;
  /** What the frame carries to be drawn at once. */
  readonly firstView?: unknown;
}

export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** As the extension posts it, and waits until it is drawn. Resolves with the processor time that this took. */
  post(message: unknown): Promise<number>;
  /** The intents since the last call, oldest first. */
  sent(): Promise<readonly unknown[]>;
  state(): Promise<unknown>;
  /** Processor time that the page's main thread has taken so far, drawing included: it does not depend on what else the machine does. */
  busyMs(): Promise<number>;
  /** What the policy refused, and errors that nobody caught. */
  complaints(): Promise<readonly string[]>;
}

export interface Pages extends AsyncDisposable {
  open(name: PageName, options?: OpenOptions): Promise<OpenPage>;
}

declare global {
  interface Window {
    sentToHost: unknown[];
    complaints: string[];
    toDeliver: unknown;
  }
}

/** As VS Code frames a page that asked for scripts and no forms. */
const SANDBOX = { 'content-security-policy': 'sandbox allow-scripts allow-same-origin' };

/** Runs in the page before its script. */
function actAsHost(): void {
  window.sentToHost = [];
  window.complaints = [];
  window.addEventListener('securitypolicyviolation', (event) => {
    window.complaints.push(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
  window.addEventListener('error', (event) => {
    window.complaints.push(`error: ${event.message}`);
  });
  Object.assign(window, {
    acquireVsCodeApi: () => ({
      postMessage: (message: unknown) => window.sentToHost.push(structuredClone(message)),
      getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown,
      setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
    }),
  });
}

export async function servePages(): Promise<Pages> {
  const folder = await makeTempFolder('webview');
  await bundleWebview(folder.path);
  const options = new Map<string, OpenOptions>();
  const server = createServer((request, response) => {
    void answer(new URL(request.url ?? '/', origin), folder.path, origin, options).then(({ type, body }) => {
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, ...SANDBOX });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const chromium = await setUpChromium(() => undefined);
  if (chromium.kind === 'missing') {
    throw new Error(`No Chromium: ${chromium.tried.join('; ')}`);
  }
  const browser = await launchBrowser(chromium.path);
  // tsx wraps functions in this, and they are sent to the page as text.
  await browser.context.addInitScript('globalThis.__name ??= (named) => named');
  await browser.context.addInitScript(actAsHost);
  return {
    open: async (name, chosen = {}) => {
      const key = String(options.size);
      options.set(key, chosen);
      const page = await browser.context.newPage();
      await page.setViewportSize({ width: chosen.width ?? 1280, height: chosen.height ?? 800 });
      await page.emulateMedia({ reducedMotion: chosen.reducedMotion ? 'reduce' : 'no-preference' });
      const devTools = await page.context().newCDPSession(page);
      await devTools.send('Performance.enable', { timeDomain: 'threadTicks' });
      await page.goto(`${origin}/${name}?key=${key}`);
      return opened(page, devTools);
    },
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await folder.remove();
    },
  };
}

function opened(page: Page, devTools: CDPSession): OpenPage {
  const busyMs = async (): Promise<number> => {
    const { metrics } = await devTools.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
  return {
    page,
    post: async (message) => {
      await page.evaluate((data) => {
        window.toDeliver = data;
      }, message);
      const before = await busyMs();
      await page.evaluate(
        () =>
          new Promise<void>((resolve) => {
            window.addEventListener('message', () => requestAnimationFrame(() => resolve()), { once: true });
            window.postMessage(window.toDeliver, '*');
          }),
      );
      return (await busyMs()) - before;
    },
    sent: () => page.evaluate(() => window.sentToHost.splice(0)),
    state: () => page.evaluate(() => JSON.parse(sessionStorage.getItem('state') ?? 'null') as unknown),
    busyMs,
    complaints: () => page.evaluate(() => window.complaints),
    [Symbol.asyncDispose]: () => page.close(),
  };
}

interface Answer {
  readonly type: string;
  readonly body: string | undefined;
}

async function answer(
  url: URL,
  folder: string,
  origin: string,
  options: ReadonlyMap<string, OpenOptions>,
): Promise<Answer> {
  const key = url.searchParams.get('key') ?? '';
  const { theme = 'dark', strings = {}, state = { id: 'panel-1' }, firstView } = options.get(key) ?? {};
  if (url.pathname === '/theme.css') {
    const variables = Object.entries(THEMES[theme]).map(([name, value]) => `${name}: ${value};`);
    return { type: 'text/css', body: `html { ${FONTS} ${variables.join(' ')} } ${DEFAULT_STYLES}` };
  }
  const file = /^\/((?:wizard|run-page)\.(js|css))$/.exec(url.pathname);
  if (file) {
    const type = file[2] === 'js' ? 'text/javascript' : 'text/css';
    return { type, body: await readFile(join(folder, file[1] ?? ''), 'utf8') };
  }
  const name = /^\/(wizard|run-page)$/.exec(url.pathname)?.[1];
  if (name === undefined) {
    return { type: 'text/plain', body: undefined };
  }
  const html = pageDocument({
    page: name,
    language: 'en',
    title: name,
    strings,
    state,
    ...(firstView === undefined ? {} : { firstView }),
    cspSource: origin,
    nonce: 'c2VjcmV0LW5vbmNl',
    script: `${origin}/${name}.js`,
    style: `${origin}/${name}.css`,
  });
  const themed = html
    .replace('<link rel="stylesheet"', `<link rel="stylesheet" href="${origin}/theme.css?key=${key}">\n$&`)
    .replace('<body', `<body class="${BODY_CLASSES[theme]}"`);
  return { type: 'text/html', body: themed };
}

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds against WCAG 2.2 AA and its own best practices, one line each; empty is what a test wants. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) {
    await page.evaluate(await readFile(axeSource, 'utf8'));
  }
  return await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(where: Document): Promise<AxeResults> } };
    const { violations } = await axe.run(document);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary ?? ''}`),
    );
  });
}

/** How much wider than the window the page is; 0 where nothing has to be scrolled sideways. */
export function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate(() => {
    const boxes = [document.documentElement, ...document.querySelectorAll('.content, .stepper, .footer, .run')];
    return Math.max(...boxes.map((box) => box.scrollWidth - box.clientWidth));
  });
}
