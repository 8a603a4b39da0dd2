import { MongoClient } from 'mongodb';
import { connect } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { RawCopySource } from '../../src/adapters/mongo/raw-copy-source.js';
import { RawCopyTarget } from '../../src/adapters/mongo/raw-copy-target.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import type { DocumentBatch } from '../../src/engine/copy/batch.js';
import { startMongod } from '../support/mongod.js';
import { dumpAndRestore, fillCollection } from '../support/restore-through-relay.js';
import { childrenCpu, runDirect, type DirectRunFigures } from './direct-process.js';
import { median, report } from './figures.js';

const DB = 'bench';
/** Insertion workers of mongorestore; the best of them is compared with. */
const WORKERS = [1, 4, 8] as const;

interface Case {
  readonly name: string;
  readonly documents: number;
  readonly bytes: number;
  readonly collections: number;
  readonly indexes: number;
  /** The tools' time over ours. */
  readonly bar: number;
}

const CASES: readonly Case[] = [
  { name: '1 KB', documents: 400_000, bytes: 1_024, collections: 1, indexes: 0, bar: 2.3 },
  { name: '100 B', documents: 800_000, bytes: 100, collections: 1, indexes: 0, bar: 1.5 },
  { name: '10 KB', documents: 40_000, bytes: 10_240, collections: 1, indexes: 0, bar: 1.5 },
  { name: '64 KB', documents: 6_000, bytes: 65_536, collections: 1, indexes: 0, bar: 1.5 },
  { name: '1 KB, 5 indexes', documents: 200_000, bytes: 1_024, collections: 1, indexes: 5, bar: 1.5 },
  { name: '1 KB, 100 collections', documents: 200_000, bytes: 1_024, collections: 100, indexes: 0, bar: 1.5 },
];

interface Round {
  readonly tools: readonly { readonly wall: number; readonly cpu: number }[];
  readonly direct: DirectRunFigures;
  readonly prepared: number;
}

/**
 * The direct copy, as the bundled command runs it, against `mongodump | mongorestore` straight, from one real mongod to another, in turns. Ours counts from
 * the start of its process to the last acknowledgement (with secondary indexes: until they are built), the tools' from their start to their end.
 */
export async function benchCopy(runs: number, only?: string): Promise<boolean> {
  const cases = CASES.filter(({ name }) => only === undefined || name === only);
  if (cases.length === 0) throw new Error(`cases: ${CASES.map(({ name }) => name).join('; ')}`);
  let kept = true;
  for (const one of cases) {
    const rounds = await roundsOf(one, runs);
    const ours = rounds.map(({ direct }) => (one.indexes > 0 ? direct.indexed : direct.copied));
    const tools = WORKERS.map((_, i) => rounds.map((r) => r.tools[i]?.wall ?? Number.NaN));
    const best = tools.reduce((least, walls) => (median(walls) < median(least) ? walls : least));
    const detail = `${one.documents} documents, ${one.name}, ${runs} rounds; ours ${list(ours)}; ${tools.map((walls, i) => `${WORKERS[i]} workers ${list(walls)}`).join('; ')}`;
    const figure = (name: string, value: number, bar: number, why: string, atLeast = true): void => {
      kept = report({ name, value, bar, unit: '', detail: why, atLeast }) && kept;
    };
    figure(`tools / direct copy, ${one.name}`, median(best) / median(ours), one.bar, detail);
    if (one !== CASES[0]) continue;
    const copying = rounds.map(({ direct }) => direct.copying);
    const prepared = rounds.map((r) => r.prepared);
    figure(
      'direct copy / inserts of prepared batches (documents per second)',
      median(prepared) / median(copying),
      0.7,
      `step of copying ${list(copying)}; from memory, best of 1, 2 and 4 connections ${list(prepared)}`,
    );
    const cpu = rounds.map(({ direct }) => direct.cpu);
    const toolsCpu = WORKERS.map((_, i) => rounds.map((r) => r.tools[i]?.cpu ?? Number.NaN));
    const leastCpu = toolsCpu.reduce((least, one_) => (median(one_) < median(least) ? one_ : least));
    figure(
      'CPU of the direct copy / of both tools',
      median(cpu) / median(leastCpu),
      1 / 3,
      `seconds: ours ${list(cpu)}, of that the copying itself ${list(rounds.map(({ direct }) => direct.cpuCopying))}; tools ${list(leastCpu)}`,
      false,
    );
    const verifying = rounds.map(({ direct }) => direct.verifying);
    figure('verification / copy', median(verifying) / median(copying), 1, `verifying ${list(verifying)}`, false);
    const resident = Math.max(...rounds.map(({ direct }) => direct.largestResident)) / 1e6;
    figure('largest resident memory, MB', resident, 300, 'same runs', false);
  }
  return kept;
}

async function roundsOf(one: Case, runs: number): Promise<Round[]> {
  await using source = await startMongod();
  await using target = await startMongod();
  await fill(source.uri, one);
  const client = new MongoClient(target.uri);
  const empty = async (): Promise<void> => void (await client.db(DB).dropDatabase());
  const rounds: Round[] = [];
  // The first round warms caches and files up and is not counted.
  for (let run = -1; run < runs; run += 1) {
    const tools: { wall: number; cpu: number }[] = [];
    let direct: DirectRunFigures | undefined;
    // Each round begins with another way, so that none is always the first.
    for (let turn = 0; turn <= WORKERS.length; turn += 1) {
      const way = (run + 1 + turn) % (WORKERS.length + 1);
      const workers = WORKERS[way];
      await empty();
      if (workers === undefined) direct = await runDirect(source.uri, target.uri);
      else tools[way] = await runTools(source.uri, target.uri, workers, one.indexes > 0);
    }
    if (!direct) throw new Error('no direct copy in this round');
    const prepared = one === CASES[0] ? await insertPrepared(source.uri, target.uri, empty) : Number.NaN;
    if (run >= 0) rounds.push({ tools, direct, prepared });
  }
  await client.close();
  return rounds;
}

async function runTools(
  sourceUri: string,
  targetUri: string,
  workers: number,
  indexes: boolean,
): Promise<{ wall: number; cpu: number }> {
  const [cpuBefore, started] = [await childrenCpu(), performance.now()];
  const exits = await dumpAndRestore({ sourceUri, db: DB, targetUri, workers, indexes });
  if (exits.restore !== 0) throw new Error(exits.failed);
  return { wall: (performance.now() - started) / 1000, cpu: (await childrenCpu()) - cpuBefore };
}

async function fill(uri: string, { documents, bytes, collections, indexes }: Case): Promise<void> {
  const client = new MongoClient(uri);
  for (let c = 0; c < collections; c += 1) {
    const name = `docs${c}`;
    await fillCollection(uri, DB, name, documents / collections, bytes);
    const keys = [{ name: 1 }, { at: 1 }, { name: 1, at: -1 }, { at: 1, name: 1 }, { pad: 1, at: 1 }] as const;
    for (const key of keys.slice(0, indexes)) await client.db(DB).collection(name).createIndex(key);
  }
  await client.close();
}

/** Seconds that the target needs for all documents when they lie ready in memory: the least of several numbers of connections. */
async function insertPrepared(sourceUri: string, targetUri: string, empty: () => Promise<void>): Promise<number> {
  await using source = await connect({ connectionString: parseConnectionString(sourceUri), clock: systemClock });
  await using target = await connect({ connectionString: parseConnectionString(targetUri), clock: systemClock });
  const ns = { db: DB, coll: 'docs0' };
  const { signal } = new AbortController();
  const reader = new RawCopySource(source.session).read(
    ns,
    'by-id',
    {},
    { replyBytes: 3_000_000, averageBytes: 1_024, signal },
  );
  const batches: DocumentBatch[] = [];
  for (let batch = await reader.next(); batch; batch = await reader.next()) {
    for (let from = 0; from < batch.count; from += PREPARED) batches.push(batch.slice(from, from + PREPARED));
  }
  await reader.close();
  const copyTarget = new RawCopyTarget(target);
  let best = Number.POSITIVE_INFINITY;
  for (const connections of [1, 2, 4]) {
    await empty();
    const left = [...batches];
    const started = performance.now();
    await Promise.all(
      Array.from({ length: connections }, async () => {
        const writer = await copyTarget.openWriter(signal);
        for (let batch = left.pop(); batch; batch = left.pop()) {
          const reply = await writer.insert(ns, batch, { charge: false, signal });
          if (reply.kind !== 'answered' || reply.inserted !== batch.count) throw new Error('an insert was refused');
        }
        await writer.close();
      }),
    );
    best = Math.min(best, (performance.now() - started) / 1000);
  }
  return best;
}

/** Documents of a prepared batch: of 1 KB, about what the copy itself sends. */
const PREPARED = 2_000;

function list(seconds: readonly number[]): string {
  return seconds.map((s) => s.toFixed(2)).join(' ');
}
