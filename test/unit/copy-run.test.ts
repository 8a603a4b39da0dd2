import fc from 'fast-check';
import { Double, Int32, Long, ObjectId, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { findElement, rawDocument, rawId } from '../../src/core/bson/raw-document.js';
import type { DeadLetterSink } from '../../src/core/model/dead-letter.js';
import { MigrationError } from '../../src/core/model/error.js';
import { formatNamespace } from '../../src/core/model/namespace.js';
import type { CollectionTransform, Plan, PlannedCollection } from '../../src/core/model/plan.js';
import { bytes } from '../../src/core/model/units.js';
import { Refusals } from '../../src/core/conflict/refusals.js';
import { compileTransform } from '../../src/engine/copy/compile-transform.js';
import { CollectionsCopy } from '../../src/engine/copy/copy-collections.js';
import type { CopyCounts } from '../../src/engine/copy/counters.js';
import { ConflictFound } from '../../src/engine/copy/duplicates.js';
import { transformDocument } from '../../src/engine/copy/transform-batch.js';
import { WriterPool } from '../../src/engine/copy/writer-pool.js';
import { compactRecords } from '../../src/engine/journal/compact.js';
import type { RunIdentity } from '../../src/engine/journal/identity.js';
import type { RangeStatus } from '../../src/engine/journal/ranges.js';
import { progressKey, type JournalRecord } from '../../src/engine/journal/record.js';
import { DigestSum } from '../../src/engine/verify/document-sums.js';
import { memoryJournal } from '../contract/memory-journal.js';
import { openPacers, withRoom } from '../support/copy-parts.js';
import {
  MemorySource,
  MemoryTarget,
  memorySession,
  type SourceFaults,
  type TargetFaults,
} from '../support/memory-copy.js';
import { seededRandom } from '../support/seeded-random.js';

const identity: RunIdentity = { runId: 'run', planId: 'plan', planHash: 'hash' };
const ns = { db: 'shop', coll: 'orders' };
const name = formatNamespace(ns);

/** Nobody waits, and time passes all the same. */
function quickClock() {
  let now = 1_700_000_000_000;
  return {
    now: () => (now += 1),
    sleep: async (ms: number, signal?: AbortSignal) => {
      now += ms;
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
}

class Letters implements DeadLetterSink {
  readonly kept = new Map<string, Buffer>();
  add(_ns: typeof ns, document: Uint8Array): Promise<void> {
    const copy = Buffer.from(document);
    this.kept.set(rawId(copy)?.toString('latin1') ?? '', copy);
    return Promise.resolve();
  }
  flush = (): Promise<void> => Promise.resolve();
  count = (): number => this.kept.size;
}

const planned = (documents: readonly Buffer[], transform?: CollectionTransform): PlannedCollection => ({
  ...(transform ? { transform } : {}),
  source: ns,
  target: ns,
  documents: documents.length,
  logicalBytes: bytes(documents.reduce((sum, d) => sum + d.length, 0)),
  options: {},
  droppedOptions: [],
  indexes: [],
});

interface World {
  readonly documents: readonly Buffer[];
  readonly source: MemorySource;
  readonly target: MemoryTarget;
  readonly letters: Letters;
  records: JournalRecord[];
  readonly policy: Plan['conflictPolicy'];
  readonly rangeBytes: number;
  readonly refusals: Refusals;
  readonly transform: CollectionTransform | undefined;
}

function world(
  documents: readonly Buffer[],
  options: {
    source?: SourceFaults;
    target?: TargetFaults;
    policy?: Plan['conflictPolicy'];
    largest?: number;
    rangeBytes?: number;
    refusals?: Refusals;
    transform?: CollectionTransform;
  } = {},
): World {
  const limits = options.largest === undefined ? {} : { documentBytes: options.largest };
  return {
    documents,
    source: new MemorySource(documents, options.source),
    target: new MemoryTarget(options.target, limits),
    letters: new Letters(),
    records: [],
    policy: options.policy ?? 'fail',
    rangeBytes: options.rangeBytes ?? 2_000,
    refusals: options.refusals ?? new Refusals(0, () => undefined),
    transform: options.transform,
  };
}

/** One process that works on the run; it is killed when `lives` inserts have been sent. */
async function attempt(it: World, lives = Number.POSITIVE_INFINITY, readers = 3): Promise<'done' | 'killed'> {
  return (await attemptWith(it, lives, readers)).end;
}

async function attemptWith(
  it: World,
  lives: number,
  readers: number,
  room = Number.POSITIVE_INFINITY,
): Promise<{ end: 'done' | 'killed'; counts: CopyCounts | undefined }> {
  const journal = withRoom(memoryJournal(identity, it.records), room);
  await journal.append({ type: 'process', pid: 1, startTime: 'x' });
  const halt = new AbortController();
  const clock = quickClock();
  const random = seededRandom(it.records.length);
  const writers = new WriterPool(it.target, halt.signal);
  const until = it.target.inserts + lives;
  const plan = {
    collections: [planned(it.documents, it.transform)],
    conflictPolicy: it.policy,
    targetKind: 'mongodb',
    readPreference: 'primary',
    tuning: { parallelCollections: 2 },
  } as unknown as Plan;
  const copy = new CollectionsCopy(
    [{ planned: planned(it.documents, it.transform), goesOn: true }],
    {
      plan,
      session: memorySession(it.source),
      source: it.source,
      target: it.target,
      pacers: openPacers(7),
      writers,
      journal,
      deadLetters: it.letters,
      refusals: it.refusals,
      clock,
      random,
      signal: halt.signal,
      readers: () => readers,
      rangeBytes: it.rangeBytes,
      splitBytes: 300,
      replyBytes: 1_000,
    },
    halt,
  );
  const watch = setInterval(() => it.target.inserts >= until && halt.abort(new Error('killed')), 0);
  try {
    await copy.run();
    return { end: 'done', counts: copy.counts()[0] };
  } catch (error) {
    if (!halt.signal.aborted || (error as Error).message !== 'killed') throw error;
    return { end: 'killed', counts: copy.counts()[0] };
  } finally {
    clearInterval(watch);
    await writers.close();
  }
}

/** What a crash leaves of the journal: progress that was not synced yet is gone. */
function tearJournal(it: World, keep: number): void {
  const last = it.records.findLastIndex((record) => progressKey(record) === undefined);
  it.records = it.records.slice(0, Math.max(last + 1, Math.min(it.records.length, last + 1 + keep)));
}

function expectArrived(it: World, expected: readonly Buffer[] = it.documents): void {
  for (const document of expected) {
    const id = rawId(document)?.toString('latin1') ?? '';
    const there = it.target.stored.get(id) ?? it.letters.kept.get(id);
    expect(there?.equals(document)).toBe(true);
  }
  expect(it.target.stored.size + it.letters.kept.size).toBe(expected.length);
  // What was summed up on the way is what is on the target.
  const sum = new DigestSum();
  const ranges = memoryJournal(identity, it.records).status().ranges.get(name)?.ranges.values() ?? [];
  for (const range of ranges) {
    expect(range.done).toBe(true);
    sum.merge(DigestSum.from(range.sum));
  }
  const wanted = new DigestSum();
  for (const document of it.target.stored.values()) wanted.add(document);
  expect(sum.total()).toEqual(wanted.total());
}

const idArbitrary = fc.oneof(
  fc.integer({ min: -500, max: 500 }).map((n) => new Int32(n)),
  fc.integer({ min: 501, max: 900 }).map((n) => Long.fromNumber(n)),
  fc.integer({ min: 0, max: 400 }).map((n) => new Double(n + 0.5)),
  fc.string({ maxLength: 8 }),
  fc.integer({ min: 1, max: 10_000 }).map((n) => new ObjectId(n)),
  fc.integer({ min: 0, max: 1_000_000 }).map((n) => new Date(n * 1000)),
  fc.boolean(),
  fc.constant(null),
);

const documentsArbitrary = fc
  .array(fc.record({ _id: idArbitrary, size: fc.integer({ min: 0, max: 120 }) }), { minLength: 0, maxLength: 250 })
  .map((given) => {
    const seen = new Map<string, Buffer>();
    for (const { _id, size } of given) {
      const document = Buffer.from(serialize({ _id, pad: 'p'.repeat(size) }));
      seen.set(rawId(document)?.toString('latin1') ?? '', document);
    }
    return [...seen.values()];
  });

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
            const { open, clashes, region } = kinds.next().value;
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
      await attempt(it);
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
