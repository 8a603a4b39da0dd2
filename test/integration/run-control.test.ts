import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readLiveSnapshot } from '../../src/adapters/files/live-snapshot.js';
import { requestControl } from '../../src/adapters/files/run-control.js';
import { findRun, type RunFolder } from '../../src/adapters/files/run-folder.js';
import { openRunList } from '../../src/adapters/files/run-list.js';
import { steerRun } from '../../src/adapters/files/steer-run.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import type { RunState } from '../../src/core/model/run.js';
import { buildCli, type Cli, type CliResult, type RunningCli } from '../support/cli.js';
import { someDocuments, startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const DOCUMENTS = 4_000;
/** A copy takes about eight seconds: long enough to meet it in the middle. */
const RU_PER_SECOND = 4_000;

let cli: Cli;
let pair: MigrationPair;
let folder: TempFolder;
let runs: string;
let count = 0;

beforeAll(async () => {
  cli = await buildCli('control');
  pair = await startMigrationPair('run-control', { ruPerSecond: RU_PER_SECOND });
  folder = await makeTempFolder('run-control');
  await pair.sourceClient.db('shop').collection('orders').insertMany(someDocuments(DOCUMENTS, 400));
});
afterEach(async () => {
  await pair.backendClient.db('shop').collection('orders').deleteMany({});
});
afterAll(async () => {
  await folder.remove();
  await pair.stop();
  await cli.remove();
});

function options(): { cwd: string; env: Record<string, string> } {
  return {
    cwd: folder.path,
    env: { MCM_SOURCE_URI: pair.source.secretUri, MCM_TARGET_URI: pair.target.secretUri, MCM_RUNS: runs },
  };
}

const mcm = (...args: readonly string[]): Promise<CliResult> => cli.run(args, options());

/** A run that has copied a part, but not all. */
async function runToTheMiddle(...more: readonly string[]): Promise<{ running: RunningCli; run: RunFolder }> {
  count += 1;
  runs = join(folder.path, `runs-${count}`);
  const throughput = ['--throughput', String(RU_PER_SECOND), '--no-measure'];
  expect(
    await mcm('plan', '--method', 'dump-restore', '--force', '--out', 'shop.migration.json', ...throughput),
  ).toMatchObject({ code: 0 });
  const running = await cli.start(['run', 'shop.migration.json', ...more], options());
  await expect.poll(copied, { timeout: 60_000 }).toBeGreaterThan(DOCUMENTS / 10);
  const run = await findRun(runs, 'latest');
  await expect.poll(async () => (await readLiveSnapshot(run)).done, { timeout: 60_000 }).toBeGreaterThan(0);
  return { running, run };
}

const copied = (): Promise<number> => pair.backendClient.db('shop').collection('orders').countDocuments();

async function comesTo(run: RunFolder, state: RunState): Promise<void> {
  await expect.poll(async () => (await readLiveSnapshot(run)).state, { timeout: 60_000 }).toBe(state);
}

/** Process, its session, and its name, of everything below a process. */
async function toolsOf(pid: number): Promise<{ pid: number; session: number; name: string }[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,sid=,comm=', '--ppid', String(pid)]);
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(mongo\w+)/.exec(line))
    .flatMap((m) => (m ? [{ pid: Number(m[1]), session: Number(m[2]), name: m[3] ?? '' }] : []));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a run that is steered from outside', () => {
  it('pauses in the middle, stays, and goes on in the same process', { timeout: 120_000 }, async () => {
    const { running, run } = await runToTheMiddle('--attended');
    const tools = await toolsOf(running.pid);
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['mongodump', 'mongorestore']));
    expect(await steerRun(run, 'pause', systemClock)).toEqual({ kind: 'requested', pid: running.pid });
    await comesTo(run, 'paused');
    await running.waitFor('Paused. Keys:');
    expect(tools.filter(({ pid }) => isAlive(pid))).toEqual([]);
    const there = await copied();
    expect(there).toBeLessThan(DOCUMENTS);
    expect(await openRunList(runs).read()).toMatchObject([
      { runId: run.runId, alive: true, pid: running.pid, snapshot: { state: 'paused', why: { id: 'paused-by-user' } } },
    ]);
    expect(await steerRun(run, 'resume', systemClock)).toEqual({ kind: 'requested', pid: running.pid });
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(await copied()).toBe(DOCUMENTS);
    const snapshot = await readLiveSnapshot(run);
    expect(snapshot).toMatchObject({
      state: 'completed',
      done: DOCUMENTS,
      planned: DOCUMENTS,
      collections: [{ ns: 'shop.orders', copied: DOCUMENTS, verified: 'equal' }],
    });
    // Charts go on over the pause.
    expect(snapshot.rates.length).toBeGreaterThan(2);
  });

  it('ends where nobody attends it, and can be resumed', { timeout: 120_000 }, async () => {
    const { running, run } = await runToTheMiddle();
    expect(await mcm('runs', 'pause', 'latest')).toMatchObject({ code: 0 });
    const { code, stdout } = await running.ended;
    expect(code).toBe(4);
    expect(stdout).toContain(`run --resume ${run.runId}`);
    expect(await readLiveSnapshot(run)).toMatchObject({ state: 'paused' });
    expect(await steerRun(run, 'resume', systemClock)).toEqual({ kind: 'needs-process' });
    expect(await mcm('runs', 'resume', 'latest')).toMatchObject({ code: 2 });
    expect(await mcm('run', '--resume', 'latest')).toMatchObject({ code: 0 });
    expect(await copied()).toBe(DOCUMENTS);
  });

  it('is cancelled for good, and says what stays on the target', { timeout: 120_000 }, async () => {
    const { running, run } = await runToTheMiddle('--attended');
    await requestControl(run.path, { want: 'cancel' });
    const { code, stdout } = await running.ended;
    expect(code).toBe(5);
    expect(stdout).toMatch(/Cancelled by you\. What was copied stays on the target: [\d,]+ documents/);
    expect(stdout).not.toContain('--resume');
    expect(await readLiveSnapshot(run)).toMatchObject({ state: 'cancelled', why: { id: 'cancelled-by-user' } });
    expect(await steerRun(run, 'resume', systemClock)).toEqual({ kind: 'refused', state: 'cancelled' });
    expect(await mcm('run', '--resume', 'latest')).toMatchObject({ code: 2 });
  });

  it('can be cancelled while it is paused', { timeout: 120_000 }, async () => {
    const { running, run } = await runToTheMiddle('--attended');
    await requestControl(run.path, { want: 'pause' });
    await running.waitFor('Paused. Keys:');
    await requestControl(run.path, { want: 'cancel' });
    expect(await running.ended).toMatchObject({ code: 5 });
    expect(await readLiveSnapshot(run)).toMatchObject({ state: 'cancelled' });
  });

  it('is left resumable by a closed terminal, with no tool behind', { timeout: 120_000 }, async () => {
    const { running, run } = await runToTheMiddle('--attended');
    const tools = await toolsOf(running.pid);
    // Ctrl-C and hang-ups of the terminal go to a session: the tools are in their own.
    expect(tools.every(({ pid, session }) => session === pid)).toBe(true);
    running.child.kill('SIGHUP');
    running.child.kill('SIGHUP');
    expect(await running.ended).toMatchObject({ code: 5 });
    expect(tools.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect(await readLiveSnapshot(run)).toMatchObject({ state: 'failed-resumable', why: { id: 'stopped-by-user' } });
    expect(await mcm('run', '--resume', 'latest')).toMatchObject({ code: 0 });
    expect(await copied()).toBe(DOCUMENTS);
  });

  it(
    'reads as resumable when its process was killed, and can be cancelled without one',
    { timeout: 120_000 },
    async () => {
      const { running, run } = await runToTheMiddle('--attended');
      const tools = await toolsOf(running.pid);
      running.child.kill('SIGKILL');
      await running.ended;
      expect(await readLiveSnapshot(run)).toMatchObject({ state: 'failed-resumable', why: { id: 'interrupted' } });
      expect(await openRunList(runs).read()).toMatchObject([{ alive: false, snapshot: { state: 'failed-resumable' } }]);
      await expect.poll(() => tools.filter(({ pid }) => isAlive(pid)), { timeout: 60_000 }).toEqual([]);
      expect(await steerRun(run, 'cancel', systemClock)).toEqual({ kind: 'changed', state: 'cancelled' });
      const snapshot = await readLiveSnapshot(run);
      expect(snapshot).toMatchObject({ state: 'cancelled', why: { id: 'cancelled-by-user' } });
      expect(snapshot.collections[0]?.copied).toBeGreaterThan(0);
    },
  );
});
