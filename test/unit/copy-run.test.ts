import fc from 'fast-check';
import { serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { rawId } from '../../src/core/bson/raw-document.js';
import { MigrationError } from '../../src/core/model/error.js';
import { Refusals } from '../../src/core/conflict/refusals.js';
import { ConflictFound } from '../../src/engine/copy/duplicates.js';
import { compactRecords } from '../../src/engine/journal/compact.js';
import type { RangeStatus } from '../../src/engine/journal/ranges.js';
import { memoryJournal } from '../contract/memory-journal.js';
import { seededRandom } from '../support/seeded-random.js';

import {
  attempt,
  attemptWith,
  documentsArbitrary,
  expectArrived,
  identity,
  name,
  tearJournal,
  world,
} from '../support/copy-world.js';

describe('a direct copy', () => {
  it('brings every document exactly once, whatever is lost, throttled or killed on the way', async () => {
    await fc.assert(
      fc.asyncProperty(
        documentsArbitrary,
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.array(
          fc.record({
            lives: fc.integer({ min: 0, max: 30 }),
            keep: fc.integer({ min: 0, max: 40 }),
            compacts: fc.boolean(),
          }),
          { maxLength: 6 },
        ),
        fc.record({ honoursBounds: fc.boolean(), samples: fc.boolean(), splits: fc.boolean() }),
        // All in one range at first: then readers take parts of it over from each other.
        fc.constantFrom(2_000, 100_000),
        async (documents, seed, kills, kinds, rangeBytes) => {
          const random = seededRandom(seed);
          const it = world(documents, {
            source: { ...kinds, loses: () => random() < 0.03 },
            target: {
              command: () => {
                const dice = random();
                if (dice < 0.03) return 'lost-before';
                if (dice < 0.06) return 'lost-after';
                if (dice < 0.09) return 'throttled';
                return dice < 0.12 ? 'timed-out' : undefined;
              },
              document: () => (random() < 0.05 ? 'throttled' : undefined),
            },
            largest: 140,
            rangeBytes,
          });
          for (const { lives, keep, compacts } of kills) {
            if ((await attempt(it, lives)) === 'done') break;
            tearJournal(it, keep);
            if (compacts) it.records = compactRecords(it.records);
          }
          const { counts } = await attemptWith(it, Number.POSITIVE_INFINITY, 3);
          expectArrived(it);
          expect((counts?.acknowledged ?? 0) + (counts?.alreadyThere ?? 0)).toBe(it.target.stored.size);
        },
      ),
      { numRuns: 120 },
    );
  });

  it('stops when its journal has no room, wherever that is, and loses nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        documentsArbitrary,
        fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 5 }),
        async (documents, rooms) => {
          const it = world(documents);
          for (const room of rooms) {
            const end = await attemptWith(it, Number.POSITIVE_INFINITY, 3, room).catch((error: unknown) => error);
            // Done, or said why not.
            if (MigrationError.is(end)) expect(end).toMatchObject({ code: 'file-failed', facts: { code: 'ENOSPC' } });
            else expect(end).toMatchObject({ end: 'done' });
          }
          await attempt(it);
          expectArrived(it);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads nothing again that is done, and of the rest only what was not acknowledged', async () => {
    const documents = Array.from({ length: 400 }, (_, i) => Buffer.from(serialize({ _id: i, pad: 'x'.repeat(50) })));
    const it = world(documents);
    expect(await attempt(it, 20, 1)).toBe('killed');
    const before = it.target.stored.size;
    expect(before).toBeGreaterThan(50);
    const reads = it.source.reads;
    await attempt(it);
    expectArrived(it);
    // What was read before and not acknowledged: a reply and what was on its way.
    expect(it.source.reads - reads).toBeLessThan(400 - before + 100);
  });

  it('lets readers that have nothing left take parts over', async () => {
    const documents = Array.from({ length: 2_000 }, (_, i) => Buffer.from(serialize({ _id: i, pad: 'x'.repeat(200) })));
    const it = world(documents, { rangeBytes: 10_000_000, source: { samples: false, splits: false } });
    await attempt(it);
    expectArrived(it);
    expect(memoryJournal(identity, it.records).status().ranges.get(name)?.ranges.size).toBeGreaterThan(1);
  });

  it('goes on with the ends that ranges had after others took parts of them over', async () => {
    const documents = Array.from({ length: 2_000 }, (_, i) => Buffer.from(serialize({ _id: i, pad: 'x'.repeat(200) })));
    const it = world(documents, { rangeBytes: 10_000_000, source: { samples: false, splits: false } });
    const rangesNow = (): RangeStatus[] => [
      ...(memoryJournal(identity, it.records).status().ranges.get(name)?.ranges.values() ?? []),
    ];
    for (let lives = 5; (await attempt(it, lives)) === 'killed'; lives += 5) {
      const bounds = rangesNow().flatMap(({ lower, upper }) => [lower, upper]);
      const ids = documents.map((document) => rawId(document)?.toString('hex'));
      for (const bound of bounds) if (bound !== undefined) expect(ids).toContain(bound);
      if (rangesNow().length > 3) break;
    }
    expect(rangesNow().length).toBeGreaterThan(1);
    const reads = it.source.reads;
    const there = it.target.stored.size;
    await attempt(it);
    expectArrived(it);
    expect(it.source.reads - reads).toBeLessThan(documents.length - there + 200);
  });

  it.each(['skip', 'overwrite', 'dead-letter'] as const)(
    'treats other bytes under a known _id by the policy %s',
    async (policy) => {
      const documents = Array.from({ length: 30 }, (_, i) => Buffer.from(serialize({ _id: i, ours: true })));
      const it = world(documents, { policy });
      const theirs = Buffer.from(serialize({ _id: 7, ours: false }));
      const key = rawId(theirs)?.toString('latin1') ?? '';
      it.target.stored.set(key, theirs);
      it.target.stored.set(rawId(documents[8] ?? theirs)?.toString('latin1') ?? '', documents[8] ?? theirs);
      const { counts } = await attemptWith(it, Number.POSITIVE_INFINITY, 3);
      expect(counts?.deadLettered).toBe(policy === 'dead-letter' ? 1 : 0);
      expect(counts?.conflicts).toBe(policy === 'dead-letter' ? 0 : 1);
      expect(it.target.stored.size).toBe(30);
      expect(it.target.stored.get(key)).toEqual(policy === 'overwrite' ? documents[7] : theirs);
      expect([...it.letters.kept.values()]).toEqual(policy === 'dead-letter' ? [documents[7]] : []);
    },
  );

  it('stops at the first conflict where the plan says so, and names it', async () => {
    const documents = Array.from({ length: 30 }, (_, i) => Buffer.from(serialize({ _id: i })));
    const it = world(documents);
    const theirs = Buffer.from(serialize({ _id: 7, ours: false }));
    it.target.stored.set(rawId(theirs)?.toString('latin1') ?? '', theirs);
    await expect(attempt(it)).rejects.toThrow(ConflictFound);
  });

  it('tells of a target that refuses everything, but not of documents that are known to be at fault', async () => {
    const toldOf = async (refusal: { code: number; message: string }): Promise<number> => {
      let told = 0;
      const refusals = new Refusals(20, () => (told += 1));
      const it = world(
        Array.from({ length: 100 }, (_, i) => Buffer.from(serialize({ _id: i }))),
        { target: { document: () => refusal }, refusals },
      );
      await attempt(it);
      expect(it.letters.kept.size).toBe(100);
      return told;
    };
    expect(await toldOf({ code: 121, message: 'Document failed validation' })).toBe(0);
    expect(await toldOf({ code: 424_242, message: 'never heard of' })).toBe(1);
  });

  it('gives up on a target that cannot be reached for minutes, and can be gone on with', async () => {
    const documents = Array.from({ length: 30 }, (_, i) => Buffer.from(serialize({ _id: i })));
    let down = true;
    const it = world(documents, { target: { command: () => (down ? 'lost-before' : undefined) } });
    await expect(attempt(it)).rejects.toSatisfy((error) => MigrationError.is(error, 'connection-lost'));
    down = false;
    await attempt(it);
    expectArrived(it);
  });
});
