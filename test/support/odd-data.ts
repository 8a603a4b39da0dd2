import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
  UUID,
} from 'bson';
import { MongoClient } from 'mongodb';
import { rawDocument } from '../../src/core/bson/raw-document.js';
import { connectTo } from './migrate.js';

/** A document from its elements' bytes, so that it can hold what no object can: the same name twice, integer-like names in any order. */
function fromParts(...parts: readonly Record<string, unknown>[]): Buffer {
  return rawDocument(
    parts.map((part) => {
      const encoded = serialize(part);
      return encoded.subarray(4, encoded.length - 1);
    }),
  );
}

/** Every BSON type that MongoDB stores, one document each, and one with them all. */
export function everyType(): Record<string, unknown> {
  return {
    double: new Double(1),
    negativeZero: new Double(-0),
    nan: Number.NaN,
    string: 'ä 🙂 \u0000 end',
    object: { nested: { deep: [1, { x: 1 }] } },
    array: [new Int32(1), new Double(1), Long.fromNumber(1), null],
    binary: new Binary(Buffer.from([1, 2, 3])),
    oldBinary: new Binary(Buffer.from([1, 2, 3]), 2),
    uuid: new UUID('00112233-4455-6677-8899-aabbccddeeff'),
    objectId: new ObjectId('0123456789abcdef01234567'),
    bool: true,
    date: new Date(0),
    oldDate: new Date(-62_135_596_800_000),
    nothing: null,
    regex: new BSONRegExp('a.*b', 'imsx'),
    reference: new DBRef('other', new ObjectId('0123456789abcdef01234567')),
    code: new Code('return 1;'),
    scoped: new Code('return x;', { x: 1 }),
    symbol: new BSONSymbol('sym'),
    int: new Int32(5),
    timestamp: new Timestamp({ t: 5, i: 6 }),
    long: Long.fromString('9007199254740993'),
    decimal: Decimal128.fromString('1.10'),
    minKey: new MinKey(),
    maxKey: new MaxKey(),
    '': 'empty name',
    'dotted.name': 1,
    $dollar: 1,
  };
}

export const ODD_DB = 'odd-data';

/** Fills the source with what usually breaks migrations. */
export async function fillOddData(uri: string): Promise<void> {
  await using cluster = await connectTo(uri);
  const client = new MongoClient(uri);
  const db = client.db(ODD_DB);
  const raw = (coll: string, documents: readonly Buffer[]) =>
    cluster.session.insertRaw({ db: ODD_DB, coll }, documents, { ordered: true });

  const all = everyType();
  await raw('types', [
    fromParts({ _id: 'all', ...all }),
    ...Object.entries(all).map(([name, value]) => fromParts({ _id: name, value })),
  ]);
  await raw('keys', [
    fromParts({ _id: 1 }, { b: 1 }, { 10: 1 }, { 2: 1 }),
    fromParts({ _id: 2 }, { twice: 1 }, { twice: 2 }),
    fromParts({ _id: 3 }, { nested: { 3: 1, 1: 2 } }),
  ]);
  const ids: unknown[] = [
    1,
    2.5,
    Long.fromString('9007199254740993'),
    'text',
    new ObjectId(),
    new Date(0),
    true,
    new UUID(),
    { a: 1, b: 2 },
  ];
  await raw(
    'ids',
    [...ids, null, new MinKey(), new MaxKey(), Decimal128.fromString('7.5')].map((id, i) =>
      fromParts({ _id: id }, { i }),
    ),
  );
  await raw('timestamps', [
    fromParts({ _id: 1 }, { at: new Timestamp({ t: 7, i: 1 }) }, { nested: { at: new Timestamp({ t: 0, i: 0 }) } }),
    fromParts({ _id: 2 }, { plain: true }),
  ]);
  // An insert would replace it; an update by a literal does not.
  await db
    .collection('timestamps')
    .updateOne({ _id: 2 as never }, [{ $set: { at: { $literal: new Timestamp({ t: 0, i: 0 }) } } }]);
  for (const name of ['dots.in.name', 'with space', 'ünïcödé 名前', 'star*and\\back']) {
    await db.collection(name).insertMany([{ _id: 1 as never }, { _id: 2 as never, name }]);
  }
  await db.createCollection('empty');
  await db.createCollection('capped', { capped: true, size: 100_000 });
  await db.collection('capped').insertMany([{ _id: 1 as never }, { _id: 2 as never }]);
  await db.createCollection('view', { viewOn: 'types', pipeline: [{ $project: { value: 1 } }] });
  await db.createCollection('series', { timeseries: { timeField: 't', metaField: 'm' } });
  await db
    .collection('series')
    .insertMany(Array.from({ length: 10 }, (_, i) => ({ t: new Date(i * 1000), m: 'a', v: i })));
  await db.collection<{ _id: number; pad: string }>('large').insertMany([
    { _id: 1, pad: 'x' },
    { _id: 2, pad: 'x'.repeat(15_900_000) },
    { _id: 3, pad: 'x'.repeat(1_500_000) },
  ]);
  await client.close();
}
