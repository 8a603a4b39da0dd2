import { MongoClient, type Document } from 'mongodb';
import { systemClock } from '../../src/adapters/system-clock.js';
import { runPiped } from '../../src/adapters/tools/run-tool.js';
import { startRelay, type Relay, type RelayOptions } from '../../src/relay/relay.js';
import { findTestTool } from './tools.js';

export interface RestoreJob {
  readonly sourceUri: string;
  readonly db: string;
  /** Where mongorestore connects to: a relay, or a server itself. */
  readonly targetUri: string;
  readonly workers?: number;
  readonly batchSize?: number;
  /** The tool builds secondary indexes, too. */
  readonly indexes?: boolean;
}

/** Real `mongodump | mongorestore` of one database; resolves with how both ended. */
export async function dumpAndRestore(
  job: RestoreJob,
): Promise<{ dump: number | null; restore: number | null; failed: string }> {
  const [dumpPath, restorePath] = [await findTestTool('mongodump'), await findTestTool('mongorestore')];
  const { from, to } = await runPiped(
    { tool: 'mongodump', path: dumpPath, argv: [`--uri=${job.sourceUri}`, `--db=${job.db}`, '--archive'] },
    {
      tool: 'mongorestore',
      path: restorePath,
      argv: [
        `--uri=${job.targetUri}`,
        '--archive',
        ...(job.indexes === true ? [] : ['--noIndexRestore']),
        '--noOptionsRestore',
        `--numInsertionWorkersPerCollection=${job.workers ?? 4}`,
        `--batchSize=${job.batchSize ?? 1000}`,
      ],
    },
    { clock: systemClock, secrets: [] },
  );
  if (from.kind !== 'ended' || to.kind !== 'ended') throw new Error('a tool did not start');
  return { dump: from.exitCode, restore: to.exitCode, failed: to.summary.failed ?? '' };
}

/** A relay to a server on this machine, with defaults for tests. */
export function relayTo(port: number, options: Partial<RelayOptions> = {}): Promise<Relay> {
  return startRelay({
    target: { host: '127.0.0.1', port },
    clock: systemClock,
    budgets: 'discover',
    duplicates: { kind: 'report' },
    ...options,
  });
}

/** Creates `ns` on an RU target with manual throughput; sharded by `shardKey` where one partition cannot have that much. */
export async function createRuCollection(
  uri: string,
  db: string,
  collection: string,
  ruPerSecond: number,
  shardKey = '_id',
): Promise<void> {
  const client = new MongoClient(uri);
  const sharded = ruPerSecond > 10_000 ? { shardKey } : {};
  await client
    .db(db)
    .command({ customAction: 'CreateCollection', collection, offerThroughput: ruPerSecond, ...sharded });
  await client.close();
}

/** Documents of about `bytes` bytes, ids 0 to count - 1; `more` fields make them a little larger. */
export async function fillCollection(
  uri: string,
  db: string,
  collection: string,
  count: number,
  bytes: number,
  more: (i: number) => Document = () => ({}),
): Promise<void> {
  const client = new MongoClient(uri);
  const pad = 'x'.repeat(Math.max(0, bytes - 90));
  for (let start = 0; start < count; start += 5_000) {
    const documents = Array.from({ length: Math.min(5_000, count - start) }, (_, i) => ({
      _id: (start + i) as never,
      name: `name ${start + i}`,
      at: new Date(1_600_000_000_000 + start + i),
      pad,
      ...more(start + i),
    }));
    await client.db(db).collection(collection).insertMany(documents, { ordered: false });
  }
  await client.close();
}
