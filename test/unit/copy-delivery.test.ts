import fc from 'fast-check';
import { ObjectId, serialize, Timestamp } from 'bson';
import { describe, expect, it } from 'vitest';
import { Refusals } from '../../src/core/conflict/refusals.js';
import { rawId } from '../../src/core/bson/raw-document.js';
import { Alarm } from '../../src/engine/copy/alarm.js';
import { DocumentBatch } from '../../src/engine/copy/batch.js';
import { newCounts } from '../../src/engine/copy/counters.js';
import { Delivery } from '../../src/engine/copy/delivery.js';
import type { CopyTarget, WriteRefusal } from '../../src/engine/copy/ports.js';
import { WriterPool } from '../../src/engine/copy/writer-pool.js';
import { openPacers } from '../support/copy-parts.js';
import { Letters, ns } from '../support/copy-world.js';
import { virtualClock } from '../support/virtual-clock.js';

/** A target whose partitions answer for themselves: refusals come in any order. It fills empty timestamps in, as servers do. */
function partitionedTarget(places: readonly number[], throttles: readonly boolean[]) {
  const inserted = new Set<string>();
  const mended = new Set<string>();
  let asked = 0;
  const target: CopyTarget = {
    limits: { documents: 100_000, bytes: 48_000_000, documentBytes: 16 * 1024 * 1024 },
    replacesEmptyTimestamps: true,
    openWriter: () =>
      Promise.resolve({
        insert: (_ns, batch) => {
          const refusals: WriteRefusal[] = [];
          for (let index = 0; index < batch.count; index += 1) {
            if (throttles[asked++]) refusals.push({ index, code: 16_500, message: 'RetryAfterMs=5' });
            else inserted.add(rawId(batch.at(index))?.toString('hex') ?? '');
          }
          refusals.sort((a, b) => (places[a.index] ?? 0) - (places[b.index] ?? 0));
          return Promise.resolve({
            kind: 'answered',
            inserted: batch.count - refusals.length,
            refusals,
            latencyMs: 1,
          });
        },
        close: () => Promise.resolve(),
      }),
    findByIds: () => Promise.resolve([]),
    replace: (_ns, document) => {
      mended.add(rawId(document)?.toString('hex') ?? '');
      return Promise.resolve(undefined);
    },
  };
  return { target, inserted, mended };
}

describe('a batch on its way', () => {
  it('has its empty timestamps put right, in whatever order documents are refused and sent again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ empty: fc.boolean(), place: fc.nat(1_000), pad: fc.nat(60) }), {
          minLength: 1,
          maxLength: 30,
        }),
        fc.array(fc.boolean(), { maxLength: 60 }),
        async (made, throttles) => {
          const { target, inserted, mended } = partitionedTarget(
            made.map(({ place }) => place),
            throttles,
          );
          const documents = made.map(({ empty, pad }) =>
            Buffer.from(
              serialize({
                _id: new ObjectId(),
                at: new Timestamp({ t: empty ? 0 : 7, i: empty ? 0 : 7 }),
                pad: 'x'.repeat(pad),
              }),
            ),
          );
          const clock = virtualClock();
          const { signal } = new AbortController();
          const writers = new WriterPool(target, signal);
          const delivery = new Delivery({
            ns,
            into: ns,
            target,
            writers,
            pacer: await openPacers(4).of(ns),
            alarm: new Alarm(clock, signal),
            counts: newCounts(ns),
            deadLetters: new Letters(),
            refusals: new Refusals(0, () => undefined),
            policy: 'fail',
            shardKey: [],
            requiredField: undefined,
            deadLetterOver: undefined,
            clock,
            random: () => 0.5,
            signal,
          });
          await delivery.run(DocumentBatch.of(documents));
          const idsOf = (wanted: readonly Buffer[]): Set<string> =>
            new Set(wanted.map((document) => rawId(document)?.toString('hex') ?? ''));
          expect(inserted).toEqual(idsOf(documents));
          expect(mended).toEqual(idsOf(documents.filter((_, i) => made[i]?.empty)));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('leaves aside, unsent, the documents that the plan calls too large, and sends all others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(400), { minLength: 1, maxLength: 30 }), fc.nat(500), async (pads, over) => {
        const { target, inserted } = partitionedTarget([], []);
        const documents = pads.map((pad) => Buffer.from(serialize({ _id: new ObjectId(), pad: 'x'.repeat(pad) })));
        const clock = virtualClock();
        const { signal } = new AbortController();
        const deadLetters = new Letters();
        const delivery = new Delivery({
          ns,
          into: ns,
          target,
          writers: new WriterPool(target, signal),
          pacer: await openPacers(4).of(ns),
          alarm: new Alarm(clock, signal),
          counts: newCounts(ns),
          deadLetters,
          refusals: new Refusals(0, () => undefined),
          policy: 'fail',
          shardKey: [],
          requiredField: undefined,
          deadLetterOver: over,
          clock,
          random: () => 0.5,
          signal,
        });
        const { buried } = await delivery.run(DocumentBatch.of(documents));
        expect(buried).toEqual(documents.filter((document) => document.length > over));
        expect([...deadLetters.kept.values()]).toEqual(buried);
        expect(inserted.size).toBe(documents.length - buried.length);
      }),
      { numRuns: 50 },
    );
  });
});
