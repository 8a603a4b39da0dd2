import { readFile } from 'node:fs/promises';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listDeadLetters } from '../../src/adapters/files/dead-letter-reader.js';
import { readJournalFile } from '../../src/adapters/files/journal-file.js';
import { readLiveSnapshot } from '../../src/adapters/files/live-snapshot.js';
import { findRun } from '../../src/adapters/files/run-folder.js';
import { MIB } from '../../src/core/model/units.js';
import { buildCli, type Cli, type CliResult } from '../support/cli.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn, type RuStandIn } from '../support/ru-stand-in/start.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

let cli: Cli;
let folder: TempFolder;
let source: RunningMongod;
let backend: RunningMongod;
let standIn: RuStandIn;
let client: MongoClient;
let backendClient: MongoClient;

/** Refused while documents may have 2 MB at most: 1, 2 and 3. */
const LARGE = 3;

beforeAll(async () => {
  cli = await buildCli('retry');
  folder = await makeTempFolder('run-retry');
  source = await startMongod();
  backend = await startMongod();
  standIn = await startRuStandIn({ backendPort: backend.port, ruPerSecond: 100_000 });
  client = await MongoClient.connect(source.uri);
  backendClient = await MongoClient.connect(backend.uri);
  const shop = client.db('shop');
  await shop.collection('small').insertMany(Array.from({ length: 50 }, (_, i) => ({ _id: i, n: i }) as never));
  await shop
    .collection('mixed')
    .insertMany([
      ...Array.from({ length: 40 }, (_, i) => ({ _id: 100 + i, n: i }) as never),
      ...Array.from({ length: LARGE }, (_, i) => ({ _id: 1 + i, pad: Buffer.alloc(2.5 * MIB, i) }) as never),
    ]);
});
afterAll(async () => {
  await client.close();
  await backendClient.close();
  await standIn.close();
  await source.stop();
  await backend.stop();
  await folder.remove();
  await cli.remove();
});

function mcm(...args: readonly string[]): Promise<CliResult> {
  return cli.run(args, { cwd: folder.path, env: { MCM_SOURCE_URI: source.uri, MCM_TARGET_URI: standIn.uri } });
}

describe('dead letters', { timeout: 120_000 }, () => {
  it('stay while the target still refuses them, and the verdict with them', async () => {
    const throughput = ['--throughput', '100000', '--no-measure'];
    expect(await mcm('plan', '--method', 'dump-restore', '--out', 'shop.migration.json', ...throughput)).toMatchObject({
      code: 0,
    });
    expect(await mcm('run', 'shop.migration.json')).toMatchObject({ code: 3 });
    const again = await mcm('run', '--retry-dead-letters', 'latest');
    expect(again.code).toBe(3);
    expect(again.stdout).toContain(`dead letters of shop.mixed: 0 arrived, ${LARGE} still refused`);
    const run = await findRun(`${folder.path}/runs`, 'latest');
    expect(await listDeadLetters(run.deadLettersPath)).toMatchObject([{ ns: 'shop.mixed', documents: LARGE }]);
  });

  it('are sent again one by one, too, by their _id, and nothing is sent for a slip', async () => {
    for (const slip of [
      ['--only', 'shop.small'],
      ['--letter', '99'],
      ['--only', 'shop.mixed', '--letter', '99'],
    ]) {
      const { code, stderr } = await mcm('run', '--retry-dead-letters', 'latest', ...slip);
      expect(code).toBe(2);
      expect(stderr).toContain('is not among the dead letters');
    }
    expect((await mcm('run', 'shop.migration.json', '--only', 'shop.mixed')).code).toBe(2);
    const one = await mcm('run', '--retry-dead-letters', 'latest', '--only', 'shop.mixed', '--letter', '2');
    expect(one.stdout).toContain('dead letters of shop.mixed: 0 arrived, 1 still refused');
  });

  it('arrive once the target takes them: then the run is complete, proven byte for byte', async () => {
    const { port } = standIn;
    await standIn.close();
    standIn = await startRuStandIn({ backendPort: backend.port, ruPerSecond: 100_000, document16Mb: true, port });
    // One of them was repaired by hand meanwhile.
    const [repaired] = await client
      .db('shop')
      .collection('mixed')
      .find({ _id: 2 as never })
      .toArray();
    if (repaired) await backendClient.db('shop').collection('mixed').insertOne(repaired);
    const run = await findRun(`${folder.path}/runs`, 'latest');
    const { code, stdout } = await mcm('run', '--retry-dead-letters', 'latest');
    expect(stdout).toContain('dead letters of shop.mixed: 2 arrived, 1 there already, 0 still refused');
    expect(code).toBe(0);
    expect(await listDeadLetters(run.deadLettersPath)).toEqual([]);
    expect(await backendClient.db('shop').collection('mixed').countDocuments()).toBe(40 + LARGE);
    expect(await readLiveSnapshot(run)).toMatchObject({
      state: 'completed',
      deadLetters: 0,
      collections: [
        { ns: 'shop.mixed', planned: 43, copied: 43, verified: 'equal' },
        { ns: 'shop.small', planned: 50, copied: 50, verified: 'equal' },
      ],
    });
    const { records } = await readJournalFile(run.journalPath);
    expect(records.flatMap((r) => (r.type === 'dead-letters-retried' ? [r.retry] : []))).toEqual([
      { sent: 3, arrived: 0, alreadyThere: 0, refused: 3 },
      { sent: 1, arrived: 0, alreadyThere: 0, refused: 1 },
      { sent: 3, arrived: 2, alreadyThere: 1, refused: 0 },
    ]);
    // Only what was touched is read again.
    const verified = records.filter((r) => r.type === 'verification' && r.ns === 'shop.small');
    expect(verified).toHaveLength(1);
    const report = await readFile(run.reportPath('md'), 'utf8');
    expect(report).toContain('sent again');
    expect(await mcm('run', '--retry-dead-letters', 'latest')).toMatchObject({ code: 2 });
  });
});
