/** What a run has made in Azure and what of it stands there, as its folder says. */
import { readPlanFile } from '../adapters/files/plan-file.js';
import { summariseRun, type RunFolder } from '../adapters/files/run-folder.js';
import { MigrationError } from '../core/model/error.js';
import type { Plan } from '../core/model/plan.js';
import type { RunState } from '../core/model/run.js';
import { leftoversOf, type Leftovers } from '../core/plan/made-in-azure.js';

export interface RunLeftovers {
  readonly plan: Plan;
  readonly state: RunState;
  readonly leftovers: Leftovers;
}

/** From what the run's folder says; Azure is not asked. @throws MigrationError `run-locked` while a process works on the run, `bad-plan`, `file-failed`, `journal-damaged`. */
export async function readLeftovers(folder: RunFolder): Promise<RunLeftovers> {
  const plan = await readPlanFile(folder.planPath);
  const { state, status, process, problem } = await summariseRun(folder);
  if (process) throw new MigrationError('run-locked', { pid: process.pid, run: folder.runId });
  if (problem !== undefined) throw new MigrationError('journal-damaged', { reason: problem });
  return { plan, state, leftovers: leftoversOf(plan, status?.remote ?? {}) };
}
