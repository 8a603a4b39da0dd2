/** One collection on its way: how it is read, its ranges, what was counted. */
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import type { Plan, PlannedCollection } from '../../core/model/plan.js';
import type { Refusals } from '../../core/conflict/refusals.js';
import type { DeadLetterSink } from '../../core/model/dead-letter.js';
import type { Journal } from '../journal/port.js';
import type { NamespaceRanges, PlannedRange, RangeStatus } from '../journal/ranges.js';
import type { CopyPacer, CopyPacers } from '../pace/pacer.js';
import type { ClusterSession } from '../ports.js';
import { MIB } from '../../core/model/units.js';
import type { RangePace } from '../progress/range-spread.js';
import { probeRangeReads } from '../verify/range-reads.js';
import { sourceWrites } from '../verify/source-writes.js';
import { Alarm } from './alarm.js';
import { compileTransform } from './compile-transform.js';
import { newCounts, type CopyCounts } from './counters.js';
import { patiently, type Patience } from './patience.js';
import { planRanges, spread, wantedRanges } from './plan-ranges.js';
import type { CopySource, CopyTarget, ReadOrder } from './ports.js';
import { RangeCopy, type RangeContext } from './range-copy.js';
import { transformedSource } from './transformed-source.js';
import type { WriterPool } from './writer-pool.js';

export interface CopyContext extends Patience {
  readonly plan: Plan;
  readonly session: ClusterSession;
  readonly source: CopySource;
  readonly target: CopyTarget;
  readonly pacers: CopyPacers;
  readonly writers: WriterPool;
  readonly journal: Journal;
  readonly deadLetters: DeadLetterSink;
  readonly refusals: Refusals;
  /** Ranges that are read at once, all collections together. */
  readonly readers: () => number;
  readonly rangeBytes?: number;
  /** For tests: the smallest part of a range that another reader takes over, in bytes. */
  readonly splitBytes?: number;
  /** For tests: bytes of one reply. */
  readonly replyBytes?: number;
}

export interface CopyJob {
  readonly planned: PlannedCollection;
  /** What earlier attempts wrote down still holds; false where the target's collection is new, or known to lack something. */
  readonly goesOn: boolean;
}

/** Bytes of one reply, which goes out as one insert where the target takes so much: large enough to cost little per document, small enough for the memory of several readers. */
const REPLY_BYTES = 3_000_000;
const AVERAGE_BYTES = 1_024;
/** Less than a tenth of a second's work is faster finished by the one that reads it. */
const SPLIT_BYTES = 16 * MIB;

export class CollectionCopy {
  readonly ns: string;
  readonly #job: CopyJob;
  readonly #context: CopyContext;
  readonly #counts: CopyCounts;
  #pending: RangeStatus[] = [];
  readonly #active = new Set<RangeCopy>();
  /** In this attempt. */
  readonly #finished: RangePace[] = [];
  #range: RangeContext | undefined;
  #nextRange = 0;
  #seekable: Promise<boolean> | undefined;

  constructor(job: CopyJob, context: CopyContext) {
    this.ns = formatNamespace(job.planned.target);
    this.#job = job;
    this.#context = context;
    const earlier = this.#earlier();
    let before = 0;
    let skipped = 0;
    for (const { sum } of earlier?.ranges.values() ?? []) {
      before += sum.documents - sum.skipped;
      skipped += sum.skipped;
    }
    this.#counts = newCounts(job.planned.target, before);
    this.#counts.conflicts = skipped;
  }

  get counts(): CopyCounts {
    return this.#counts;
  }

  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  get splitBytes(): number {
    return this.#context.splitBytes ?? SPLIT_BYTES;
  }

  get active(): ReadonlySet<RangeCopy> {
    return this.#active;
  }

  /** Finds out how to read the collection and where earlier attempts got to, or cuts it into ranges. */
  async open(): Promise<void> {
    const { journal } = this.#context;
    const pacer = await patiently(this.#context, () => this.#context.pacers.of(this.#job.planned.target));
    const earlier = this.#earlier();
    const order = earlier?.order ?? (await patiently(this.#context, () => this.#order()));
    if (!earlier) {
      const { session, signal } = this.#context;
      const writes = await patiently(this.#context, () => sourceWrites(session, this.#job.planned.source, { signal }));
      const ranges = await patiently(this.#context, () => this.#plan(order));
      await journal.append({ type: 'ranges-planned', ns: this.ns, order, ranges, ...(writes ? { writes } : {}) });
    }
    const ranges = [...(this.#context.journal.status().ranges.get(this.ns)?.ranges.values() ?? [])];
    this.#nextRange = ranges.reduce((most, { range }) => Math.max(most, range + 1), 0);
    this.#range = this.#rangeContext(order, pacer);
    this.#pending = spread(ranges.filter(({ done }) => !done));
  }

  /** Copies the next range that nobody copies. */
  async copyNext(): Promise<void> {
    const status = this.#pending.shift();
    if (!status || !this.#range) return;
    const copy = new RangeCopy(status, this.#range);
    this.#active.add(copy);
    try {
      await copy.run();
      this.#finished.push(copy.pace(this.#context.clock.now()));
    } finally {
      this.#active.delete(copy);
    }
  }

  /** How far this attempt is, range by range. */
  paces(): RangePace[] {
    const now = this.#context.clock.now();
    const waiting = (plannedBytes: number): RangePace => ({ plannedBytes, doneBytes: 0, workedMs: 0, done: false });
    if (!this.#range) return [waiting(this.#job.planned.logicalBytes)];
    return [
      ...this.#finished,
      ...[...this.#active].map((copy) => copy.pace(now)),
      ...this.#pending.map(({ bytes, sum }) => waiting(Math.max(0, bytes - sum.bytes))),
    ];
  }

  /** Takes over a part of what the given range has left. True where there is something to copy now. */
  async steal(from: RangeCopy): Promise<boolean> {
    const status = await from.giveAway();
    if (status) this.#pending.push(status);
    return status !== undefined;
  }

  #earlier(): NamespaceRanges | undefined {
    return this.#job.goesOn ? this.#context.journal.status().ranges.get(this.ns) : undefined;
  }

  #rangeContext(order: ReadOrder, pacer: CopyPacer): RangeContext {
    const { planned } = this.#job;
    const { plan, source, target, writers, journal, deadLetters, clock, random, signal } = this.#context;
    const shardKey = planned.shardKey?.map(([path]) => path) ?? [];
    const required = shardKey.find((path) => path !== '_id');
    return {
      from: storageOf(planned, planned.source),
      order,
      source: transformedSource(source, {
        ...compileTransform(planned),
        ns: planned.target,
        deadLetters,
        counts: this.#counts,
      }),
      read: {
        readPreference: plan.readPreference,
        ...(plan.readConcern === undefined ? {} : { readConcern: plan.readConcern }),
        replyBytes: this.#context.replyBytes ?? REPLY_BYTES,
        averageBytes: planned.documents > 0 ? planned.logicalBytes / planned.documents : AVERAGE_BYTES,
        signal,
      },
      delivery: {
        ns: planned.target,
        into: storageOf(planned, planned.target),
        target,
        writers,
        pacer,
        alarm: new Alarm(clock, signal),
        counts: this.#counts,
        deadLetters,
        refusals: this.#context.refusals,
        policy: plan.conflictPolicy,
        shardKey,
        // An RU account refuses a document without its shard key (facts, section 2.5); others take it for null.
        requiredField: plan.targetKind === 'cosmos-ru' ? required : undefined,
        clock,
        random,
        signal,
      },
      journal,
      depth: () => (planned.options.capped ? 1 : Math.ceil(pacer.concurrency() / Math.max(1, this.#active.size)) + 1),
      canSeek: () => (this.#seekable ??= patiently(this.#context, () => this.#canSeek())),
      splitBytes: this.splitBytes,
      newRange: () => this.#nextRange++,
    };
  }

  async #order(): Promise<ReadOrder> {
    const { timeseries, capped, clustered } = this.#job.planned.options;
    if (timeseries || capped || clustered) return 'natural';
    try {
      await this.#context.source.idAfter(this.#job.planned.source, {}, 0, this.#context.signal);
      return 'by-id';
    } catch (error) {
      if (MigrationError.is(error, 'command-failed')) return 'natural';
      throw error;
    }
  }

  /** An `_id` index in another order than bytes have, or a server that ignores bounds: then only the first document is a place to start from. */
  async #canSeek(): Promise<boolean> {
    const { options, droppedOptions, source } = this.#job.planned;
    if (options.collation || droppedOptions.some(({ option }) => option === 'collation')) return false;
    const { session, signal, plan } = this.#context;
    return (await probeRangeReads(session, source, { signal, readPreference: plan.readPreference })) === 'honoured';
  }

  async #plan(order: ReadOrder): Promise<readonly PlannedRange[]> {
    const { planned } = this.#job;
    const { session, source, signal, readers, rangeBytes } = this.#context;
    const from = storageOf(planned, planned.source);
    const reply = await session.command(from.db, { count: from.coll }, { signal });
    const documents = Number(reply['n'] ?? 0);
    const average = planned.documents > 0 ? planned.logicalBytes / planned.documents : AVERAGE_BYTES;
    // Cut as if all of it came: the server looks at all of it, and a range must not keep it busy for long without a reply.
    const size = { documents, bytes: Math.round(documents * average) };
    const part = planned.transform?.filter && documents > 0 ? Math.min(1, planned.documents / documents) : 1;
    const wishes = { readers: readers(), ...(rangeBytes === undefined ? {} : { rangeBytes }) };
    const worthCutting = order === 'by-id' && wantedRanges(size, wishes) > 1;
    if (!worthCutting || !(await this.#canSeek())) return [{ range: 0, bytes: Math.round(size.bytes * part) }];
    const ranges = await planRanges(source, from, size, wishes, signal);
    return ranges.map((range) => ({ ...range, bytes: Math.round(range.bytes * part) }));
  }
}

/** Where the documents of a time series lie: those that one sees are made from them anew at each reading. */
function storageOf(planned: PlannedCollection, ns: Namespace): Namespace {
  return planned.options.timeseries ? { db: ns.db, coll: `system.buckets.${ns.coll}` } : ns;
}
