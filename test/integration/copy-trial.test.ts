/** A direct copy that is tried: on a real MongoDB, and on the model of an RU account. */
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { readInventory } from '../../src/adapters/mongo/inventory.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { tryDirectCopy, type CopyTrialRequest } from '../../src/assembly/copy-trial.js';
import { EVERYTHING } from '../../src/core/model/namespace.js';
import { trialPace, type Trial, type TrialSample } from '../../src/core/size/trial.js';
import { connectTo } from '../support/migrate.js';
import { someDocuments, startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';

const DOCUMENTS = 60_000;
/** Shorter than what people get, and long enough for a pace. */
const MS = 1_600;

let pair: MigrationPair;
let plain: RunningMongod;
let plainClient: MongoClient;
let source: ConnectedCluster;
let account: ConnectedCluster;
let target: ConnectedCluster;
let request: CopyTrialRequest;

beforeAll(async () => {
  pair = await startMigrationPair('trial-Secret-7', { ruPerSecond: 400 });
  plain = await startMongod({ auth: { user: 'mover', password: 'other-Secret-8' } });
  const withUser = (credentials: string): string => plain.uri.replace('//', `//${credentials}@`);
  plainClient = await MongoClient.connect(`${withUser('mover:other-Secret-8')}&authSource=admin`);
  await plainClient.db('admin').command({ createUser: 'reader', pwd: 'r', roles: ['readAnyDatabase'] });
  await pair.sourceClient.db('shop').collection('orders').insertMany(someDocuments(DOCUMENTS));
  await pair.sourceClient.db('shop').collection('few').insertMany(someDocuments(3));
  source = await connectTo(pair.source.secretUri);
  account = await connectTo(pair.target.secretUri);
  target = await connectTo(`${withUser('mover:other-Secret-8')}&authSource=admin`);
  const { collections } = await readInventory(source, { selection: EVERYTHING });
  request = {
    collections,
    selection: EVERYTHING,
    clock: systemClock,
    signal: new AbortController().signal,
    ms: MS,
  };
});
afterAll(async () => {
  await Promise.all([source?.close(), account?.close(), target?.close(), plainClient?.close()]);
  await pair?.stop();
  await plain?.stop();
});

const documentsOf = (samples: readonly TrialSample[] = []): number => samples.reduce((sum, s) => sum + s.documents, 0);
const databases = async (client: MongoClient): Promise<string[]> =>
  (await client.db('admin').admin().listDatabases({ nameOnly: true })).databases.map(({ name }) => name);
const left = async (client: MongoClient, db: string): Promise<string[]> =>
  (await client.db(db).listCollections().toArray()).map(({ name }) => name);
const writesTo = async (client: MongoClient): Promise<number> =>
  Number(((await client.db('admin').command({ serverStatus: 1 }))['opcounters'] as { insert: number }).insert);

describe('a trial into a MongoDB', () => {
  it('copies the largest collection into one of its own, and leaves nothing behind', async () => {
    const before = await writesTo(pair.sourceClient);
    const trial = (await tryDirectCopy(source, { ...request, target })) as Trial;
    expect(trial).toMatchObject({ ns: 'shop.orders' });
    expect(trial).not.toHaveProperty('ruPerDocument');
    const copied = documentsOf(trial.copied);
    expect(copied).toBeGreaterThan(1000);
    // Each once: the whole collection, or as much as there was time for.
    expect(copied).toBeLessThanOrEqual(DOCUMENTS);
    expect(await databases(plainClient)).not.toContain('shop');
    expect(await writesTo(pair.sourceClient)).toBe(before);
  });

  it('leaves a database alone that was there, and only reads where nothing else is allowed', async () => {
    await plainClient.db('shop').collection('mine').insertOne({ a: 1 });
    const before = await writesTo(plainClient);
    const read = (await tryDirectCopy(source, request)) as Trial;
    expect(Object.keys(read).sort()).toEqual(['ns', 'read']);
    expect(documentsOf(read.read)).toBeGreaterThan(1000);
    expect(await writesTo(plainClient)).toBe(before);
    await tryDirectCopy(source, { ...request, target });
    expect(await left(plainClient, 'shop')).toEqual(['mine']);
    await plainClient.db('shop').dropDatabase();
  });

  it('leaves nothing behind either when it is cancelled in the middle', async () => {
    const stop = new AbortController();
    const trying = tryDirectCopy(source, { ...request, target, ms: 60_000, signal: stop.signal });
    trying.catch(() => undefined);
    await expect
      .poll(async () => {
        const [name = 'none'] = await left(plainClient, 'shop');
        return plainClient.db('shop').collection(name).estimatedDocumentCount();
      })
      .toBeGreaterThan(0);
    stop.abort();
    await expect(trying).rejects.toMatchObject({ code: 'cancelled' });
    expect(await databases(plainClient)).not.toContain('shop');
  });

  it('tells a user who may not write there, and has written nothing', async () => {
    const reader = await connectTo(`${plain.uri.replace('//', '//reader:r@')}&authSource=admin`);
    const before = await writesTo(plainClient);
    await expect(tryDirectCopy(source, { ...request, target: reader })).rejects.toMatchObject({
      code: 'missing-privilege',
    });
    await reader.close();
    expect(await writesTo(plainClient)).toBe(before);
    expect(await databases(plainClient)).not.toContain('shop');
  });

  it('has nothing to say of a source without documents', async () => {
    expect(await tryDirectCopy(source, { ...request, collections: [] })).toBeUndefined();
  });
});

describe('a trial into an RU account', () => {
  it('learns what an insert costs and how fast the source is read, and drops what it has made', async () => {
    const before = pair.standIn.totalStats().documentsWritten;
    const trial = (await tryDirectCopy(source, { ...request, target: account, ms: 4_000 })) as Trial;
    // The published table: 4.95 RU for up to 1 KB.
    expect(trial.ruPerDocument).toBeCloseTo(4.95, 1);
    const copied = documentsOf(trial.copied);
    expect(pair.standIn.totalStats().documentsWritten - before).toBe(copied);
    // 400 RU/s pay for 80 documents a second: that is the scratch collection's pace and no other's.
    expect(trial.heldByRequestUnits).toBe(true);
    expect(copied).toBeLessThan(2000);
    expect(trialPace(trial)?.kind).not.toBe('copied');
    expect(documentsOf(trial.read)).toBeGreaterThan(copied);
    expect(await databases(pair.backendClient)).not.toContain('shop');
  });
});
