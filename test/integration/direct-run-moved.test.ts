import { cp, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readJournalFile } from '../../src/adapters/files/journal-file.js';
import { reduceJournal, type RunStatus } from '../../src/engine/journal/reduce.js';
import { buildCli, type Cli } from '../support/cli.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const USER = 'mover';
const PASSWORD = 'canary-7Jd-moved';
const DOCUMENTS = 30_000;
const COLLECTIONS = 40;

let cli: Cli;
let folder: TempFolder;
let source: RunningMongod;
let target: RunningMongod;

const uriOf = (server: RunningMongod): string =>
  server.uri.replace('mongodb://', `mongodb://${USER}:${PASSWORD}@`).replace('/?', '/?authSource=admin&');
const secrets = (): Record<string, string> => ({ MCM_SOURCE_URI: uriOf(source), MCM_TARGET_URI: uriOf(target) });

beforeAll(async () => {
  const auth = { user: USER, password: PASSWORD };
  [cli, folder, source, target] = await Promise.all([
    buildCli('direct-moved'),
    makeTempFolder('direct-moved'),
    startMongod({ auth }),
    startMongod({ auth }),
  ]);
  const client = await MongoClient.connect(uriOf(source));
  const documents = Array.from({ length: DOCUMENTS }, (_, i) => ({ _id: i as never, pad: 'x'.repeat(500) }));
  await client.db('shop').collection('orders').insertMany(documents);
  for (let i = 0; i < COLLECTIONS; i += 1) {
    await client.db('many').collection(`c${i}`).insertMany(documents.slice(0, 30));
  }
  await client.close();
});
afterAll(async () => {
  await Promise.all([source.stop(), target.stop(), folder.remove(), cli.remove()]);
});

async function planFor(db: string): Promise<string> {
  const plan = join(folder.path, `${db}.migration.json`);
  const args = ['plan', '--include', `${db}.*`, '--method', 'direct-copy', '--out', plan];
  const made = await cli.run(args, { cwd: folder.path, env: secrets() });
  expect(made, made.stderr).toMatchObject({ code: 0 });
  return plan;
}

async function hashOf(uri: string, db: string): Promise<string> {
  const client = await MongoClient.connect(uri);
  const { collections } = await client.db(db).command({ dbHash: 1 });
  await client.close();
  return JSON.stringify(collections);
}

/** Starts the plan in a folder of runs and kills it while it copies. Returns the run's folder. */
async function killedWhileCopying(plan: string, runs: string): Promise<string> {
  const running = await cli.start(['run', plan, '--json'], { cwd: folder.path, env: { ...secrets(), MCM_RUNS: runs } });
  await running.waitFor('"copying"');
  running.child.kill('SIGKILL');
  const { stdout } = await running.ended;
  return /"path":"([^"]+)"/.exec(stdout)?.[1] ?? '';
}

const statusIn = async (path: string): Promise<RunStatus> =>
  reduceJournal((await readJournalFile(join(path, 'journal.ndjson'))).records);

describe('a direct copy whose folder is carried elsewhere', () => {
  it('goes on there, with the secrets given anew', { timeout: 120_000 }, async () => {
    const here = await killedWhileCopying(await planFor('shop'), join(folder.path, 'here'));
    const runs = join(folder.path, 'there');
    const there = join(runs, basename(here));
    await cp(here, there, { recursive: true });
    await rm(here, { recursive: true });

    const resume = ['run', '--resume', basename(here), '--json'];
    const refused = await cli.run(resume, { cwd: folder.path, env: { MCM_RUNS: runs } });
    expect(refused.code).toBe(2);
    expect(`${refused.stdout}${refused.stderr}`).toContain('MCM_SOURCE_URI');

    const done = await cli.run(resume, { cwd: folder.path, env: { ...secrets(), MCM_RUNS: runs } });
    expect(done, done.stderr).toMatchObject({ code: 0 });
    const status = await statusIn(there);
    expect(status).toMatchObject({ state: 'completed', attempts: 2 });
    expect(status.collections['shop.orders']?.verification?.kind).toBe('equal');
    expect(await hashOf(uriOf(target), 'shop')).toBe(await hashOf(uriOf(source), 'shop'));
  });
});

describe('a direct copy whose journal finds no room', () => {
  it('stops with the reason wherever that happens, and goes on when there is room', { timeout: 180_000 }, async () => {
    const runs = join(folder.path, 'full');
    const path = await killedWhileCopying(await planFor('many'), runs);
    const env = { ...secrets(), MCM_RUNS: runs };
    let stops = 0;
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const { size } = await stat(join(path, 'journal.ndjson'));
      const resume = ['run', '--resume', basename(path)];
      const ended = await cli.run(resume, { cwd: folder.path, env, largestFileKb: Math.ceil(size / 1024) + 4 });
      if ((await statusIn(path)).state === 'completed') break;
      // Done, or stopped by a disk that refuses: no third way.
      expect(ended.code).toBe(1);
      expect(`${ended.stdout}${ended.stderr}`).toContain('journal.ndjson could not be written');
      stops += 1;
    }
    expect(stops).toBeGreaterThan(3);
    if ((await statusIn(path)).state !== 'completed') {
      const done = await cli.run(['run', '--resume', basename(path)], { cwd: folder.path, env });
      expect(done, done.stderr).toMatchObject({ code: 0 });
    }
    expect(await statusIn(path)).toMatchObject({ state: 'completed' });
    expect(await hashOf(uriOf(target), 'many')).toBe(await hashOf(uriOf(source), 'many'));
  });
});
