/** What a copy that decodes changes (reference: MongoDB's BSON specification), each as the bytes of a document. */
import { Binary, Code, Decimal128, Double, Int32, Long, ObjectId, serialize, Timestamp } from 'bson';
import { BSON_TYPE, rawDocument } from '../../src/core/bson/raw-document.js';

type Part = Record<string, unknown> | Buffer;

const elementsOf = (part: Part): Buffer =>
  Buffer.isBuffer(part) ? part : Buffer.from(serialize(part)).subarray(4, -1);
const doc = (...parts: readonly Part[]): Buffer => rawDocument(parts.map(elementsOf));

/** An element with any bytes for its value. */
function element(type: number, name: string | Buffer, value: Uint8Array = Buffer.alloc(0)): Buffer {
  const key = typeof name === 'string' ? Buffer.from(name) : name;
  return Buffer.concat([Buffer.of(type), key, Buffer.of(0), value]);
}

function text(bytes: Uint8Array | string): Buffer {
  const content = Buffer.from(bytes as string);
  const length = Buffer.alloc(4);
  length.writeInt32LE(content.length + 1);
  return Buffer.concat([length, content, Buffer.of(0)]);
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

function withScope(code: string, scope: Buffer): Buffer {
  const body = Buffer.concat([text(code), scope]);
  const length = Buffer.alloc(4);
  length.writeInt32LE(body.length + 4);
  return Buffer.concat([length, body]);
}

function nested(depth: number): Buffer {
  let inner = doc({ end: 1 });
  for (let i = 0; i < depth; i += 1) inner = rawDocument([element(BSON_TYPE.document, 'd', inner)]);
  return inner;
}

const oid = new ObjectId('0123456789abcdef01234567');
const INVALID = Buffer.from([0x66, 0xff, 0xc3, 0x28]);

/** By what is odd; without `_id`. Documents with an empty timestamp on top are apart: a server fills them in on insert. */
export const ODD: Readonly<Record<string, readonly Part[]>> = {
  'integer-like names': [{ b: 1 }, { 10: 1 }, { 2: 1 }],
  'a name twice': [{ a: new Int32(1) }, { a: 'two' }, { a: new Double(3) }],
  'a name twice within': [element(BSON_TYPE.document, 'in', doc({ x: 1 }, { x: 2 }))],
  'numbers of every kind': [
    { d: new Double(1) },
    { i: new Int32(1) },
    { l: Long.fromNumber(1) },
    { z: new Double(-0) },
  ],
  'a NaN with a payload': [element(BSON_TYPE.double, 'nan', Buffer.from('010000000000f87f', 'hex'))],
  'decimals that are no numbers': ['NaN', 'Infinity', '-Infinity', '-0E+3', '1.10', '0E-6176'].map((n, i) => ({
    [`d${i}`]: Decimal128.fromString(n),
  })),
  'a decimal in a form of its own': [element(BSON_TYPE.decimal, 'd', Buffer.alloc(16, 0xff))],
  undefined: [element(BSON_TYPE.undefined, 'u')],
  'undefined in an array': [
    element(BSON_TYPE.array, 'a', rawDocument([element(BSON_TYPE.undefined, '0'), elementsOf({ 1: 1 })])),
  ],
  'a pointer': [element(BSON_TYPE.dbPointer, 'p', Buffer.concat([text('db.c'), oid.id]))],
  'a reference out of order': [
    element(BSON_TYPE.document, 'r', doc({ $id: oid }, { x: 1 }, { $ref: 'c' }, { $db: 'd' })),
  ],
  'a symbol': [element(BSON_TYPE.symbol, 's', text('sym'))],
  'a regex with flags inside': [element(BSON_TYPE.regex, 'r', Buffer.from('(?i)a\0\0'))],
  'a regex with flags of its own': [element(BSON_TYPE.regex, 'r', Buffer.from('a\0lux\0'))],
  'a regex with flags out of order': [element(BSON_TYPE.regex, 'r', Buffer.from('a\0xsmi\0'))],
  'dates beyond what a clock knows': [
    element(BSON_TYPE.date, 'after', int64(2n ** 62n)),
    element(BSON_TYPE.date, 'before', int64(-(2n ** 62n))),
  ],
  'code with an odd scope': [element(BSON_TYPE.codeWithScope, 'c', withScope('x', doc({ b: 1 }, { 2: 1 }, { 1: 1 })))],
  'code without a scope, and with none in it': [
    { c: new Code('x') },
    element(BSON_TYPE.codeWithScope, 'd', withScope('y', doc())),
  ],
  'text that is no UTF-8': [element(BSON_TYPE.string, 't', text(INVALID))],
  'a name that is no UTF-8': [element(BSON_TYPE.int, INVALID, Buffer.of(1, 0, 0, 0))],
  'text with a null in it': [{ t: 'a\u0000b' }],
  'an array that counts oddly': [
    element(BSON_TYPE.array, 'a', rawDocument([elementsOf({ 5: 1 }), elementsOf({ 0: 2 }), elementsOf({ x: 3 })])),
  ],
  'binaries of every kind': [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 128, 255].map((kind) => ({
    [`b${kind}`]: new Binary(Buffer.alloc(16, kind), kind),
  })),
  'an old binary with a length that lies': [
    element(BSON_TYPE.binary, 'b', Buffer.from([6, 0, 0, 0, 2, 9, 0, 0, 0, 1, 2])),
  ],
  'the least and the greatest': [element(BSON_TYPE.minKey, 'min'), element(BSON_TYPE.maxKey, 'max')],
  'a bool that is neither': [element(BSON_TYPE.bool, 'b', Buffer.of(2))],
  'names that objects have': [
    { constructor: 1 },
    element(BSON_TYPE.int, '__proto__', Buffer.of(1, 0, 0, 0)),
    { toString: 1 },
  ],
  'odd names': [{ '': 1 }, { 'a.b': 1 }, { $set: 1 }, { ' ': 1 }, { ünï: 1 }],
  'nothing at all': [],
  'empty things': [{ o: {} }, { a: [] }, { s: '' }],
  'a deep document': [element(BSON_TYPE.document, 'deep', nested(95))],
  'an empty timestamp within': [
    { in: { at: new Timestamp({ t: 0, i: 0 }) } },
    { all: [new Timestamp({ t: 0, i: 0 })] },
  ],
};

export const EMPTY_TIMESTAMPS: Readonly<Record<string, readonly Part[]>> = {
  'an empty timestamp': [{ at: new Timestamp({ t: 0, i: 0 }) }],
  'several, among dollars': [
    { $a: 1 },
    { at: new Timestamp({ t: 0, i: 0 }) },
    { x: 1 },
    { '': new Timestamp({ t: 0, i: 0 }) },
  ],
};

/** The document whose `_id` is what is odd about it. */
export function oddDocument(id: string, parts: readonly Part[]): Buffer {
  return doc({ _id: id }, ...parts);
}

/** `_id`s of every type that servers take. */
export const ODD_IDS: readonly Part[] = [
  { _id: new Timestamp({ t: 0, i: 0 }) },
  { _id: new Double(Number.NaN) },
  { _id: new Double(-1.5) },
  { _id: Decimal128.fromString('7.50') },
  { _id: Decimal128.fromString('-Infinity') },
  { _id: new Double(Number.POSITIVE_INFINITY) },
  { _id: Long.fromString('9007199254740993') },
  { _id: new Binary(Buffer.from('old'), 2) },
  { _id: new Code('x') },
  element(BSON_TYPE.codeWithScope, '_id', withScope('x', doc({ 2: 1 }, { 1: 1 }))),
  element(BSON_TYPE.symbol, '_id', text('sym')),
  element(BSON_TYPE.dbPointer, '_id', Buffer.concat([text('db.c'), oid.id])),
  element(BSON_TYPE.string, '_id', text(INVALID)),
  element(BSON_TYPE.date, '_id', int64(2n ** 62n)),
  element(BSON_TYPE.document, '_id', doc({ 2: 1 }, { 1: [1, { x: new Double(1) }] })),
  element(BSON_TYPE.document, '_id', doc({ a: 1 }, { a: 2 })),
  { _id: null },
  { _id: false },
  { _id: '' },
];

export function withOddId(id: Part, i: number): Buffer {
  return doc(id, { i });
}
