import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calculateObjectSize, type Document } from 'bson';
import { MongoClient, type Db } from 'mongodb';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn, type RuStandIn } from '../support/ru-stand-in/start.js';

let mongod: RunningMongod;
let standIn: RuStandIn;
let client: MongoClient;
let db: Db;

beforeAll(async () => {
  mongod = await startMongod();
  standIn = await startRuStandIn({ backendPort: mongod.port, ruPerSecond: 1_000_000 });
  client = new MongoClient(standIn.uri, { maxPoolSize: 1 });
  db = client.db('charges');
});

afterAll(async () => {
  await client?.close();
  await standIn?.close();
  await mongod?.stop();
});

let made = 0;

/** A document of exactly that many BSON bytes. */
function documentOf(bytes: number, extra: Document = {}): Document {
  made += 1;
  const document = { _id: `id-${made}`, ...extra, pad: '' };
  document.pad = 'p'.repeat(bytes - calculateObjectSize(document));
  return document;
}

async function statistics(): Promise<Document> {
  return db.command({ getLastRequestStatistics: 1 });
}

async function chargeOf(work: () => Promise<unknown>): Promise<number> {
  await work();
  return Number((await statistics())['RequestCharge']);
}

describe('charges of the RU stand-in', () => {
  it.each([
    [200, 4.95],
    [1, 4.95],
    [3, 6.48],
    [10, 7.66],
    [100, 37.02],
    [700, 346.29],
    [2048, 1250],
  ])('charges the insert of a document without indexed fields by its size: %d KB', async (kb, charge) => {
    const bytes = kb === 200 ? 200 : kb * 1024;
    const measured = await chargeOf(() => db.collection('sizes').insertOne(documentOf(bytes)));
    expect(measured).toBeCloseTo(charge, 1);
  });

  it('adds 0.2 RU for each index term', async () => {
    const fields = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`f${i}`, i]));
    const indexes = Object.keys(fields).map((name) => ({ key: { [name]: 1 }, name }));
    await db.command({ createIndexes: 'terms', indexes });
    expect(await chargeOf(() => db.collection('terms').insertOne(documentOf(1024, fields)))).toBeCloseTo(6.95, 2);
  });

  it('counts each element of an indexed array, also below an array of documents', async () => {
    await db.command({
      createIndexes: 'arrays',
      indexes: [
        { key: { tags: 1 }, name: 'tags' },
        { key: { 'lines.sku': 1 }, name: 'sku' },
      ],
    });
    const extra = { tags: [1, 2, 3, 4, 5], lines: [{ sku: 1 }, { sku: 2 }, { sku: 3 }] };
    const measured = await chargeOf(() => db.collection('arrays').insertOne(documentOf(1024, extra)));
    expect(measured).toBeCloseTo(4.95 + 0.2 * 8, 2);
  });

  it('counts a wildcard index as one term for each leaf but _id', async () => {
    await db.command({ createIndexes: 'wild', indexes: [{ key: { '$**': 1 }, name: 'all' }] });
    const measured = await chargeOf(() =>
      db.collection('wild').insertOne(documentOf(1024, { a: 1, b: { c: 2, d: 3 } })),
    );
    expect(measured).toBeCloseTo(4.95 + 0.2 * 4, 2);
  });

  it('charges a whole bulk with the sum of its documents', async () => {
    const documents = Array.from({ length: 24 }, () => documentOf(1024));
    expect(await chargeOf(() => db.collection('bulk').insertMany(documents))).toBeCloseTo(24 * 4.95, 1);
    expect(await statistics()).toMatchObject({
      _t: 'GetRequestStatisticsResponse',
      CommandName: 'insert',
      ok: 1,
    });
  });

  it('charges a replacement with the old size and the new one and with the terms that it changes', async () => {
    const collection = db.collection('replace');
    await collection.createIndex({ tags: 1 });
    await collection.insertOne({ ...documentOf(1024, { tags: [1] }), _id: 'replaced-one' as never });
    const replacement = { ...documentOf(2048, { tags: [1, 2, 3] }) };
    delete replacement['_id'];
    const measured = await chargeOf(() => collection.replaceOne({ _id: 'replaced-one' as never }, replacement));
    // The replacement as sent is 2 KB less its _id.
    expect(measured).toBeGreaterThan(4.95 + 6.2 + 0.4);
    expect(measured).toBeLessThan(4.95 + 6.29 + 0.41);
  });

  it('charges a delete like the insert of what it deletes', async () => {
    const collection = db.collection('delete');
    const document = documentOf(10 * 1024);
    await collection.insertOne(document);
    expect(await chargeOf(() => collection.deleteOne({ _id: document['_id'] as never }))).toBeCloseTo(7.66, 2);
    expect(await chargeOf(() => collection.deleteOne({ _id: 'not there' as never }))).toBeCloseTo(2.8, 2);
  });

  it('charges a point read by size and a query by what it returns, 2.8 RU at least', async () => {
    const collection = db.collection('reads');
    const documents = Array.from({ length: 20 }, () => documentOf(1024));
    await collection.insertMany(documents);
    const id = documents[0]?.['_id'] as never;
    expect(await chargeOf(() => collection.findOne({ _id: id }))).toBeCloseTo(1, 2);
    expect(await chargeOf(() => collection.find().toArray())).toBeCloseTo(20, 2);
    expect(await chargeOf(() => collection.find({ pad: 'none' }).toArray())).toBeCloseTo(2.8, 2);
    expect(await chargeOf(() => collection.countDocuments())).toBeCloseTo(2.8, 2);
    expect(await chargeOf(() => collection.estimatedDocumentCount())).toBeCloseTo(2.8, 2);
  });

  it('adds 2.5 RU for each physical partition to a query without the shard key', async () => {
    await db.command({
      customAction: 'CreateCollection',
      collection: 'spread',
      shardKey: 'k',
      offerThroughput: 18_000,
    });
    const collection = db.collection('spread');
    await collection.insertOne(documentOf(1024, { k: 1 }));
    expect(await chargeOf(() => collection.find({ x: 1 }).toArray())).toBeCloseTo(2.8 + 3 * 2.5, 2);
    expect(await chargeOf(() => collection.find({ k: 1, x: 1 }).toArray())).toBeCloseTo(2.8, 2);
  });

  it('multiplies every charge by the calibration factor and stays within the noise', async () => {
    await using noisy = await startRuStandIn({
      backendPort: mongod.port,
      ruPerSecond: 1_000_000,
      calibration: 1.4,
      chargeNoise: 0.03,
    });
    const other = new MongoClient(noisy.uri, { maxPoolSize: 1 });
    try {
      await other.db('noise').collection('c').insertOne(documentOf(1024));
      const reply = await other.db('noise').command({ getLastRequestStatistics: 1 });
      expect(Math.abs(Number(reply['RequestCharge']) / (4.95 * 1.4) - 1)).toBeLessThanOrEqual(0.03);
    } finally {
      await other.close();
    }
  });
});
