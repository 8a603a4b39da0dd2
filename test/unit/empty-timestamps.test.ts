import { serialize, Timestamp } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentBatch } from '../../src/engine/copy/batch.js';
import { emptyTimestamps } from '../../src/engine/copy/empty-timestamps.js';

const EMPTY = new Timestamp({ t: 0, i: 0 });
const document = fc.record(
  {
    _id: fc.integer(),
    zeros: fc.nat({ max: 30 }).map((n) => new Uint8Array(n)),
    inside: fc.constant({ at: EMPTY }),
    at: fc.oneof(fc.constant(EMPTY), fc.constant(new Timestamp({ t: 1, i: 0 })), fc.constant(0n)),
  },
  { requiredKeys: ['_id'] },
);

describe('the search for empty timestamps', () => {
  it('finds the documents that have one at the top, in each part of a batch by itself', () => {
    fc.assert(
      fc.property(fc.array(document, { maxLength: 12 }), fc.nat(), fc.nat(), (documents, a, b) => {
        const batch = DocumentBatch.of(documents.map((d) => serialize(d)));
        const from = a % (documents.length + 1);
        const to = from + (b % (documents.length - from + 1));
        const expected = documents.slice(from, to).flatMap((d, i) => (d.at === EMPTY ? [i] : []));
        expect(emptyTimestamps(batch.slice(from, to))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});
