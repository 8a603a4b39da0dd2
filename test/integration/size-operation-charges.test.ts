import { calculateObjectSize, type Document } from 'bson';
import fc from 'fast-check';
import { MongoClient, type Collection, type Db } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteCharge, insertCharge, queryCharge, readCharge, replaceCharge } from '../../src/core/size/charges.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn, type RuStandIn } from '../support/ru-stand-in/start.js';
import { termsOf } from '../support/index-entries.js';
import { anIndex } from '../unit/core-builders.js';

let mongod: RunningMongod;
let standIn: RuStandIn;
let client: MongoClient;
let db: Db;
let collection: Collection<Document & { _id: number }>;

const INDEXES = [
  anIndex({ key: [['tags', 1]] }),
  anIndex({ key: [['lines.sku', 1]] }),
  anIndex({
    key: [
      ['kind', 1],
      ['at', -1],
    ],
  }),
];

beforeAll(async () => {
  mongod = await startMongod();
  standIn = await startRuStandIn({ backendPort: mongod.port, ruPerSecond: 1_000_000 });
  client = new MongoClient(standIn.uri, { maxPoolSize: 1 });
  db = client.db('operations');
  collection = db.collection('all');
  const indexes = INDEXES.map(({ key, name }) => ({ key: Object.fromEntries(key), name }));
  await db.command({ createIndexes: 'all', indexes });
});

afterAll(async () => {
  await client.close();
  await standIn.close();
  await mongod.stop();
});

async function chargeOf(work: () => Promise<unknown>): Promise<number> {
  await work();
  return Number((await db.command({ getLastRequestStatistics: 1 }))['RequestCharge']);
}

const anyDocument = fc.record({
  tags: fc.option(fc.array(fc.string({ maxLength: 5 }), { maxLength: 8 }), { nil: null }),
  lines: fc.array(fc.record({ sku: fc.integer({ min: 0, max: 99 }) }, { requiredKeys: [] }), { maxLength: 6 }),
  at: fc.date({ noInvalidDate: true }),
  kind: fc.constantFrom('a', 'b', null),
  pad: fc.integer({ min: 0, max: 40_000 }).map((length) => 'p'.repeat(length)),
});

/** The stand-in says charges to two digits. */
const DIGITS = 1;

const terms = (document: Document): number => INDEXES.reduce((sum, index) => sum + termsOf(document, index), 0);

describe('charges of single operations against the model of an RU account', () => {
  it(
    'are the same for an insert, a point read, a query, a replacement and a delete of any document',
    { timeout: 120_000 },
    async () => {
      let _id = 0;
      await fc.assert(
        fc.asyncProperty(anyDocument, anyDocument, async (first, second) => {
          _id += 1;
          const [old, next] = [
            { _id, ...first },
            { _id, ...second },
          ];
          const [size, nextSize] = [calculateObjectSize(old), calculateObjectSize(next)];
          expect(await chargeOf(() => collection.insertOne({ ...old }))).toBeCloseTo(
            insertCharge(size, terms(old)),
            DIGITS,
          );
          expect(await chargeOf(() => collection.findOne({ _id }))).toBeCloseTo(readCharge(size), DIGITS);
          const all = await collection.find({ kind: 'a' }).toArray();
          const returned = all.reduce((sum, document) => sum + readCharge(calculateObjectSize(document)), 0);
          expect(await chargeOf(() => collection.find({ kind: 'a' }).toArray())).toBeCloseTo(
            queryCharge(returned),
            DIGITS,
          );
          // The driver sends the replacement with its `_id`, as it is stored.
          const changed = Math.abs(terms(next) - terms(old));
          expect(await chargeOf(() => collection.replaceOne({ _id }, { ...next }))).toBeCloseTo(
            replaceCharge(size, nextSize, changed),
            DIGITS,
          );
          expect(await chargeOf(() => collection.deleteOne({ _id }))).toBeCloseTo(
            deleteCharge(nextSize, terms(next)),
            DIGITS,
          );
        }),
        { numRuns: 60 },
      );
    },
  );

  it('add a part for each physical partition that a query without the shard key asks', async () => {
    const create = { customAction: 'CreateCollection', collection: 'spread', shardKey: 'k', offerThroughput: 18_000 };
    await db.command(create);
    const spread = db.collection('spread');
    const documents = Array.from({ length: 20 }, (_, k) => ({ k, pad: 'p'.repeat(k * 300) }));
    await spread.insertMany(documents);
    const returned = documents.reduce((sum, document) => sum + readCharge(calculateObjectSize(document)), 0);
    expect(await chargeOf(() => spread.find().toArray())).toBeCloseTo(queryCharge(returned, 3), DIGITS);
  });
});
