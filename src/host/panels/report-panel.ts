import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  commands,
  l10n,
  Uri,
  ViewColumn,
  window,
  type Disposable,
  type ExtensionContext,
  type WebviewPanel,
} from 'vscode';
import { MigrationError } from '../../core/model/error.js';
import { DisposableStore } from '../disposables.js';
import { COMMANDS, PANELS } from '../ids.js';
import { possibleActions } from '../runs/run-actions.js';
import { isOver, shortRunId } from '../runs/run-figures.js';
import type { HostServices, RunInfo } from '../services.js';
import { sentenceOf } from '../strings.js';
import { reportDocument } from './report-document.js';
import { panelIcon } from './webview-html.js';
import { unlinked } from '../unlinked.js';

/** The reports of runs, each in a panel without scripts. */
export class ReportPanels implements Disposable {
  readonly #services: Pick<HostServices, 'runs' | 'log'>;
  readonly #store = new DisposableStore();
  readonly #panels = new Map<string, WebviewPanel>();
  /** When the run ended whose report is shown. */
  readonly #shown = new WeakMap<WebviewPanel, number | undefined>();

  readonly #icon: Uri;

  constructor(services: Pick<HostServices, 'runs' | 'log'>, { extensionUri }: Pick<ExtensionContext, 'extensionUri'>) {
    this.#services = services;
    this.#icon = panelIcon(extensionUri);
    this.#store.add(
      window.registerWebviewPanelSerializer(PANELS.report, {
        deserializeWebviewPanel: (panel) => this.#restore(panel),
      }),
    );
    this.#store.add(services.runs.onDidChange(() => void this.#showNewer()));
  }

  dispose(): void {
    this.#store.dispose();
    for (const panel of [...this.#panels.values()]) panel.dispose();
  }

  async open(runId: string): Promise<void> {
    const run = await this.#run(runId);
    const html = await readReport(run, REPORT_FOLLOWS_MS);
    if (html === undefined) {
      // Not awaited: opening has ended, whether or not somebody answers.
      this.#offerInstead(run).catch((error: unknown) => this.#services.log.error(sentenceOf(error)));
      return;
    }
    const open = this.#panels.get(runId);
    if (open !== undefined) {
      this.#show(open, run, html);
      open.reveal();
      return;
    }
    const panel = window.createWebviewPanel(PANELS.report, titleOf(run), ViewColumn.Active, { enableScripts: false });
    this.#adopt(run, panel, html);
  }

  /** The other formats, for the report that is in front. */
  async actions(): Promise<void> {
    const [runId] = [...this.#panels].find(([, panel]) => panel.active) ?? [];
    if (runId === undefined) return;
    const run = await this.#run(runId);
    const file = (name: string): Uri => Uri.file(join(run.path, name));
    const onRun = (command: string) => () => commands.executeCommand(command, { kind: 'run', runId });
    const possible = possibleActions(run);
    const choices = [
      {
        label: l10n.t('$(markdown) Open as Markdown'),
        run: () => commands.executeCommand('vscode.open', file('report.md')),
      },
      { label: l10n.t('$(json) Open as JSON'), run: () => commands.executeCommand('vscode.open', file('report.json')) },
      {
        label: l10n.t('$(folder-opened) Show in Folder'),
        run: () => commands.executeCommand('revealFileInOS', file('report.html')),
      },
      ...(possible.includes('dead-letters')
        ? [{ label: l10n.t('$(mail) Open Dead Letters'), run: onRun(COMMANDS.openDeadLetters) }]
        : []),
      ...(possible.includes('verify')
        ? [{ label: l10n.t('$(verified) Verify Again'), run: onRun(COMMANDS.verifyRun) }]
        : []),
      { label: l10n.t('$(graph) Open Run Page'), run: onRun(COMMANDS.openRunPage) },
    ];
    const chosen = await window.showQuickPick(choices, { title: titleOf(run) });
    await chosen?.run();
  }

  async #run(runId: string): Promise<RunInfo> {
    const { runs } = this.#services;
    if (runs.get(runId) === undefined) await runs.refresh();
    const run = runs.get(runId);
    if (run === undefined) throw new MigrationError('run-not-found', { run: runId });
    return run;
  }

  /** A page without scripts keeps no state: its title tells which run it was of. */
  async #restore(panel: WebviewPanel): Promise<void> {
    await this.#services.runs.refresh();
    const run = this.#services.runs.list().find((one) => titleOf(one) === panel.title);
    const html = run && (await readReport(run).catch(() => undefined));
    if (run === undefined || html === undefined || this.#panels.has(run.runId)) panel.dispose();
    else this.#adopt(run, panel, html);
  }

  #adopt(run: RunInfo, panel: WebviewPanel, html: string): void {
    const { runId } = run;
    this.#panels.set(runId, panel);
    panel.onDidDispose(() => {
      if (this.#panels.get(runId) === panel) this.#panels.delete(runId);
    });
    panel.iconPath = this.#icon;
    panel.webview.options = { enableScripts: false, localResourceRoots: [] };
    this.#show(panel, run, html);
  }

  #show(panel: WebviewPanel, run: RunInfo, html: string): void {
    this.#shown.set(panel, run.snapshot.endedAt);
    panel.webview.html = html;
  }

  /** A run that went on has a new report when it ends again. */
  async #showNewer(): Promise<void> {
    for (const [runId, panel] of [...this.#panels]) {
      const run = this.#services.runs.get(runId);
      if (run === undefined || run.alive || run.snapshot.endedAt === this.#shown.get(panel)) continue;
      const html = await readReport(run).catch(() => undefined);
      if (html !== undefined && this.#panels.get(runId) === panel) this.#show(panel, run, html);
    }
  }

  async #offerInstead(run: RunInfo): Promise<void> {
    const possible = possibleActions(run);
    const verify = l10n.t('Verify Again');
    const resume = l10n.t('Resume');
    const page = l10n.t('Open Run Page');
    const buttons = [
      page,
      ...(possible.includes('resume') ? [resume] : []),
      ...(possible.includes('verify') && run.snapshot.state !== 'planned' ? [verify] : []),
    ];
    const text = run.alive
      ? l10n.t('{0} has no report yet: it is written when the run ends.', run.planName)
      : l10n.t('{0} has no report: it was cut off before one was written.', run.planName);
    const chosen = await window.showInformationMessage(unlinked(text), ...buttons);
    const argument = { kind: 'run', runId: run.runId };
    if (chosen === page) await commands.executeCommand(COMMANDS.openRunPage, argument);
    else if (chosen === resume) await commands.executeCommand(COMMANDS.resumeRun, argument);
    else if (chosen === verify) await commands.executeCommand(COMMANDS.verifyRun, argument);
  }
}

/** Reports of runs of one plan differ by the run. */
function titleOf(run: RunInfo): string {
  return l10n.t('Report {0}', shortRunId(run.runId));
}

/** A run has ended before its report is written: who opens it at once waits for so long. */
const REPORT_FOLLOWS_MS = 10_000;
const LOOK_EVERY_MS = 100;

/** Far above a report of ten thousand collections; keeps a wrong file from being read whole. */
const LONGEST_REPORT_BYTES = 64 * 1024 * 1024;

/**
 * Undefined where there is none yet; that of a run that is over may still be on its way.
 * @throws MigrationError `file-failed`.
 */
async function readReport(run: RunInfo, patienceMs = 0): Promise<string | undefined> {
  const path = join(run.path, 'report.html');
  const { state, endedAt = 0 } = run.snapshot;
  const until = isOver(state) ? Math.min(Date.now(), endedAt) + patienceMs : 0;
  let text = await readText(path);
  while (text === undefined && Date.now() < until) {
    await setTimeout(LOOK_EVERY_MS);
    text = await readText(path);
  }
  if (text === undefined) return undefined;
  const html = reportDocument(text);
  if (html === undefined) throw new MigrationError('file-failed', { path, action: 'read', reason: 'damaged' });
  return html;
}

async function readText(path: string): Promise<string | undefined> {
  try {
    if ((await stat(path)).size > LONGEST_REPORT_BYTES) {
      throw new MigrationError('file-failed', { path, action: 'read', reason: 'not-readable' });
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (MigrationError.is(error)) throw error;
    throw new MigrationError('file-failed', { path, action: 'read', code: String(code) }, { cause: error });
  }
}
