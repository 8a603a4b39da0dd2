import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeJournal } from '../../src/engine/journal/encoding.js';
import { reduceJournal, type RunStatus } from '../../src/engine/journal/reduce.js';
import { buildCli, type Cli, type CliResult } from '../support/cli.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn } from '../support/ru-stand-in/start.js';
import { seededRandom } from '../support/seeded-random.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

/** Kills in a row, all over a run; more of them with `KILLS=100 npm test`. */
const KILLS = Number(process.env['KILLS'] ?? 8);
const DOCUMENTS = 60_000;
const PACED = 12_000;
const SEED = Number(process.env['SEED'] ?? 7);

let folder: TempFolder;
let source: RunningMongod;
let target: RunningMongod;
let cli: Cli;

beforeAll(async () => {
  [cli, folder, source, target] = await Promise.all([
    buildCli('direct-killed'),
    makeTempFolder('direct-killed'),
    startMongod(),
    startMongod(),
  ]);
  await fill();
});
afterAll(async () => {
  await Promise.all([source.stop(), target.stop(), folder.remove(), cli.remove()]);
});

/** Two kinds of `_id`, so that ranges end in the middle of a type too; and a small neighbour. */
async function fill(): Promise<void> {
  const client = await MongoClient.connect(source.uri);
  const orders = client.db('shop').collection<{ _id: unknown }>('orders');
  for (let start = 0; start < DOCUMENTS; start += 10_000) {
    const some = Array.from({ length: 10_000 }, (_, i) => start + i);
    await orders.insertMany(
      some.map((n) => ({ _id: n % 2 === 0 ? n : `n${n}`, pad: 'x'.repeat(600), more: n / 3 })),
      { ordered: false },
    );
  }
  await orders.createIndex({ more: 1 });
  const docs = client.db('paced').collection('docs');
  await docs.insertMany(Array.from({ length: PACED }, (_, i) => ({ _id: i as never, pad: 'x'.repeat(600) })));
  await client
    .db('shop')
    .collection('few')
    .insertMany([{ a: 1 }, { a: 2 }]);
  await client.close();
}

const env = (runs: string): Record<string, string> => ({ MCM_RUNS: runs });
const run = (args: readonly string[], runs: string): Promise<CliResult> =>
  cli.run(args, { cwd: folder.path, env: env(runs) });

async function hashOf(uri: string): Promise<string> {
  const client = await MongoClient.connect(uri);
  const { collections } = await client.db('shop').command({ dbHash: 1 });
  await client.close();
  return JSON.stringify(collections);
}

/** Runs the plan, kills the process at random moments, and goes on, until it is through. Returns what its journal says in the end. */
async function killAgainAndAgain(name: string, planArgs: readonly string[], lifeMs: number): Promise<RunStatus> {
  const random = seededRandom(SEED);
  const runs = join(folder.path, name);
  const plan = join(folder.path, `${name}.migration.json`);
  const made = await run(['plan', '--source', source.uri, ...planArgs, '--method', 'direct-copy', '--out', plan], runs);
  expect(made, made.stderr).toMatchObject({ code: 0 });
  let code: number | null = null;
  let path = '';
  for (let kill = 0; kill <= KILLS && code !== 0; kill += 1) {
    // A kill before there is a run leaves nothing to be gone on with.
    const args = path === '' ? ['run', plan, '--json'] : ['run', '--resume', 'latest', '--json'];
    const running = await cli.start(args, { cwd: folder.path, env: env(runs) });
    if (kill < KILLS) {
      // From before it has opened anything to after it has copied everything.
      await running.waitFor(kill % 3 === 1 ? '"run"' : '"copying"').catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, random() * lifeMs));
      running.child.kill('SIGKILL');
    }
    const ended = await running.ended;
    path = /"path":"([^"]+)"/.exec(ended.stdout)?.[1] ?? path;
    code = ended.code;
  }
  expect(code).toBe(0);
  return reduceJournal(decodeJournal(await readFile(join(path, 'journal.ndjson'))).records);
}

function expectWhole(status: RunStatus, ns: string, documents: number): void {
  expect(status.state).toBe('completed');
  const ranges = [...(status.ranges.get(ns)?.ranges.values() ?? [])];
  expect(ranges.reduce((sum, { sum: s }) => sum + s.documents, 0)).toBe(documents);
  expect(status.collections[ns]?.verification).toMatchObject({ kind: 'equal', evidence: { means: 'streamed' } });
}

describe('a direct copy that is killed again and again', () => {
  it('brings every document exactly once', { timeout: 60_000 + KILLS * 20_000 }, async () => {
    const status = await killAgainAndAgain('fast', ['--target', target.uri, '--include', 'shop.*'], 900);
    expectWhole(status, 'shop.orders', DOCUMENTS);
    expect(await hashOf(target.uri)).toBe(await hashOf(source.uri));
  });

  it('repeats a second of its work at most', { timeout: 60_000 + KILLS * 20_000 }, async () => {
    await using backend = await startMongod();
    await using standIn = await startRuStandIn({ backendPort: backend.port });
    const args = ['--target', standIn.uri, '--include', 'paced.docs', '--throughput', '10000'];
    const status = await killAgainAndAgain('paced', args, 2_000);
    expectWhole(status, 'paced.docs', PACED);
    const client = await MongoClient.connect(backend.uri);
    expect(await client.db('paced').collection('docs').countDocuments()).toBe(PACED);
    const { opcounters } = await client.db('admin').command({ serverStatus: 1 });
    await client.close();
    const repeated = (opcounters as { insert: number }).insert - PACED;
    // About 7 RU for a document of this size; a second's work, and what was on its way when the second was over.
    const perSecond = 10_000 / 7;
    expect(repeated).toBeLessThan(status.attempts * perSecond * 1.3);
  });
});
