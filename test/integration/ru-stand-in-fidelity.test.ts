/**
 * Four figures that Microsoft's documents print or that follow from them, met by the stand-in:
 * (a) the worked example of the mongorestore tutorial: 10,000 RU/s, 0.1 s, 10 RU a document, batches of 24: 4 workers fit, 5 do not;
 * (b) mongorestore's own batches of 1,000 are aborted at 10,000 RU/s;
 * (c) 250,000 RU/s over 25 partitions take 25,000 documents/s of 10 RU, a billion in 11.1 hours;
 * (d) the same with one hot key take 1,000 documents/s.
 * (b) runs in real time. (a) is a real driver in a real closed loop, for three seconds where the tutorial's load would run for hours, on a
 * clock four times slower than the wall's, so that a busy machine does not pass for a slow network. (c) and (d) run at full rate, every
 * document written, on a clock that the test moves: two seconds of it stand for the 11.1 hours, since a budget knows only seconds.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MongoBulkWriteError, MongoClient, type Collection, type Document } from 'mongodb';
import type { Clock } from '../../src/engine/ports.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { runProgram } from '../support/ru-stand-in/run-program.js';
import { systemClock } from '../support/ru-stand-in/options.js';
import { startRuStandIn } from '../support/ru-stand-in/start.js';
import { makeTempFolder } from '../support/temp.js';
import { findTestTool } from '../support/tools.js';
import { virtualClock } from '../support/virtual-clock.js';

/** Makes a document of up to 1 KB cost 10 RU. */
const TEN_RU = 10 / 4.95;

let mongod: RunningMongod;

beforeAll(async () => {
  mongod = await startMongod();
});

afterAll(async () => {
  await mongod?.stop();
});

/** Inserts and returns how many were written; throttles are expected, anything else is not. */
async function insert(collection: Collection<Document>, documents: Document[]): Promise<number> {
  try {
    return (await collection.insertMany(documents, { ordered: false })).insertedCount;
  } catch (error) {
    if (error instanceof MongoBulkWriteError && error.code === 16500) return error.insertedCount;
    throw error;
  }
}

const SLOWER = 4;

/** Wall time stretched. */
const slowClock: Clock = {
  now: () => performance.now() / SLOWER,
  sleep: (ms, signal) => systemClock.sleep(ms * SLOWER, signal),
};

interface Load {
  readonly written: number;
  readonly throttled: number;
  readonly seconds: number;
}

/** Workers that each send a batch of 24 as soon as the last one is answered, for three seconds. */
async function load(workers: number): Promise<Load> {
  await using standIn = await startRuStandIn({
    backendPort: mongod.port,
    ruPerSecond: 10_000,
    calibration: TEN_RU,
    latencyMs: 100,
    clock: slowClock,
  });
  const client = new MongoClient(standIn.uri, { maxPoolSize: workers });
  try {
    const collection = client.db(`fidelity-a-${workers}`).collection('c');
    const start = slowClock.now();
    const batch = (): Document[] => Array.from({ length: 24 }, () => ({ text: 'small' }));
    const work = async (): Promise<void> => {
      while (slowClock.now() - start < 3000) await insert(collection, batch());
    };
    await Promise.all(Array.from({ length: workers }, work));
    const { documentsWritten, throttledOperations } = standIn.totalStats();
    return {
      written: documentsWritten,
      throttled: throttledOperations,
      seconds: (slowClock.now() - start) / 1000,
    };
  } finally {
    await client.close();
  }
}

describe('fidelity of the RU stand-in', () => {
  it('(a) takes 4 workers of 24 documents at 100 ms without a throttle, and 5 workers not', async () => {
    const [four, five] = await Promise.all([load(4), load(5)]);
    expect(four.throttled).toBe(0);
    expect(four.written / four.seconds).toBeLessThanOrEqual(961);
    expect(four.written / four.seconds).toBeGreaterThan(800);
    expect(five.throttled).toBeGreaterThan(0);
    // The first and the last second are not whole.
    expect(five.written).toBeLessThanOrEqual(1000 * (Math.ceil(five.seconds) + 1));
  }, 60_000);

  it('(b) aborts the real mongorestore with its own batches of 1,000 documents', async () => {
    const folder = await makeTempFolder('fidelity');
    const archive = join(folder.path, 'b.archive');
    const direct = new MongoClient(mongod.uri);
    try {
      const documents = Array.from({ length: 6000 }, (_, i) => ({ _id: i as never, text: 'x'.repeat(900) }));
      await direct.db('fidelity-b').collection('c').insertMany(documents);
      const dump = await runProgram(await findTestTool('mongodump'), [
        `--uri=${mongod.uri}`,
        '--db=fidelity-b',
        `--archive=${archive}`,
      ]);
      expect(dump.code, dump.stderr).toBe(0);
      await using standIn = await startRuStandIn({
        backendPort: mongod.port,
        ruPerSecond: 10_000,
        calibration: TEN_RU,
      });
      const restore = await runProgram(await findTestTool('mongorestore'), [
        `--uri=${standIn.uri}`,
        '--drop',
        `--archive=${archive}`,
      ]);
      expect(restore.code).not.toBe(0);
      expect(restore.stderr).toContain('Error=16500, RetryAfterMs=');
      // One batch a second and the document that goes into debt; never all six.
      expect(await direct.db('fidelity-b').collection('c').countDocuments()).toBeLessThan(4000);
    } finally {
      await direct.close();
      await folder.remove();
    }
  });

  it('(c) takes 25,000 documents/s at 250,000 RU/s with even keys, (d) 1,000 with one hot key', async () => {
    const clock = virtualClock(1_000_000_000);
    await using standIn = await startRuStandIn({ backendPort: mongod.port, calibration: TEN_RU, clock });
    const client = new MongoClient(standIn.uri);
    try {
      const db = client.db('fidelity-c');
      const create = { customAction: 'CreateCollection', collection: 'c', shardKey: 'k', offerThroughput: 150_000 };
      await db.command(create);
      await db.command({ customAction: 'UpdateCollection', collection: 'c', offerThroughput: 250_000 });
      const tokens = await db.command({ customAction: 'GetChangeStreamTokens', collection: 'c' });
      expect(tokens['resumeAfterTokens']).toHaveLength(25);
      const collection = db.collection('c');
      let key = 0;
      const offer = async (documents: number, keyOf: () => number): Promise<number> => {
        let written = 0;
        for (let sent = 0; sent < documents; sent += 1000) {
          written += await insert(
            collection,
            Array.from({ length: 1000 }, () => ({ k: keyOf() })),
          );
        }
        return written;
      };
      const seconds = 2;
      let even = 0;
      let hot = 0;
      for (let second = 0; second < seconds; second += 1) {
        even += await offer(32_000, () => (key += 1));
        clock.advance(10_000);
      }
      for (let second = 0; second < seconds; second += 1) {
        hot += await offer(3000, () => 1);
        clock.advance(10_000);
      }
      expect(Math.abs(even / seconds / 25_000 - 1)).toBeLessThan(0.01);
      expect(Math.abs(1e9 / (even / seconds) / 3600 - 11.1)).toBeLessThan(0.12);
      expect(Math.abs(hot / seconds - 1000)).toBeLessThanOrEqual(1);
    } finally {
      await client.close();
    }
  });
});
