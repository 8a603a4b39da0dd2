import { l10n, ThemeIcon } from 'vscode';
import { MigrationError } from '../../core/model/error.js';
import type { CopyCeilings } from '../../core/model/plan.js';
import { isRunning, type RunState } from '../../core/model/run.js';
import { planSubject } from '../../core/plan/plan-title.js';
import { awaitedWords } from '../../words/awaits.js';
import {
  CLEAN_UP_QUESTION,
  cleanUpWarning,
  goesHeading,
  goesLines,
  NOTHING_TO_CLEAN_UP,
  STAYS_HEADING,
  staysLines,
} from '../../words/clean-up.js';
import { ceilingsText } from '../../words/ceilings.js';
import { formatCountOf } from '../../words/sizes.js';
import type { HostAdapters, RunFolder } from '../adapters.js';
import { COMMANDS } from '../ids.js';
import type { LetterChoice, RunControl, RunInfo } from '../services.js';
import { buttons } from './questions.js';
import { secretsFor, targetSecrets } from './run-clusters.js';
import { isOver, shortName } from './run-figures.js';
import { RunLauncher, runTitle, type RunLaunchDeps } from './run-launcher.js';
import { stateSentence } from './run-words.js';

export interface RunControlDeps extends RunLaunchDeps {
  readonly adapters: () => Promise<HostAdapters>;
}

/** Starts and steers runs. What goes wrong is thrown: whoever asked tells it. */
export class RunSteering implements RunControl {
  readonly #deps: RunControlDeps;
  readonly #launcher: RunLauncher;

  constructor(deps: RunControlDeps) {
    this.#deps = deps;
    this.#launcher = new RunLauncher(deps);
  }

  async start(planPath: string): Promise<string> {
    this.#launcher.demandTrust();
    const adapters = await this.#deps.adapters();
    return this.#launcher.first(adapters, await adapters.readPlanFile(planPath));
  }

  async pause(runId: string): Promise<void> {
    const adapters = await this.#deps.adapters();
    const folder = await this.#folder(adapters, runId);
    const steered = await adapters.steerRun(folder, 'pause', adapters.clock);
    await this.#deps.runs.refresh();
    if (steered.kind === 'refused') this.#tellRefused(l10n.t('It cannot be paused.'), steered.state);
  }

  async resume(runId: string): Promise<void> {
    this.#launcher.demandTrust();
    const adapters = await this.#deps.adapters();
    const folder = await this.#folder(adapters, runId);
    if (this.#launcher.isStarting(runId)) {
      this.showTerminal(runId);
      return;
    }
    const steered = await adapters.steerRun(folder, 'resume', adapters.clock);
    if (steered.kind === 'refused') {
      const what = isRunning(steered.state) ? l10n.t('It goes on already.') : l10n.t('It cannot be resumed.');
      return this.#tellRefused(what, steered.state);
    }
    if (steered.kind === 'needs-process') await this.#launcher.again(adapters, folder, 'resume');
    await this.#deps.runs.refresh();
  }

  async cancel(runId: string): Promise<void> {
    const adapters = await this.#deps.adapters();
    const folder = await this.#folder(adapters, runId);
    const run = this.#deps.runs.get(runId);
    const agreed = await this.#deps.questions.confirm({
      message: l10n.t('Cancel the migration {0}?', run?.planName ?? runId),
      detail: cancelDetail(run),
      button: buttons.cancelMigration(),
    });
    if (!agreed) return;
    const steered = await adapters.steerRun(folder, 'cancel', adapters.clock);
    await this.#deps.runs.refresh();
    if (steered.kind === 'refused') this.#tellRefused(l10n.t('There is nothing to cancel.'), steered.state);
  }

  async proceed(runId: string): Promise<void> {
    const { questions, runs } = this.#deps;
    const adapters = await this.#deps.adapters();
    const folder = await this.#folder(adapters, runId);
    const awaits = runs.get(runId)?.snapshot.awaits;
    if (awaits === undefined) return this.#tellAwaitsNothing();
    const { question, detail } = awaitedWords(awaits);
    const agreed = await questions.confirm({ message: question, detail, button: buttons.proceed() });
    if (!agreed) return;
    const proceeded = await adapters.proceedRun(folder, adapters.clock, awaits);
    await runs.refresh();
    if (proceeded.kind !== 'requested') this.#tellAwaitsNothing();
  }

  async limit(runId: string, ceilings: CopyCeilings): Promise<void> {
    const adapters = await this.#deps.adapters();
    const limited = await adapters.limitRun(await this.#folder(adapters, runId), ceilings);
    const { questions } = this.#deps;
    switch (limited.kind) {
      case 'requested':
        questions.tell('information', l10n.t('From now on: {0}.', ceilingsText(ceilings)));
        break;
      case 'needs-process':
        questions.tell('information', l10n.t('Nothing works on this run, so there is nothing to limit.'));
        break;
      case 'not-limitable':
        questions.tell('information', l10n.t('Only a direct copy keeps to limits.'));
    }
    await this.#deps.runs.refresh();
  }

  async verify(runId: string): Promise<void> {
    this.#launcher.demandTrust();
    const adapters = await this.#deps.adapters();
    const folder = await this.#folder(adapters, runId);
    const plan = await adapters.readPlanFile(folder.planPath);
    const secrets = await secretsFor(plan, this.#deps.clusters, this.#deps.questions);
    const args = ['verify', runId, '--runs-folder', this.#deps.runsRoot(), '--yes', '--attended'];
    await this.#launcher.launch(adapters, {
      title: l10n.t('Verify {0}', runTitle(planSubject(plan), runId)),
      args,
      secrets,
      icon: new ThemeIcon('verified'),
    });
  }

  async retryDeadLetters(runId: string, choice?: LetterChoice): Promise<void> {
    this.#launcher.demandTrust();
    const adapters = await this.#deps.adapters();
    const folder = await this.#folder(adapters, runId);
    const run = this.#deps.runs.get(runId);
    if (run?.alive || this.#launcher.isStarting(runId)) {
      throw new MigrationError('run-locked', { run: runId, ...(run?.pid === undefined ? {} : { pid: run.pid }) });
    }
    await this.#launcher.again(adapters, folder, 'retry-dead-letters', letterArguments(choice));
  }

  async cleanUp(runId: string): Promise<void> {
    this.#launcher.demandTrust();
    const { questions, remote, runs } = this.#deps;
    const adapters = await this.#deps.adapters();
    const { plan, state, leftovers } = await adapters.readLeftovers(await this.#folder(adapters, runId));
    const { handoff } = plan;
    if (leftovers.goes.length === 0 || !handoff || !('azure' in handoff)) {
      questions.tell('information', NOTHING_TO_CLEAN_UP);
      return runs.refresh();
    }
    const listed = (lines: readonly string[]): string[] => lines.map((line) => `• ${line}`);
    const lines = [goesHeading(handoff.azure), ...listed(goesLines(leftovers)), '', STAYS_HEADING];
    const detail = [...lines, ...listed(staysLines(leftovers)), '', cleanUpWarning(state)].join('\n').trimEnd();
    if (!(await questions.confirm({ message: CLEAN_UP_QUESTION, detail, button: buttons.takeAway() }))) return;
    const secrets = await remote.tokensFor(plan, adapters);
    await this.#launcher.launch(adapters, {
      title: l10n.t('Clean up {0}', runTitle(planSubject(plan), runId)),
      args: ['runs', 'clean-up', runId, '--runs-folder', this.#deps.runsRoot(), '--yes', '--attended'],
      secrets,
      icon: new ThemeIcon('trash'),
    });
  }

  showTerminal(runId: string): void {
    this.#showTerminal(runId).catch(this.#deps.onFailure);
  }

  /** Puts the throttle relay before a target, for any other tool. */
  async startRelay(targetId: string, deadLettersFolder: string): Promise<void> {
    this.#launcher.demandTrust();
    const { clusters } = this.#deps;
    const adapters = await this.#deps.adapters();
    const name = clusters.get(targetId)?.name ?? targetId;
    const secrets = await targetSecrets(targetId, clusters);
    const args = ['relay', '--dead-letters', deadLettersFolder, '--attended'];
    await this.#launcher.launch(adapters, {
      title: l10n.t('Relay to {0}', name),
      args,
      secrets,
      icon: new ThemeIcon('plug'),
    });
  }

  async #showTerminal(runId: string): Promise<void> {
    const { runs, terminals, questions } = this.#deps;
    if (runs.get(runId) === undefined) await runs.refresh();
    const run = runs.get(runId);
    if (run === undefined) throw new MigrationError('run-not-found', { run: runId, root: this.#deps.runsRoot() });
    const terminal = await terminals.find(run, runTitle(shortName(run), runId));
    if (terminal !== undefined) {
      terminal.show();
      return;
    }
    if (run.alive) {
      const pid = run.pid ?? '?';
      questions.tell('information', l10n.t('This run works in another window or terminal (process {0}).', pid));
    } else if (!isOver(run.snapshot.state)) {
      const label = run.snapshot.state === 'planned' ? buttons.start() : buttons.resume();
      // The command, since it tells what goes wrong.
      const resume = () => questions.run(COMMANDS.resumeRun, { kind: 'run', runId });
      questions.tell('information', l10n.t('This run has no terminal: nothing works on it.'), { label, run: resume });
    } else {
      questions.tell(
        'information',
        l10n.t('This run is over and its terminal is closed. The report tells what happened.'),
      );
    }
  }

  #folder(adapters: HostAdapters, runId: string): Promise<RunFolder> {
    return adapters.findRun(this.#deps.runsRoot(), runId);
  }

  #tellAwaitsNothing(): void {
    this.#deps.questions.tell('information', l10n.t('This run does not wait for anybody now.'));
  }

  /** Another window was faster, or the run has moved on meanwhile. */
  #tellRefused(what: string, state: RunState): void {
    this.#deps.questions.tell('information', `${what} ${stateSentence({ state }, l10n.t)}`);
  }
}

function letterArguments(choice: LetterChoice | undefined): readonly string[] {
  if (!choice) return [];
  return ['--only', choice.ns, ...(choice.ids ?? []).flatMap((id) => ['--letter', id])];
}

function cancelDetail(run: RunInfo | undefined): string {
  const copied = run?.snapshot.collections.reduce((sum, collection) => sum + collection.copied, 0) ?? 0;
  const stays =
    copied > 0
      ? l10n.t('What was copied stays on the target: {0}.', formatCountOf(copied, 'document'))
      : l10n.t('Collections that were made already stay on the target.');
  const after = l10n.t(
    'The source is not touched. A cancelled run cannot be resumed; a new run of the same plan recognises what is there already.',
  );
  return `${stays} ${after}`;
}
