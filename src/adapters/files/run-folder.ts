/** Where runs live: `<root>/<runId>/` with the plan, the journal, the dead letters, the report and the lock. Outside of any work tree, private to the user. */
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MigrationError } from '../../core/model/error.js';
import type { Plan } from '../../core/model/plan.js';
import { stateWithoutProcess, type RunState } from '../../core/model/run.js';
import { reduceJournal, type RunStatus } from '../../engine/journal/reduce.js';
import { fileFailed, makePrivateFolder, systemCode } from './durable.js';
import { readJournalFile } from './journal-file.js';
import { writePlanFile } from './plan-file.js';
import { liveLockHolder } from './run-lock.js';

export { defaultRunsRoot } from './runs-root.js';

export interface RunFolder {
  readonly runId: string;
  readonly path: string;
  readonly planPath: string;
  readonly journalPath: string;
  readonly deadLettersPath: string;
  reportPath(ending: 'json' | 'md' | 'html'): string;
}

/** One run as a list shows it. */
export interface RunSummary {
  readonly folder: RunFolder;
  /** What is true now: a running state without a live process is `failed-resumable`. */
  readonly state: RunState;
  /** Undefined for a run that was created but never started, and for one whose journal cannot be read (`problem` says why). */
  readonly status?: RunStatus;
  readonly process?: { readonly pid: number };
  readonly problem?: string;
}

/** `20261123T204512Z-1a2b3c4d`: sorts by time, no two alike. */
const RUN_ID = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

export function runFolder(root: string, runId: string): RunFolder {
  const path = join(resolve(root), runId);
  return {
    runId,
    path,
    planPath: join(path, 'plan.json'),
    journalPath: join(path, 'journal.ndjson'),
    deadLettersPath: join(path, 'dead-letters'),
    reportPath: (ending) => join(path, `report.${ending}`),
  };
}

/**
 * Makes the folder of a new run with its copy of the plan. `now` in milliseconds since the epoch.
 * @throws MigrationError `bad-plan`, `file-failed`.
 */
export async function createRun(root: string, plan: Plan, now: number): Promise<RunFolder> {
  const time = new Date(now)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '');
  const folder = runFolder(root, `${time}-${randomBytes(4).toString('hex')}`);
  await makePrivateFolder(folder.path);
  await makePrivateFolder(folder.deadLettersPath);
  await writePlanFile(folder.planPath, plan);
  return folder;
}

async function runIds(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && RUN_ID.test(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw fileFailed(error, root, 'list');
  }
}

/**
 * A run by its id, by the unique start of one, or `latest`.
 * @throws MigrationError `run-not-found` with `candidates` where the start fits several.
 */
export async function findRun(root: string, wanted: string): Promise<RunFolder> {
  const ids = await runIds(root);
  const fitting =
    wanted === 'latest' ? ids.slice(-1) : ids.filter((id) => id === wanted || (wanted !== '' && id.startsWith(wanted)));
  const [only] = fitting;
  if (only === undefined || fitting.length > 1) {
    throw new MigrationError('run-not-found', {
      run: wanted,
      root,
      ...(fitting.length > 1 ? { candidates: fitting } : {}),
    });
  }
  return runFolder(root, only);
}

/** Reads what a run is now, without touching it. An unreadable journal is a summary with a `problem`, no failure. */
export async function summariseRun(folder: RunFolder): Promise<RunSummary> {
  const holder = await liveLockHolder(folder.path);
  const alive = holder ? { process: { pid: holder.pid } } : {};
  try {
    const { records } = await readJournalFile(folder.journalPath);
    if (records.length === 0) return { folder, state: 'planned', ...alive };
    const status = reduceJournal(records);
    return { folder, state: holder ? status.state : stateWithoutProcess(status.state), status, ...alive };
  } catch (error) {
    if (!MigrationError.is(error)) throw error;
    if (error.code === 'file-failed' && error.facts['code'] === 'ENOENT') return { folder, state: 'planned', ...alive };
    return { folder, state: 'failed-resumable', problem: error.code, ...alive };
  }
}

/** The folder of every run, newest first. @throws MigrationError `file-failed`. */
export async function listRunFolders(root: string): Promise<RunFolder[]> {
  return (await runIds(root)).reverse().map((id) => runFolder(root, id));
}

/** Every run, newest first. */
export async function listRuns(root: string): Promise<RunSummary[]> {
  return Promise.all((await listRunFolders(root)).map((folder) => summariseRun(folder)));
}
