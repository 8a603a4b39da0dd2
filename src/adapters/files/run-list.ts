/** Every run under a folder, again and again: finished ones are read once and then only looked at. */
import { readdir, stat } from 'node:fs/promises';
import { MigrationError } from '../../core/model/error.js';
import { isRunning } from '../../core/model/run.js';
import { leftoversOf } from '../../core/plan/made-in-azure.js';
import { planSubject, planTitle } from '../../core/plan/plan-title.js';
import type { RunSnapshot } from '../../core/model/run-snapshot.js';
import { livePath, readFreshLive, snapshotOf } from './live-snapshot.js';
import { readPlanFile } from './plan-file.js';
import { listRunFolders, summariseRun, type RunFolder } from './run-folder.js';
import { claimsFolder, liveLockHolder } from './run-lock.js';
import { readStartFailure, startFailurePath, type StartFailure } from './start-failure.js';

export interface ListedRun {
  readonly runId: string;
  readonly path: string;
  /** `shop.orders: old → new`. */
  readonly planName: string;
  /** `shop.orders`; empty where the plan cannot be read. */
  readonly subject: string;
  /** Names of the clusters. */
  readonly source: string;
  readonly target: string;
  readonly snapshot: RunSnapshot;
  /** A live process stands behind it. */
  readonly alive: boolean;
  readonly pid?: number;
  /** Its journal or plan cannot be read: an error code. */
  readonly problem?: string;
  /** Why the latest process that was to work on it could not. */
  readonly startFailure?: StartFailure;
  /** Nobody works on it, and things stand in Azure that it has made. */
  readonly leftInAzure?: true;
}

export interface RunList {
  /** Newest first. One bad run is an entry with a `problem`. @throws MigrationError `file-failed` where the folder itself cannot be read. */
  read(): Promise<readonly ListedRun[]>;
}

/** What is kept of a plan, which never changes: it may have ten thousand collections. */
type Names = Pick<ListedRun, 'planName' | 'subject' | 'source' | 'target'>;

interface Cached {
  readonly key: string;
  readonly run: ListedRun;
}

/** Remembers what it has read; a folder that is not there yet is a list without entries. */
export function openRunList(root: string): RunList {
  const known = new Map<string, Cached>();
  const names = new Map<string, Names>();
  return {
    async read() {
      const folders = await listRunFolders(root);
      const present = new Set(folders.map(({ runId }) => runId));
      for (const map of [known, names]) for (const runId of map.keys()) if (!present.has(runId)) map.delete(runId);
      return Promise.all(
        folders.map(async (folder) => {
          const key = await fingerprint(folder);
          const cached = known.get(folder.runId);
          if (cached?.key === key) return cached.run;
          const run = await listedRun(folder, names);
          // A dead process stays dead, a live one does not stay alive.
          if (run.alive) known.delete(folder.runId);
          else known.set(folder.runId, { key, run });
          return run;
        }),
      );
    },
  };
}

/** Changes whenever what is read of a run that nobody works on would. */
async function fingerprint(folder: RunFolder): Promise<string> {
  const claims = await readdir(claimsFolder(folder.path)).catch(() => []);
  const parts = await Promise.all(
    [folder.planPath, folder.journalPath, livePath(folder), folder.deadLettersPath, startFailurePath(folder)].map(
      (path) =>
        stat(path).then(
          (found) => `${found.mtimeMs}/${found.size}/${found.ino}`,
          () => '-',
        ),
    ),
  );
  return [...parts, ...claims].join(' ');
}

async function listedRun(folder: RunFolder, names: Map<string, Names>): Promise<ListedRun> {
  const now = Date.now();
  const base = { runId: folder.runId, path: folder.path };
  const holder = await liveLockHolder(folder.path);
  const known = names.get(folder.runId);
  // The usual case while a run is at work: neither its plan nor its journal is read again.
  const live = holder && known && (await readFreshLive(folder, now));
  if (live) {
    return { ...base, ...known, snapshot: live, alive: true, pid: holder.pid, ...(await failureOf(folder, live)) };
  }
  const summary = await summariseRun(folder);
  const problems: string[] = summary.problem === undefined ? [] : [summary.problem];
  let found: Names = { planName: folder.runId, subject: '', source: '', target: '' };
  let snapshot: RunSnapshot | undefined;
  let isLeft = false;
  try {
    const plan = await readPlanFile(folder.planPath);
    isLeft = leftoversOf(plan, summary.status?.remote ?? {}).goes.length > 0;
    found = {
      planName: planTitle(plan),
      subject: planSubject(plan),
      source: plan.source.name,
      target: plan.target.name,
    };
    names.set(folder.runId, found);
    snapshot = await snapshotOf(summary, plan, now);
  } catch (error) {
    problems.push(MigrationError.is(error) ? error.code : 'internal');
  }
  const [problem] = problems;
  snapshot ??= unknownRun(folder, summary.state, now);
  return {
    ...base,
    ...found,
    snapshot,
    ...(await failureOf(folder, snapshot)),
    alive: summary.process !== undefined,
    ...(summary.process === undefined ? (isLeft ? { leftInAzure: true } : {}) : { pid: summary.process.pid }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Only of a run that is waited for: one that works, or is over, has come past it. */
async function failureOf(folder: RunFolder, { state }: RunSnapshot): Promise<Pick<ListedRun, 'startFailure'>> {
  if (isRunning(state) || state === 'completed' || state === 'cancelled') return {};
  const startFailure = await readStartFailure(folder);
  return startFailure ? { startFailure } : {};
}

function unknownRun(folder: RunFolder, state: RunSnapshot['state'], at: number): RunSnapshot {
  const none = { done: 0, planned: 0, bytes: 0, documentsPerSecond: 0, ruPerSecond: 0, provisioned: 0 };
  const counts = { requestUnits: 0, throttled: 0, deadLetters: 0, conflicts: 0 };
  return {
    runId: folder.runId,
    at,
    state,
    startedAt: at,
    ...none,
    ...counts,
    collections: [],
    rates: [],
    commandLines: [],
  };
}
