import { MongoClient } from 'mongodb';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLiveSnapshot } from '../../src/adapters/files/live-snapshot.js';
import { findRun } from '../../src/adapters/files/run-folder.js';
import type { RunSnapshot } from '../../src/core/model/run-snapshot.js';
import { buildCli, type Cli, type CliResult } from '../support/cli.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const DOCUMENTS = 20_000;
/** Ten minutes' worth: a run that ends has been let go. */
const SLOW = 30;

let folder: TempFolder;
let source: RunningMongod;
let target: RunningMongod;
let cli: Cli;

beforeAll(async () => {
  [cli, folder, source, target] = await Promise.all([
    buildCli('direct-limited'),
    makeTempFolder('direct-limited'),
    startMongod(),
    startMongod(),
  ]);
  const client = await MongoClient.connect(source.uri);
  const documents = Array.from({ length: DOCUMENTS }, (_, i) => ({ _id: i as never, pad: 'x'.repeat(100) }));
  await client.db('shop').collection('orders').insertMany(documents);
  await client.close();
});
afterAll(async () => {
  await Promise.all([source.stop(), target.stop(), folder.remove(), cli.remove()]);
});

const runs = (): string => join(folder.path, 'runs');
const run = (args: readonly string[]): Promise<CliResult> =>
  cli.run(args, { cwd: folder.path, env: { MCM_RUNS: runs() } });

async function planFor(method: string): Promise<string> {
  const plan = join(folder.path, `${method}.migration.json`);
  const made = await run(['plan', '--source', source.uri, '--target', target.uri, '--method', method, '--out', plan]);
  expect(made, made.stderr).toMatchObject({ code: 0 });
  return plan;
}

describe('a direct copy with limits', () => {
  it('keeps to them, says so, and follows when they are changed while it runs', { timeout: 60_000 }, async () => {
    const plan = await planFor('direct-copy');
    const args = ['run', plan, '--json', '--max-documents-per-second', String(SLOW)];
    const running = await cli.start(args, { cwd: folder.path, env: { MCM_RUNS: runs() } });
    await running.waitFor('"copying"');
    const found = await findRun(runs(), 'latest');
    let snapshot: RunSnapshot | undefined;
    const limitedBy = async (): Promise<string | undefined> => {
      snapshot = await readLiveSnapshot(found);
      return snapshot?.limitedBy;
    };
    await expect.poll(limitedBy, { timeout: 20_000 }).toBe('ceiling');
    const seconds = ((snapshot?.at ?? 0) - (snapshot?.startedAt ?? 0)) / 1000;
    expect(snapshot?.done).toBeLessThan(SLOW * (seconds + 2));

    const shown = await run(['runs', 'show', 'latest']);
    expect(shown.stdout).toContain('limited by your own limit');
    const freed = await run(['runs', 'limit', 'latest', '--no-limit']);
    expect(freed, freed.stderr).toMatchObject({ code: 0 });
    const { code, stderr } = await running.ended;
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('From now on: no limit.');

    const late = await run(['runs', 'limit', 'latest', '--max-mb-per-second', '5']);
    expect(late.code).not.toBe(0);
    expect(late.stderr).toContain('Nobody works on run');
  });

  it('is what can be limited, with a limit that makes sense', { timeout: 30_000 }, async () => {
    const native = await run(['run', await planFor('dump-restore'), '--max-mb-per-second', '5']);
    expect(native.code).not.toBe(0);
    expect(native.stderr).toContain('only a direct copy paces itself by limits');
    for (const args of [
      ['limit', 'latest'],
      ['limit', 'latest', '--no-limit', '--max-mb-per-second', '5'],
    ]) {
      expect((await run(['runs', ...args])).stderr).toContain('What is the limit to be?');
    }
    expect((await run(['runs', 'pause', 'latest', '--max-mb-per-second', '5'])).stderr).toContain('A limit was given');
    expect((await run(['runs', 'limit', 'latest', '--max-mb-per-second', '0'])).stderr).toContain(
      '--max-mb-per-second',
    );
  });
});
