/** One direct copy in memory that can be killed and gone on with, and what it must come to. */
import fc from 'fast-check';
import { Double, Int32, Long, ObjectId, serialize } from 'bson';
import { expect } from 'vitest';
import { rawId } from '../../src/core/bson/raw-document.js';
import type { DeadLetterSink } from '../../src/core/model/dead-letter.js';
import { formatNamespace } from '../../src/core/model/namespace.js';
import type { CollectionTransform, Plan, PlannedCollection } from '../../src/core/model/plan.js';
import { bytes } from '../../src/core/model/units.js';
import { Refusals } from '../../src/core/conflict/refusals.js';
import { CollectionsCopy } from '../../src/engine/copy/copy-collections.js';
import type { CopyCounts } from '../../src/engine/copy/counters.js';
import { WriterPool } from '../../src/engine/copy/writer-pool.js';
import type { RunIdentity } from '../../src/engine/journal/identity.js';
import { progressKey, type JournalRecord } from '../../src/engine/journal/record.js';
import { DigestSum } from '../../src/engine/verify/document-sums.js';
import { memoryJournal } from '../contract/memory-journal.js';
import { openPacers, withRoom } from './copy-parts.js';
import { MemorySource, MemoryTarget, memorySession, type SourceFaults, type TargetFaults } from './memory-copy.js';
import { seededRandom } from './seeded-random.js';

export const identity: RunIdentity = { runId: 'run', planId: 'plan', planHash: 'hash' };
export const ns = { db: 'shop', coll: 'orders' };
export const name = formatNamespace(ns);

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

export class Letters implements DeadLetterSink {
  readonly kept = new Map<string, Buffer>();
  add(_ns: typeof ns, document: Uint8Array): Promise<void> {
    const copy = Buffer.from(document);
    this.kept.set(rawId(copy)?.toString('latin1') ?? '', copy);
    return Promise.resolve();
  }
  flush = (): Promise<void> => Promise.resolve();
  count = (): number => this.kept.size;
}

export const planned = (documents: readonly Buffer[], transform?: CollectionTransform): PlannedCollection => ({
  ...(transform ? { transform } : {}),
  source: ns,
  target: ns,
  documents: documents.length,
  logicalBytes: bytes(documents.reduce((sum, d) => sum + d.length, 0)),
  options: {},
  droppedOptions: [],
  indexes: [],
});

export interface World {
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

export function world(
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
export async function attempt(it: World, lives = Number.POSITIVE_INFINITY, readers = 3): Promise<'done' | 'killed'> {
  return (await attemptWith(it, lives, readers)).end;
}

export async function attemptWith(
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
export function tearJournal(it: World, keep: number): void {
  const last = it.records.findLastIndex((record) => progressKey(record) === undefined);
  it.records = it.records.slice(0, Math.max(last + 1, Math.min(it.records.length, last + 1 + keep)));
}

export function expectArrived(it: World, expected: readonly Buffer[] = it.documents): void {
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

export const documentsArbitrary = fc
  .array(fc.record({ _id: idArbitrary, size: fc.integer({ min: 0, max: 120 }) }), { minLength: 0, maxLength: 250 })
  .map((given) => {
    const seen = new Map<string, Buffer>();
    for (const { _id, size } of given) {
      const document = Buffer.from(serialize({ _id, pad: 'p'.repeat(size) }));
      seen.set(rawId(document)?.toString('latin1') ?? '', document);
    }
    return [...seen.values()];
  });
