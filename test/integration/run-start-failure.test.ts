import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPlanFile } from '../../src/adapters/files/plan-file.js';
import { requestControl } from '../../src/adapters/files/run-control.js';
import { createRun, type RunFolder } from '../../src/adapters/files/run-folder.js';
import { openRunList, type ListedRun } from '../../src/adapters/files/run-list.js';
import { startFailurePath } from '../../src/adapters/files/start-failure.js';
import { buildCli, type Cli } from '../support/cli.js';
import { someDocuments, startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

let cli: Cli;
let pair: MigrationPair;
let folder: TempFolder;
let root: string;
let right: Readonly<Record<string, string>>;

beforeAll(async () => {
  cli = await buildCli('start-failure');
  pair = await startMigrationPair('right-password', { ruPerSecond: 4_000 });
  folder = await makeTempFolder('start-failure');
  root = join(folder.path, 'runs');
  right = { MCM_SOURCE_URI: pair.source.secretUri, MCM_TARGET_URI: pair.target.secretUri };
  await pair.sourceClient.db('shop').collection('orders').insertMany(someDocuments(3_000, 400));
  const args = [
    'plan',
    '--out',
    'shop.migration.json',
    '--throughput',
    '4000',
    '--no-measure',
    '--method',
    'dump-restore',
  ];
  expect(await cli.run(args, { cwd: folder.path, env: right })).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await folder.remove();
  await pair.stop();
  await cli.remove();
});

const aRun = async (): Promise<RunFolder> =>
  createRun(root, await readPlanFile(join(folder.path, 'shop.migration.json')), Date.now());

async function seen({ runId }: RunFolder): Promise<ListedRun | undefined> {
  return (await openRunList(root).read()).find((run) => run.runId === runId);
}

describe('a process that cannot take its run over', () => {
  it('leaves word of why, without a secret, until one can', { timeout: 60_000 }, async () => {
    const run = await aRun();
    const list = openRunList(root);
    expect((await list.read())[0]).not.toHaveProperty('startFailure');
    const wrong = { ...right, MCM_TARGET_URI: pair.target.secretUri.replace('right-password', 'wrong-password') };
    const args = ['run', '--resume', run.runId];
    expect((await cli.run(args, { cwd: folder.path, env: wrong })).code).not.toBe(0);
    // Through what was remembered of it, too.
    expect((await list.read())[0]).toMatchObject({
      alive: false,
      snapshot: { state: 'planned' },
      startFailure: { id: 'error:authentication-failed', params: { side: 'target' } },
    });
    expect(await readFile(startFailurePath(run), 'utf8')).not.toContain('wrong-password');
    const shown = await cli.run(['runs', 'show', run.runId], { cwd: folder.path, env: right });
    expect(shown.stdout + shown.stderr).toContain('The latest start failed. The target refused the login.');

    expect(await cli.run(args, { cwd: folder.path, env: right })).toMatchObject({ code: 0 });
    expect(await seen(run)).not.toHaveProperty('startFailure');
  });

  it('says so of a paused run that it keeps, and goes on waiting', { timeout: 60_000 }, async () => {
    await pair.backendClient.db('shop').dropDatabase();
    const run = await aRun();
    const args = ['run', '--resume', run.runId, '--attended'];
    const running = await cli.start(args, { cwd: folder.path, env: right });
    await expect.poll(async () => (await seen(run))?.snapshot.done, { timeout: 30_000 }).toBeGreaterThan(0);
    await requestControl(run.path, { want: 'pause' });
    await running.waitFor('Paused. Keys:');
    await pair.standIn.close();
    await requestControl(run.path, { want: 'resume' });
    await expect
      .poll(async () => (await seen(run))?.startFailure?.id, { timeout: 50_000 })
      .toMatch(/^error:(unreachable-host|connection-lost)$/);
    expect(await seen(run)).toMatchObject({ alive: true, snapshot: { state: 'paused' } });
    await requestControl(run.path, { want: 'cancel' });
    await running.ended;
    expect(await seen(run)).not.toHaveProperty('startFailure');
  });
});
