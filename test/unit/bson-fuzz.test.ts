import fc from 'fast-check';
import { serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { openCopyReply } from '../../src/adapters/mongo/raw-copy-reply.js';
import { openCursor } from '../../src/adapters/mongo/raw-reply.js';
import { exactId, exactTree } from '../../src/adapters/mongo/raw-tree.js';
import { equalButEmptyTimestamps, hasEmptyTimestamp } from '../../src/core/bson/empty-timestamps.js';
import {
  BSON_TYPE,
  elements,
  findElement,
  firstName,
  MalformedBson,
  rawDocument,
  rawId,
  readNumber,
  readString,
  splitDocuments,
} from '../../src/core/bson/raw-document.js';
import { digestWords, spansWithZeros } from '../../src/engine/kernel/kernel.js';
import { damageArbitrary, damaged, madeDocument } from '../support/bson-arbitrary.js';

/** `SEED=n` repeats what a failure has printed; `RUNS` digs deeper. */
const SEED = process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) };
const numRuns = Number(process.env['RUNS'] ?? 600);
const check = (property: Parameters<typeof fc.assert>[0]): void => {
  fc.assert(property as fc.IProperty<unknown>, { numRuns, ...SEED });
};

/** The result, or `refused` for the one error that may be thrown. */
function outcome<T>(work: () => T): T | 'refused' {
  try {
    return work();
  } catch (error) {
    if (error instanceof MalformedBson) return 'refused';
    throw error;
  }
}

/** Everything that a walker can be asked about a document, as plain data relative to its start. */
function walked(buffer: Buffer, start: number): unknown {
  const seen = [...elements(buffer, start)].map((element) => ({
    type: element.type,
    name: buffer.toString('hex', element.nameStart, element.nameEnd),
    value: buffer.toString('hex', element.valueStart, element.valueEnd),
    end: element.valueEnd - start,
    number: readNumber(buffer, element),
    text: readString(buffer, element),
    inner:
      element.type === BSON_TYPE.document || element.type === BSON_TYPE.array
        ? outcome(() => walked(buffer, element.valueStart))
        : undefined,
  }));
  const end = start + buffer.readInt32LE(start);
  for (const element of seen) expect(start + element.end).toBeLessThan(end);
  return { seen, id: rawId(buffer, start)?.toString('hex'), first: firstName(buffer, start) };
}

const surrounding = [Buffer.alloc(40), Buffer.alloc(40, 0xff), Buffer.alloc(40, 1)];

describe('the walker of BSON', () => {
  it('finds every element of every type where it is, with its name and its value to the byte', () => {
    check(
      fc.property(madeDocument, ({ bytes, elements: made }) => {
        const found = [...elements(bytes)].map(({ type, nameStart, nameEnd, valueStart, valueEnd }) => ({
          type,
          name: bytes.subarray(nameStart, nameEnd),
          value: bytes.subarray(valueStart, valueEnd),
        }));
        expect(found).toEqual(made);
        const id = made.find(({ name }) => name.toString('latin1') === '_id');
        expect(rawId(bytes)).toEqual(id && Buffer.concat([Buffer.of(id.type), id.value]));
      }),
    );
  });

  it('refuses damaged bytes or stays within them, and never crashes', () => {
    check(
      fc.property(madeDocument, fc.array(damageArbitrary, { minLength: 1, maxLength: 3 }), ({ bytes }, damage) => {
        const bad = damaged(bytes, damage);
        outcome(() => walked(bad, 0));
        outcome(() => findElement(bad, 'a'));
        outcome(() => hasEmptyTimestamp(bad));
        outcome(() => equalButEmptyTimestamps(bad, bytes));
        outcome(() => equalButEmptyTimestamps(bytes, bad));
        const parts = outcome(() => splitDocuments(Buffer.concat([bytes, bad]), 0, bytes.length + bad.length));
        if (parts !== 'refused')
          for (const { start, length } of parts) expect(start + length).toBeLessThanOrEqual(bytes.length + bad.length);
      }),
    );
  });

  it('sees nothing of what lies before and behind a document', () => {
    const inside = fc.array(
      damageArbitrary.filter(({ kind }) => kind === 'byte' || kind === 'length'),
      { minLength: 1, maxLength: 3 },
    );
    check(
      fc.property(madeDocument, inside, ({ bytes }, damage) => {
        const bad = damaged(bytes, damage);
        // The length is what bounds the rest: it is as it was.
        bytes.copy(bad, 0, 0, 4);
        const results = surrounding.map((around) =>
          outcome(() => walked(Buffer.concat([around, bad, around]), around.length)),
        );
        expect(results[1]).toEqual(results[0]);
        expect(results[2]).toEqual(results[0]);
      }),
    );
  });

  it('takes a value for exact only where it is written back with the same bytes', () => {
    check(
      fc.property(madeDocument, fc.array(damageArbitrary, { maxLength: 2 }), ({ bytes }, damage) => {
        const given = damaged(bytes, damage);
        const tree = exactTree(given);
        if (tree) expect(Buffer.from(serialize(tree)).equals(given)).toBe(true);
        const id = outcome(() => rawId(given));
        if (id === undefined || id === 'refused') return;
        const exact = exactId(id);
        if (exact) expect(rawId(Buffer.from(serialize({ _id: exact.value })))).toEqual(id);
      }),
    );
  });
});

const int64 = (n: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(n);
  return bytes;
};
const named = (type: number, name: string, value: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(type), Buffer.from(`${name}\0`), value]);

/** The `cursor` field of a reply. `keyOf`: how the batch counts. */
function cursorField(documents: readonly Buffer[], name: string, id: bigint, keyOf: (i: number) => string): Buffer {
  const batch = rawDocument(documents.map((document, i) => named(BSON_TYPE.document, keyOf(i), document)));
  const ns = 'db.coll';
  const text = Buffer.concat([Buffer.of(ns.length + 1, 0, 0, 0), Buffer.from(`${ns}\0`)]);
  return rawDocument([
    named(BSON_TYPE.array, name, batch),
    named(BSON_TYPE.long, 'id', int64(id)),
    named(BSON_TYPE.string, 'ns', text),
  ]);
}

const replyArbitrary = fc.record({
  documents: fc.array(
    madeDocument.map(({ bytes }) => bytes),
    { maxLength: 25 },
  ),
  name: fc.constantFrom('firstBatch', 'nextBatch'),
  id: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  keyOf: fc.constantFrom<((i: number) => string)[]>(
    (i) => String(i),
    // No server counts so; one may.
    () => '',
    (i) => `x${i * 7}`,
  ),
  expected: fc.nat(40),
});

/** In the middle of a larger piece of memory, as the driver gives it. */
function placed(field: Buffer): { field: Buffer; untouched: () => boolean } {
  const canary = Buffer.alloc(64, 0xa5);
  const arena = Buffer.concat([canary, field, canary]);
  const { length } = canary;
  return {
    field: arena.subarray(length, length + field.length),
    untouched: () => arena.subarray(0, length).equals(canary) && arena.subarray(length + field.length).equals(canary),
  };
}

describe('the reader of replies', () => {
  it('gives every document with its bytes, however the batch counts them', () => {
    check(
      fc.property(replyArbitrary, ({ documents, name, id, keyOf, expected }) => {
        const field = cursorField(documents, name, id, keyOf);
        const slow = openCursor(Buffer.from(field));
        expect(slow).toMatchObject({ cursorId: id, namespace: 'db.coll' });
        expect(slow.documents).toEqual(documents);
        const { field: inPlace, untouched } = placed(field);
        const { batch, cursorId, namespace } = openCopyReply(inPlace, expected);
        expect({ cursorId, namespace }).toEqual({ cursorId: id, namespace: 'db.coll' });
        expect(Array.from({ length: batch.count }, (_, i) => batch.at(i))).toEqual(documents);
        expect(untouched()).toBe(true);
      }),
    );
  });

  it('refuses damaged replies or gives what lies within them, both ways of reading the same', () => {
    check(
      fc.property(
        replyArbitrary,
        fc.array(damageArbitrary, { minLength: 1, maxLength: 3 }),
        ({ documents, name, id, keyOf, expected }, damage) => {
          const bad = damaged(cursorField(documents, name, id, keyOf), damage);
          const slow = outcome(() => openCursor(Buffer.from(bad)));
          const { field, untouched } = placed(bad);
          const fast = outcome(() => openCopyReply(field, expected));
          expect(untouched()).toBe(true);
          const flat = (found: readonly Buffer[]): string[] => found.map((document) => document.toString('hex'));
          if (slow === 'refused' || fast === 'refused') {
            expect(fast).toBe(slow);
            return;
          }
          const { batch } = fast;
          expect(flat(Array.from({ length: batch.count }, (_, i) => batch.at(i)))).toEqual(flat(slow.documents));
          for (const document of slow.documents) {
            expect(document.readInt32LE(0)).toBe(document.length);
            expect(bad.includes(document)).toBe(true);
          }
        },
      ),
    );
  });
});

describe('the kernel', () => {
  it('sees nothing of what lies before and behind a part, or of what it was given before', () => {
    check(
      fc.property(
        fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(255)), { maxLength: 60 }),
        fc.nat(20),
        fc.constantFrom(0, 255),
        (bytes, gap, around) => {
          const part = Uint8Array.from(bytes);
          digestWords(new Uint8Array(200).fill(around));
          const alone = [...digestWords(part)];
          const arena = Uint8Array.from([
            ...new Array<number>(gap).fill(0),
            ...bytes,
            ...new Array<number>(20).fill(0),
          ]);
          expect([...digestWords(arena.subarray(gap, gap + bytes.length))]).toEqual(alone);
          const nine = bytes.some((_, i) => i + 9 <= bytes.length && bytes.slice(i, i + 9).every((b) => b === 0));
          const spans = Int32Array.of(gap, gap + bytes.length);
          expect(spansWithZeros(arena, spans)).toEqual(nine ? [0] : []);
        },
      ),
    );
  });
});
