/** `live.json` in a run's folder: what the run is at, for whoever looks on. A convenience: the journal is the truth and stands in where there is none. */
import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../../core/model/plan.js';
import type { RunSnapshot } from '../../core/model/run-snapshot.js';
import type { Clock } from '../../engine/ports.js';
import { journalSnapshot } from '../../engine/progress/journal-snapshot.js';
import { parseSnapshot } from '../../engine/progress/snapshot-check.js';
import { listDeadLetters } from './dead-letter-reader.js';
import { PRIVATE_FILE } from './durable.js';
import { readPlanFile } from './plan-file.js';
import { summariseRun, type RunFolder, type RunSummary } from './run-folder.js';

/** How often it is written while nothing changes its state. */
const EVERY_MS = 1_000;
/** Writing may take this share of the time: a plan of ten thousand collections makes megabytes. */
const WRITING_SHARE = 20;
/** A live process that has not written for so long is told by its journal. */
const STALE_MS = 10_000;

export function livePath(folder: RunFolder): string {
  return join(folder.path, 'live.json');
}

/** Readers see the old or the new one, never a part. Not synced: after a crash of the machine the journal tells. @throws what the file system throws. */
export async function writeLiveSnapshot(folder: RunFolder, snapshot: RunSnapshot): Promise<void> {
  const path = livePath(folder);
  const temporary = join(folder.path, `.live.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeFile(temporary, JSON.stringify(snapshot), { mode: PRIVATE_FILE, flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

export interface LiveWriter {
  /** Writes soon: the state has changed. */
  changed(): void;
  /** Writes a last time. */
  close(): Promise<void>;
}

/** Keeps `live.json` up to date. A file that cannot be written does not stop a run: whoever looks on sees the journal. */
export function startLiveWriter(folder: RunFolder, clock: Clock, snapshot: () => RunSnapshot): LiveWriter {
  let wake = new AbortController();
  let open = true;
  const write = async (): Promise<number> => {
    const started = clock.now();
    await writeLiveSnapshot(folder, snapshot()).catch(() => undefined);
    return clock.now() - started;
  };
  const writing = (async () => {
    while (open) {
      wake = new AbortController();
      const took = await write();
      await clock.sleep(Math.max(EVERY_MS, took * WRITING_SHARE), wake.signal).catch(() => undefined);
    }
    await write();
  })();
  return {
    changed: () => wake.abort(),
    async close() {
      open = false;
      wake.abort();
      await writing;
    },
  };
}

/** What the run's latest process wrote last, however old. */
export async function readLiveFile(folder: RunFolder): Promise<RunSnapshot | undefined> {
  const text = await readFile(livePath(folder), 'utf8').catch(() => undefined);
  const found = text === undefined ? undefined : parseSnapshot(text);
  return found?.runId === folder.runId ? found : undefined;
}

/** What a process that is alive wrote last; undefined where it has been silent for too long to be believed. */
export async function readFreshLive(folder: RunFolder, now: number): Promise<RunSnapshot | undefined> {
  const live = await readLiveFile(folder);
  return live && now - live.at < STALE_MS ? live : undefined;
}

/** `20261123T204512Z-...` as epoch milliseconds. */
function createdAt(runId: string): number {
  const iso = runId.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*$/, '$1-$2-$3T$4:$5:$6Z');
  return Date.parse(iso) || 0;
}

/** What a run is at, by what a summary of it says and, where its process is alive, by what that wrote last. */
export async function snapshotOf(summary: RunSummary, plan: Plan, now: number): Promise<RunSnapshot> {
  const { folder, state, status } = summary;
  const live = await readLiveFile(folder);
  if (live && summary.process && now - live.at < STALE_MS) return live;
  const letters = await listDeadLetters(folder.deadLettersPath);
  return journalSnapshot(plan, status, {
    runId: folder.runId,
    at: now,
    state,
    createdAt: createdAt(folder.runId),
    deadLetters: Object.fromEntries(letters.map(({ ns, documents }) => [ns, documents])),
    rates: live?.rates ?? [],
    commandLines: live?.commandLines ?? [],
    ...(live ? { seen: live.collections } : {}),
  });
}

/**
 * What a run is at now. A running state that no live process stands behind reads as `failed-resumable`.
 * @throws MigrationError `bad-plan`, `file-failed`, `journal-damaged`.
 */
export async function readLiveSnapshot(folder: RunFolder): Promise<RunSnapshot> {
  const plan = await readPlanFile(folder.planPath);
  return snapshotOf(await summariseRun(folder), plan, Date.now());
}
