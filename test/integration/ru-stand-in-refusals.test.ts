import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Long, MongoBulkWriteError, MongoClient, MongoServerError, type Db, type Document } from 'mongodb';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn, type RuStandIn, type RuStandInOptions } from '../support/ru-stand-in/start.js';

let mongod: RunningMongod;
let standIn: RuStandIn;
let client: MongoClient;
let db: Db;
let count = 0;

beforeAll(async () => {
  mongod = await startMongod();
  standIn = await startRuStandIn({ backendPort: mongod.port, ruPerSecond: 1_000_000 });
  client = new MongoClient(standIn.uri);
});

afterAll(async () => {
  await client?.close();
  await standIn?.close();
  await mongod?.stop();
});

beforeEach(() => {
  count += 1;
  db = client.db(`refusals${count}`);
});

/** Code of the error that the work ends with; 0 when it succeeds. */
async function codeOf(work: Promise<unknown>): Promise<number> {
  try {
    await work;
    return 0;
  } catch (error) {
    if (error instanceof MongoServerError) return Number(error.code);
    throw error;
  }
}

async function withStandIn(options: Partial<RuStandInOptions>, use: (db: Db) => Promise<void>): Promise<void> {
  await using other = await startRuStandIn({ backendPort: mongod.port, ruPerSecond: 1_000_000, ...options });
  const own = new MongoClient(other.uri);
  try {
    await use(own.db(`refusals${count}`));
  } finally {
    await own.close();
  }
}

const BIG = 'x'.repeat(2 * 1024 * 1024);

describe('documents that the RU stand-in refuses', () => {
  it('refuses a document over 2 MB by its index and writes the others', async () => {
    const documents = [{ _id: 1 }, { _id: 2, text: BIG }, { _id: 3 }] as Document[];
    const error: unknown = await db
      .collection('c')
      .insertMany(documents, { ordered: false })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MongoBulkWriteError);
    const bulk = error as MongoBulkWriteError;
    expect(bulk.writeErrors).toMatchObject([{ index: 1, code: 16, errmsg: 'Request size is too large' }]);
    expect(bulk.insertedCount).toBe(2);
    expect(standIn.stats()[`${db.databaseName}.c`]).toMatchObject({ rejected: 1, documentsWritten: 2 });
  });

  it('refuses a replacement over 2 MB', async () => {
    await db.collection('c').insertOne({ _id: 1 as never });
    expect(await codeOf(db.collection('c').replaceOne({ _id: 1 as never }, { text: BIG }))).toBe(16);
  });

  it('takes documents up to 16 MB with that capability', async () => {
    await withStandIn({ document16Mb: true }, async (other) => {
      await other.collection('c').insertOne({ text: 'x'.repeat(15.9 * 1024 * 1024) });
    });
  });

  it('refuses a document without the shard key, and a changed shard key', async () => {
    await db.command({
      customAction: 'CreateCollection',
      collection: 'c',
      shardKey: 'address.city',
      offerThroughput: 400,
    });
    const collection = db.collection('c');
    expect(await codeOf(collection.insertOne({ _id: 1 as never }))).toBe(61);
    await collection.insertOne({ _id: 1 as never, address: { city: 'Bern' } });
    const replaced = collection.replaceOne({ _id: 1 as never }, { address: { city: 'Rome' } });
    expect(await codeOf(replaced)).toBe(66);
    expect(await codeOf(collection.replaceOne({ _id: 1 as never }, { address: { city: 'Bern' }, n: 1 }))).toBe(0);
  });

  it('refuses a batch of more than 1,000 documents', async () => {
    const documents = Array.from({ length: 1001 }, (_, i) => ({ _id: i }));
    expect(await codeOf(db.command({ insert: 'c', documents }))).toBe(16);
  });
});

describe('retryable writes on the RU stand-in', () => {
  const text =
    /^Retryable writes are not supported\. Please disable retryable writes by specifying "retrywrites=false"/;

  it('refuses them with the text of the service', async () => {
    const retrying = new MongoClient(standIn.uri.replace('retryWrites=false', 'retryWrites=true'));
    try {
      const error: unknown = await retrying
        .db(db.databaseName)
        .collection('c')
        .insertOne({ a: 1 })
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 2, message: expect.stringMatching(text) as string });
    } finally {
      await retrying.close();
    }
  });

  it('takes them with the capability, also on a mongod that would not', async () => {
    await withStandIn({ retryableWrites: true }, async (other) => {
      const insert = { insert: 'c', documents: [{ _id: 1 }], txnNumber: Long.fromNumber(1) };
      expect(await codeOf(other.command(insert))).toBe(0);
    });
  });
});

describe('commands that the RU stand-in refuses', () => {
  it.each([
    'serverStatus',
    'collMod',
    'renameCollection',
    'mapReduce',
    'top',
    'dbHash',
    'dataSize',
    'connectionStatus',
    'profile',
    'atlasVersion',
    'listCommands',
    'replSetGetStatus',
  ])('%s', async (name) => {
    expect(await codeOf(db.command({ [name]: 'c' }))).toBe(115);
  });

  it.each<[string, Document]>([
    ['capped', { capped: true, size: 4096 }],
    ['timeseries', { timeseries: { timeField: 't' } }],
    ['validator', { validator: { a: 1 } }],
    ['collation', { collation: { locale: 'de' } }],
    ['viewOn', { viewOn: 'x', pipeline: [] }],
    ['clusteredIndex', { clusteredIndex: { key: { _id: 1 }, unique: true } }],
  ])('create with %s', async (_, options) => {
    expect(await codeOf(db.command({ create: 'c', ...options }))).toBe(115);
  });

  it('lets a plain create through', async () => {
    expect(await codeOf(db.command({ create: 'c' }))).toBe(0);
    expect(await codeOf(db.command({ create: 'd', capped: false }))).toBe(0);
  });
});

describe('indexes that the RU stand-in refuses', () => {
  const index = (key: Document, options: Document = {}): Document => ({
    createIndexes: 'c',
    indexes: [{ key, name: 'one', ...options }],
  });

  it.each<[string, Document]>([
    ['text', index({ a: 'text' })],
    ['2d', index({ a: '2d' })],
    ['hashed', index({ a: 'hashed' })],
    ['sparse', index({ a: 1 }, { sparse: true })],
    ['collation', index({ a: 1 }, { collation: { locale: 'de' } })],
    ['partial', index({ a: 1 }, { partialFilterExpression: { b: 1 } })],
    ['partial unique', index({ a: 1 }, { unique: true, partialFilterExpression: { b: 1 } })],
    ['TTL on a field', index({ a: 1 }, { expireAfterSeconds: 60 })],
    ['9 fields', index(Object.fromEntries('abcdefghi'.split('').map((name) => [name, 1])))],
    ['nested compound', index({ 'a.b': 1, c: 1 })],
    ['7 levels', index({ 'a.b.c.d.e.f.g': 1 })],
    ['compound wildcard', index({ a: 1, '$**': 1 })],
    ['unique wildcard', index({ '$**': 1 }, { unique: true })],
  ])('%s', async (_, command) => {
    expect(await codeOf(db.command(command))).toBe(67);
  });

  it.each<[string, Document]>([
    ['single', index({ a: -1 })],
    ['compound of 8', index(Object.fromEntries('abcdefgh'.split('').map((name) => [name, 1])))],
    ['2dsphere', index({ a: '2dsphere' })],
    ['wildcard', index({ '$**': 1 })],
    ['TTL on _ts', index({ _ts: 1 }, { expireAfterSeconds: 60 })],
    ['unique on a collection that is not there', index({ a: 1 }, { unique: true })],
  ])('but not: %s', async (_, command) => {
    expect(await db.command(command)).toMatchObject({ _t: 'CreateIndexesResponse', ok: 1 });
  });

  it('loses all indexes of a call that has a bad one', async () => {
    const indexes = [
      { key: { a: 1 }, name: 'a' },
      { key: { b: 1 }, name: 'b', sparse: true },
    ];
    expect(await codeOf(db.command({ createIndexes: 'c', indexes }))).toBe(67);
    expect(await db.listCollections({ name: 'c' }).toArray()).toEqual([]);
  });

  it('a unique index once the collection holds a document, but not one that is there already', async () => {
    await db.command(index({ a: 1 }, { unique: true }));
    await db.collection('c').insertOne({ a: 1, b: 1 });
    const error: unknown = await db
      .collection('c')
      .createIndex({ b: 1 }, { unique: true })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 67, message: 'Unique Index can be modified only if collection is empty' });
    expect(await codeOf(db.command(index({ a: 1 }, { unique: true })))).toBe(0);
    await withStandIn({ uniqueIndexReIndex: true }, async (other) => {
      expect(await codeOf(other.collection('c').createIndex({ b: 1 }, { unique: true }))).toBe(0);
    });
  });

  it('a unique index that does not begin with the shard key', async () => {
    await client.db('admin').command({ shardCollection: `${db.databaseName}.d`, key: { k: 'hashed' } });
    const d = db.collection('d');
    const error: unknown = await d.createIndex({ a: 1 }, { unique: true }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 67,
      message: 'cannot create unique index over { a : 1.0 } with shard key pattern { k : 1.0 }',
    });
    expect(await codeOf(d.createIndex({ k: 1, a: 1 }, { unique: true }))).toBe(0);
  });

  it('more than 500 single-field indexes', async () => {
    const indexes = Array.from({ length: 501 }, (_, i) => ({ key: { [`f${i}`]: 1 }, name: `f${i}` }));
    expect(await codeOf(db.command({ createIndexes: 'c', indexes }))).toBe(67);
  });

  it('unless the account has the capability', async () => {
    const capabilities = { ttlOnCustomPath: true, partialUniqueIndex: true, nestedCompoundIndexes: true };
    await withStandIn(capabilities, async (other) => {
      expect(await codeOf(other.command(index({ a: 1 }, { expireAfterSeconds: 60 })))).toBe(0);
      expect(await codeOf(other.collection('d').createIndex({ 'a.b': 1, c: 1 }))).toBe(0);
      const partial = { unique: true, partialFilterExpression: { b: 1 } };
      expect(await codeOf(other.collection('e').createIndex({ a: 1 }, partial))).toBe(0);
      expect(await codeOf(other.collection('f').createIndex({ a: 1 }, { partialFilterExpression: { b: 1 } }))).toBe(67);
    });
  });
});

describe('reads that the RU stand-in refuses', () => {
  it.each<[string, Document[]]>([
    ['$collStats', [{ $collStats: { count: {} } }]],
    ['$indexStats', [{ $indexStats: {} }]],
    ['$bucket', [{ $bucket: { groupBy: '$a', boundaries: [0, 1] } }]],
    ['$unionWith', [{ $unionWith: 'd' }]],
    [
      '$graphLookup',
      [{ $graphLookup: { from: 'c', startWith: '$a', connectFromField: 'a', connectToField: 'b', as: 'x' } }],
    ],
    ['a stage inside $facet', [{ $facet: { x: [{ $indexStats: {} }] } }]],
  ])('the stage %s', async (_, pipeline) => {
    expect(await codeOf(db.collection('c').aggregate(pipeline).toArray())).toBe(40324);
  });

  it('$currentOp on admin', async () => {
    const pipeline = [{ $currentOp: {} }];
    expect(await codeOf(client.db('admin').aggregate(pipeline).toArray())).toBe(40324);
  });

  it('a sort that no index serves', async () => {
    const collection = db.collection('c');
    await collection.insertOne({ a: 1, b: 1 });
    await collection.createIndex({ a: 1, b: -1 });
    const sorted = (sort: Document): Promise<number> => codeOf(collection.find().sort(sort).toArray());
    expect(await sorted({ a: 1, b: -1 })).toBe(0);
    expect(await sorted({ a: -1, b: 1 })).toBe(0);
    expect(await sorted({ a: 1 })).toBe(0);
    expect(await sorted({ _id: 1 })).toBe(0);
    expect(await sorted({ a: 1, b: 1 })).toBe(2);
    expect(await sorted({ b: -1, a: 1 })).toBe(2);
    expect(await sorted({ b: 1 })).toBe(2);
    expect(await sorted({ _id: 1, a: 1 })).toBe(2);
    expect(await codeOf(collection.aggregate([{ $sort: { b: 1, a: 1 } }]).toArray())).toBe(0);
  });

  it('$where', async () => {
    expect(await codeOf(db.collection('c').find({ $where: 'true' }).toArray())).toBe(2);
  });

  it.each([
    ['honour', [2, 3]],
    ['ignore', [1, 2, 3, 4]],
    ['refuse', 9],
  ] as const)('min and max of a find, as told: %s', async (rangeReads, outcome) => {
    await db.collection('c').insertMany([1, 2, 3, 4].map((_id) => ({ _id: _id as never })));
    await withStandIn({ rangeReads }, async (other) => {
      const find = other.collection('c').find().min({ _id: 2 }).max({ _id: 4 }).hint({ _id: 1 });
      if (outcome === 9) expect(await codeOf(find.toArray())).toBe(9);
      else expect((await find.toArray()).map((one) => Number(one._id))).toEqual(outcome);
    });
  });
});
