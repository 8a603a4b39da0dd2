import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Binary, Decimal128, Double, Int32, Long, ObjectId, serialize, type Document } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CollectionScanner, type ScannerOptions } from '../../src/core/scan/collection-scanner.js';
import { MOST_FIELDS } from '../../src/core/scan/field-tallies.js';
import { MOST_LEVELS } from '../../src/core/scan/nesting.js';
import { EXACT_VALUES } from '../../src/core/scan/value-counts.js';
import type { CollectionScan, FieldScan } from '../../src/core/model/scan.js';
import { CHARGE_KNOTS, insertCharge } from '../../src/core/size/charges.js';
import { termCounter } from '../support/ru-stand-in/index-terms.js';
import { damageArbitrary, damaged, madeDocument } from '../support/bson-arbitrary.js';
import { seededRandom } from '../support/seeded-random.js';
import { anIndex } from './core-builders.js';

const NS = { db: 'shop', coll: 'orders' };

function scanBytes(
  documents: readonly Buffer[],
  options: Partial<ScannerOptions> = {},
  random = false,
): CollectionScan {
  const scanner = new CollectionScanner({ indexes: [], ...options });
  for (const document of documents) scanner.add(document);
  return scanner.scan({ ns: NS, mode: 'full', of: documents.length, drawn: random ? 'random' : 'all', gaps: [] });
}

const scanOf = (documents: readonly Document[], options: Partial<ScannerOptions> = {}): CollectionScan =>
  scanBytes(
    documents.map((document) => Buffer.from(serialize(document, { ignoreUndefined: false }))),
    options,
  );

function fieldOf(scan: CollectionScan, path: string): FieldScan {
  const found = scan.fields.find((field) => field.path === path);
  if (!found) throw new Error(`${path} was not followed`);
  return found;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Names and paths that meet, on documents that nest. */
const NAMES = ['_id', 'a', 'b', 'c'] as const;
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.integer(),
    fc.constantFrom(null, '', 'x', true),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 3 }),
  ),
})).value;
const document = fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 4 }) as fc.Arbitrary<Document>;
const path = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
const indexKey = fc.oneof(
  { weight: 4, arbitrary: fc.uniqueArray(path, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant(['$**']) },
  { weight: 1, arbitrary: path.map((under) => [`${under}.$**`]) },
);

/** What nobody holds any more must not be counted. */
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('the scan of documents', () => {
  it('counts index entries exactly as the model of an RU account charges them', () => {
    fc.assert(
      fc.property(fc.array(document, { minLength: 1, maxLength: 5 }), indexKey, (documents, key) => {
        const name = 'i';
        const definition = { name, key: Object.fromEntries(key.map((field) => [field, 1])), unique: false };
        const counter = termCounter([definition]);
        const expected = sum(documents.map((one) => counter(Buffer.from(serialize(one)), 0)));
        const scan = scanOf(documents, { indexes: [anIndex({ name, key: key.map((field) => [field, 1]) })] });
        expect((scan.termsPerDocument[name] ?? 0) * documents.length).toBeCloseTo(expected, 6);
      }),
      { numRuns: 1000 },
    );
  });

  it('counts index entries of the oddest documents as the model does', () => {
    fc.assert(
      fc.property(madeDocument, fc.constantFrom('$**', 'a', 'a.b', '1', '_id.a'), ({ bytes }, field) => {
        const key = [[field, 1]] as const;
        const expected = termCounter([{ name: 'i', key: { [field]: 1 }, unique: false }])(bytes, 0);
        expect(scanBytes([bytes], { indexes: [anIndex({ name: 'i', key })] }).termsPerDocument).toEqual({
          i: expected,
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('tells of each top-level field what a count of the decoded documents tells', () => {
    fc.assert(
      fc.property(fc.array(document, { maxLength: 30 }), (documents) => {
        const scan = scanOf(documents, { indexes: [anIndex({ key: [['a.b', 1]] })] });
        expect(scan.documents).toBe(documents.length);
        expect(scan.bytes).toBe(sum(documents.map((one) => serialize(one).length)));
        for (const name of NAMES) {
          const having = documents.filter((one) => name in one);
          const field = scan.fields.find((one) => one.path === name);
          expect(field?.present ?? 0).toBe(having.length);
          if (!field || having.length === 0) continue;
          expect(field.nulls).toBe(having.filter((one) => one[name] === null).length);
          expect(field.arrays).toBe(having.filter((one) => Array.isArray(one[name])).length);
          expect(sum(Object.values(field.types))).toBe(having.length);
          const encoded = having.map((one) => Buffer.from(serialize({ v: one[name] as unknown })).toString('hex'));
          expect(field.distinct).toMatchObject({ values: new Set(encoded).size, exact: true });
          expect(field.distinct.once).toBe(
            encoded.filter((one) => encoded.indexOf(one) === encoded.lastIndexOf(one)).length,
          );
          const container = having.some((one) => typeof one[name] === 'object' && one[name] !== null);
          expect(sum(field.bucketBytes)).toBe(container ? 0 : scan.bytes);
        }
        const nested = scan.fields.find((one) => one.path === 'a.b');
        const onPath = documents.filter((one) => {
          const a: unknown = one['a'];
          return Array.isArray(a) || (typeof a === 'object' && a !== null && 'b' in a);
        });
        expect(nested?.present).toBe(onPath.length);
      }),
    );
  });

  it('sorts every document into the stretch of the charge table that it is in, so that charges can be added up', () => {
    const random = seededRandom(3);
    const documents = Array.from({ length: 300 }, () => ({ x: 'x'.repeat(Math.floor(3_000_000 ** random())) }));
    const scan = scanOf(documents);
    expect(sum(scan.sizes.map((one) => one.documents))).toBe(300);
    expect(sum(scan.sizes.map((one) => one.bytes))).toBe(scan.bytes);
    expect(scan.sizes.map((one) => one.upTo)).toEqual([...CHARGE_KNOTS, null]);
    // Linear within a stretch: the charge of its mean, so often, is the charge of all.
    const exact = sum(documents.map((one) => insertCharge(serialize(one).length)));
    const added = sum(scan.sizes.map((c) => (c.documents > 0 ? c.documents * insertCharge(c.bytes / c.documents) : 0)));
    expect(added).toBeCloseTo(exact, 3);
    expect(scan.largestBytes).toBe(Math.max(...documents.map((one) => serialize(one).length)));
  });

  it('takes equal numbers of different types for one value, and neighbours beyond 2^53 for two', () => {
    const scan = scanOf([
      { v: new Int32(7), w: Long.fromString('9007199254740993') },
      { v: new Double(7), w: Long.fromString('9007199254740992') },
      { v: Long.fromNumber(7), w: Long.fromString('9007199254740994') },
      { v: new Double(-0), w: Decimal128.fromString('1') },
      { v: new Int32(0), w: new Binary(Buffer.of(1)) },
    ]);
    expect(fieldOf(scan, 'v').distinct).toMatchObject({ values: 2, exact: true });
    expect(fieldOf(scan, 'w').distinct).toMatchObject({ values: 5, exact: true });
    expect(fieldOf(scan, 'v').types).toEqual({ int: 2, double: 2, long: 1 });
  });

  it('counts levels of documents and arrays, and types and the size of _id', () => {
    expect(scanOf([{ _id: 1 }]).deepest).toBe(1);
    const scan = scanOf([
      { _id: new ObjectId(), a: [{ b: [[1]] }] },
      { _id: new Binary(Buffer.alloc(16), 4) },
      { _id: 'x'.repeat(100) },
    ]);
    expect(scan.deepest).toBe(5);
    expect(scan.id).toEqual({ types: { objectId: 1, binary: 1, string: 1 }, largestBytes: 105 });
  });

  it('finds every _id that comes more than once where they come in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (ids) => {
        ids.sort((a, b) => a - b);
        const twice = new Set(ids.filter((id, i) => ids[i - 1] === id)).size;
        expect(
          scanOf(
            ids.map((_id) => ({ _id })),
            { inIdOrder: true },
          ).duplicateIds,
        ).toBe(twice);
      }),
    );
  });

  it('does not tell how many _id there are twice where it cannot know', () => {
    expect(scanOf([{ _id: 1 }, { _id: 1 }])).not.toHaveProperty('duplicateIds');
  });

  it('survives any bytes, and counts those that are no BSON apart', () => {
    fc.assert(
      fc.property(madeDocument, fc.array(damageArbitrary, { minLength: 1, maxLength: 4 }), ({ bytes }, damage) => {
        const scanner = new CollectionScanner({
          indexes: [anIndex({ key: [['a.b', 1], ['$x', 1]] }), anIndex({ key: [['$**', 1]] })], // prettier-ignore
          paths: ['a.b', '1'],
        });
        scanner.add(damaged(bytes, damage));
        scanner.add(bytes);
        const scan = scanner.scan({ ns: NS, mode: 'full', of: 2, drawn: 'all', gaps: [] });
        expect(scan.documents + (scan.malformed ?? 0)).toBe(2);
        expect(scan.documents).toBeGreaterThan(0);
        expect(JSON.parse(JSON.stringify(scan))).toEqual(scan);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps no value: a scan that is written down holds none', () => {
    const scan = scanOf([{ _id: 'secret-id', name: 'secret-name', deep: { er: 'secret-deep' } }]);
    expect(JSON.stringify(scan)).not.toContain('secret');
  });
});

describe('a bounded scan', () => {
  const encode = (one: Document): Buffer => Buffer.from(serialize(one));

  it('tells many values within the error that it states, and heavy ones exactly', () => {
    const random = seededRandom(5);
    const documents: Buffer[] = [];
    for (let i = 0; i < 60_000; i += 1)
      documents.push(encode({ t: random() < 0.2 ? 'hot' : `t${Math.floor(random() * 20_000)}` }));
    const { distinct, top } = fieldOf(scanBytes(documents), 't');
    const exact = new Set(documents.map((one) => one.toString('hex'))).size;
    expect(distinct.exact).toBe(false);
    expect(Math.abs(distinct.values / exact - 1)).toBeLessThan(4 * (distinct.error ?? 0));
    const hot = documents.filter((one) => one.equals(encode({ t: 'hot' })));
    expect(top[0]?.documents).toBeCloseTo(hot.length / documents.length, 10);
    expect(top[0]?.bytes).toBeCloseTo(sum(hot.map((one) => one.length)) / sum(documents.map((one) => one.length)), 10);
    for (const other of top.slice(1)) expect(other.bytes).toBeLessThan(0.001);
  });

  it('counts up to a thousand values exactly', () => {
    const documents = Array.from({ length: 4 * EXACT_VALUES }, (_, i) => ({ v: i % EXACT_VALUES }));
    expect(fieldOf(scanOf(documents), 'v').distinct).toEqual({ values: EXACT_VALUES, exact: true, once: 0 });
  });

  it('tells how many values came once', () => {
    const random = seededRandom(9);
    const documents = Array.from({ length: 40_000 }, (_, i) => ({
      v: i % 2 === 0 ? `o${i}` : `m${Math.floor(random() * 500)}`,
    }));
    const { once = 0, error = 0 } = fieldOf(scanOf(documents), 'v').distinct;
    expect(Math.abs(once / 20_000 - 1)).toBeLessThan(4 * error);
  });

  it('follows a bounded number of fields whatever they are called, counts the others, and keeps those that most documents have', () => {
    const documents: Buffer[] = [];
    for (let i = 0; i < 5_000; i += 1) {
      const odd = Object.fromEntries(Array.from({ length: 20 }, (_, j) => [`k${i}x${j}`, 1]));
      documents.push(encode({ ...odd, common: i, ...(i % 2 === 0 ? { half: 1 } : {}) }));
    }
    const scan = scanBytes(documents);
    expect(scan.fields.length).toBeLessThanOrEqual(MOST_FIELDS + 1);
    expect(Math.abs((scan.fields.length + scan.fieldsLeftOut) / 100_003 - 1)).toBeLessThan(0.12);
    for (const [name, share] of [
      ['common', 1],
      ['half', 0.5],
    ] as const) {
      // prettier-ignore
      const { present, unseen = 0 } = fieldOf(scan, name);
      expect(present / (scan.documents - unseen)).toBeCloseTo(share, 2);
      expect(unseen).toBeLessThan(scan.documents / 10);
    }
    expect(scan.fields[0]?.path).toBe('common');
  });

  it('leaves out names that are no path: with dots, dollars, too long, empty', () => {
    const scan = scanOf([{ 'a.b': 1, $x: 1, '': 1, ['n'.repeat(300)]: 1, fine: 1 }]);
    expect(scan.fields.map((field) => field.path)).toEqual(['fine', '_id']);
    expect(scan.fieldsLeftOut).toBe(4);
  });

  it('does not fall over nesting that no server would take', () => {
    let inner = encode({ a: 1 });
    for (let level = 0; level < 3_000; level += 1) {
      const length = Buffer.alloc(4);
      length.writeInt32LE(inner.length + 8);
      inner = Buffer.concat([length, Buffer.of(3, 0x61, 0), inner, Buffer.of(0)]);
    }
    const scan = scanBytes([inner], { indexes: [anIndex({ key: [['$**', 1]] })] });
    expect(scan.deepest).toBe(MOST_LEVELS);
    expect(scan.malformed).toBeUndefined();
  });

  it('takes no more memory for many odd documents than for a few thousand', () => {
    const grow = (count: number): number => {
      const scanner = new CollectionScanner({ indexes: [anIndex({ key: [['a', 1], ['b.c', 1]] })] }); // prettier-ignore
      collectGarbage();
      for (let i = 0; i < count; i += 1) scanner.add(encode({ _id: i, a: `v${i}`, [`f${i % 5_000}`]: i, b: { c: i } }));
      collectGarbage();
      // What the first has found dead is given back beside the program, and by the second at the latest.
      collectGarbage();
      const { arrayBuffers, heapUsed } = process.memoryUsage();
      expect(scanner.documents).toBe(count);
      return arrayBuffers + heapUsed;
    };
    grow(20_000);
    const few = grow(20_000);
    expect(grow(100_000) - few).toBeLessThan(3e6);
  });
});
