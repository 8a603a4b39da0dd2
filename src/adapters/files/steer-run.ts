import { canBecome, isRunning, type RunState } from '../../core/model/run.js';
import { restRun } from '../../engine/journal/rest.js';
import type { Awaited } from '../../core/model/handoff.js';
import type { CopyCeilings } from '../../core/model/plan.js';
import type { Clock } from '../../engine/ports.js';
import { readFreshLive } from './live-snapshot.js';
import { readPlanFile } from './plan-file.js';
import { requestControl, type RunRequest } from './run-control.js';
import { summariseRun, type RunFolder } from './run-folder.js';
import { withRunJournal } from './run-journal.js';
import { clearStartFailure } from './start-failure.js';
import { removeLeftSecretFiles } from './secret-files.js';

export type Steered =
  /** The process that works on the run has been asked. */
  | { readonly kind: 'requested'; readonly pid: number }
  /** Nobody works on the run; its journal says now what was wished. */
  | { readonly kind: 'changed'; readonly state: RunState }
  /** Going on wants a process of its own: `run --resume`. */
  | { readonly kind: 'needs-process' }
  /** The run's state does not allow it. */
  | { readonly kind: 'refused'; readonly state: RunState };

/**
 * Pauses, resumes or cancels a run, whoever works on it.
 * @throws MigrationError `run-locked` where a process takes the run at this moment, `file-failed`, `journal-damaged`, `bad-plan`.
 */
export async function steerRun(folder: RunFolder, want: RunRequest, clock: Clock): Promise<Steered> {
  const { state, process, problem } = await summariseRun(folder);
  if (process) {
    const possible = want === 'resume' ? state === 'paused' : isRunning(state) || state === 'paused';
    // A run that was just taken over is in no running state yet: its process knows better.
    if (!possible && !canBecome(state, 'preparing')) return { kind: 'refused', state };
    await requestControl(folder.path, { want });
    return { kind: 'requested', pid: process.pid };
  }
  if (want === 'resume') {
    return problem === undefined && canBecome(state, 'preparing')
      ? { kind: 'needs-process' }
      : { kind: 'refused', state };
  }
  return rest(folder, want === 'pause' ? 'paused' : 'cancelled', clock);
}

export type Limited =
  | { readonly kind: 'requested'; readonly pid: number }
  | { readonly kind: 'needs-process' }
  /** Only the direct copy paces itself by ceilings. */
  | { readonly kind: 'not-limitable'; readonly method: string };

/**
 * Gives a run that is at work other ceilings, in the place of all that it has. They hold until its process ends.
 * @throws MigrationError `file-failed`, `bad-plan`.
 */
export async function limitRun(folder: RunFolder, ceilings: CopyCeilings): Promise<Limited> {
  const { method } = await readPlanFile(folder.planPath);
  if (method !== 'direct-copy') return { kind: 'not-limitable', method };
  const { process } = await summariseRun(folder);
  if (!process) return { kind: 'needs-process' };
  await requestControl(folder.path, { want: 'limit', ceilings });
  return { kind: 'requested', pid: process.pid };
}

export type Proceeded =
  | { readonly kind: 'requested'; readonly pid: number; readonly what: Awaited }
  | { readonly kind: 'needs-process' }
  /** It waits for nobody just now. */
  | { readonly kind: 'awaits-nothing'; readonly state: RunState };

/**
 * Tells a run that what it waits for is done. `what`: only that; without it whatever it waits for.
 * @throws MigrationError `file-failed`.
 */
export async function proceedRun(folder: RunFolder, clock: Clock, what?: Awaited): Promise<Proceeded> {
  const { process, state } = await summariseRun(folder);
  if (!process) return { kind: 'needs-process' };
  const awaits = (await readFreshLive(folder, clock.now()))?.awaits;
  // A button may be pressed minutes after it was drawn: the word is for what was asked then, and for nothing else.
  if (awaits === undefined || (what !== undefined && what !== awaits)) return { kind: 'awaits-nothing', state };
  await requestControl(folder.path, { want: 'proceed', what: awaits });
  return { kind: 'requested', pid: process.pid, what: awaits };
}

function rest(folder: RunFolder, state: 'paused' | 'cancelled', clock: Clock): Promise<Steered> {
  return withRunJournal(folder, { clock }, async (journal) => {
    await removeLeftSecretFiles(journal);
    const done = await restRun(journal, state);
    if (done) await clearStartFailure(folder);
    return done ? { kind: 'changed', state } : { kind: 'refused', state: journal.status().state };
  });
}
