/** A migration by Data Factory from plan to verdict: the emitted templates are deployed into a model of Azure that carries the pipelines out on two real servers. */
import { Binary, Decimal128, Long, MongoClient, ObjectId, Timestamp, UUID } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readDeadLetterEntries } from '../../src/adapters/files/dead-letter-reader.js';
import { migrateByDataFactory, PLACE, startMockAzure, type FactoryMigration } from '../support/data-factory/migrate.js';
import type { MockDataFactory } from '../support/data-factory/mock-data-factory.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

let source: RunningMongod;
let target: RunningMongod;
let runs: TempFolder;
let from: MongoClient;
let to: MongoClient;
let azure: MockDataFactory;

beforeAll(async () => {
  [source, target, runs] = await Promise.all([startMongod(), startMongod(), makeTempFolder('data-factory')]);
  from = await MongoClient.connect(source.uri);
  to = await MongoClient.connect(target.uri);
});

afterAll(async () => {
  await from.close();
  await to.close();
  await Promise.all([source.stop(), target.stop(), runs.remove()]);
});

beforeEach(async () => {
  azure = await startMockAzure();
});

afterEach(async () => {
  await azure[Symbol.asyncDispose]();
  expect(azure.notAccepted).toEqual([]);
});

const PAD = 'x'.repeat(200);
/** Some twelve ranges of 3,000 documents. */
const RANGE_BYTES = 64_000;

const migrate = (db: string, more: Partial<FactoryMigration> = {}) =>
  migrateByDataFactory({
    sourceUri: source.uri,
    targetUri: target.uri,
    azure,
    runsRoot: runs.path,
    selection: { include: [`${db}.*`] },
    rangeBytes: RANGE_BYTES,
    ...more,
  });

async function fill(db: string, coll: string, documents = 3_000): Promise<void> {
  await from
    .db(db)
    .collection<{ _id: unknown }>(coll)
    .insertMany(Array.from({ length: documents }, (_, i) => ({ _id: new ObjectId(), i, pad: PAD })));
}

describe('a run by Data Factory', () => {
  it('copies in ranges, each once, and is verified', async () => {
    await fill('plain', 'orders');
    await from.db('plain').collection('orders').createIndex({ i: 1 });
    const lines: string[] = [];
    const { verdict, status } = await migrate('plain', {
      onEvent: (event) => void (event.kind === 'tool-line' && lines.push(event.line.text)),
    });
    // What Azure foresees is told before anything is deployed.
    const first = lines.findIndex((line) => line.startsWith('deploying '));
    expect(lines.slice(0, first).filter((line) => line.startsWith('create /subscriptions/')).length).toBe(12);
    expect(lines.slice(first).filter((line) => line.startsWith('create '))).toEqual([]);
    expect(verdict).toEqual({ state: 'completed', reasons: [] });
    expect(azure.copies.length).toBeGreaterThan(8);
    expect(azure.copies.reduce((sum, { output }) => sum + (output?.rowsCopied ?? 0), 0)).toBe(3_000);
    expect(status.collections['plain.orders']?.copy.acknowledged).toBe(3_000);
  });

  it('loses no type of _id, though a filter sees only one', async () => {
    const ids = Array.from({ length: 2_400 }, (_, i): unknown => {
      switch (i % 8) {
        case 0:
          return i;
        case 1:
          return `text "${i}" @{x}`;
        case 2:
          return { a: i, b: 'x' };
        case 3:
          return new Date(i * 1e9);
        case 4:
          return new UUID();
        case 5:
          return Long.fromNumber(i + 2 ** 40);
        case 6:
          return Decimal128.fromString(`${i}.5`);
        default:
          return new Timestamp({ t: i, i: 1 });
      }
    });
    const odd = [null, true, NaN, new Binary(Buffer.alloc(16, 7), 3), new Date(-1e15)];
    const documents = [...ids, ...odd].map((_id) => ({ _id, pad: PAD }));
    // By a command: the driver's own methods put an ObjectId in the place of null.
    await from.db('mixed').command({ insert: 'docs', documents });
    const { verdict } = await migrate('mixed');
    expect(verdict).toEqual({ state: 'completed', reasons: [] });
    expect(await to.db('mixed').collection('docs').countDocuments()).toBe(documents.length);
    expect(azure.copies.reduce((sum, { output }) => sum + (output?.rowsRead ?? 0), 0)).toBe(documents.length);
    expect(azure.copies.length).toBeGreaterThan(10);
  });

  it('brings names that would be expressions, escapes or dates elsewhere', async () => {
    const names = [
      "[concat('a')]",
      '@item().id',
      'a@{b}c',
      'it\'s "quoted" \\',
      '2020-01-01T00:00:00Z',
      'größe 数',
      'per%20cent',
      '@@',
    ];
    for (const [i, name] of names.entries())
      await from.db('names').collection<{ _id: unknown }>(name).insertOne({ _id: i });
    const { verdict } = await migrate('names');
    expect(verdict).toEqual({ state: 'completed', reasons: [] });
    const arrived = await to.db('names').listCollections().toArray();
    expect(arrived.map(({ name }) => name).sort()).toEqual([...names].sort());
  });

  it('keeps exactly the documents that the target refuses as dead letters, whole, and brings all others', async () => {
    await fill('poison', 'orders', 2_000);
    const poison = [17, 801, 802, 1_999];
    await from
      .db('poison')
      .collection('orders')
      .updateMany({ i: { $in: poison } }, { $set: { poison: true } });
    await to.db('poison').createCollection('orders', { validator: { poison: { $exists: false } } });
    const { verdict, folder, status } = await migrate('poison');
    expect(verdict.state).toBe('completed-with-findings');
    expect(verdict.reasons).toContainEqual({ id: 'dead-letters', params: { documents: poison.length } });
    const kept = (await readDeadLetterEntries(folder.deadLettersPath)).filter(({ ns }) => ns === 'poison.orders');
    expect(kept.map(({ code }) => code)).toEqual(poison.map(() => 121));
    const ids = await from
      .db('poison')
      .collection('orders')
      .find({ poison: true })
      .map(({ _id }) => _id.toHexString())
      .toArray();
    expect(kept.map(({ id }) => (id as { $oid: string }).$oid).sort()).toEqual(ids.sort());
    expect(await to.db('poison').collection('orders').countDocuments()).toBe(2_000 - poison.length);
    expect(status.collections['poison.orders']?.copy).toMatchObject({
      deadLettered: poison.length,
      acknowledged: 2_000 - poison.length,
    });
  });

  it('stops where the target takes nothing at all, and makes no dead letters of what is not at fault', async () => {
    await fill('hopeless', 'orders', 2_000);
    await to.db('hopeless').createCollection('orders', { validator: { never: { $exists: true } } });
    const { verdict } = await migrate('hopeless');
    expect(verdict.state).toBe('failed-resumable');
    expect(verdict.reasons.map(({ id }) => id)).toEqual(['data-factory-refuses-all']);
    expect(verdict.reasons[0]?.params).toMatchObject({ ns: 'hopeless.orders' });
  });

  it('makes views on the target, and copies none', async () => {
    await fill('views', 'orders', 50);
    await from.db('views').createCollection('few', { viewOn: 'orders', pipeline: [{ $match: { i: { $lt: 10 } } }] });
    const { verdict } = await migrate('views');
    expect(verdict).toEqual({ state: 'completed', reasons: [] });
    expect(azure.copies.map(({ source: { coll } }) => coll)).toEqual(['orders']);
    expect(await to.db('views').collection('few').countDocuments()).toBe(10);
  });

  it('leaves a time series out, and says so', async () => {
    await fill('series', 'orders', 10);
    await from.db('series').createCollection('readings', { timeseries: { timeField: 't' } });
    await from.db('series').collection('readings').insertOne({ t: new Date(), v: 1 });
    const { verdict, plan } = await migrate('series');
    expect(plan.notMigrated.map(({ source: { coll }, why }) => [coll, why])).toContainEqual([
      'readings',
      'timeseries-not-carried',
    ]);
    expect(verdict).toEqual({
      state: 'completed-with-findings',
      reasons: [{ id: 'namespaces-left-out', params: { namespaces: 1 } }],
    });
    expect(azure.copies.map(({ source: { coll } }) => coll)).toEqual(['orders']);
  });

  it('replaces nothing of the target unless the plan says overwrite', async () => {
    await fill('there', 'orders', 10);
    const [first] = await from.db('there').collection('orders').find().toArray();
    await to
      .db('there')
      .collection<{ _id: unknown; mine: boolean }>('orders')
      .insertOne({ _id: first?._id, mine: true });
    const { verdict } = await migrate('there');
    expect(verdict.reasons[0]).toEqual({
      id: 'error:bad-plan',
      params: { reason: 'data-factory-overwrites', namespace: 'there.orders' },
    });
    expect(await to.db('there').collection('orders').findOne()).toMatchObject({ mine: true });
    const again = await migrate('there', { plan: { conflictPolicy: 'overwrite' } });
    expect(again.verdict).toEqual({ state: 'completed', reasons: [] });
  });

  it('is refused where the subscription has not registered a provider, before anything is made', async () => {
    await fill('unregistered', 'orders', 5);
    azure.arm.providers.set('microsoft.storage', 'NotRegistered');
    const { verdict } = await migrate('unregistered');
    expect(verdict.reasons[0]).toEqual({
      id: 'error:azure-refused',
      params: { reason: 'not-registered', message: 'Microsoft.Storage', subscription: PLACE.subscription },
    });
    expect(azure.resources.size).toBe(0);
    expect(await to.db('unregistered').listCollections().toArray()).toEqual([]);
  });
});
