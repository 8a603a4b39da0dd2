import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { createRuCollection, dumpAndRestore, fillCollection, relayTo } from '../support/restore-through-relay.js';
import { startRuStandIn, type MessageStyle, type RuStandInOptions } from '../support/ru-stand-in/start.js';

const DB = 'shop';
const COLLECTION = 'orders';
const DOCUMENTS = 50_000;

let source: RunningMongod;

beforeAll(async () => {
  source = await startMongod();
  await fillCollection(source.uri, DB, COLLECTION, DOCUMENTS, 512);
});
afterAll(async () => {
  await source.stop();
});

/** Every document of the source must be on the target with the same bytes: dbHash of MongoDB itself is the judge. */
async function hashOf(uri: string): Promise<unknown> {
  const client = new MongoClient(uri);
  const { collections } = await client.db(DB).command({ dbHash: 1, collections: [COLLECTION] });
  await client.close();
  return (collections as Record<string, unknown>)[COLLECTION];
}

async function restoreAt(ruPerSecond: number, options: Partial<RuStandInOptions> = {}) {
  await using backend = await startMongod();
  await using standIn = await startRuStandIn({ backendPort: backend.port, ...options });
  await createRuCollection(standIn.uri, DB, COLLECTION, ruPerSecond);
  await using relay = await relayTo(standIn.port);
  const exits = await dumpAndRestore({
    sourceUri: source.uri,
    db: DB,
    targetUri: `mongodb://127.0.0.1:${relay.port}/`,
  });
  const counters = relay.counters().find((c) => c.ns.coll === COLLECTION);
  if (!counters) throw new Error('nothing was written');
  const equal = JSON.stringify(await hashOf(backend.uri)) === JSON.stringify(await hashOf(source.uri));
  const rejected = counters.throttledOperations / counters.sentOperations;
  return { exits, rejected, counters, equal };
}

describe('mongorestore through the relay into a throttling target', () => {
  const styles: readonly MessageStyle[] = ['modern', 'insertError', 'legacy', 'commandLevel'];

  it.each(styles)('loses nothing at 20,000 RU/s with %s messages', { timeout: 120_000 }, async (messageStyle) => {
    const { exits, counters, equal, rejected } = await restoreAt(20_000, { messageStyle });
    expect(exits).toEqual({ dump: 0, restore: 0, failed: '' });
    expect(counters.acknowledged).toBe(DOCUMENTS);
    expect(counters.deadLettered + counters.failed + counters.conflicts).toBe(0);
    expect(equal).toBe(true);
    expect(rejected).toBeLessThan(0.1);
  });

  it('loses nothing where throttled documents are written all the same', { timeout: 120_000 }, async () => {
    const { counters, equal } = await restoreAt(20_000, { ambiguousFraction: 0.3 });
    expect(counters.acknowledged).toBe(DOCUMENTS);
    expect(equal).toBe(true);
  });

  it('loses nothing at 2,000 RU/s', { timeout: 240_000 }, async () => {
    const { counters, equal, rejected } = await restoreAt(2_000);
    expect(counters.acknowledged).toBe(DOCUMENTS);
    expect(equal).toBe(true);
    expect(rejected).toBeLessThan(0.1);
  });

  it('loses nothing at 200,000 RU/s over many partitions', { timeout: 120_000 }, async () => {
    const { counters, equal } = await restoreAt(200_000);
    expect(counters.acknowledged).toBe(DOCUMENTS);
    expect(equal).toBe(true);
  });

  it('loses nothing where the target retries by itself and gives up', { timeout: 120_000 }, async () => {
    const { counters, equal } = await restoreAt(20_000, { serverSideRetry: true });
    expect(counters.acknowledged).toBe(DOCUMENTS);
    expect(equal).toBe(true);
  });
});
