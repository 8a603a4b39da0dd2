/** Documents from their bytes up, with everything that BSON can say and no encoder would write; and what damage makes of them. */
import fc from 'fast-check';
import { BSON_TYPE, rawDocument } from '../../src/core/bson/raw-document.js';

/** What a document was made of. */
export interface MadeElement {
  readonly type: number;
  readonly name: Buffer;
  readonly value: Buffer;
}

export interface MadeDocument {
  readonly bytes: Buffer;
  readonly elements: readonly MadeElement[];
}

const int32 = (n: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(n);
  return bytes;
};
const some = (length: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes));
/** Any bytes but 0: names need not be UTF-8. */
const nonZero = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.array(fc.integer({ min: 1, max: 255 }), { maxLength }).map((bytes) => Buffer.from(bytes));
const text: fc.Arbitrary<Buffer> = fc
  .uint8Array({ maxLength: 12 })
  .map((bytes) => Buffer.concat([int32(bytes.length + 1), bytes, Buffer.of(0)]));
const terminated = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.of(0)]);
const elementName = fc.oneof(
  { weight: 3, arbitrary: nonZero(8) },
  { weight: 1, arbitrary: fc.constantFrom('_id', 'a', '1', '$x', 'a.b', '').map((name) => Buffer.from(name)) },
);

const { document, array, codeWithScope } = BSON_TYPE;
const LEAVES: readonly (readonly [number, fc.Arbitrary<Buffer>])[] = [
  ...[BSON_TYPE.double, BSON_TYPE.date, BSON_TYPE.timestamp, BSON_TYPE.long].map(
    (type) => [type, fc.oneof(some(8), fc.constant(Buffer.alloc(8)))] as const,
  ),
  ...[BSON_TYPE.string, BSON_TYPE.code, BSON_TYPE.symbol].map((type) => [type, text] as const),
  [
    BSON_TYPE.binary,
    fc
      .tuple(fc.uint8Array({ maxLength: 12 }), fc.nat(255))
      .map(([bytes, kind]) => Buffer.concat([int32(bytes.length), Buffer.of(kind), bytes])),
  ],
  ...[BSON_TYPE.undefined, BSON_TYPE.null, BSON_TYPE.minKey, BSON_TYPE.maxKey].map(
    (type) => [type, fc.constant(Buffer.alloc(0))] as const,
  ),
  [BSON_TYPE.objectId, some(12)],
  [BSON_TYPE.bool, some(1)],
  [BSON_TYPE.regex, fc.tuple(nonZero(6), nonZero(4)).map((parts) => Buffer.concat(parts.map(terminated)))],
  [BSON_TYPE.dbPointer, fc.tuple(text, some(12)).map((parts) => Buffer.concat(parts))],
  [BSON_TYPE.int, some(4)],
  [BSON_TYPE.decimal, some(16)],
];

const made = (elements: readonly MadeElement[]): MadeDocument => ({
  elements,
  bytes: rawDocument(
    elements.map(({ type, name, value }) => Buffer.concat([Buffer.of(type), terminated(name), value])),
  ),
});

/** Documents of every type, nested, with names twice, empty and out of order. */
export const madeDocument: fc.Arbitrary<MadeDocument> = fc.letrec<{ one: MadeElement; all: MadeDocument }>((tie) => ({
  all: fc.array(tie('one'), { maxLength: 6 }).map(made),
  one: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    ...LEAVES.map(([type, value]) => fc.record({ type: fc.constant(type), name: elementName, value })),
    fc.record({
      type: fc.constantFrom<number>(document, array),
      name: elementName,
      value: tie('all').map(({ bytes }) => bytes),
    }),
    fc
      .record({ name: elementName, code: text, scope: tie('all') })
      .map(({ name, code, scope: { bytes } }): MadeElement => {
        const value = Buffer.concat([int32(4 + code.length + bytes.length), code, bytes]);
        return { type: codeWithScope, name, value };
      }),
  ),
})).all;

export type Damage =
  | { readonly kind: 'byte'; readonly at: number; readonly to: number }
  /** A length that lies, or any four bytes. */
  | { readonly kind: 'length'; readonly at: number; readonly to: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array };

const HOSTILE_LENGTHS = [0, 1, 4, 5, 13, -1, -2, -4, -5, -2147483648, 2147483647, 0x00ffffff, 16777216];

export const damageArbitrary: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('byte' as const), at: fc.nat(), to: fc.nat(255) }),
  fc.record({
    kind: fc.constant('length' as const),
    at: fc.nat(),
    to: fc.oneof(fc.constantFrom(...HOSTILE_LENGTHS), fc.integer({ min: -40, max: 80 })),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), bytes: fc.uint8Array({ maxLength: 6 }) }),
);

/** A damaged copy. */
export function damaged(bytes: Buffer, damage: readonly Damage[]): Buffer {
  let result = Buffer.from(bytes);
  for (const one of damage) {
    const at = one.at % (result.length + 1);
    if (one.kind === 'byte' && at < result.length) result[at] = one.to;
    else if (one.kind === 'length' && at + 4 <= result.length) result.writeInt32LE(one.to, at);
    else if (one.kind === 'cut') result = result.subarray(0, at);
    else if (one.kind === 'insert') result = Buffer.concat([result.subarray(0, at), one.bytes, result.subarray(at)]);
  }
  return result;
}
