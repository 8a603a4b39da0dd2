import { randomBytes } from 'node:crypto';
import { l10n, ViewColumn, window, workspace, type Disposable, type ExtensionContext, type WebviewPanel } from 'vscode';
import { DisposableStore } from '../disposables.js';
import { PANELS, SETTINGS_SECTION } from '../ids.js';
import { pageOptions } from '../panels/webview-html.js';
import type { HostServices, WizardSeed, WizardShell } from '../services.js';
import { hostPorts, type HostPorts } from './host-ports.js';
import { initialState, type WizardState } from './model/wizard-state.js';
import { stateOfPlanFile } from './plan-state.js';
import { QuickPickWizard } from './quick-pick-wizard.js';
import { removeForgotten, WizardMemory } from './wizard-memory.js';
import { WizardPage } from './wizard-page.js';
import { WizardSession } from './wizard-session.js';
import { unlinked } from '../unlinked.js';

type WizardContext = Pick<ExtensionContext, 'extensionUri' | 'globalStorageUri' | 'globalState' | 'workspaceState'>;

/** The id of the wizard that is open in this window. */
const OPEN_ID = 'openWizard';

/** What the user is asked, so that a test can answer. */
export interface WizardQuestions {
  /** True: what is in the open wizard is given up. */
  mayStartOver(): Promise<boolean>;
}

const QUESTIONS: WizardQuestions = {
  async mayStartOver() {
    const over = l10n.t('Start Over');
    const message = l10n.t('A migration is being prepared in the wizard. Start over?');
    const detail = l10n.t('What was chosen there is given up; nothing was written to a target.');
    return (await window.showWarningMessage(unlinked(message), { modal: true, detail }, over)) === over;
  },
};

/** What {@link createWizard} makes. */
export interface Wizard extends Disposable, WizardShell {
  restore(panel: WebviewPanel, kept: unknown): Promise<void>;
}

/** The wizard: one panel, found again after a reload, and the same steps as QuickPicks. */
export function createWizard(
  services: HostServices,
  context: WizardContext,
  questions: WizardQuestions = QUESTIONS,
): Wizard {
  return new WizardPanel(services, context, questions);
}

interface OpenWizard {
  readonly id: string;
  readonly page: WizardPage;
  readonly memory: WizardMemory;
  session: WizardSession;
}

class WizardPanel implements Wizard {
  readonly #services: HostServices;
  readonly #context: WizardContext;
  readonly #questions: WizardQuestions;
  readonly #ports: HostPorts;
  readonly #store = new DisposableStore();
  #open: OpenWizard | undefined;

  constructor(services: HostServices, context: WizardContext, questions: WizardQuestions) {
    this.#services = services;
    this.#context = context;
    this.#questions = questions;
    this.#ports = hostPorts(services, context);
    this.#store.add(services.clusters.onDidChange(() => this.#open?.session.surroundingsChanged()));
    this.#store.add(services.assessments.onDidChange(() => this.#open?.session.surroundingsChanged()));
    this.#store.add(
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(SETTINGS_SECTION)) this.#open?.session.surroundingsChanged();
      }),
    );
  }

  async open(seed: WizardSeed = {}): Promise<void> {
    const left = isSeed(seed) || this.#open ? undefined : this.#leftId();
    if (left === undefined) await this.#show(this.#seeded(seed), isSeed(seed));
    else await this.#reopen(this.#newPanel(), left);
  }

  async openPlan(path: string): Promise<void> {
    const plan = await (await this.#services.adapters()).readPlanFile(path);
    await this.#show(stateOfPlanFile(plan, path, this.#services.clusters, this.#ports.t), true);
  }

  async withQuickPicks(seed: WizardSeed = {}): Promise<void> {
    const session = new WizardSession({ ...this.#ports, remember: () => undefined }, this.#seeded(seed));
    const changes = this.#services.clusters.onDidChange(() => session.surroundingsChanged());
    try {
      await new QuickPickWizard(session).run();
    } finally {
      changes.dispose();
      session.dispose();
    }
  }

  dispose(): void {
    this.#open?.session.dispose();
    this.#open?.page.dispose();
    this.#store.dispose();
  }

  /** Where there is one target only, it is the one. */
  #seeded(seed: WizardSeed): WizardState {
    const only = (role: 'source' | 'target'): string | undefined => {
      const [first, ...others] = this.#services.clusters.list(role);
      return others.length === 0 ? first?.id : undefined;
    };
    const sourceId = seed.sourceId ?? only('source');
    const targetId = seed.targetId ?? this.#services.catalog.lastTarget ?? only('target');
    return initialState({
      ...seed,
      ...(sourceId === undefined ? {} : { sourceId }),
      ...(targetId === undefined ? {} : { targetId }),
    });
  }

  async #show(state: WizardState, isNew: boolean): Promise<void> {
    const open = this.#open;
    if (!open) {
      this.#adopt(this.#newPanel(), newId(), state);
      return;
    }
    open.page.panel.reveal();
    if (!isNew) return;
    const isTouched = open.session.state.step !== 'endpoints' || open.session.state.selected !== undefined;
    if (isTouched && !(await this.#questions.mayStartOver())) return;
    this.#begin(open, state);
  }

  /** Brings a panel back that VS Code has kept over a reload. */
  async restore(panel: WebviewPanel, kept: unknown): Promise<void> {
    if (this.#open) {
      panel.dispose();
      return;
    }
    await this.#reopen(panel, idIn(kept) ?? this.#leftId() ?? newId());
  }

  /**
   * A wizard that this window was left with. VS Code in a browser saves its tabs, and what pages keep, now and then only; and any window may crash: what is in the
   * wizard is not lost by that.
   */
  #leftId(): string | undefined {
    return idIn({ id: this.#context.workspaceState.get(OPEN_ID) });
  }

  async #reopen(panel: WebviewPanel, id: string): Promise<void> {
    const open = this.#adopt(panel, id, undefined);
    const state = await open.memory.load();
    if (this.#open === open) this.#begin(open, state ?? this.#seeded({}));
  }

  #newPanel(): WebviewPanel {
    const title = l10n.t('Migration Wizard');
    return window.createWebviewPanel(PANELS.wizard, title, ViewColumn.Active, pageOptions(this.#context.extensionUri));
  }

  /** The page is painted here, before anything is read; what is new stands in it from the start. */
  #adopt(panel: WebviewPanel, id: string, state: WizardState | undefined): OpenWizard {
    const { log } = this.#services;
    const root = this.#context.globalStorageUri.fsPath;
    const memory = new WizardMemory(root, id, this.#ports.log);
    void removeForgotten(root, Date.now());
    const session = this.#session(memory, state ?? initialState());
    // What was read of a cluster is megabytes, which the frame would carry for as long as it lives.
    const first = state && !state.source ? session.view() : undefined;
    const page = new WizardPage(panel, id, first, { log, context: this.#context });
    const open: OpenWizard = { id, page, memory, session };
    this.#open = open;
    void this.#context.workspaceState.update(OPEN_ID, id);
    panel.onDidDispose(() => {
      if (this.#open === open) {
        this.#open = undefined;
        void this.#context.workspaceState.update(OPEN_ID, undefined);
      }
      open.session.dispose();
      page.dispose();
      void memory.forget();
    });
    if (state) this.#begin(open, state);
    return open;
  }

  #begin(open: OpenWizard, state: WizardState): void {
    open.session.dispose();
    open.session = this.#session(open.memory, state);
    open.memory.keep(state);
    open.page.follow(open.session);
  }

  #session(memory: WizardMemory, state: WizardState): WizardSession {
    const start = async (path: string): Promise<boolean> => {
      const isStarted = await this.#ports.start(path);
      // The run's page has taken over; a second click on Start would be a second run.
      if (isStarted) this.#open?.page.panel.dispose();
      return isStarted;
    };
    return new WizardSession({ ...this.#ports, start, remember: (next) => memory.keep(next) }, state);
  }
}

function isSeed(seed: WizardSeed): boolean {
  return seed.sourceId !== undefined || seed.targetId !== undefined || (seed.include?.length ?? 0) > 0;
}

function newId(): string {
  return randomBytes(12).toString('hex');
}

function idIn(kept: unknown): string | undefined {
  const id = (kept as { id?: unknown } | null | undefined)?.id;
  return typeof id === 'string' && /^[0-9a-f]{24}$/.test(id) ? id : undefined;
}
