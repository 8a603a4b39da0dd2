import fc from 'fast-check';
import { serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { findElement, rawDocument } from '../../src/core/bson/raw-document.js';
import type { CollectionTransform } from '../../src/core/model/plan.js';
import { compileTransform } from '../../src/engine/copy/compile-transform.js';
import { transformDocument } from '../../src/engine/copy/transform-batch.js';
import { seededRandom } from '../support/seeded-random.js';

import { attempt, documentsArbitrary, expectArrived, ns, tearJournal, world } from '../support/copy-world.js';

describe('a direct copy that changes documents', () => {
  it('brings what a plan filters and changes exactly once, and keeps what cannot be changed, whatever is killed on the way', async () => {
    const transform: CollectionTransform = {
      filter: { open: true },
      drop: ['pad'],
      rename: [{ from: 'old', to: 'new' }],
      set: [{ field: 'region', when: 'missing', copyOf: '_id' }],
    };
    const { transformer } = compileTransform({ source: ns, transform });
    if (!transformer) throw new Error('nothing to change');
    await fc.assert(
      fc.asyncProperty(
        documentsArbitrary,
        fc.infiniteStream(fc.record({ open: fc.boolean(), clashes: fc.boolean(), region: fc.boolean() })),
        fc.array(fc.record({ lives: fc.integer({ min: 0, max: 30 }), keep: fc.integer({ min: 0, max: 40 }) }), {
          maxLength: 5,
        }),
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.boolean(),
        fc.constantFrom(2_000, 100_000),
        async (ids, kinds, kills, seed, honoursBounds, rangeBytes) => {
          const random = seededRandom(seed);
          const documents = ids.map((one) => {
            const { open, clashes, region } = kinds.next().value as {
              open: boolean;
              clashes: boolean;
              region: boolean;
            };
            const fields = { open, old: 1, ...(clashes ? { new: 2 } : {}), ...(region ? { region: 'eu' } : {}) };
            return rawDocument([one.subarray(4, -1), Buffer.from(serialize(fields)).subarray(4, -1)]);
          });
          const it = world(documents, {
            source: { honoursBounds, loses: () => random() < 0.03 },
            target: { document: () => (random() < 0.05 ? 'throttled' : undefined) },
            rangeBytes,
            transform,
          });
          for (const { lives, keep } of kills) {
            if ((await attempt(it, lives)) === 'done') break;
            tearJournal(it, keep);
          }
          await attempt(it);
          const open = documents.filter((d) => d[findElement(d, 'open')?.valueStart ?? 0] === 1);
          expectArrived(
            it,
            open.map((d) => transformDocument(d, transformer)),
          );
          const clashing = open.filter((d) => findElement(d, 'new') !== undefined);
          expect([...it.letters.kept.values()].map((d) => d.toString('hex')).sort()).toEqual(
            clashing.map((d) => d.toString('hex')).sort(),
          );
        },
      ),
      { numRuns: 80 },
    );
  });

  it('keeps what the target does not take as it was to be sent', async () => {
    const documents = Array.from({ length: 20 }, (_, i) => Buffer.from(serialize({ _id: i, pad: 'x'.repeat(i) })));
    const transform: CollectionTransform = { set: [{ field: 'more', when: 'always', value: 'y'.repeat(100) }] };
    const { transformer } = compileTransform({ source: ns, transform });
    if (!transformer) throw new Error('nothing to change');
    const sent = documents.map((document) => transformDocument(document, transformer));
    const it = world(documents, { transform, largest: sent[9]?.length ?? 0 });
    await attempt(it);
    expectArrived(it, sent);
    expect(it.letters.kept.size).toBe(10);
  });
});
