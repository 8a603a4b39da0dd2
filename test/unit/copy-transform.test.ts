import { deserialize, serialize, Int32, Double, Long } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MigrationError } from '../../src/core/model/error.js';
import type { CollectionTransform } from '../../src/core/model/plan.js';
import { DocumentBatch } from '../../src/engine/copy/batch.js';
import { compileTransform, readExtendedJson } from '../../src/engine/copy/compile-transform.js';
import { transformBatch, transformDocument } from '../../src/engine/copy/transform-batch.js';

const source = { db: 'shop', coll: 'orders' };
const documents = fc.array(
  fc
    .record({ _id: fc.nat() })
    .chain((id) =>
      fc
        .record({ a: fc.string(), b: fc.integer(), c: fc.constant(null) }, { requiredKeys: [] })
        .map((rest) => ({ ...id, ...rest })),
    ),
  { maxLength: 12 },
);

function transformerOf(transform: CollectionTransform) {
  const { transformer } = compileTransform({ source, transform });
  if (!transformer) throw new Error('nothing to change');
  return transformer;
}

describe('a batch that is transformed', () => {
  it('keeps its order, leaves out what cannot be transformed, and is itself where nothing changes', () => {
    const transformer = transformerOf({ drop: ['c'], rename: [{ from: 'a', to: 'b' }] });
    fc.assert(
      fc.property(documents, (list) => {
        const batch = DocumentBatch.of(list.map((d) => serialize(d)));
        const before = Buffer.from(batch.buffer);
        const result = transformBatch(batch, transformer);
        const clashes = (d: object): boolean => 'a' in d && 'b' in d;
        const expected = list
          .filter((d) => !clashes(d))
          .map(({ c: _, ...d }: { _id: number; a?: string; b?: number; c?: null }) => {
            const { a, ...rest } = d;
            return a === undefined ? rest : { ...rest, b: a };
          });
        const got = Array.from({ length: result.batch.count }, (_, i) => deserialize(result.batch.at(i)));
        expect(got).toEqual(expected);
        expect(result.refused).toEqual(
          list.flatMap((d, index) =>
            clashes(d) ? [{ index, why: { kind: 'name-taken', field: 'b', from: 'a' } }] : [],
          ),
        );
        if (list.every((d) => !('a' in d) && !('c' in d))) expect(result.batch).toBe(batch);
        expect(batch.buffer.equals(before)).toBe(true);
        for (let i = 0, sent = 0; i < batch.count; i += 1) {
          const one = transformDocument(batch.at(i), transformer);
          if (clashes(list[i] ?? {})) expect(one.equals(batch.at(i))).toBe(true);
          else expect(one.equals(result.batch.at(sent++))).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('goes on after a document that is none', () => {
    const good = Buffer.from(serialize({ _id: 1, c: 1 }));
    const bad = Buffer.from(serialize({ _id: 2, c: 'text' }));
    bad.writeInt32LE(1_000, bad.length - 10);
    const result = transformBatch(DocumentBatch.of([good, bad, good]), transformerOf({ drop: ['c'] }));
    expect(result.refused).toEqual([{ index: 1, why: { kind: 'malformed' } }]);
    expect(result.batch.count).toBe(2);
    expect(deserialize(result.batch.at(1))).toEqual({ _id: 1 });
  });
});

describe('the Extended JSON of a transform', () => {
  it('keeps what stands beside a $regex, and the types of numbers', () => {
    expect(readExtendedJson({ a: { $regex: '^x', $options: 'i', $ne: 'xa' } })).toEqual({
      a: { $regex: '^x', $options: 'i', $ne: 'xa' },
    });
    expect(readExtendedJson({ $or: [{ a: 1 }, { b: { $gt: { $numberLong: '5' } } }, { c: 1.5 }] })).toEqual({
      $or: [{ a: new Int32(1) }, { b: { $gt: new Long(5) } }, { c: new Double(1.5) }],
    });
    expect(readExtendedJson({ at: { $lt: { $date: '2020-01-01T00:00:00Z' } } })).toEqual({
      at: { $lt: new Date('2020-01-01T00:00:00Z') },
    });
  });

  it.each<[string, unknown]>([
    ['an ObjectId of too few digits', { $oid: 'xyz' }],
    ['a number that is none', { $numberInt: 'x' }],
    ['a date that is none', { $date: 'some day' }],
    ['more than a value', { $oid: '0123456789abcdef01234567', $ne: 1 }],
    ['a number beyond what JSON keeps', 2 ** 53],
    ['undefined', { $undefined: true }],
  ])('refuses %s, in a value as in a filter', (_, value) => {
    const reasonOf = (transform: CollectionTransform): unknown => {
      try {
        compileTransform({ source, transform });
        return 'taken';
      } catch (error) {
        return MigrationError.is(error, 'bad-plan') && error.facts;
      }
    };
    expect(reasonOf({ set: [{ field: 'k', when: 'always', value }] })).toEqual({
      reason: 'transform-value-unreadable',
      namespace: 'shop.orders',
      field: 'k',
    });
    expect(reasonOf({ filter: { a: { $in: [value] } } })).toEqual({
      reason: 'filter-unreadable',
      namespace: 'shop.orders',
    });
  });
});
