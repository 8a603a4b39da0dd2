import { Binary, deserialize, Decimal128, Double, Long, ObjectId, serialize, Timestamp, type Document } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedBson, rawDocument } from '../../src/core/bson/raw-document.js';
import { MigrationError } from '../../src/core/model/error.js';
import { ByteSink } from '../../src/core/transform/byte-sink.js';
import type { DocumentTransform } from '../../src/core/transform/document-transform.js';
import { DocumentTransformer, type TransformOutcome } from '../../src/core/transform/transformer.js';

/** A field as its name and what follows it: type byte and value bytes. */
type Field = readonly [name: string, encoded: Buffer];

/** Type byte and value bytes of a value, out of the library's own encoding. */
function encoded(value: unknown): Buffer {
  const whole = Buffer.from(serialize({ a: value }, { ignoreUndefined: false }));
  return Buffer.concat([whole.subarray(4, 5), whole.subarray(7, -1)]);
}

const bytesOf = (fields: readonly Field[]): Buffer =>
  rawDocument(fields.map(([name, e]) => Buffer.concat([e.subarray(0, 1), Buffer.from(`${name}\0`), e.subarray(1)])));

function run(transform: DocumentTransform, document: Buffer): { outcome: TransformOutcome; bytes: Buffer } {
  const out = new ByteSink(1);
  out.append(Buffer.from('before'));
  const outcome = new DocumentTransformer(transform).write(document, 0, out);
  return { outcome, bytes: out.view().subarray(6) };
}

/** The same, by decoding: on a list of fields. */
function oracle(transform: DocumentTransform, fields: readonly Field[]): Field[] | TransformOutcome {
  const { drop = [], rename = [], setField } = transform;
  const replaced = setField?.when === 'always' ? setField.field : undefined;
  const renamed = new Map(rename.map((r) => [r.from, r.to]));
  const stays = (name: string): boolean => !drop.includes(name) && !renamed.has(name) && name !== replaced;
  const kept = new Set(fields.map(([name]) => name).filter(stays));
  for (const [name] of fields) {
    const to = renamed.get(name);
    if (to !== undefined && kept.has(to)) return 'name-taken';
  }
  const result: Field[] = fields.flatMap(([name, value]): Field[] => {
    const to = renamed.get(name);
    if (to !== undefined) return [[to, value]];
    return stays(name) ? [[name, value]] : [];
  });
  if (!setField || kept.has(setField.field)) return result;
  const { value } = setField;
  if (value.kind === 'constant') return [...result, [setField.field, encoded(value.value)]];
  if (value.kind === 'bucket') throw new Error('not by this oracle');
  const found = fields.find(([name]) => name === value.of);
  return found ? [...result, [setField.field, found[1]]] : 'no-value';
}

const NAMES = ['_id', 'a', 'b', 'ab', 'shard', 'größe', 'x'.repeat(40), '0'];
const name = fc.constantFrom(...NAMES);
const value = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    1.5,
    new Double(1),
    Long.fromNumber(7),
    Decimal128.fromString('1.10'),
    new ObjectId('0123456789abcdef01234567'),
    new Timestamp({ t: 0, i: 0 }),
    new Date(0),
    /a+/i,
    new Binary(Buffer.from('xyz'), 4),
    { a: 1, b: { _id: 2 } },
    [1, 'a', { a: 2 }],
    '',
  ),
  fc.string(),
);
const fields = fc.array(fc.tuple(name, value.map(encoded)), { maxLength: 12 });
const other = fc.constantFrom(...NAMES.filter((n) => n !== '_id'));
const setField = fc.record({
  field: fc.constantFrom('shard', 'b', 'neu'),
  when: fc.constantFrom('missing' as const, 'always' as const),
  value: fc.oneof(
    fc.record({
      kind: fc.constant('constant' as const),
      value: fc.oneof(
        fc.string(),
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
      ),
    }),
    fc.record({ kind: fc.constant('copy' as const), of: name }),
  ),
});
const transform: fc.Arbitrary<DocumentTransform> = fc
  .record({
    drop: fc.uniqueArray(other, { maxLength: 2 }),
    rename: fc.uniqueArray(fc.record({ from: other, to: other }), { maxLength: 3, selector: (r) => r.from }),
    setField: fc.option(setField, { nil: undefined }),
  })
  .map(({ setField: set, ...rest }) => (set ? { ...rest, setField: set } : rest))
  .filter((t) => {
    try {
      return new DocumentTransformer(t) instanceof DocumentTransformer;
    } catch {
      return false;
    }
  });

describe('a transform of documents as bytes', () => {
  it('does what decoding, changing and encoding would do, and leaves every other byte alone', () => {
    fc.assert(
      fc.property(transform, fields, (t, list) => {
        const document = bytesOf(list);
        const expected = oracle(t, list);
        const { outcome, bytes } = run(t, document);
        if (typeof expected === 'string') {
          expect(outcome).toBe(expected);
          expect(bytes).toHaveLength(0);
          return;
        }
        const after = outcome === 'unchanged' ? document : bytes;
        expect(after.toString('hex')).toBe(bytesOf(expected).toString('hex'));
        if (outcome === 'unchanged') expect(bytes).toHaveLength(0);
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads to the same by the library', () => {
    const document = Buffer.from(serialize({ _id: 7, secret: 'x', customer: 'C1', total: new Double(3) }));
    const { bytes } = run(
      {
        drop: ['secret'],
        rename: [{ from: 'customer', to: 'client' }],
        setField: { field: 'tenant', when: 'missing', value: { kind: 'copy', of: 'customer' } },
      },
      document,
    );
    const read: Document = deserialize(bytes, { promoteValues: false });
    expect(Object.keys(read)).toEqual(['_id', 'client', 'total', 'tenant']);
    expect(deserialize(bytes)).toEqual({ _id: 7, client: 'C1', total: 3, tenant: 'C1' });
  });

  it('lets two fields change places', () => {
    const swap = {
      rename: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'a' },
      ],
    };
    expect(deserialize(run(swap, Buffer.from(serialize({ a: 1, b: 2 }))).bytes)).toEqual({ b: 1, a: 2 });
  });

  it('spreads documents evenly over buckets, the same document always to the same one', () => {
    const t: DocumentTransform = {
      setField: { field: 'bucket', when: 'missing', value: { kind: 'bucket', buckets: 16 } },
    };
    for (const idOf of [(i: number): unknown => i, (i: number): unknown => new ObjectId(i), (i: number) => `id-${i}`]) {
      const counts = new Map<string, number>();
      for (let i = 0; i < 4_000; i += 1) {
        const document = Buffer.from(serialize({ _id: idOf(i) }));
        const { bucket } = deserialize(run(t, document).bytes) as { bucket: string };
        expect(bucket).toMatch(/^\d+$/);
        expect(run(t, document).bytes).toEqual(run(t, document).bytes);
        counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
      }
      expect(counts.size).toBe(16);
      // 250 each on average.
      expect(Math.max(...counts.values())).toBeLessThan(350);
      expect(Math.min(...counts.values())).toBeGreaterThan(150);
    }
    expect(run(t, Buffer.from(serialize({ a: 1 }))).outcome).toBe('no-value');
  });

  it.each<[string, DocumentTransform]>([
    ['touches-id: _id', { drop: ['_id'] }],
    ['touches-id: _id', { rename: [{ from: 'a', to: '_id' }] }],
    ['named-twice: a', { drop: ['a'], rename: [{ from: 'a', to: 'b' }] }],
    [
      'same-target: b',
      {
        rename: [
          { from: 'a', to: 'b' },
          { from: 'c', to: 'b' },
        ],
      },
    ],
    ['name-is-a-path: a.b', { rename: [{ from: 'a', to: 'a.b' }] }],
    ['bad-name: ', { drop: [''] }],
    ['bad-buckets: 0', { setField: { field: 'k', when: 'always', value: { kind: 'bucket', buckets: 0 } } }],
    ['bad-constant: NaN', { setField: { field: 'k', when: 'always', value: { kind: 'constant', value: NaN } } }],
  ])('refuses what cannot be done: %s', (problem, t) => {
    let thrown: unknown;
    try {
      new DocumentTransformer(t);
    } catch (error) {
      thrown = error;
    }
    expect(MigrationError.is(thrown, 'bad-plan') && thrown.facts['problems']).toEqual([problem]);
  });

  it('never reads past the end, whatever the bytes', () => {
    const valid = bytesOf([
      ['_id', encoded(1)],
      ['a', encoded('text')],
      ['b', encoded({ c: [1, 2] })],
    ]);
    const t = new DocumentTransformer({ drop: ['a'], rename: [{ from: 'b', to: 'neu' }] });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
          fc.tuple(fc.nat(valid.length - 1), fc.nat(255)).map(([at, byte]) => {
            const damaged = Buffer.from(valid);
            damaged[at] = byte;
            return damaged;
          }),
          fc.nat(valid.length).map((end) => valid.subarray(0, end)),
        ),
        (bytes) => {
          const out = new ByteSink();
          try {
            t.write(bytes, 0, out);
            expect(out.length).toBeLessThanOrEqual(bytes.length + 8);
          } catch (error) {
            expect(error instanceof MalformedBson || error instanceof RangeError, String(error)).toBe(true);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
