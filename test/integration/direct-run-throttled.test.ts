import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruPerSecond } from '../../src/core/model/units.js';
import { migrate } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { fillCollection } from '../support/restore-through-relay.js';
import { startRuStandIn, type MessageStyle, type RuStandInOptions } from '../support/ru-stand-in/start.js';
import { makeTempFolder } from '../support/temp.js';

const DB = 'shop';
const COLLECTION = 'orders';
const NS = `${DB}.${COLLECTION}`;
const DOCUMENTS = 20_000;

let source: RunningMongod;
let folder: Awaited<ReturnType<typeof makeTempFolder>>;

beforeAll(async () => {
  source = await startMongod();
  folder = await makeTempFolder('direct-throttled');
  await fillCollection(source.uri, DB, COLLECTION, DOCUMENTS, 512);
});
afterAll(async () => {
  await source.stop();
  await folder.remove();
});

/** A second judge besides our own verification: MongoDB's hash over a collection. */
async function hashOf(uri: string): Promise<unknown> {
  const client = new MongoClient(uri);
  const { collections } = await client.db(DB).command({ dbHash: 1, collections: [COLLECTION] });
  await client.close();
  return (collections as Record<string, unknown>)[COLLECTION];
}

async function runsVerified(rate: number, options: Partial<RuStandInOptions> = {}): Promise<void> {
  await using backend = await startMongod();
  await using standIn = await startRuStandIn({ backendPort: backend.port, ...options });
  const { verdict, status } = await migrate({
    sourceUri: source.uri,
    targetUri: standIn.uri,
    runsRoot: folder.path,
    plan: {
      method: 'direct-copy',
      throughput: { kind: 'manual', ruPerSecond: ruPerSecond(rate) },
      shardKeys: { [NS]: '_id' },
    },
  });
  expect(verdict).toEqual({ state: 'completed', reasons: [] });
  const collection = status.collections[NS];
  expect(collection?.verification).toMatchObject({
    kind: 'equal',
    evidence: { means: 'streamed', target: { documents: DOCUMENTS } },
  });
  const { copy } = collection ?? {};
  expect(copy).toMatchObject({ deadLettered: 0, conflicts: 0 });
  expect((copy?.acknowledged ?? 0) + (copy?.alreadyThere ?? 0)).toBe(DOCUMENTS);
  expect((copy?.throttled ?? Number.NaN) / DOCUMENTS).toBeLessThan(0.1);
  // The account has charged for the reading of the check, too: a RU or so a document, where its writing costs five and more.
  const charged = (copy?.ru ?? Number.NaN) / standIn.totalStats().ruCharged;
  expect(charged).toBeGreaterThan(0.6);
  expect(charged).toBeLessThan(1.05);
  expect(JSON.stringify(await hashOf(backend.uri))).toBe(JSON.stringify(await hashOf(source.uri)));
}

describe('a direct copy into a throttling target', () => {
  const styles: readonly MessageStyle[] = ['modern', 'insertError', 'legacy', 'commandLevel'];

  it.each(styles)('ends verified at 20,000 RU/s with %s messages', { timeout: 120_000 }, async (messageStyle) => {
    await runsVerified(20_000, { messageStyle });
  });

  it('ends verified where throttled documents are written all the same', { timeout: 120_000 }, async () => {
    await runsVerified(20_000, { ambiguousFraction: 0.3 });
  });

  it('ends verified where the target retries by itself and gives up', { timeout: 120_000 }, async () => {
    await runsVerified(20_000, { serverSideRetry: true });
  });

  it(
    'ends verified at 200,000 RU/s over many partitions, whatever the target makes of bounds',
    { timeout: 120_000 },
    async () => {
      await runsVerified(200_000, { rangeReads: 'ignore' });
    },
  );
});
