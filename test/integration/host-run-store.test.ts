/** What a window knows of runs, from real runs of the real command line. */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openRunList } from '../../src/adapters/files/run-list.js';
import { FollowedRuns } from '../../src/host/runs/run-store.js';
import type { RunInfo } from '../../src/host/services.js';
import { buildCli, type Cli } from '../support/cli.js';
import { someDocuments, startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const LIMIT_MS = 60_000;

let cli: Cli;
let pair: MigrationPair;
let folder: TempFolder;
const stores: FollowedRuns[] = [];

beforeAll(async () => {
  cli = await buildCli('run-store');
  // 2,000 documents of about 5 RU: some seconds of work.
  pair = await startMigrationPair('store-password', { ruPerSecond: 4_000 });
  folder = await makeTempFolder('run-store');
  for (const name of ['live', 'killed', 'later']) {
    await pair.sourceClient.db(name).collection('items').insertMany(someDocuments(2_000));
  }
});

afterEach(() => {
  for (const store of stores.splice(0)) store.dispose();
  vi.restoreAllMocks();
});

afterAll(async () => {
  await folder.remove();
  await pair.stop();
  await cli.remove();
});

interface Followed {
  readonly store: FollowedRuns;
  readonly failures: unknown[];
  readonly opened: string[];
  readonly until: (wanted: (runs: readonly RunInfo[]) => boolean) => Promise<void>;
}

function follow(root: string | (() => string)): Followed {
  const failures: unknown[] = [];
  const opened: string[] = [];
  const store = new FollowedRuns({
    root: typeof root === 'string' ? () => root : root,
    openList: (path) => {
      opened.push(path);
      return Promise.resolve(openRunList(path));
    },
    onFailure: (error) => failures.push(error),
    pollMs: 200,
  });
  stores.push(store);
  return { store, failures, opened, until: (wanted) => until(store, wanted) };
}

function until(store: FollowedRuns, wanted: (runs: readonly RunInfo[]) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (end: () => void): void => {
      clearTimeout(timer);
      subscription.dispose();
      end();
    };
    const look = (): void => {
      if (wanted(store.list())) done(resolve);
    };
    const subscription = store.onDidChange(look);
    const timer = setTimeout(
      () => done(() => reject(new Error(`not so in time: ${JSON.stringify(store.list()).slice(0, 2_000)}`))),
      LIMIT_MS,
    );
    look();
  });
}

const env = (runs: string): Record<string, string> => ({
  MCM_SOURCE_URI: pair.source.secretUri,
  MCM_TARGET_URI: pair.target.secretUri,
  MCM_RUNS: join(folder.path, runs),
});

async function start(db: string, runs: string) {
  const options = { cwd: folder.path, env: env(runs) };
  const out = `${db}.migration.json`;
  const args = ['plan', '--include', db, '--out', out, '--throughput', '4000', '--no-measure'];
  expect(await cli.run(args, options)).toMatchObject({ code: 0 });
  return cli.start(['run', out], options);
}

describe('the runs that a window knows', () => {
  it('are none, without a timer and without loading anything, where there is no folder', async () => {
    const timers = vi.spyOn(globalThis, 'setInterval');
    const { store, failures, opened } = follow(join(folder.path, 'not-there'));
    await store.refresh();
    expect(store.list()).toEqual([]);
    expect(failures).toEqual([]);
    expect(opened).toEqual([]);
    expect(timers).not.toHaveBeenCalled();
  });

  it('are found at once when another window makes the first one, folder and all, without a timer meanwhile', async () => {
    const root = join(folder.path, 'first', 'ever');
    const timers = vi.spyOn(globalThis, 'setInterval');
    const { store, until: eventually } = follow(root);
    await store.refresh();
    await mkdir(join(root, '20260101T000000Z-00000000'), { recursive: true });
    await eventually((runs) => runs.length === 1);
    expect(timers).not.toHaveBeenCalled();
  });

  it('show a run from its first sign to its end, in two windows at once, and rest then', async () => {
    await mkdir(join(folder.path, 'live'), { recursive: true });
    const one = follow(join(folder.path, 'live'));
    const other = follow(join(folder.path, 'live'));
    const seen = new Set<string>();
    one.store.onDidChange(() => one.store.list().forEach((run) => seen.add(`${run.snapshot.state} ${run.alive}`)));
    await Promise.all([one.store.refresh(), other.store.refresh()]);
    const looking = [one.store.watch(), other.store.watch()];
    const running = await start('live', 'live');
    await one.until(([run]) => run?.snapshot.state === 'copying' && run.alive && run.pid === running.pid);
    // Nobody looks on any more: the live run alone keeps them going.
    for (const look of looking) look.dispose();
    await Promise.all([one.until(isCompleted), other.until(isCompleted)]);
    expect(await running.ended).toMatchObject({ code: 0 });
    await Promise.all([one.until(([run]) => run?.alive === false), other.until(([run]) => run?.alive === false)]);
    expect(seen).toContain('copying true');
    const [run] = one.store.list();
    expect(run).toMatchObject({ alive: false, planName: expect.stringContaining('live') as string });
    expect(run?.snapshot).toMatchObject({ done: 2_000, planned: 2_000, state: 'completed' });
    expect(other.store.list()).toHaveLength(1);
    const quiet = vi.spyOn(globalThis, 'setInterval');
    await one.store.refresh();
    expect(quiet).not.toHaveBeenCalled();
  });

  it('show a run whose process was killed as resumable', async () => {
    const { store, until: eventually } = follow(join(folder.path, 'killed'));
    const look = store.watch();
    const running = await start('killed', 'killed');
    await eventually(([run]) => run?.snapshot.state === 'copying' && run.alive);
    running.child.kill('SIGKILL');
    await eventually(([run]) => run?.snapshot.state === 'failed-resumable' && !run.alive);
    expect(store.list()[0]?.snapshot.why).toEqual({ id: 'interrupted', params: {} });
    look.dispose();
  });

  it('are found by a window that is opened later', async () => {
    const { store, opened } = follow(join(folder.path, 'killed'));
    await store.refresh();
    expect(store.list()).toHaveLength(1);
    expect(opened).toHaveLength(1);
  });

  it('are told from a run that cannot be read, which has a problem and harms no other', async () => {
    const root = join(folder.path, 'killed');
    const [id = ''] = await readdir(root);
    const damaged = join(root, '20260101T000000Z-00000000');
    await mkdir(damaged);
    await writeFile(join(damaged, 'plan.json'), '{');
    await writeFile(join(damaged, 'journal.ndjson'), 'no journal\n\n');
    const { store } = follow(root);
    await store.refresh();
    expect(store.list().map((run) => [run.runId, run.problem !== undefined])).toEqual([
      [id, false],
      ['20260101T000000Z-00000000', true],
    ]);
  });

  it('lose a run whose folder is removed, at once', async () => {
    const root = join(folder.path, 'killed');
    const { store, until: eventually } = follow(root);
    await store.refresh();
    const before = store.list().length;
    await rm(join(root, '20260101T000000Z-00000000'), { recursive: true });
    await eventually((runs) => runs.length === before - 1);
  });

  it('are none where the folder cannot be read, which is told once', async () => {
    const path = join(folder.path, 'a-file');
    await writeFile(path, '');
    const { store, failures } = follow(path);
    for (let i = 0; i < 3; i += 1) await store.refresh();
    expect(store.list()).toEqual([]);
    expect(failures).toHaveLength(1);
  });

  it('are those of another folder once the settings name another', async () => {
    let root = join(folder.path, 'killed');
    const { store } = follow(() => root);
    await store.refresh();
    expect(store.list()).not.toEqual([]);
    root = join(folder.path, 'elsewhere');
    await store.refresh();
    expect(store.list()).toEqual([]);
    await rename(join(folder.path, 'killed'), root);
    await store.refresh();
    expect(store.list()).not.toEqual([]);
  });
});

function isCompleted(runs: readonly RunInfo[]): boolean {
  return runs[0]?.snapshot.state === 'completed';
}
