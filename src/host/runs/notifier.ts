import { commands, l10n, window, type Disposable, type LogOutputChannel } from 'vscode';
import { verdictReasonSentence } from '../../words/runs.js';
import { COMMANDS, type CommandId } from '../ids.js';
import type { RunInfo } from '../services.js';
import type { Settings } from '../settings.js';
import { labels } from '../strings.js';
import { NoticeBoard, type Notice } from './notices.js';
import { buttons } from './questions.js';
import type { FollowedRuns } from './run-store.js';
import { unlinked } from '../unlinked.js';

interface NotifierDeps {
  readonly runs: FollowedRuns;
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
      this.#tell(notice).catch((error: unknown) =>
        this.#deps.log.error(error instanceof Error ? error : String(error)),
      );
    }
  }

  async #tell({ kind, run }: Notice): Promise<void> {
    const why = run.snapshot.why === undefined ? '' : ` ${verdictReasonSentence(run.snapshot.why)}`;
    const act = async (chosen: string | undefined): Promise<void> => {
      if (chosen === buttons.openReport()) await onRun(COMMANDS.openReport, run);
      else if (chosen === buttons.resume()) await onRun(COMMANDS.resumeRun, run);
      else if (chosen === buttons.showTerminal()) await onRun(COMMANDS.showTerminal, run);
      else if (chosen === labels.showLog()) this.#deps.log.show();
    };
    switch (kind) {
      case 'completed': {
        const text = l10n.t('Migration {0} is complete: every document was checked and is there.', run.planName);
        return act(await window.showInformationMessage(unlinked(text), buttons.openReport()));
      }
      case 'findings': {
        const text = l10n.t('Migration {0} is complete, with findings to look at.', run.planName);
        return act(await window.showWarningMessage(unlinked(`${text}${why}`), buttons.openReport()));
      }
      case 'failed': {
        const text = l10n.t('Migration {0} has stopped and can be resumed.', run.planName);
        return act(
          await window.showErrorMessage(
            unlinked(`${text}${why}`),
            buttons.resume(),
            buttons.showTerminal(),
            labels.showLog(),
          ),
        );
      }
      case 'stopped': {
        const text = l10n.t('Migration {0} was stopped. Nothing is lost: it goes on where it was.', run.planName);
        return act(await window.showInformationMessage(unlinked(text), buttons.resume()));
      }
      case 'paused': {
        const text = l10n.t('Migration {0} is paused.', run.planName);
        return act(await window.showInformationMessage(unlinked(text), buttons.resume()));
      }
    }
  }
}

function isProblem({ kind }: Notice): boolean {
  return kind === 'failed' || kind === 'findings';
}

async function onRun(command: CommandId, run: RunInfo): Promise<void> {
  await commands.executeCommand(command, { kind: 'run', runId: run.runId });
}
