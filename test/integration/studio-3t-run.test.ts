/** A migration by a person with Studio 3T, whose place the real database tools take: they write to the connection that the person is given. */
import { createServer, type Server } from 'node:net';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConnectionString } from 'mongodb-connection-string-url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLiveSnapshot } from '../../src/adapters/files/live-snapshot.js';
import { findRun } from '../../src/adapters/files/run-folder.js';
import type { RunReport } from '../../src/engine/journal/report.js';
import { buildCli, type Cli, type CliResult, type RunningCli } from '../support/cli.js';
import { someDocuments, startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { dumpAndRestore } from '../support/restore-through-relay.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const PASSWORD = 'c4nary/studio';
const RU_PER_SECOND = 4_000;
const WAITS = 'It waits for you: copy the collections with Studio 3T';

let cli: Cli;
let pair: MigrationPair;
let folder: TempFolder;
/** Of each test its own, so that none resumes the other's run. */
let runs: string;

beforeAll(async () => {
  cli = await buildCli('studio-3t');
  pair = await startMigrationPair(PASSWORD, { ruPerSecond: RU_PER_SECOND });
  folder = await makeTempFolder('studio-3t');
  const fill = async (db: string, coll: string, count: number): Promise<void> => {
    await pair.sourceClient.db(db).collection(coll).insertMany(someDocuments(count, 400));
  };
  for (const db of ['whole', 'early', 'killed']) await fill(db, 'orders', db === 'killed' ? 4_000 : 2_000);
  await fill('early', 'forgotten', 300);
  await fill('taken', 'items', 10);
  await pair.sourceClient.db('whole').collection('orders').createIndex({ day: 1 });
  await pair.sourceClient.db('whole').collection('orders').createIndex({ _id: 1, day: 1 }, { unique: true });
  // Over the 2 MB that an RU account takes.
  await pair.sourceClient
    .db('early')
    .collection<{ _id: number }>('orders')
    .insertOne({ _id: -1, text: 'x'.repeat(3e6) } as never);
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

async function freePort(): Promise<number> {
  const server = await listening(0);
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(port: number): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

async function planned(db: string, port: number): Promise<string> {
  runs = join(folder.path, `runs-${db}`);
  const out = `${db}.migration.json`;
  const how = ['--method', 'studio-3t', '--studio-port', String(port), '--throughput', String(RU_PER_SECOND)];
  expect(await mcm('plan', '--include', db, '--out', out, '--no-measure', ...how)).toMatchObject({ code: 0 });
  return out;
}

const artefact = async (name: string): Promise<string> =>
  readFile(join((await findRun(runs, 'latest')).path, 'studio-3t', name), 'utf8');

/** The connection as a person uses it: with their password, and without what is for Studio 3T alone. */
async function targetOfPerson(): Promise<string> {
  const url = new ConnectionString((await artefact('target-connection.txt')).trim());
  for (const key of [...url.searchParams.keys()]) if (key.startsWith('3t.')) url.searchParams.delete(key);
  url.password = encodeURIComponent(PASSWORD);
  return url.toString();
}

/** What somebody does with Studio 3T: some collections of a database, one after another. */
async function copyByHand(db: string): Promise<void> {
  const copied = await dumpAndRestore({
    sourceUri: pair.source.secretUri,
    db,
    targetUri: await targetOfPerson(),
    batchSize: 100,
  });
  expect(copied).toMatchObject({ dump: 0, restore: 0 });
}

/** A run that waits for its person. */
async function waiting(...args: readonly string[]): Promise<RunningCli> {
  const running = await cli.start(['run', ...args], options());
  await running.waitFor(WAITS);
  return running;
}

const proceed = async (): Promise<void> => expect(await mcm('runs', 'proceed', 'latest')).toMatchObject({ code: 0 });

async function report(): Promise<RunReport> {
  return JSON.parse((await mcm('report', 'latest', '--format', 'json')).stdout) as RunReport;
}

describe('a migration by Studio 3T', () => {
  it(
    'prepares, waits while the documents come through the relay, verifies, and completes',
    { timeout: 120_000 },
    async () => {
      const port = await freePort();
      const file = await planned('whole', port);
      const dry = await mcm('run', file, '--dry-run');
      expect(dry).toMatchObject({ code: 0 });
      expect(dry.stdout).toContain(`relay on 127.0.0.1:${port}`);

      const running = await waiting(file);
      const run = await findRun(runs, 'latest');
      await running.waitFor(join(run.path, 'studio-3t', 'RUNBOOK.md'));
      expect(await readLiveSnapshot(run)).toMatchObject({ state: 'copying', awaits: 'studio-3t-done', done: 0 });
      expect((await mcm('runs', 'show', 'latest')).stdout).toContain(WAITS);

      await copyByHand('whole');
      await expect.poll(async () => (await readLiveSnapshot(run)).done, { timeout: 20_000 }).toBe(2_000);
      expect(await readLiveSnapshot(run)).toMatchObject({ awaits: 'studio-3t-done' });
      await proceed();
      const { code, stdout } = await running.ended;
      expect({ code, stdout }).toMatchObject({ code: 0 });

      const told = await report();
      expect(told).toMatchObject({ state: 'completed' });
      expect(told.totals.copy).toMatchObject({ acknowledged: 2_000, deadLettered: 0 });
      // More than the target takes in a second: the relay has kept its pace, and the tool has seen no error of it.
      expect(told.totals.copy.ru).toBeGreaterThan(RU_PER_SECOND);
      const indexes = await pair.backendClient.db('whole').collection('orders').indexes();
      expect(indexes.map(({ name }) => name)).toEqual(expect.arrayContaining(['day_1', '_id_1_day_1']));

      const folders = await Promise.all(
        (await readdir(run.path, { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')),
      );
      for (const text of [...folders, running.text(), stdout]) {
        for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) expect(text).not.toContain(secret);
      }
      expect(await mcm('runs', 'proceed', 'latest')).toMatchObject({ code: 2 });
    },
  );

  it('tells what is missing when it is said too early, and goes on from there', { timeout: 120_000 }, async () => {
    const running = await waiting(await planned('early', await freePort()));
    await proceed();
    const early = await running.ended;
    expect(early).toMatchObject({ code: 4 });
    expect(early.stdout).toContain('2,301 documents missing on the target.');

    const resumed = await waiting('--resume', 'latest');
    await copyByHand('early');
    await proceed();
    const { code, stdout } = await resumed.ended;
    // All but the one that the target refuses, which is kept.
    expect({ code, stdout }).toMatchObject({ code: 3 });
    expect(stdout).toContain('1 document that the target refuses for good');
    expect(await report()).toMatchObject({ state: 'completed-with-findings', totals: { copy: { deadLettered: 1 } } });
  });

  it('touches nothing where its port is taken, and goes on once that is free', { timeout: 120_000 }, async () => {
    const port = await freePort();
    const file = await planned('taken', port);
    const other = await listening(port);
    const refused = await mcm('run', file);
    await new Promise((resolve) => other.close(resolve));
    expect(refused).toMatchObject({ code: 4 });
    expect(refused.stdout).toContain(`Port ${port} cannot be opened. Another program uses it.`);
    const { databases } = await pair.backendClient.db('admin').admin().listDatabases({ nameOnly: true });
    expect(databases.map(({ name }) => name)).not.toContain('taken');

    const resumed = await waiting('--resume', 'latest');
    await copyByHand('taken');
    await proceed();
    expect(await resumed.ended).toMatchObject({ code: 0 });
  });

  it('is killed in the middle, and loses and doubles nothing', { timeout: 120_000 }, async () => {
    const file = await planned('killed', await freePort());
    const running = await waiting(file);
    const orders = pair.backendClient.db('killed').collection('orders');
    const target = await targetOfPerson();
    const copying = dumpAndRestore({
      sourceUri: pair.source.secretUri,
      db: 'killed',
      targetUri: target,
      batchSize: 100,
    });
    await expect.poll(() => orders.countDocuments(), { timeout: 60_000 }).toBeGreaterThan(400);
    running.child.kill('SIGKILL');
    await Promise.all([copying, running.ended]);
    expect(await orders.countDocuments()).toBeLessThan(4_000);
    expect(await mcm('runs', 'proceed', 'latest')).toMatchObject({ code: 2 });

    const resumed = await waiting('--resume', 'latest');
    await copyByHand('killed');
    await proceed();
    expect(await resumed.ended).toMatchObject({ code: 0 });
    expect(await report()).toMatchObject({ state: 'completed', totals: { copy: { conflicts: 0 } } });
    expect(await orders.countDocuments()).toBe(4_000);
  });
});
