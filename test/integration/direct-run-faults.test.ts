import { MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULTS, startFaultProxy, type Fault } from '../support/fault-proxy.js';
import { migrate, type Migrated } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn } from '../support/ru-stand-in/start.js';
import { seededRandom } from '../support/seeded-random.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

/** `SEED=n` repeats what a failure has printed. */
const SEED = Number(process.env['SEED'] ?? 20_261_129);
const DB = 'faults';
const NS = `${DB}.docs`;
const DOCUMENTS = 14_000;
/** Long enough for any answer on loopback, short enough to wait for. */
const SILENCE_MS = 1_500;
/** What a copy says to a server while documents travel. */
const OF_SOURCE: ReadonlySet<string> = new Set(['find', 'getMore']);
const OF_TARGET: ReadonlySet<string> = new Set(['insert', 'find', 'update', 'getLastRequestStatistics']);

let source: RunningMongod;
let target: RunningMongod;
let runs: TempFolder;
let to: MongoClient;
let wanted: string;

beforeAll(async () => {
  [source, target, runs] = await Promise.all([startMongod(), startMongod(), makeTempFolder('direct-faults')]);
  to = await MongoClient.connect(target.uri);
  const from = await MongoClient.connect(source.uri);
  const docs = from.db(DB).collection<{ _id: unknown }>('docs');
  const pad = 'x'.repeat(2_000);
  const idOf = (i: number): unknown =>
    [i, `text ${i}`, new ObjectId(i), { a: i, b: [i] }, new Date(i * 1e7), i + 0.5][i % 6];
  await docs.insertMany(
    Array.from({ length: DOCUMENTS }, (_, i) => ({ _id: idOf(i), i, pad: pad.slice(i % 500) })),
    { ordered: false },
  );
  await from.close();
  wanted = await hashOf(source.uri);
});
afterAll(async () => {
  await to.close();
  await Promise.all([source.stop(), target.stop(), runs.remove()]);
});

async function hashOf(uri: string): Promise<string> {
  const client = await MongoClient.connect(uri);
  const { collections } = await client.db(DB).command({ dbHash: 1, collections: ['docs'] });
  await client.close();
  return JSON.stringify(collections);
}

/** Links hold while the run is planned, prepared and verified: those steps give up sooner, and are begun again. */
let isCopying = false;

/** Breaks the `first`th of these commands, and every `each`th after it, `times` times in all. */
function nowAndThen(fault: Fault, commands: ReadonlySet<string>, first = 2, each = 2, times = 2) {
  let seen = 0;
  let left = times;
  return (command: string): Fault | undefined => {
    if (!isCopying || !commands.has(command) || left === 0) return undefined;
    seen += 1;
    if (seen < first || (seen - first) % each !== 0) return undefined;
    left -= 1;
    return fault;
  };
}

async function expectWhole({ verdict, status }: Migrated, backendUri: string): Promise<void> {
  expect(verdict).toEqual({ state: 'completed', reasons: [] });
  const { copy, verification } = status.collections[NS] ?? {};
  expect(copy).toMatchObject({ deadLettered: 0, conflicts: 0 });
  expect((copy?.acknowledged ?? 0) + (copy?.alreadyThere ?? 0)).toBe(DOCUMENTS);
  expect(verification).toMatchObject({
    kind: 'equal',
    evidence: { means: 'streamed', target: { documents: DOCUMENTS } },
  });
  expect(await hashOf(backendUri)).toBe(wanted);
}

function direct(
  sourceUri: string,
  targetUri: string,
  more: Partial<Parameters<typeof migrate>[0]> = {},
): Promise<Migrated> {
  isCopying = false;
  return migrate({
    sourceUri,
    targetUri,
    selection: { include: [`${DB}.*`] },
    runsRoot: runs.path,
    silenceMs: SILENCE_MS,
    ...more,
    plan: { method: 'direct-copy', ...more.plan },
    onEvent: (event) => {
      if (event.kind === 'state') isCopying = event.state === 'copying';
    },
  });
}

describe('a direct copy over links that break', () => {
  it.each(FAULTS)('brings every document exactly once where the target is behind: %s', async (fault) => {
    await to.db(DB).dropDatabase();
    await using link = await startFaultProxy({
      port: target.port,
      breaks: nowAndThen(fault, new Set(['insert'])),
    });
    await expectWhole(await direct(source.uri, link.uri), target.uri);
    expect(link.done.map((one) => one.fault)).toEqual([fault, fault]);
  });

  it.each(FAULTS)('brings every document exactly once where the source is behind: %s', async (fault) => {
    await to.db(DB).dropDatabase();
    await using link = await startFaultProxy({ port: source.port, breaks: nowAndThen(fault, OF_SOURCE) });
    await expectWhole(await direct(link.uri, target.uri), target.uri);
    expect(link.done.map((one) => one.fault)).toEqual([fault, fault]);
  });

  it('brings every document exactly once where what it asks about duplicates is lost, too', async () => {
    await to.db(DB).dropDatabase();
    const lose = nowAndThen('lost-answer', new Set(['insert']));
    const faults: readonly Fault[] = ['stall', 'reset', 'half-open', 'truncated'];
    let next = 0;
    await using link = await startFaultProxy({
      port: target.port,
      breaks: (command) => lose(command) ?? (command === 'find' && next < faults.length ? faults[next++] : undefined),
    });
    await expectWhole(await direct(source.uri, link.uri), target.uri);
    expect(next).toBe(faults.length);
  });

  it('brings every document exactly once where everything comes together', { timeout: 90_000 }, async () => {
    await using backend = await startMongod();
    await using standIn = await startRuStandIn({
      backendPort: backend.port,
      ambiguousFraction: 0.2,
      messageStyle: 'insertError',
    });
    const random = seededRandom(SEED);
    const some = (commands: ReadonlySet<string>, times: number) => {
      let left = times;
      return (command: string): Fault | undefined => {
        if (!isCopying || !commands.has(command) || left === 0 || random() > 0.15) return undefined;
        left -= 1;
        return FAULTS[Math.floor(random() * FAULTS.length)];
      };
    };
    await using before = await startFaultProxy({ port: source.port, breaks: some(OF_SOURCE, 6) });
    await using behind = await startFaultProxy({ port: standIn.port, breaks: some(OF_TARGET, 10) });
    const plan = {
      throughput: { kind: 'manual', ruPerSecond: 60_000 },
      shardKeys: { [NS]: '_id' },
    } as never;
    const migrated = await direct(before.uri, behind.uri, { plan });
    const what = `SEED=${SEED}\n${JSON.stringify({ before: before.done, behind: behind.done })}`;
    expect(migrated.verdict, what).toEqual({ state: 'completed', reasons: [] });
    expect(before.done.length + behind.done.length, what).toBeGreaterThan(8);
    await expectWhole(migrated, backend.uri);
  });
});
