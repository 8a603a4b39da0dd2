import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { connect } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { readForAssessment, type Pace } from '../../src/assembly/assess-source.js';
import { MigrationError } from '../../src/core/model/error.js';
import { EVERYTHING } from '../../src/core/model/namespace.js';
import { startMongod } from '../support/mongod.js';
import { fillCollection } from '../support/restore-through-relay.js';
import { BUSY } from './busy.js';
import { report } from './figures.js';

/** Short and many, in turns: what else this machine does meanwhile falls on all alike. In each, assessments follow each other without a gap. */
const WINDOW_MS = 4_000;
const ROUNDS_PER_RUN = 4;
/** Of each assessment, so that all its parts fall into a window: sizes, use, documents. */
const COLLECTIONS_AT_A_TIME = 2;
/** What an application may feel of it. */
const BAR = 1.05;

interface Load extends AsyncDisposable {
  /** Latencies of the application's operations while `work` runs. */
  during(work: () => Promise<unknown>): Promise<readonly number[]>;
}

/** In a process of its own, so that this one's work does not hold its clock up. */
async function startLoad(uri: string): Promise<Load> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/bench/busy-load.ts', uri], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    async during(work) {
      child.stdin.write('start\n');
      await work();
      child.stdin.write('stop\n');
      return JSON.parse(String((await lines.next()).value)) as number[];
    },
    async [Symbol.asyncDispose]() {
      const closed = once(child, 'close');
      child.stdin.end();
      await closed;
    },
  };
}

/**
 * What an application on a server feels of an assessment: median and 95th percentile of its latencies while assessments of a few collections
 * each are read one after the other, as the commands do it, against the same without, in turns. Server, load and assessment share this machine, which a real
 * assessment does not do.
 */
export async function benchAssessBusy(runs: number): Promise<boolean> {
  await using server = await startMongod({ replSet: 'rs0' });
  const admin = await MongoClient.connect(server.uri);
  for (let n = 0; n < BUSY.collections; n += 1) {
    await fillCollection(server.uri, BUSY.db, BUSY.collection(n), BUSY.documents, BUSY.documentBytes);
    const indexes = [{ key: { name: 1 } }, { key: { at: 1, name: 1 } }];
    await admin.db(BUSY.db).collection(BUSY.collection(n)).createIndexes(indexes);
  }
  await admin.close();
  await using load = await startLoad(server.uri);
  await using cluster = await connect({ connectionString: parseConnectionString(server.uri), clock: systemClock });

  let next = 0;
  const made: Record<Pace, number> = { adaptive: 0, gentle: 0, full: 0 };
  const assess = (pace: Pace) => async (): Promise<void> => {
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(), WINDOW_MS);
    try {
      for (;;) {
        const include = Array.from({ length: COLLECTIONS_AT_A_TIME }, () => {
          return `${BUSY.db}.${BUSY.collection((next += 1) % BUSY.collections)}`;
        });
        const selection = { ...EVERYTHING, include };
        await readForAssessment(cluster, { selection, scan: 'sample', profiler: true, pace, signal: end.signal });
        made[pace] += 1;
      }
    } catch (error) {
      if (!MigrationError.is(error, 'cancelled')) throw error;
    } finally {
      clearTimeout(timer);
    }
  };
  const ways = {
    without: (): Promise<unknown> => sleep(WINDOW_MS),
    gentle: assess('adaptive'),
    fast: assess('full'),
  };
  type Way = keyof typeof ways;
  const names = Object.keys(ways) as Way[];
  const seen: Record<Way, number[]> = { without: [], gentle: [], fast: [] };
  // The first round warms caches up and is not counted.
  for (let run = -1; run < runs * ROUNDS_PER_RUN; run += 1) {
    for (let turn = 0; turn < names.length; turn += 1) {
      const way = names[(run + 1 + turn) % names.length] ?? 'without';
      const latencies = await load.during(ways[way]);
      if (run >= 0) seen[way].push(...latencies);
    }
  }
  for (const way of names) seen[way].sort((a, b) => a - b);
  const at = (way: Way, share: number): number => seen[way][Math.floor(seen[way].length * share)] ?? NaN;
  const ratio = (way: Way, share: number): number => at(way, share) / at('without', share);
  const listed = (way: Way): string => `${way} ${at(way, 0.5).toFixed(2)}/${at(way, 0.95).toFixed(2)}`;
  const kept = report({
    name: 'median latency with / without an assessment',
    value: ratio('gentle', 0.5),
    bar: BAR,
    unit: '',
    detail: `${BUSY.collections} collections, ${runs * ROUNDS_PER_RUN} times ${WINDOW_MS / 1000} s each, ${seen.without.length} operations without; median/p95 in ms: ${names.map(listed).join(', ')}`,
  });
  console.log(`       95th percentile: ${ratio('gentle', 0.95).toFixed(3)}`);
  console.log(
    `       whole assessments of ${COLLECTIONS_AT_A_TIME} collections made meanwhile: ${made.adaptive}; not gently, eight commands at a time: median ${ratio('fast', 0.5).toFixed(3)}, 95th percentile ${ratio('fast', 0.95).toFixed(3)}`,
  );
  return kept;
}
