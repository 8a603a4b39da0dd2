import { MongoClient, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { gently } from '../../src/adapters/mongo/gentle-cluster.js';
import { readInventory } from '../../src/adapters/mongo/inventory.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { readForAssessment } from '../../src/assembly/assess-source.js';
import { EVERYTHING } from '../../src/core/model/namespace.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';

const COLLECTIONS = 20;
const DOCUMENTS = 1_000;

let server: RunningMongod;
let application: MongoClient;
/** Of a user of that name, whose password is its name. */
const uriOf = (user: string): string => server.uri.replace('://', `://${user}:${user}@`);

beforeAll(async () => {
  server = await startMongod({ auth: { user: 'root', password: 'root' } });
  application = await MongoClient.connect(uriOf('root'), { maxPoolSize: 4 });
  const db = application.db('shop');
  for (let n = 0; n < COLLECTIONS; n += 1) await db.collection<Document>(`c${n}`).insertOne({ n });
  await db.collection<Document>('many').insertMany(Array.from({ length: DOCUMENTS }, (_, i) => ({ i })));
  await application.db('admin').command({ createUser: 'reader', pwd: 'reader', roles: ['readAnyDatabase'] });
}, 60_000);
afterAll(async () => {
  await application.close();
  await server.stop();
});

const asUser = (user: string): Promise<ConnectedCluster> =>
  connect({ connectionString: parseConnectionString(uriOf(user)), clock: systemClock, monitorCommands: true });

/** How many commands that read were under way at once, and how many documents an answer was to hold. */
function watch(cluster: ConnectedCluster): { most: number; readonly batchSizes: Set<unknown> } {
  const seen = { most: 0, batchSizes: new Set<unknown>() };
  let underWay = 0;
  cluster.client.on('commandStarted', ({ command }) => {
    seen.most = Math.max(seen.most, (underWay += 1));
    const batchSize: unknown = (command['cursor'] as Document | undefined)?.['batchSize'] ?? command['batchSize'];
    if (batchSize !== undefined) seen.batchSizes.add(batchSize);
  });
  for (const ended of ['commandSucceeded', 'commandFailed'] as const) cluster.client.on(ended, () => (underWay -= 1));
  return seen;
}

/** An application that reads without a pause until `work` has ended. */
async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
  let ended = false;
  const read = async (): Promise<void> => {
    while (!ended) await application.db('shop').collection('many').findOne({ i: 7 });
  };
  const readers = [read(), read()];
  try {
    return await work();
  } finally {
    ended = true;
    await Promise.all(readers);
  }
}

describe('a real server that is read for an assessment', () => {
  it('is read at full speed while nobody else uses it', async () => {
    await using cluster = await asUser('root');
    const gentle = gently(cluster);
    const seen = watch(cluster);
    const { collections } = await readInventory(gentle);
    expect(collections).toHaveLength(COLLECTIONS + 1);
    expect(gentle.pace.speed).toBe('full');
    expect(seen.most).toBeGreaterThan(1);
  });

  it('is asked one thing at a time, in small pieces, while others use it, and tells the same', async () => {
    await using cluster = await asUser('root');
    const seen = watch(cluster);
    const selection = { ...EVERYTHING, include: ['shop.many'] };
    const read = await whileBusy(() => readForAssessment(cluster, { selection, scan: 'full' }));
    expect(seen.most).toBe(1);
    expect(Math.max(...[...seen.batchSizes].map(Number))).toBeLessThanOrEqual(100);
    expect(read.scans).toMatchObject([{ documents: DOCUMENTS, drawn: 'all', gaps: [] }]);
    const fast = await readForAssessment(cluster, { selection, scan: 'full', pace: 'full' });
    expect(read.scans).toEqual(fast.scans);
    expect(read.inventory.collections).toMatchObject([{ documents: DOCUMENTS, indexes: [{ name: '_id_' }] }]);
  }, 120_000);

  it('is read gently for a user to whom it does not tell its load', async () => {
    await using cluster = await asUser('reader');
    const gentle = gently(cluster);
    const seen = watch(cluster);
    await readInventory(gentle, { selection: { ...EVERYTHING, include: ['shop.c1*'] } });
    expect([gentle.pace.speed, seen.most]).toEqual(['gentle', 1]);
  }, 60_000);
});
