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

const bytesOf = (...values: readonly number[]): Buffer => Buffer.from(values);
const hexOf = (bigEndian: string): Buffer => Buffer.from(bigEndian, 'hex').reverse();

function textBytes(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32LE(content.length + 1);
  return Buffer.concat([length, content, bytesOf(0)]);
}

function element(type: number, name: Buffer | string, value: Buffer): Buffer {
  return Buffer.concat([bytesOf(type), Buffer.from(name), bytesOf(0), value]);
}

function withBytes(id: string, ...elements: readonly Buffer[]): Buffer {
  return rawDocument([element(2, '_id', textBytes(Buffer.from(id))), ...elements]);
}

const LOOKS_LIKE: readonly Record<string, unknown>[] = [
  { $oid: '0123456789abcdef01234567' },
  { $numberInt: '5' },
  { $binary: 'YQ==', $type: '00' },
  { $undefined: true },
  { $uuid: '00112233-4455-6677-8899-aabbccddeeff' },
];

/** What canonical Extended JSON as `mongoexport` 100.9.5 writes it changes, what it keeps though one would not think so, and what it cannot write. */
export async function fillTextOddities(uri: string): Promise<void> {
  await using cluster = await connectTo(uri);
  const fill = (coll: string, documents: readonly Buffer[]) =>
    cluster.session.insertRaw({ db: 'text-odd', coll }, documents, { ordered: true });
  await fill('changed', [
    withBytes('invalid utf-8', element(2, 's', textBytes(bytesOf(0x61, 0xff, 0xfe)))),
    withBytes('half a surrogate', element(2, 's', textBytes(bytesOf(0xed, 0xa0, 0x80)))),
    withBytes('invalid utf-8 in a name', element(0x10, bytesOf(0x61, 0xff), bytesOf(1, 0, 0, 0))),
    withBytes('quiet NaN', element(1, 'x', hexOf('7ff8000000000000'))),
    withBytes('negative NaN', element(1, 'x', hexOf('fff8000000000000'))),
    withBytes('signalling NaN', element(1, 'x', hexOf('7ff4000000000000'))),
    withBytes('array with other names', element(4, 'x', rawDocument([element(0x10, '5', bytesOf(1, 0, 0, 0))]))),
    ...LOOKS_LIKE.map((value) => fromParts({ _id: `looks like ${Object.keys(value)[0] ?? ''}` }, { value })),
    withBytes('options of a regular expression', element(0x0b, 'x', Buffer.from('a\0xi\0'))),
    withBytes('signalling decimal NaN', element(0x13, 'x', hexOf('7e000000000000000000000000000000'))),
    withBytes('negative decimal NaN', element(0x13, 'x', hexOf('fc000000000000000000000000000001'))),
    withBytes('decimal zero not in canonical form', element(0x13, 'x', hexOf('6c10ffffffffffffffffffffffffffff'))),
  ]);
  await fill('kept', [
    withBytes('undefined', element(6, 'x', Buffer.alloc(0))),
    withBytes('DBPointer', element(12, 'x', Buffer.concat([textBytes(Buffer.from('a.b')), Buffer.alloc(12, 1)]))),
    withBytes("Go's NaN", element(1, 'x', hexOf('7ff8000000000001'))),
    withBytes('the largest date', element(9, 'x', hexOf('7fffffffffffffff'))),
    withBytes('the least date', element(9, 'x', hexOf('8000000000000000'))),
    withBytes('smallest double', element(1, 'x', hexOf('0000000000000001'))),
    withBytes('decimal with its exponent', element(0x13, 'x', hexOf('5ffe0000000000000000000000000000'))),
    withBytes('UUID of a wrong length', element(5, 'x', Buffer.concat([bytesOf(3, 0, 0, 0, 3), Buffer.from('abc')]))),
    fromParts({ _id: 'control characters' }, { s: '\u0000\u0001\u001f\u2028<>&"\\/' }),
    fromParts({ _id: '$ keys of queries' }, { a: { $regex: 'a', $options: 'i' }, b: { $type: 'x' }, $gt: 5 }),
    fromParts({ _id: 'a reference with more' }, { r: { $ref: 'c', $id: 1, more: 'x' } }),
    fromParts({ _id: '$oid at the top' }, { $oid: '0123456789abcdef01234567' }),
  ]);
  await fill('unwritable', [fromParts({ _id: 1 }, { x: { $oid: 'no ObjectId' } })]);
}
