/** What the extension costs: its sizes, its activation as VS Code itself reports it, and the time from the command to the drawn wizard. */
import type { Page } from 'playwright-core';
import { makePackage } from '../../scripts/package.js';
import { startSession, type Session } from '../support/vscode/session.js';
import { median, report } from './figures.js';

const WINDOWS = 10;
/** VS Code's list of extensions draws only what fits. */
const TALL = { width: 1280, height: 2400 };
/** The first of a window also starts VS Code's own frame for web pages, which is not ours to speed up. */
const WIZARDS_PER_WINDOW = 3;

/** Wall clock of the click that runs a command, and of the first frame after the wizard was drawn. Runs in every frame of the page. */
const TIMES = `
  addEventListener('click', () => { globalThis.mcmClickedAt = Date.now(); }, { capture: true });
  addEventListener('keydown', () => { globalThis.mcmClickedAt = Date.now(); }, { capture: true });
  const look = () => {
    const app = document.querySelector('#app');
    if (!app || app.hasAttribute('aria-busy') || !app.querySelector('h1')) return requestAnimationFrame(look);
    requestAnimationFrame(() => { globalThis.mcmPaintedAt = Date.now(); });
  };
  if (self !== top) requestAnimationFrame(look);
`;

interface WindowFigures {
  readonly activationMs: number;
  readonly firstWizardMs: number;
  readonly laterWizardsMs: readonly number[];
}

/** `Activation: 12ms`, from VS Code's list of running extensions. */
async function activationTime({ workbench, page }: Session): Promise<number> {
  await workbench.command('Developer: Show Running Extensions');
  const row = page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'MongoDB to Cosmos DB' });
  await row.waitFor();
  const match = /Activation: (\d+)ms/.exec(await row.innerText());
  if (!match) throw new Error(`no activation time in: ${await row.innerText()}`);
  await workbench.command('View: Close All Editors');
  return Number(match[1]);
}

async function wizardTime({ workbench, page }: Session): Promise<number> {
  await workbench.command('Cosmos Migration: Open Migration Wizard');
  await workbench.frontWebview().getByRole('heading', { level: 1 }).waitFor();
  const [clicked, painted] = await Promise.all([read(page, 'mcmClickedAt'), paintedIn(page)]);
  await workbench.command('View: Close All Editors');
  return painted - clicked;
}

async function read(page: Page, name: string): Promise<number> {
  return page.evaluate<number>(`globalThis.${name}`);
}

async function paintedIn(page: Page): Promise<number> {
  const times = await Promise.all(
    page.frames().map((frame) => frame.evaluate<number | undefined>('globalThis.mcmPaintedAt').catch(() => undefined)),
  );
  return Math.max(...times.filter((time) => time !== undefined));
}

async function oneWindow(session: Session): Promise<WindowFigures> {
  await session.workbench.reload();
  const firstWizardMs = await wizardTime(session);
  const activationMs = await activationTime(session);
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
  await session.page.addInitScript({ content: TIMES });
  const windows: WindowFigures[] = [];
  for (let i = 0; i < WINDOWS; i++) windows.push(await oneWindow(session));
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
      detail: `median of ${told(wizard)}; ${first} ms where it is the window's first web page and activates the extension`,
    }),
  );
  return kept.every(Boolean);
}
