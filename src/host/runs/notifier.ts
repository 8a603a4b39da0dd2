import { l10n, Uri, type Disposable, type LogOutputChannel } from 'vscode';
import { awaitedWords } from '../../words/awaits.js';
import { verdictReasonSentence } from '../../words/runs.js';
import { COMMANDS, type CommandId } from '../ids.js';
import { CONNECTION_CODES } from '../connection-codes.js';
import type { ClusterStore, RunInfo, RunStore } from '../services.js';
import type { Settings } from '../settings.js';
import { labels } from '../strings.js';
import { proceedLabel, stepsFile } from './awaited-run.js';
import { NoticeBoard, resumable, type Notice } from './notices.js';
import { buttons, type Choice, type Questions } from './questions.js';
import { remedySteps, startFailureSentence, stateSentence } from './run-words.js';

interface NotifierDeps {
  readonly runs: Pick<RunStore, 'onDidChange' | 'list' | 'get' | 'refresh'>;
  readonly clusters: Pick<ClusterStore, 'list'>;
  readonly questions: Pick<Questions, 'tell' | 'run'>;
  readonly settings: () => Settings;
  readonly log: LogOutputChannel;
  readonly windowStart: number;
}

/** Tells of a run's change once, with what can be done about it. */
export class RunNotifier implements Disposable {
  readonly #deps: NotifierDeps;
  readonly #board: NoticeBoard;
  readonly #subscription: Disposable;

  constructor(deps: NotifierDeps) {
    this.#deps = deps;
    this.#board = new NoticeBoard(deps.windowStart);
    this.#subscription = deps.runs.onDidChange(() => this.#look());
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  /** The runs are kept somewhere else now. */
  reset(): void {
    this.#board.reset();
  }

  #look(): void {
    const wanted = this.#deps.settings().notifications;
    for (const notice of this.#board.next(this.#deps.runs.list())) {
      this.#deps.log.info(`run ${notice.run.runId}: ${notice.kind}`);
      if (wanted === 'none' || (wanted === 'problems' && !isProblem(notice))) continue;
      this.#tell(notice);
    }
  }

  #tell({ kind, run }: Notice): void {
    const { questions, log } = this.#deps;
    const why = run.snapshot.why === undefined ? [] : [verdictReasonSentence(run.snapshot.why)];
    const choice = (label: string, command: CommandId): Choice => ({ label, run: () => this.#onRun(command, run) });
    const resume: Choice = { label: buttons.resume(), run: () => this.#resume(run) };
    const report = choice(buttons.openReport(), COMMANDS.openReport);
    const terminal = choice(buttons.showTerminal(), COMMANDS.showTerminal);
    const showLog: Choice = { label: labels.showLog(), run: () => log.show() };
    switch (kind) {
      case 'completed': {
        const text = l10n.t('Migration {0} is complete: every document was checked and is there.', run.planName);
        return questions.tell('information', text, report);
      }
      case 'findings': {
        const text = l10n.t('Migration {0} is complete, with findings to look at.', run.planName);
        return questions.tell('warning', [text, ...why].join(' '), report);
      }
      case 'failed': {
        const text = l10n.t('Migration {0} has stopped and can be resumed.', run.planName);
        const words = [text, ...why, ...remedySteps(run.snapshot)].join(' ');
        return questions.tell('error', words, resume, terminal, showLog);
      }
      case 'not-started': {
        const text = l10n.t('Migration {0}:', run.planName);
        const words = [text, startFailureSentence(run, l10n.t) ?? ''].join(' ');
        return questions.tell('error', words, ...this.#remedy(run), terminal, showLog);
      }
      case 'stopped': {
        const text = l10n.t('Migration {0} was stopped. Nothing is lost: it goes on where it was.', run.planName);
        return questions.tell('information', text, resume);
      }
      case 'awaits': {
        const { awaits } = run.snapshot;
        const what = awaits === undefined ? '' : awaitedWords(awaits).sentence;
        const steps = stepsFile(run);
        const open = steps && {
          label: buttons.openSteps(),
          run: () => questions.run('markdown.showPreview', Uri.file(steps)),
        };
        const text = l10n.t('Migration {0}:', run.planName);
        const proceed = choice(proceedLabel(awaits, l10n.t), COMMANDS.proceedRun);
        return questions.tell('information', `${text} ${what}`, ...(open ? [open] : []), proceed);
      }
      case 'paused':
        return questions.tell('information', l10n.t('Migration {0} is paused.', run.planName), resume);
    }
  }

  /** The button that leads to what has to be mended. */
  #remedy({ startFailure, source, target }: RunInfo): readonly Choice[] {
    const { questions, clusters } = this.#deps;
    const code = startFailure?.id.replace(/^error:/, '') ?? '';
    if (code === 'tool-missing') return [{ label: labels.setUpTools(), run: () => questions.run(COMMANDS.setUpTools) }];
    const side = startFailure?.params['side'];
    if (!CONNECTION_CODES.has(code) || (side !== 'source' && side !== 'target')) return [];
    const name = side === 'source' ? source : target;
    const cluster = clusters.list(side).find((profile) => profile.name === name);
    if (cluster === undefined) return [];
    const node = { kind: 'cluster', clusterId: cluster.id };
    return [{ label: labels.editConnection(), run: () => questions.run(COMMANDS.editCluster, node) }];
  }

  /** The message may be hours old. */
  async #resume(then: RunInfo): Promise<void> {
    const { runs, questions } = this.#deps;
    await runs.refresh();
    const run = runs.get(then.runId);
    const page: Choice = { label: buttons.openRunPage(), run: () => this.#onRun(COMMANDS.openRunPage, then) };
    switch (resumable(run)) {
      case 'waits':
        await this.#onRun(COMMANDS.resumeRun, then);
        break;
      case 'works':
        questions.tell('information', l10n.t('Migration {0} goes on already.', then.planName), page);
        break;
      case 'over': {
        const state = run === undefined ? '' : stateSentence(run.snapshot, l10n.t);
        const text = l10n.t('There is nothing to resume in migration {0}.', then.planName);
        questions.tell('information', `${text} ${state}`, page);
        break;
      }
      case 'gone':
        questions.tell('information', l10n.t('Migration {0} is not there any more.', then.planName));
    }
  }

  async #onRun(command: CommandId, { runId }: RunInfo): Promise<void> {
    await this.#deps.questions.run(command, { kind: 'run', runId });
  }
}

function isProblem({ kind }: Notice): boolean {
  return kind === 'failed' || kind === 'findings' || kind === 'not-started' || kind === 'awaits';
}
