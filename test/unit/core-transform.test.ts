import { Binary, deserialize, Decimal128, Double, Long, ObjectId, serialize, Timestamp, type Document } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedBson, rawDocument } from '../../src/core/bson/raw-document.js';
import type { CollectionTransform } from '../../src/core/model/plan.js';
import { ByteSink } from '../../src/core/transform/byte-sink.js';
import {
  DocumentTransformer,
  type FieldChanges,
  type SetValue,
  type TransformOutcome,
} from '../../src/core/transform/document-transformer.js';
import { lostFields, transformProblems } from '../../src/core/transform/transform-problems.js';

/** A field as its name and what follows it: type byte and value bytes. */
type Field = readonly [name: string, encoded: Buffer];

/** Type byte and value bytes of a value, out of the library's own encoding. */
function encoded(value: unknown): Buffer {
  const whole = Buffer.from(serialize({ a: value }, { ignoreUndefined: false }));
  return Buffer.concat([whole.subarray(4, 5), whole.subarray(7, -1)]);
}

const constant = (value: unknown): SetValue => {
  const bytes = encoded(value);
  return { kind: 'constant', type: bytes[0] ?? 0, bytes: bytes.subarray(1) };
};
const changes = (some: Partial<FieldChanges>): FieldChanges => ({ drop: [], rename: [], set: [], ...some });

const bytesOf = (fields: readonly Field[]): Buffer =>
  rawDocument(fields.map(([name, e]) => Buffer.concat([e.subarray(0, 1), Buffer.from(`${name}\0`), e.subarray(1)])));

function run(transform: Partial<FieldChanges>, document: Buffer): { outcome: TransformOutcome; bytes: Buffer } {
  const out = new ByteSink(1);
  out.append(Buffer.from('before'));
  const outcome = new DocumentTransformer(changes(transform)).write(document, 0, out);
  expect(out.view().subarray(0, 6).toString()).toBe('before');
  return { outcome, bytes: out.view().subarray(6) };
}

/** The same on a list of fields, which keeps order and duplicates as no object does. */
function oracle({ drop, rename, set }: FieldChanges, fields: readonly Field[]): Field[] | TransformOutcome['kind'] {
  const renamed = new Map(rename.map((r) => [r.from, r.to]));
  const replaced = new Set(set.filter((s) => s.when === 'always').map((s) => s.field));
  const stays = (name: string): boolean => !drop.includes(name) && !renamed.has(name) && !replaced.has(name);
  const kept = new Set(fields.map(([name]) => name).filter(stays));
  const result: Field[] = [];
  for (const [name, value] of fields) {
    const to = renamed.get(name);
    if (to !== undefined && kept.has(to)) return 'name-taken';
    if (to !== undefined) result.push([to, value]);
    else if (stays(name)) result.push([name, value]);
  }
  for (const { field, value } of set) {
    if (kept.has(field)) continue;
    const copied = value.kind === 'copy' ? fields.find(([name]) => name === value.of)?.[1] : undefined;
    if (value.kind === 'copy' && !copied) return 'no-value';
    result.push([
      field,
      copied ?? Buffer.concat([Buffer.of((value as { type: number }).type), (value as { bytes: Buffer }).bytes]),
    ]);
  }
  return result;
}

const NAMES = ['_id', 'a', 'b', 'ab', 'shard', 'größe', 'x'.repeat(40), '0', '$a', ''];
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
/** What the library does not write: undefined, a DBPointer, a symbol, MinKey. */
const oddValue = fc.constantFrom(
  Buffer.of(0x06),
  Buffer.concat([Buffer.of(0x0c, 2, 0, 0, 0, 0x61, 0), Buffer.alloc(12, 7)]),
  Buffer.of(0x0e, 2, 0, 0, 0, 0x61, 0),
  Buffer.of(0xff),
);
const fields = fc.array(fc.tuple(name, fc.oneof(value.map(encoded), oddValue)), { maxLength: 12 });
const other = fc.constantFrom(...NAMES.filter((n) => n !== '_id' && n !== '' && n !== '$a'));
const transform: fc.Arbitrary<FieldChanges> = fc
  .record({
    drop: fc.uniqueArray(other, { maxLength: 2 }),
    rename: fc.uniqueArray(fc.record({ from: other, to: other }), { maxLength: 3, selector: (r) => r.from }),
    set: fc.array(
      fc.record({
        field: fc.constantFrom('shard', 'b', 'new', '0'),
        when: fc.constantFrom('missing' as const, 'always' as const),
        value: fc.oneof(
          value.map(constant),
          fc.record({ kind: fc.constant('copy' as const), of: name.filter((n) => n !== '') }),
        ),
      }),
      { maxLength: 2 },
    ),
  })
  .filter((t) => transformProblems(asPlanned(t)).length === 0);

/** As a plan says it; the values do not matter to what may be named. */
function asPlanned({ drop, rename, set }: FieldChanges): CollectionTransform {
  return {
    drop,
    rename,
    set: set.map(({ field, when, value: v }) =>
      v.kind === 'copy' ? { field, when, copyOf: v.of } : { field, when, value: 1 },
    ),
  };
}

describe('a transform of documents as bytes', () => {
  it('does what changing a list of fields would do, and leaves every other byte alone', () => {
    fc.assert(
      fc.property(transform, fields, (t, list) => {
        const document = bytesOf(list);
        const before = Buffer.from(document);
        const expected = oracle(t, list);
        const { outcome, bytes } = run(t, document);
        expect(document.equals(before)).toBe(true);
        if (outcome.kind !== 'changed') expect(bytes).toHaveLength(0);
        if (typeof expected === 'string') {
          expect(outcome.kind).toBe(expected);
          return;
        }
        const after = outcome.kind === 'unchanged' ? document : bytes;
        expect(after.toString('hex')).toBe(bytesOf(expected).toString('hex'));
      }),
      { numRuns: 3_000 },
    );
  });

  it('leaves a field of no document that it is said to lose', () => {
    fc.assert(
      fc.property(transform, fields, (t, list) => {
        const result = oracle(t, list);
        if (typeof result === 'string') return;
        const lost = lostFields(asPlanned(t));
        expect(result.filter(([n]) => lost.has(n))).toEqual([]);
      }),
    );
  });

  it('reads to the same by the library', () => {
    const document = Buffer.from(serialize({ _id: 7, secret: 'x', customer: 'C1', total: new Double(3) }));
    const { bytes } = run(
      {
        drop: ['secret'],
        rename: [{ from: 'customer', to: 'client' }],
        set: [
          { field: 'tenant', when: 'missing', value: { kind: 'copy', of: 'customer' } },
          { field: 'total', when: 'missing', value: constant(0) },
          { field: 'region', when: 'always', value: constant('eu') },
        ],
      },
      document,
    );
    const read: Document = deserialize(bytes, { promoteValues: false });
    expect(Object.keys(read)).toEqual(['_id', 'client', 'total', 'tenant', 'region']);
    expect(deserialize(bytes)).toEqual({ _id: 7, client: 'C1', total: 3, tenant: 'C1', region: 'eu' });
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

  it('says which field is in the way, and which is missing', () => {
    const document = Buffer.from(serialize({ _id: 1, a: 1, b: 2 }));
    expect(run({ rename: [{ from: 'a', to: 'b' }] }, document).outcome).toEqual({
      kind: 'name-taken',
      field: 'b',
      from: 'a',
    });
    const copy = { field: 'k', when: 'always' as const, value: { kind: 'copy' as const, of: 'gone' } };
    expect(run({ set: [copy] }, document).outcome).toEqual({ kind: 'no-value', field: 'gone' });
  });

  it.each<[string, CollectionTransform]>([
    ['touches-id: _id', { drop: ['_id'] }],
    ['touches-id: _id', { rename: [{ from: '_id', to: 'b' }] }],
    ['touches-id: _id', { rename: [{ from: 'a', to: '_id' }] }],
    ['touches-id: _id', { set: [{ field: '_id', when: 'always', value: 1 }] }],
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
    ['same-target: b', { rename: [{ from: 'a', to: 'b' }], set: [{ field: 'b', when: 'missing', value: 1 }] }],
    ['name-is-a-path: a.b', { drop: ['a.b'] }],
    ['name-is-a-path: a.b', { rename: [{ from: 'a', to: 'a.b' }] }],
    ['name-is-a-path: $b', { rename: [{ from: 'a', to: '$b' }] }],
    ['name-is-a-path: a.b', { set: [{ field: 'k', when: 'always', copyOf: 'a.b' }] }],
    ['bad-name: ', { drop: [''] }],
    ['onto-itself: a', { rename: [{ from: 'a', to: 'a' }] }],
    ['onto-itself: a', { set: [{ field: 'a', when: 'always', copyOf: 'a' }] }],
  ])('refuses what cannot be done: %s', (problem, t) => {
    expect(transformProblems(t).map(({ id, field }) => `${id}: ${field}`)).toEqual([problem]);
  });

  it('never reads past the end, whatever the bytes', () => {
    const valid = bytesOf([
      ['_id', encoded(1)],
      ['a', encoded('text')],
      ['b', encoded({ c: [1, 2] })],
    ]);
    const t = new DocumentTransformer(changes({ drop: ['a'], rename: [{ from: 'b', to: 'neu' }] }));
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
