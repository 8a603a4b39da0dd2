import { readFile, stat } from 'node:fs/promises';
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

/** All over runs that are gone on with until they are through, then others; fewer of them with `KILLS=10 npm test`. */
const KILLS = Number(process.env['KILLS'] ?? 100);
/** In one run whose pace is given, for which work can be counted in seconds. */
const PACED_KILLS = Math.min(KILLS, 8);
const DOCUMENTS = 60_000;
const PACED = 12_000;
const random = seededRandom(Number(process.env['SEED'] ?? 7));

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

/** Two kinds of `_id`, so that ranges end in the middle of a type too; and small neighbours. */
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
  for (const name of ['few', 'some', 'more']) {
    await client
      .db('shop')
      .collection(name)
      .insertMany(Array.from({ length: name.length * 300 }, (_, a) => ({ a, pad: 'y'.repeat(a % 200) })));
  }
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

async function planOf(name: string, args: readonly string[]): Promise<string> {
  const plan = join(folder.path, `${name}.migration.json`);
  const made = await run(
    ['plan', '--source', source.uri, ...args, '--method', 'direct-copy', '--out', plan],
    folder.path,
  );
  expect(made, made.stderr).toMatchObject({ code: 0 });
  return plan;
}

const statusIn = async (path: string): Promise<RunStatus> =>
  reduceJournal(decodeJournal(await readFile(join(path, 'journal.ndjson'))).records);

/** Runs the plan, kills the process at random moments while `kills.left`, and goes on, until it is through. Returns what its journal says in the end. */
async function killAgainAndAgain(
  runs: string,
  plan: string,
  lifeMs: number,
  kills: { left: number },
  afterKill: (status: RunStatus, writtenAt: number) => Promise<void> = () => Promise.resolve(),
): Promise<RunStatus> {
  let path = '';
  for (;;) {
    // A kill before there is a run leaves nothing to be gone on with.
    const args = path === '' ? ['run', plan, '--json'] : ['run', '--resume', 'latest', '--json'];
    const running = await cli.start(args, { cwd: folder.path, env: env(runs) });
    if (kills.left > 0) {
      // From before it has opened anything to after it has copied everything.
      const from = [undefined, '"run"', '"copying"', '"copying"'][kills.left % 4];
      if (from !== undefined) await running.waitFor(from).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, random() * lifeMs));
      running.child.kill('SIGKILL');
    }
    const { code, stdout, stderr } = await running.ended;
    path = /"path":"([^"]+)"/.exec(stdout)?.[1] ?? path;
    if (code === null) kills.left -= 1;
    else expect(code, stderr).toBe(0);
    const status = path === '' ? undefined : await statusIn(path).catch(() => undefined);
    // It may be through already when the kill comes.
    if (status?.state === 'completed') return status;
    if (status) await afterKill(status, (await stat(join(path, 'journal.ndjson'))).mtimeMs);
  }
}

const documentsIn = (status: RunStatus, ns: string): number =>
  [...(status.ranges.get(ns)?.ranges.values() ?? [])].reduce((sum, range) => sum + range.sum.documents, 0);

function expectWhole(status: RunStatus, ns: string, documents: number): void {
  expect(status.state).toBe('completed');
  expect(documentsIn(status, ns)).toBe(documents);
  expect(status.collections[ns]?.verification).toMatchObject({ kind: 'equal', evidence: { means: 'streamed' } });
}

describe('a direct copy that is killed again and again', () => {
  it('brings every document exactly once', { timeout: 60_000 + KILLS * 5_000 }, async () => {
    const plan = await planOf('fast', ['--target', target.uri, '--include', 'shop.*']);
    const client = await MongoClient.connect(target.uri);
    const kills = { left: KILLS };
    for (let round = 0; round === 0 || kills.left > 0; round += 1) {
      await client.db('shop').dropDatabase();
      const status = await killAgainAndAgain(join(folder.path, `fast-${round}`), plan, 600, kills);
      expectWhole(status, 'shop.orders', DOCUMENTS);
      expect(await hashOf(target.uri)).toBe(await hashOf(source.uri));
    }
    await client.close();
  });

  it('repeats a second of its work at most', { timeout: 60_000 + PACED_KILLS * 20_000 }, async () => {
    await using backend = await startMongod();
    await using standIn = await startRuStandIn({ backendPort: backend.port });
    const args = ['--target', standIn.uri, '--include', 'paced.docs', '--throughput', '10000'];
    const plan = await planOf('paced', args);
    const client = await MongoClient.connect(backend.uri);
    const docs = client.db('paced').collection('docs');
    // About 7 RU for a document of this size.
    const perSecond = 10_000 / 7;
    // How much the target had when: a process that the machine holds up writes its journal late, but it does not copy meanwhile either.
    const had: { readonly at: number; readonly documents: number }[] = [{ at: 0, documents: 0 }];
    const look = (): void =>
      void had.push({ at: Date.now(), documents: standIn.stats()['paced.docs']?.documentsWritten ?? 0 });
    const looking = setInterval(look, 10);
    const documentsAt = (at: number): number => had.findLast((one) => one.at <= at)?.documents ?? 0;
    const kills = { left: PACED_KILLS };
    const unwritten: number[] = [];
    const heldUp: number[] = [];
    let [writtenBefore, hadBefore] = [0, 0];
    const status = await killAgainAndAgain(join(folder.path, 'paced'), plan, 2_000, kills, async (left, writtenAt) => {
      look();
      const [written, has] = [documentsIn(left, 'paced.docs'), documentsAt(Infinity)];
      // An attempt that was killed before its first line of progress leaves what those before it had left, and its own work.
      const since = has - (written > writtenBefore ? documentsAt(writtenAt) : hadBefore);
      unwritten.push(since);
      // What the target has and the journal does not say is sent again.
      if (written > writtenBefore) heldUp.push((await docs.countDocuments()) - written - since);
      [writtenBefore, hadBefore] = [written, has];
    });
    clearInterval(looking);
    expectWhole(status, 'paced.docs', PACED);
    expect(await docs.countDocuments()).toBe(PACED);
    const seen = `since the last line ${unwritten.join(' ')}; held up then ${heldUp.join(' ')}`;
    // A second's work, and what was on its way when the second was over.
    expect(Math.max(...unwritten), seen).toBeLessThan(perSecond * 1.5);
    // Each line says all that the target has, but what was on its way and what waited behind it.
    expect(Math.max(...heldUp), seen).toBeLessThan(perSecond / 2);
    const { opcounters } = await client.db('admin').command({ serverStatus: 1 });
    await client.close();
    const sentAgain = (opcounters as { insert: number }).insert - PACED;
    expect(sentAgain).toBeLessThan(status.attempts * perSecond * 1.3);
  });
});
