import { deserialize, Double, EJSON, Int32, Long, ObjectId, serialize } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExtendedJsonReader } from '../../src/engine/text/extended-json.js';
import { BadExtendedJson } from '../../src/engine/text/json-text.js';
import { BadJsonStream, JsonDocuments } from '../../src/engine/text/json-documents.js';
import { everyType } from '../support/odd-data.js';

const read = (text: string): Buffer => new ExtendedJsonReader().read(Buffer.from(text));
const leaf = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.integer().map((n) => new Int32(n | 0)),
  fc.double({ noNaN: true }).map((n) => new Double(n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => Long.fromBigInt(n)),
  fc.boolean(),
  fc.constant(null),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new ObjectId(bytes)),
  fc.uint8Array(),
);
/** Names like numbers would change places in an object, and `__proto__` is none. */
const name = fc.string({ unit: 'grapheme' }).map((text) => `n${text.replaceAll('\0', '')}`);
const { document: bsonDocument } = fc.letrec<{ document: Record<string, unknown>; value: unknown }>((tie) => ({
  document: fc.dictionary(name, tie('value'), { maxKeys: 5 }),
  value: fc.oneof({ maxDepth: 3 }, leaf, tie('document'), fc.array(leaf, { maxLength: 4 })),
}));

const reasonOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof BadExtendedJson || error instanceof BadJsonStream) return error.reason;
    throw error;
  }
  return 'none';
};

describe('canonical Extended JSON as BSON', () => {
  it('gives every type back, byte for byte', () => {
    for (const [name, value] of Object.entries({ ...everyType(), all: everyType() })) {
      const bytes = Buffer.from(serialize({ _id: name, value }));
      const decoded = deserialize(bytes, { promoteValues: false, bsonRegExp: true });
      const text = EJSON.stringify(decoded, { relaxed: false });
      expect([name, read(text).toString('hex')]).toEqual([name, bytes.toString('hex')]);
    }
  });

  it('gives any document back that holds no number that text cannot tell', () => {
    fc.assert(
      fc.property(bsonDocument, (document) => {
        const bytes = Buffer.from(serialize(document));
        const text = EJSON.stringify(deserialize(bytes, { promoteValues: false, bsonRegExp: true }), {
          relaxed: false,
        });
        expect(read(text).toString('hex')).toBe(bytes.toString('hex'));
      }),
    );
  });

  it('keeps the order of names like numbers, and names that are there twice', () => {
    const bytes = read('{"_id":{"$numberInt":"1"},"10":1,"2":2,"a":{"$numberInt":"1"},"a":{"$numberInt":"2"}}');
    expect(bytes.toString('latin1')).toMatch(/10\0.*2\0.*a\0.*a\0/s);
    expect(bytes.readInt32LE(0)).toBe(bytes.length);
  });

  it('reads what relaxed JSON and older tools write', () => {
    const hex = (document: Record<string, unknown>): string => Buffer.from(serialize(document)).toString('hex');
    expect(read('{"a": 1, "b": 1.5, "c": 5000000000, "d": 1e3}').toString('hex')).toBe(
      hex({ a: new Int32(1), b: new Double(1.5), c: Long.fromNumber(5_000_000_000), d: new Double(1000) }),
    );
    expect(read('{"a":{"$date":"1970-01-01T00:00:01Z"}}').toString('hex')).toBe(hex({ a: new Date(1000) }));
    expect(read('{"a":{"$binary":"YQ==","$type":"00"}}')).toEqual(
      read('{"a":{"$binary":{"base64":"YQ==","subType":"00"}}}'),
    );
  });

  it('takes documents that only look like a type for documents', () => {
    for (const value of [{ $regex: 'a', $options: 'i' }, { $type: 'x' }, { $ref: 'c', $id: 1 }, { $gt: 5 }]) {
      expect(read(JSON.stringify({ value })).toString('hex')).toBe(Buffer.from(serialize({ value })).toString('hex'));
    }
    expect(read('{"$oid":"x"}').toString('hex')).toBe(Buffer.from(serialize({ $oid: 'x' })).toString('hex'));
  });

  it.each([
    ['', 'not-a-document'],
    ['[1]', 'not-a-document'],
    ['{"a":1} x', 'not-json'],
    ['{"a":1', 'unfinished'],
    ['{"a":"x', 'unfinished'],
    ['{"a":nul}', 'not-json'],
    ['{"a":{"$oid":"zz"}}', 'bad-type'],
    ['{"a":{"$numberInt":"3000000000"}}', 'bad-number'],
    ['{"a":{"$numberLong":"1.5"}}', 'bad-number'],
    ['{"a":{"$numberDecimal":"x"}}', 'bad-number'],
    ['{"a\\u0000b":1}', 'zero-in-name'],
    ['{"a":"\\q"}', 'bad-string'],
    [`${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`, 'too-deep'],
  ])('refuses %s', (text, reason) => {
    expect(reasonOf(() => read(text))).toBe(reason);
  });

  it('ends with a reason for any text, and never reads past its end', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]":,$\\ntru01.eE-', 'oid', 'date') }), (text) => {
        const reader = new ExtendedJsonReader();
        try {
          expect(reader.read(Buffer.from(text)).readInt32LE(0)).toBeGreaterThanOrEqual(5);
        } catch (error) {
          expect(error).toBeInstanceOf(BadExtendedJson);
        }
      }),
    );
  });
});

/** What a stream holds, cut into pieces of any size. */
function documentsOf(text: string, pieceBytes = 7): { texts: string[]; lines: number[]; isArray: boolean } {
  const stream = new JsonDocuments();
  const bytes = Buffer.from(text);
  const texts: string[] = [];
  const lines: number[] = [];
  const take = (found: Iterable<{ text: Buffer; line: number }>): void => {
    for (const one of found) {
      texts.push(one.text.toString());
      lines.push(one.line);
    }
  };
  for (let at = 0; at < bytes.length; at += pieceBytes) take(stream.push(bytes.subarray(at, at + pieceBytes)));
  take(stream.end());
  return { texts, lines, isArray: stream.isArray };
}

describe('a stream of documents', () => {
  it('is cut where its documents end, whatever the pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.integer())))),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        fc.boolean(),
        (documents, pieceBytes, asArray, withBom) => {
          const texts = documents.map((document) => JSON.stringify(document));
          const bom = withBom ? '\uFEFF' : '';
          const text = bom + (asArray ? `[${texts.join(',\n')}]\n` : texts.map((t) => `${t}\n`).join(''));
          const found = documentsOf(text, pieceBytes);
          expect(found.texts).toEqual(texts);
          expect(found.lines).toEqual(texts.map((_, i) => i + 1));
          expect(found.isArray).toBe(asArray);
        },
      ),
    );
  });

  it.each([
    ['{"a":1}\nhello\n{"a":2}\n', 'not-json', 2],
    ['{"a":1}\n{"a":', 'unfinished', 2],
    ['[{"a":1},\n{"a":2}', 'unfinished', 2],
    ['[{"a":1} {"a":2}]', 'not-json', 1],
    ['[{"a":1},]', 'not-json', 1],
    ['[{"a":1}]\n{"a":2}', 'not-json', 2],
    ['{"a":1}\n\n]', 'not-json', 3],
    ['{"a":1},{"a":2}', 'not-json', 1],
  ])('that is damaged is refused with the line: %j', (text, reason, line) => {
    let found: unknown;
    try {
      documentsOf(text);
    } catch (error) {
      found = error;
    }
    expect(found).toMatchObject({ reason, line });
  });

  it('may be empty', () => {
    expect(documentsOf('').texts).toEqual([]);
    expect(documentsOf(' \n').texts).toEqual([]);
    expect(documentsOf('[ ]').texts).toEqual([]);
  });
});
