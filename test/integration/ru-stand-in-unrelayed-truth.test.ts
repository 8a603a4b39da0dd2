/**
 * What happens without us: the real mongorestore straight into a throttling target. Observed with mongorestore 100.9.5, the pinned
 * version: a batch with any throttled document aborts the restore, also where the batch holds duplicates; `--writeConcern={w:0}` ends
 * with exit status 0 and "0 failures" while documents are missing. (Versions seen later carry on through batches that mix duplicates
 * with throttles, and then end with 0 as well: so the test asserts what is missing, and the exit status of this version.)
 */
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MongoClient } from 'mongodb';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { runProgram, type ProgramEnd } from '../support/ru-stand-in/run-program.js';
import { startRuStandIn, type RuStandIn } from '../support/ru-stand-in/start.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { findTestTool } from '../support/tools.js';

const DOCUMENTS = 50_000;
const EVERY_FIFTH = DOCUMENTS / 5;

let target: RunningMongod;
let direct: MongoClient;
let folder: TempFolder;
let standIn: RuStandIn;

function archive(name: string): string {
  return join(folder.path, `${name}.archive`);
}

async function fillAndDump(source: RunningMongod): Promise<void> {
  const client = new MongoClient(source.uri);
  try {
    for (let from = 0; from < DOCUMENTS; from += 1000) {
      const documents = Array.from({ length: 1000 }, (_, i) => ({
        _id: (from + i) as never,
        region: i % 5 === 0 ? 'eu' : 'us',
        text: 'x'.repeat(440),
      }));
      await client.db('shop').collection('orders').insertMany(documents);
    }
  } finally {
    await client.close();
  }
  const dump = await findTestTool('mongodump');
  const common = [`--uri=${source.uri}`, '--db=shop', '--collection=orders'];
  const all = await runProgram(dump, [...common, `--archive=${archive('all')}`]);
  expect(all.code, all.stderr).toBe(0);
  const part = await runProgram(dump, [...common, '--query={"region":"eu"}', `--archive=${archive('eu')}`]);
  expect(part.code, part.stderr).toBe(0);
}

beforeAll(async () => {
  folder = await makeTempFolder('unrelayed');
  target = await startMongod();
  direct = new MongoClient(target.uri);
  await using source = await startMongod();
  await fillAndDump(source);
});

afterAll(async () => {
  await direct?.close();
  await target?.stop();
  await folder?.remove();
});

beforeEach(async () => {
  await direct.db('shop').dropDatabase();
  standIn = await startRuStandIn({ backendPort: target.port });
  const client = new MongoClient(standIn.uri);
  try {
    await client.db('shop').command({
      customAction: 'CreateCollection',
      collection: 'orders',
      shardKey: '_id',
      offerThroughput: 20_000,
    });
  } finally {
    await client.close();
  }
  return () => standIn.close();
});

async function restore(name: string, ...more: string[]): Promise<ProgramEnd> {
  return runProgram(await findTestTool('mongorestore'), [
    `--uri=${standIn.uri}`,
    `--archive=${archive(name)}`,
    '--numInsertionWorkersPerCollection=1',
    ...more,
  ]);
}

function present(): Promise<number> {
  return direct.db('shop').collection('orders').countDocuments();
}

describe('mongorestore straight into 20,000 RU/s', () => {
  it('stops with an error and most documents missing', async () => {
    const run = await restore('all');
    expect(run.code).not.toBe(0);
    expect(run.stderr).toContain('Error=16500');
    const written = await present();
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(DOCUMENTS / 2);
    expect(standIn.totalStats().documentsWritten).toBe(written);
  });

  it('is no further after a second try, which fails among the duplicates of the first', async () => {
    await restore('all');
    const first = await present();
    const again = await restore('all');
    expect(again.code).not.toBe(0);
    expect(again.stderr).toContain('E11000');
    const second = await present();
    expect(second).toBeGreaterThanOrEqual(first);
    expect(second).toBeLessThan(DOCUMENTS / 2);
  });

  it('misses documents when it meets duplicates and throttles in one batch', async () => {
    standIn.setRuPerSecond('shop.orders', 1_000_000);
    const part = await restore('eu');
    expect(part.code, part.stderr).toBe(0);
    expect(await present()).toBe(EVERY_FIFTH);
    standIn.setRuPerSecond('shop.orders', 20_000);
    const throttledBefore = standIn.totalStats().throttledOperations;
    const run = await restore('all');
    expect(standIn.totalStats().throttledOperations).toBeGreaterThan(throttledBefore);
    // Whole batches of duplicates are carried on through; the batch that also has throttles ends it.
    expect(run.stderr).toContain('continuing through error: E11000');
    expect(run.stderr).toMatch(/Failed: .*bulk write exception: write errors: \[E11000/);
    expect(run.code).not.toBe(0);
    const written = await present();
    expect(written).toBeGreaterThan(EVERY_FIFTH);
    expect(written).toBeLessThan(DOCUMENTS / 2);
  });

  it('says that all is well with the documented writeConcern w:0, and misses documents', async () => {
    const run = await restore('all', '--writeConcern={w:0}');
    expect(run.code).toBe(0);
    expect(run.stderr).toContain('0 failures');
    await expect.poll(() => standIn.totalStats().operations, { timeout: 20_000 }).toBe(DOCUMENTS);
    expect(await present()).toBeLessThan(DOCUMENTS * 0.8);
  });
});
