import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { livePath, readLiveSnapshot, startLiveWriter } from '../../src/adapters/files/live-snapshot.js';
import { openRun } from '../../src/adapters/files/open-run.js';
import { requestControl, watchControl, type Asked } from '../../src/adapters/files/run-control.js';
import { createRun, listRuns, type RunFolder } from '../../src/adapters/files/run-folder.js';
import { openRunList } from '../../src/adapters/files/run-list.js';
import { steerRun } from '../../src/adapters/files/steer-run.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import type { CopyCeilings } from '../../src/core/model/plan.js';
import { enterState } from '../../src/engine/journal/port.js';
import { RunProgress } from '../../src/engine/progress/run-progress.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { plannedCollection, planOf } from '../unit/engine-builders.js';

const NS = { db: 'shop', coll: 'orders' };
const PLAN = planOf([plannedCollection(NS, NS, { documents: 100 })]);
const clock = systemClock;

let temp: TempFolder;
let roots = 0;
beforeAll(async () => {
  temp = await makeTempFolder('run-files');
});
afterAll(() => temp.remove());
const freshRoot = (): string => join(temp.path, String(roots++));
const aRun = (root = freshRoot(), at = Date.now()): Promise<RunFolder> => createRun(root, PLAN, at);

const counters = {
  acknowledged: 40,
  alreadyThere: 2,
  conflicts: 0,
  deadLettered: 0,
  throttled: 3,
  bytes: 4000,
  ru: 200,
};

/** A run that was cut off while it copied: nobody holds it. */
async function cutOff(root?: string, at?: number): Promise<RunFolder> {
  const folder = await aRun(root, at);
  const run = await openRun(folder, { clock });
  await enterState(run.journal, 'preparing');
  await enterState(run.journal, 'copying');
  await run.journal.append({ type: 'copy-progress', ns: 'shop.orders', counters });
  await run.close();
  return folder;
}

/** Requests as they come; `count` of them and the watch ends. */
async function taken(folder: RunFolder, count: number): Promise<Asked[]> {
  const seen: Asked[] = [];
  const over = new AbortController();
  await watchControl(folder.path, {
    clock,
    signal: AbortSignal.any([over.signal, AbortSignal.timeout(10_000)]),
    onRequest: (asked) => {
      seen.push(asked);
      if (seen.length === count) over.abort();
    },
  });
  return seen;
}

describe('requests to a run', () => {
  it('are taken in their order, each once, and leave nothing behind', async () => {
    const folder = await aRun();
    for (const want of ['pause', 'resume', 'cancel'] as const) {
      await requestControl(folder.path, { want });
      // The order is that of the clock.
      const then = Date.now();
      await expect.poll(() => Date.now()).toBeGreaterThan(then);
    }
    expect(await taken(folder, 3)).toEqual([{ want: 'pause' }, { want: 'resume' }, { want: 'cancel' }]);
    expect(await readdir(join(folder.path, 'control'))).toEqual([]);
  });

  it('are seen while they are waited for', async () => {
    const folder = await aRun();
    const waiting = taken(folder, 1);
    await requestControl(folder.path, { want: 'pause' });
    expect(await waiting).toEqual([{ want: 'pause' }]);
  });

  it('are private, and what is none is thrown away', async () => {
    const folder = await aRun();
    const control = join(folder.path, 'control');
    await mkdir(control);
    for (const [name, text] of [
      ['000-a.json', 'not json'],
      ['000-b.json', '{"want":"explode"}'],
      ['000-c.json', '{"want":"limit"}'],
      ['000-d.json', '{"want":"limit","ceilings":{"bytesPerSecond":-1}}'],
      ['000-e.json', '{"want":"limit","ceilings":{"documentsPerSecond":"5"}}'],
    ]) {
      await writeFile(join(control, name ?? ''), text ?? '');
    }
    await requestControl(folder.path, { want: 'cancel' });
    for (const name of (await readdir(control)).filter((n) => !n.startsWith('000-'))) {
      expect((await stat(join(control, name))).mode & 0o777).toBe(0o600);
    }
    expect(await taken(folder, 1)).toEqual([{ want: 'cancel' }]);
    expect(await readdir(control)).toEqual([]);
  });

  it('bring limits, and of what else is in them nothing', async () => {
    const folder = await aRun();
    const ceilings = { bytesPerSecond: 1_000_000, sourceConnections: 2 };
    await requestControl(folder.path, { want: 'limit', ceilings: { ...ceilings, more: 'x' } as CopyCeilings });
    expect(await taken(folder, 1)).toEqual([{ want: 'limit', ceilings }]);
  });

  it('of an earlier process do not reach the next one', async () => {
    const folder = await aRun();
    await requestControl(folder.path, { want: 'cancel' });
    const run = await openRun(folder, { clock });
    await expect(readdir(join(folder.path, 'control'))).rejects.toMatchObject({ code: 'ENOENT' });
    await run.close();
  });
});

describe('steering a run that nobody works on', () => {
  it('cancels it for good, and once', async () => {
    const folder = await cutOff();
    expect(await steerRun(folder, 'cancel', clock)).toEqual({ kind: 'changed', state: 'cancelled' });
    const snapshot = await readLiveSnapshot(folder);
    const params = { documents: 40, collections: 0, atLeast: true };
    expect(snapshot).toMatchObject({ state: 'cancelled', why: { id: 'cancelled-by-user', params } });
    expect(await steerRun(folder, 'cancel', clock)).toEqual({ kind: 'refused', state: 'cancelled' });
    expect(await steerRun(folder, 'resume', clock)).toEqual({ kind: 'refused', state: 'cancelled' });
  });

  it('pauses what was cut off, and nothing else', async () => {
    const folder = await cutOff();
    expect(await steerRun(folder, 'resume', clock)).toEqual({ kind: 'needs-process' });
    expect(await steerRun(folder, 'pause', clock)).toEqual({ kind: 'changed', state: 'paused' });
    expect(await steerRun(folder, 'pause', clock)).toEqual({ kind: 'refused', state: 'paused' });
    expect(await steerRun(folder, 'resume', clock)).toEqual({ kind: 'needs-process' });
  });

  it('cancels one that was never started', async () => {
    const folder = await aRun();
    expect(await steerRun(folder, 'pause', clock)).toEqual({ kind: 'refused', state: 'planned' });
    expect(await steerRun(folder, 'cancel', clock)).toEqual({ kind: 'changed', state: 'cancelled' });
  });
});

describe('the snapshot of a run', () => {
  it('is told by its journal where no process tells it', async () => {
    expect(await readLiveSnapshot(await cutOff())).toMatchObject({
      state: 'failed-resumable',
      why: { id: 'interrupted' },
      done: 42,
      planned: 100,
      bytes: 4000,
      requestUnits: 200,
      collections: [{ ns: 'shop.orders', planned: 100, copied: 42, throttled: 3, verified: 'no' }],
    });
  });

  it('stood still since its last word, and not since somebody went on with it', async () => {
    const folder = await cutOff();
    const told = (await listRuns(dirname(folder.path)))[0]?.status?.updatedAt;
    const anHourOn = { ...clock, now: () => clock.now() + 3_600_000 };
    const run = await openRun(folder, { clock: anHourOn });
    await enterState(run.journal, 'preparing');
    const { history } = run.journal.status();
    await run.close();
    expect(told).toBeDefined();
    expect(history.find(({ why }) => why === 'interrupted')?.at).toBe(told);
  });

  it('does not count what was in a collection that had to be made again', async () => {
    const folder = await cutOff();
    const run = await openRun(folder, { clock });
    await run.journal.append({ type: 'collection-created', ns: 'shop.orders', phase: 'intent' });
    await run.journal.append({ type: 'collection-created', ns: 'shop.orders', phase: 'done' });
    const afresh = { ...counters, acknowledged: 7, alreadyThere: 0 };
    await run.journal.append({ type: 'copy-progress', ns: 'shop.orders', counters: afresh });
    await run.close();
    expect(await readLiveSnapshot(folder)).toMatchObject({ done: 7, collections: [{ copied: 7 }] });
  });

  it('is told by the file of a live process, privately, and survives a damaged one', async () => {
    const folder = await aRun();
    const run = await openRun(folder, { clock });
    const progress = new RunProgress({ plan: PLAN, runId: folder.runId, startedAt: Date.now() }, () => clock.now());
    progress.onEvent({ kind: 'state', state: 'copying' });
    const writer = startLiveWriter(folder, clock, () => progress.snapshot(new Map()));
    writer.changed();
    await expect.poll(async () => (await readLiveSnapshot(folder)).state).toBe('copying');
    expect((await stat(livePath(folder))).mode & 0o777).toBe(0o600);
    await writer.close();
    expect((await readdir(folder.path)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const text = await readFile(livePath(folder), 'utf8');
    await writeFile(livePath(folder), text.slice(0, text.length / 2));
    expect((await readLiveSnapshot(folder)).state).toBe('planned');
    await run.close();
  });
});

describe('the list of runs', () => {
  it('has every run, the newest first, a damaged one with what is wrong with it', async () => {
    const root = freshRoot();
    const old = await cutOff(root, Date.UTC(2026, 0, 1));
    const fresh = await aRun(root, Date.UTC(2026, 0, 2));
    const list = openRunList(root);
    expect(await list.read()).toMatchObject([
      { runId: fresh.runId, planName: 'shop.orders: source → target', alive: false, snapshot: { state: 'planned' } },
      { runId: old.runId, source: 'source', target: 'target', snapshot: { state: 'failed-resumable', done: 42 } },
    ]);
    await writeFile(fresh.planPath, '{');
    await writeFile(old.journalPath, 'x\ny\n');
    expect(await list.read()).toMatchObject([{ problem: 'bad-plan' }, { problem: 'journal-damaged' }]);
    await rm(fresh.path, { recursive: true });
    expect(await list.read()).toHaveLength(1);
    expect(await openRunList(join(root, 'nowhere')).read()).toEqual([]);
  });

  it('reads a finished run once, and again when something about it has changed', async () => {
    const root = freshRoot();
    const folder = await cutOff(root);
    const list = openRunList(root);
    const [first] = await list.read();
    const [second] = await list.read();
    expect(second).toBe(first);
    await steerRun(folder, 'cancel', clock);
    expect(await list.read()).toMatchObject([{ snapshot: { state: 'cancelled' } }]);
  });

  it('knows who works on a run', async () => {
    const root = freshRoot();
    const folder = await aRun(root);
    const list = openRunList(root);
    const run = await openRun(folder, { clock });
    expect(await list.read()).toMatchObject([{ alive: true, pid: process.pid }]);
    await run.close();
    expect(await list.read()).toMatchObject([{ alive: false }]);
  });

  it('of a hundred finished runs is read again in a few milliseconds', async () => {
    const root = freshRoot();
    for (let i = 0; i < 100; i++) await cutOff(root, Date.UTC(2026, 0, 1) + i * 1000);
    const list = openRunList(root);
    await list.read();
    const started = performance.now();
    expect(await list.read()).toHaveLength(100);
    // Called once a second: half of that on a busy machine would still do.
    expect(performance.now() - started).toBeLessThan(500);
  });
});
