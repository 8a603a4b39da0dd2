import { deserialize, serialize } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentTransformer } from '../../src/core/transform/transformer.js';
import { DocumentBatch } from '../../src/engine/copy/batch.js';
import { transformBatch } from '../../src/engine/copy/transform-batch.js';

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

describe('a batch that is transformed', () => {
  it('keeps its order, leaves out what cannot be transformed, and is itself where nothing changes', () => {
    const transformer = new DocumentTransformer({ drop: ['c'], rename: [{ from: 'a', to: 'b' }] });
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
        expect(result.refused).toEqual(list.flatMap((d, index) => (clashes(d) ? [{ index, why: 'name-taken' }] : [])));
        if (list.every((d) => !('a' in d) && !('c' in d))) expect(result.batch).toBe(batch);
        expect(batch.buffer.equals(before)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
