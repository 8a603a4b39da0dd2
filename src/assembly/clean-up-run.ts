/** What a run has made in Azure, taken away by whichever process. Part of the composition root. */
import { takeAway } from '../adapters/azure/clean-up.js';
import type { RunFolder } from '../adapters/files/run-folder.js';
import { withRunJournal } from '../adapters/files/run-journal.js';
import { leftoversOf } from '../core/plan/made-in-azure.js';
import type { Clock } from '../engine/ports.js';
import { notTakenAwayText, takenAwayText } from '../words/clean-up.js';
import { armClientOf, type RemoteAccess } from './remote-access.js';

export interface CleanUpOptions {
  readonly access: RemoteAccess;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/**
 * Takes it away, with the run's lock; each is written down when it is gone. Returns how many stand still, because Azure refuses to take them away.
 * @throws MigrationError `run-locked` while a process works on the run, `bad-plan`, `file-failed`, `journal-damaged`, and where Azure cannot be asked.
 */
export function cleanUpRun(folder: RunFolder, { access, clock, signal, say }: CleanUpOptions): Promise<number> {
  return withRunJournal(folder, { clock }, async (journal, plan) => {
    const arm = armClientOf(access, { clock, secrets: access.secrets });
    const { goes } = leftoversOf(plan, journal.status().remote);
    let kept = 0;
    await takeAway({
      ...{ arm, plan, goes, journal, signal },
      onGone: (one) => say(takenAwayText(one)),
      onKept: (one, error) => {
        kept += 1;
        say(notTakenAwayText(one, error));
      },
    });
    return kept;
  });
}
