import { MigrationError } from '../../core/model/error.js';
import { canBecome, isRunning, type RunState } from '../../core/model/run.js';
import type { JournalEntry } from './record.js';
import type { RunStatus } from './reduce.js';

/** Where a run writes down what it does, so that nothing on the target is unaccounted for after a crash. */
export interface Journal {
  /** Bytes of a half-written last record that were cut off on opening. */
  readonly tornBytes: number;
  status(): RunStatus;
  /**
   * Resolves when the entry is on disk; `copy-progress` and `range-progress` alone may take up to a second to get there (ask `flush`).
   * @throws MigrationError `internal` for a state that the present one cannot become; `file-failed` when the disk refuses: from then on every call does.
   */
  append(entry: JournalEntry): Promise<void>;
  /** Resolves when everything appended so far is on disk. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** @throws MigrationError `internal` where the entry would break the state machine. */
export function checkEntry(present: RunState, entry: JournalEntry): void {
  if (entry.type === 'state' && !canBecome(present, entry.state)) {
    throw new MigrationError('internal', { reason: 'bad-transition', from: present, to: entry.state });
  }
}

/**
 * Records a step of the run. A run that was cut off in a running state goes over `failed-resumable` when it is prepared again.
 * @throws as {@link Journal.append}.
 */
export async function enterState(journal: Journal, state: RunState, why?: string): Promise<void> {
  const present = journal.status().state;
  if (state === 'preparing' && isRunning(present)) {
    await journal.append({ type: 'state', state: 'failed-resumable', why: 'interrupted' });
  }
  await journal.append({ type: 'state', state, ...(why === undefined ? {} : { why }) });
}
