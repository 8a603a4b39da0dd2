/** What the extension costs: its sizes, its activation as VS Code itself reports it, and the time from the command to the drawn wizard. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { makePackage } from '../../scripts/package.js';
import { windowUrl } from '../support/vscode/server.js';
import { startSession, type Session } from '../support/vscode/session.js';
import { median, report } from './figures.js';

const NAME = 'MongoDB to Cosmos DB';
const WINDOWS = 10;
/** VS Code's list of extensions draws only what fits. */
const TALL = { width: 1280, height: 2400 };
/** The first of a window also starts VS Code's own frame for web pages, which is not ours to speed up. */
const WIZARDS_PER_WINDOW = 3;

/** Wall clock of the last thing that a person did. */
const CLICK_TIME = `
  for (const name of ['click', 'keydown'])
    addEventListener(name, () => { globalThis.mcmActedAt = Date.now(); }, { capture: true });
`;

/** Wall clock of the frame in which the wizard's own content was painted, which the browser knows as its largest text. */
const PAINT_TIME = `new Promise((resolve) => {
  if (document.body?.dataset.page !== 'wizard' || innerWidth === 0) return resolve(undefined);
  new PerformanceObserver((list) => {
    const last = list.getEntries().filter(({ element }) => element?.isConnected && !element.closest('[aria-busy]')).at(-1);
    if (last) resolve(performance.timeOrigin + last.startTime);
  }).observe({ type: 'largest-contentful-paint', buffered: true });
})`;

interface WindowFigures {
  readonly activationMs: number;
  readonly firstWizardMs: number;
  readonly laterWizardsMs: readonly number[];
}

/** VS Code's list of running extensions, with `Activation: 12ms` beside each. */
function runningExtensions({ page }: Session): Locator {
  return page.locator('.runtime-extensions-editor .monaco-list-row');
}

/** VS Code's own figure. The window has come to rest before, or the start of other extensions would be in it. */
async function activationTime(session: Session): Promise<number> {
  const { workbench, page } = session;
  await workbench.command('Developer: Show Running Extensions');
  const rows = runningExtensions(session);
  await rows
    .filter({ hasText: /Activation: \d+ms/ })
    .first()
    .waitFor();
  await page.waitForFunction(`!/Activating/.test(document.querySelector('.runtime-extensions-editor').innerText)`);
  if ((await rows.filter({ hasText: NAME }).count()) > 0)
    throw new Error('the extension was active before it was used');
  await workbench.openViews();
  const row = rows.filter({ hasText: NAME }).filter({ hasText: /Activation: \d+ms/ });
  await row.waitFor();
  const [, milliseconds] = /Activation: (\d+)ms/.exec(await row.innerText()) ?? [];
  await workbench.command('View: Close All Editors');
  return Number(milliseconds);
}

async function wizardTime({ workbench, page }: Session): Promise<number> {
  await workbench.command('Cosmos Migration: Open Migration Wizard');
  await workbench.frontWebview().getByRole('heading', { level: 1 }).waitFor();
  const acted = await page.evaluate<number>('globalThis.mcmActedAt');
  const painted = await Promise.all(
    page.frames().map((frame) => frame.evaluate<number | undefined>(PAINT_TIME).catch(() => undefined)),
  );
  await workbench.command('View: Close All Editors');
  return Math.round(Math.max(...painted.filter((time) => time !== undefined)) - acted);
}

/** On a folder of its own: a folder's window opens with the view that was open in it, which would activate the extension at once. */
async function oneWindow(session: Session, name: string): Promise<WindowFigures> {
  const folder = join(session.workspace, name);
  await mkdir(folder);
  await session.workbench.open(windowUrl(session.server, folder));
  const activationMs = await activationTime(session);
  const firstWizardMs = await wizardTime(session);
  const laterWizardsMs: number[] = [];
  for (let i = 1; i < WIZARDS_PER_WINDOW; i++) laterWizardsMs.push(await wizardTime(session));
  return { activationMs, firstWizardMs, laterWizardsMs };
}

/** True when every bar is kept. */
export async function benchExtension(): Promise<boolean> {
  const made = await makePackage();
  const kept = [
    report({ name: 'VSIX', value: made.bytes / 1e6, bar: 2, unit: ' MB', detail: `${made.content.length} files` }),
    report({
      name: 'extension.cjs',
      value: made.extensionBytes / 1e3,
      bar: 400,
      unit: ' kB',
      detail: 'before the driver',
    }),
  ];
  await using session = await startSession({ name: 'bench-extension', viewport: TALL });
  await session.page.addInitScript({ content: CLICK_TIME });
  const windows: WindowFigures[] = [];
  for (let i = 0; i < WINDOWS; i++) windows.push(await oneWindow(session, `window-${i}`));
  const all = (of: (figures: WindowFigures) => readonly number[]): number[] =>
    windows.flatMap((figures) => [...of(figures)]);
  const told = (values: readonly number[]): string =>
    `${values.length} times, ${Math.min(...values)} to ${Math.max(...values)}`;
  const activation = all((figures) => [figures.activationMs]);
  const wizard = all((figures) => figures.laterWizardsMs);
  const first = median(all((figures) => [figures.firstWizardMs]));
  kept.push(
    report({
      name: 'activation',
      value: median(activation),
      bar: 50,
      unit: ' ms',
      detail: `median of ${told(activation)}`,
    }),
    report({
      name: 'wizard drawn after its command',
      value: median(wizard),
      bar: 300,
      unit: ' ms',
      detail: `median of ${told(wizard)}; ${first} ms where it is the window's first web page`,
    }),
  );
  return kept.every(Boolean);
}
