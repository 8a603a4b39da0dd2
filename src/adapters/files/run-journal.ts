/** The journal of a run that lies in a folder, as that run's own. */
import type { Plan } from '../../core/model/plan.js';
import { planHash } from '../../engine/journal/identity.js';
import type { Journal } from '../../engine/journal/port.js';
import { openJournalFile, type JournalFileOptions } from './journal-file.js';
import { readPlanFile } from './plan-file.js';
import type { RunFolder } from './run-folder.js';
import { takeRunLock } from './run-lock.js';

/** The caller holds the run's lock. @throws MigrationError as {@link openJournalFile}. */
export function openRunJournal(folder: RunFolder, plan: Plan, options: JournalFileOptions): Promise<Journal> {
  const identity = { runId: folder.runId, planId: plan.id, planHash: planHash(plan) };
  return openJournalFile(folder.journalPath, identity, options);
}

/**
 * Works on a run that no process carries out: with its plan, its lock and its journal, which are let go whatever becomes of the work.
 * @throws MigrationError `run-locked` (`pid`), `bad-plan`, `file-failed`, `journal-damaged`, `journal-foreign`, and what the work throws.
 */
export async function withRunJournal<T>(
  folder: RunFolder,
  options: JournalFileOptions,
  work: (journal: Journal, plan: Plan) => Promise<T>,
): Promise<T> {
  const plan = await readPlanFile(folder.planPath);
  const lock = await takeRunLock(folder.path);
  try {
    const journal = await openRunJournal(folder, plan, options);
    try {
      return await work(journal, plan);
    } finally {
      await journal.close();
    }
  } finally {
    await lock.release();
  }
}
