import { l10n, ThemeIcon } from 'vscode';
import { MigrationError } from '../../core/model/error.js';
import type { Plan } from '../../core/model/plan.js';
import { neededTools } from '../../core/plan/needed-tools.js';
import { planSubject } from '../../core/plan/plan-title.js';
import type { HandedSecrets, HostAdapters, RunFolder } from '../adapters.js';
import type { RemoteBeginning, RemoteStart } from '../azure/remote-start.js';
import type { ClusterStore } from '../services.js';
import type { Settings } from '../settings.js';
import { buttons, type Questions } from './questions.js';
import { secretsFor } from './run-clusters.js';
import { shortRunId } from './run-figures.js';
import type { FollowedRuns } from './run-store.js';
import type { RunTerminals } from './run-terminals.js';
import { launchInTerminal, type LaunchedTerminal } from './terminal.js';

export interface RunLaunchDeps {
  readonly clusters: ClusterStore;
  readonly runs: FollowedRuns;
  readonly terminals: RunTerminals;
  readonly questions: Questions;
  readonly runsRoot: () => string;
  readonly settings: () => Settings;
  readonly cliPath: string;
  readonly remote: Pick<RemoteStart, 'begin' | 'tokensFor'>;
  readonly onFailure: (error: unknown) => void;
}

/** What the runner is told to do with a run. */
type How = 'resume' | 'retry-dead-letters';

/** Starts processes in terminals: those that carry out runs, and others of this product. */
export class RunLauncher {
  readonly #deps: RunLaunchDeps;
  /** Runs whose process is on its way: a second press must not start a second one. */
  readonly #starting = new Set<string>();

  constructor(deps: RunLaunchDeps) {
    this.#deps = deps;
  }

  isStarting(runId: string): boolean {
    return this.#starting.has(runId);
  }

  /** Makes a run of a plan once all is there that it takes, and starts it. Returns its id. */
  async first(adapters: HostAdapters, plan: Plan): Promise<string> {
    const beginning = await this.#beginning(adapters, plan);
    await this.#demandTools(adapters, plan);
    const folder = await adapters.createRun(this.#deps.runsRoot(), plan, adapters.clock.now());
    await this.#launchRun(adapters, { runId: folder.runId, plan, how: 'resume', ...beginning });
    return folder.runId;
  }

  /** Starts a process for a run that has none. */
  async again(adapters: HostAdapters, folder: RunFolder, how: How, more: readonly string[] = []): Promise<void> {
    const plan = await adapters.readPlanFile(folder.planPath);
    const { clusters, questions } = this.#deps;
    const { secrets, args } =
      how === 'resume'
        ? await this.#beginning(adapters, plan, folder.runId)
        : { secrets: await secretsFor(plan, clusters, questions), args: more };
    if (how === 'resume') await this.#demandTools(adapters, plan);
    await this.#launchRun(adapters, { runId: folder.runId, plan, how, secrets, args });
  }

  async #launchRun(
    adapters: HostAdapters,
    { runId, plan, how, secrets, args: more }: { runId: string; plan: Plan; how: How } & RemoteBeginning,
  ): Promise<void> {
    // Another press while the questions were asked.
    if (this.#starting.has(runId)) return;
    this.#starting.add(runId);
    const over = (): void => {
      this.#starting.delete(runId);
      void this.#deps.runs.refresh();
    };
    try {
      const args = ['run', `--${how}`, runId, '--runs-folder', this.#deps.runsRoot(), '--attended', ...more];
      const title = runTitle(planSubject(plan), runId);
      const launched = await this.launch(adapters, { title, args, secrets, icon: new ThemeIcon('database') });
      this.#deps.terminals.remember(runId, launched.terminal);
      void launched.served.finally(over);
    } catch (error) {
      over();
      throw error;
    }
    await this.#deps.runs.refresh();
  }

  /** Starts the command line with these arguments in a terminal of its own; secrets are handed to it when it asks. */
  async launch(
    adapters: HostAdapters,
    launch: { title: string; args: readonly string[]; secrets: HandedSecrets; icon: ThemeIcon },
  ): Promise<LaunchedTerminal> {
    const { cliPath, questions, onFailure } = this.#deps;
    const launched = await launchInTerminal({ ...launch, env: this.#surroundings() }, { adapters, cliPath });
    launched.served
      .then((how) => {
        if (how !== 'timed-out') return;
        questions.tell(
          'warning',
          l10n.t(
            'The process in the terminal "{0}" did not ask for its passwords within a minute, so it got none. Start it again.',
            launch.title,
          ),
          { label: buttons.showTerminal(), run: () => launched.terminal.show() },
        );
      })
      .catch(onFailure);
    return launched;
  }

  /** Connection strings, and what else it takes where another system carries it out: nothing is made before somebody has signed in. */
  async #beginning(adapters: HostAdapters, plan: Plan, runId?: string): Promise<RemoteBeginning> {
    const { clusters, questions, remote, runs } = this.#deps;
    const strings = await secretsFor(plan, clusters, questions);
    const run = runId === undefined ? undefined : runs.get(runId);
    const why = run?.startFailure ?? run?.snapshot.why;
    const attempt = { isFirst: runId === undefined, ...(why === undefined ? {} : { why }) };
    const { secrets, args } = await remote.begin(plan, adapters, attempt);
    return { secrets: { ...strings, ...secrets }, args };
  }

  /** What the settings say of tools and of Azure, for the runner to look there first. */
  #surroundings(): Readonly<Record<string, string>> {
    const { tools, azure } = this.#deps.settings();
    const paths = Object.entries(tools).map(([name, path]) => [`MCM_${name.toUpperCase()}`, path] as const);
    return {
      ...Object.fromEntries(paths),
      ...(azure.endpoint === undefined ? {} : { MCM_ARM_ENDPOINT: azure.endpoint }),
    };
  }

  async #demandTools(adapters: HostAdapters, plan: Plan): Promise<void> {
    const needed = neededTools(plan);
    if (needed.length === 0) return;
    const settings = this.#deps.settings().tools;
    const found = await this.#deps.questions.during(l10n.t('Looking for the database tools…'), () =>
      adapters.locateTools(needed, { settings, mayInstall: false }),
    );
    for (const [tool, location] of found) {
      if (location.kind === 'missing') throw new MigrationError('tool-missing', { tool });
    }
  }

  /** @throws MigrationError `cancelled`, after it was told why. */
  demandTrust(): void {
    const { questions } = this.#deps;
    if (questions.isTrusted()) return;
    questions.tell(
      'warning',
      l10n.t('This workspace is not trusted, so no process is started from it. Trust it to run migrations.'),
      { label: buttons.manageTrust(), run: () => questions.run('workbench.trust.manage') },
    );
    throw new MigrationError('cancelled');
  }
}

/** What people call it, and what tells it from others of its kind. */
export function runTitle(subject: string, runId: string): string {
  return `${subject || l10n.t('Migration')} · ${shortRunId(runId)}`;
}
