import type { Plan } from '../../core/model/plan.js';
import { isRunning } from '../../core/model/run.js';
import type { Journal } from '../../engine/journal/port.js';
import type { DeadLetterShelf } from '../../engine/retry-dead-letters.js';
import type { Clock } from '../../engine/ports.js';
import { openDeadLetters, type FileDeadLetters } from './dead-letter-files.js';
import { listDeadLetters, readDeadLetters } from './dead-letter-reader.js';
import { readPlanFile } from './plan-file.js';
import { clearControl } from './run-control.js';
import { thisProcess } from './process-identity.js';
import type { RunFolder } from './run-folder.js';
import { openRunJournal } from './run-journal.js';
import { takeRunLock } from './run-lock.js';
import { clearStartFailure } from './start-failure.js';
import { removeLeftSecretFiles } from './secret-files.js';

/** A run that this process has taken over. */
export interface OpenRun {
  readonly folder: RunFolder;
  readonly plan: Plan;
  readonly journal: Journal;
  readonly deadLetters: FileDeadLetters;
  /** The dead letters to be sent again. */
  readonly shelf: DeadLetterShelf;
  /** Secret files of a process that died, removed on opening. */
  readonly removedSecretFiles: readonly string[];
  /** Begins another attempt in this process, after a pause: counters start again. */
  takeUpAgain(): Promise<void>;
  /** Brings everything to disk and lets the run go. */
  close(): Promise<void>;
}

/**
 * Takes a run over, new or interrupted: locks it, opens journal and dead letters, removes secret files that a dead process left
 * and requests that were meant for it, and records this process.
 * @throws MigrationError `run-locked` (`pid`), `journal-foreign`, `journal-damaged`, `bad-plan`, `file-failed`.
 */
export async function openRun(
  folder: RunFolder,
  options: { clock: Clock; secrets?: readonly string[] },
): Promise<OpenRun> {
  const plan = await readPlanFile(folder.planPath);
  const lock = await takeRunLock(folder.path);
  let journal: Journal | undefined;
  try {
    journal = await openRunJournal(folder, plan, options);
    const { state, updatedAt } = journal.status();
    const cutOff = isRunning(state) ? { cutOffAt: updatedAt } : {};
    const removedSecretFiles = await removeLeftSecretFiles(journal);
    const deadLetters = await openDeadLetters(folder.deadLettersPath, options);
    await clearControl(folder.path);
    const opened = journal;
    const takeUpAgain = async (before: { readonly cutOffAt?: string } = {}): Promise<void> => {
      await clearStartFailure(folder);
      await opened.append({ type: 'process', ...(await thisProcess()), ...before });
    };
    await takeUpAgain(cutOff);
    const close = async (): Promise<void> => {
      try {
        await deadLetters.close();
        await opened.close();
      } finally {
        await lock.release();
      }
    };
    const shelf: DeadLetterShelf = {
      list: () => listDeadLetters(folder.deadLettersPath),
      read: (ns) => readDeadLetters(folder.deadLettersPath, ns),
      remove: (ns, ids) => deadLetters.remove(ns, ids),
    };
    return { folder, plan, journal, deadLetters, shelf, removedSecretFiles, takeUpAgain: () => takeUpAgain(), close };
  } catch (error) {
    await journal?.close();
    await lock.release();
    throw error;
  }
}
