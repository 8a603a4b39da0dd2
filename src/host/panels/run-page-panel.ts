import { commands, l10n, ViewColumn, window, type Disposable, type ExtensionContext, type WebviewPanel } from 'vscode';
import { parseRunPageIntent, RUN_PAGE_PROTOCOL, type RunAction, type RunPageMessage } from '../../protocol/run-page.js';
import { DisposableStore } from '../disposables.js';
import { COMMANDS, PANELS, type CommandId } from '../ids.js';
import type { HostServices, RunPages } from '../services.js';
import { sentenceOf } from '../strings.js';
import { DeadLetterViewer } from './dead-letter-viewer.js';
import { ReportPanels } from './report-panel.js';
import { isRunId, OpenPages } from './open-pages.js';
import { missingRunContent, runPageContent, type RunPageContent } from './run-page-view.js';
import { pageOptions, panelIcon, webviewHtml } from './webview-html.js';

/** Pages are sent whole: more than two a second are read by nobody. */
const PUSH_EVERY_MS = 500;

type PagesServices = Pick<HostServices, 'runs' | 'adapters' | 'log' | 'control'>;

const ACTION_COMMANDS: Readonly<Record<RunAction, CommandId>> = {
  proceed: COMMANDS.proceedRun,
  steps: COMMANDS.openSteps,
  pause: COMMANDS.pauseRun,
  resume: COMMANDS.resumeRun,
  limit: COMMANDS.limitRun,
  cancel: COMMANDS.cancelRun,
  verify: COMMANDS.verifyRun,
  report: COMMANDS.openReport,
  'dead-letters': COMMANDS.openDeadLetters,
  'retry-dead-letters': COMMANDS.retryDeadLetters,
  'clean-up': COMMANDS.cleanUpRun,
  terminal: COMMANDS.showTerminal,
};

/** The pages of runs: one panel per run, its report, its dead letters. */
export function createRunPages(
  services: PagesServices,
  context: Pick<ExtensionContext, 'extensionUri' | 'workspaceState'>,
): Disposable & RunPages {
  const store = new DisposableStore();
  const panels = new Map<string, RunPagePanel>();
  const reports = store.add(new ReportPanels(services, context));
  const letters = new DeadLetterViewer(services);
  const pages = new OpenPages(context.workspaceState, (error) => services.log.warn(sentenceOf(error)));
  let closing = false;

  const adopt = (runId: string, panel: WebviewPanel): void => {
    const page = new RunPagePanel(runId, panel, services, context, (title) => pages.note(runId, title));
    panels.set(runId, page);
    panel.onDidDispose(() => {
      if (panels.get(runId) === page) panels.delete(runId);
      // A window that goes closes its panels too, and opens them again when it comes back.
      if (!closing) pages.forget(runId);
      page.dispose();
    });
  };

  store.add(
    window.registerWebviewPanelSerializer(PANELS.runPage, {
      async deserializeWebviewPanel(panel, state: unknown) {
        const runId = runIdIn(state) ?? pages.find(panel.title, (id) => panels.has(id));
        if (runId === undefined || panels.has(runId)) {
          panel.dispose();
          return;
        }
        adopt(runId, panel);
        await services.runs.refresh();
      },
    }),
  );
  store.add({
    dispose: () => {
      closing = true;
      for (const page of [...panels.values()]) page.dispose();
    },
  });

  return {
    async open(runId) {
      const open = panels.get(runId);
      if (open !== undefined) {
        open.reveal();
        return;
      }
      const panel = window.createWebviewPanel(
        PANELS.runPage,
        l10n.t('Migration'),
        ViewColumn.Active,
        pageOptions(context.extensionUri),
      );
      adopt(runId, panel);
      await services.runs.refresh();
    },
    openReport: (runId) => reports.open(runId),
    openDeadLetters: (runId) => letters.open(runId),
    reportActions: () => reports.actions(),
    dispose: () => store.dispose(),
  };
}

function runIdIn(state: unknown): string | undefined {
  const runId = (state as { runId?: unknown } | null | undefined)?.runId;
  return isRunId(runId) ? runId : undefined;
}

class RunPagePanel implements Disposable {
  readonly #runId: string;
  readonly #panel: WebviewPanel;
  readonly #services: PagesServices;
  readonly #onTitle: (title: string) => void;
  readonly #store = new DisposableStore();
  #watch: Disposable | undefined;
  #ready = false;
  #revision = 0;
  #pushedAt = 0;
  #sent = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(
    runId: string,
    panel: WebviewPanel,
    services: PagesServices,
    { extensionUri }: Pick<ExtensionContext, 'extensionUri'>,
    onTitle: (title: string) => void,
  ) {
    this.#onTitle = onTitle;
    this.#runId = runId;
    this.#panel = panel;
    this.#services = services;
    this.#store.add(panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)));
    this.#store.add(services.runs.onDidChange(() => this.#soon()));
    this.#store.add(panel.onDidChangeViewState(() => this.#follow()));
    panel.iconPath = panelIcon(extensionUri);
    panel.webview.options = pageOptions(extensionUri);
    panel.webview.html = webviewHtml(panel.webview, {
      extensionUri,
      page: 'run-page',
      title: l10n.t('Migration'),
      state: { runId },
    });
    this.#name();
    this.#follow();
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watch?.dispose();
    this.#store.dispose();
    this.#panel.dispose();
  }

  #receive(message: unknown): void {
    const intent = parseRunPageIntent(message);
    if (intent === undefined) {
      this.#services.log.warn('The run page sent something that it must not send; it was ignored.');
      return;
    }
    if (intent.type === 'ready') {
      // Also after the page was hidden and made anew: it knows nothing then.
      this.#ready = true;
      this.#sent = '';
      this.#push();
      return;
    }
    // The command catches and tells what goes wrong, as from everywhere else.
    void commands.executeCommand(ACTION_COMMANDS[intent.action], { kind: 'run', runId: this.#runId });
  }

  /** The folder is looked at while the page is seen. */
  #follow(): void {
    if (this.#panel.visible) {
      this.#watch ??= this.#services.runs.watch();
      this.#soon();
      return;
    }
    this.#watch?.dispose();
    this.#watch = undefined;
    // A hidden page is thrown away; the next one says that it is ready.
    this.#ready = false;
  }

  /** At once, unless something was sent just now. */
  #soon(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#push();
      },
      Math.max(0, this.#pushedAt + PUSH_EVERY_MS - Date.now()),
    );
  }

  #push(): void {
    this.#name();
    if (!this.#ready) return;
    const content = this.#content();
    const text = JSON.stringify(content);
    if (text === this.#sent) return;
    this.#sent = text;
    this.#pushedAt = Date.now();
    this.#revision += 1;
    const message: RunPageMessage = {
      v: RUN_PAGE_PROTOCOL,
      type: 'view',
      view: { ...content, revision: this.#revision },
    };
    void this.#panel.webview.postMessage(message);
  }

  #name(): void {
    const title = this.#services.runs.get(this.#runId)?.planName;
    // Not read yet, or gone: the tab keeps its name.
    if (title === undefined) return;
    if (this.#panel.title !== title) this.#panel.title = title;
    this.#onTitle(title);
  }

  #content(): RunPageContent {
    const run = this.#services.runs.get(this.#runId);
    return run === undefined ? missingRunContent(this.#runId, l10n.t) : runPageContent(run, l10n.t);
  }
}
