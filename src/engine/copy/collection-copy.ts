/** One collection on its way: how it is read, its ranges, what was counted. */
import { formatNamespace } from '../../core/model/namespace.js';
import type { Plan, PlannedCollection } from '../../core/model/plan.js';
import type { Refusals } from '../../core/conflict/refusals.js';
import type { DeadLetterSink } from '../../core/model/dead-letter.js';
import { REPLY_BYTES, SPLIT_BYTES } from '../../core/tune/direct-copy.js';
import type { Journal } from '../journal/port.js';
import type { NamespaceRanges, RangeStatus } from '../journal/ranges.js';
import type { CopyPacer, CopyPacers } from '../pace/pacer.js';
import type { RangePace } from '../progress/range-spread.js';
import { Alarm } from './alarm.js';
import { compileTransform } from './compile-transform.js';
import { newCounts, type CopyCounts } from './counters.js';
import { patiently } from './patience.js';
import { spread } from './plan-ranges.js';
import type { CopyTarget, ReadOrder } from './ports.js';
import { RangeCopy, type RangeContext } from './range-copy.js';
import { AVERAGE_BYTES, CollectionSurvey, storageOf, type SurveyContext } from './survey.js';
import { transformedSource } from './transformed-source.js';
import type { WriterPool } from './writer-pool.js';

export interface CopyContext extends SurveyContext {
  readonly plan: Plan;
  readonly target: CopyTarget;
  readonly pacers: CopyPacers;
  readonly writers: WriterPool;
  readonly journal: Journal;
  readonly deadLetters: DeadLetterSink;
  readonly refusals: Refusals;
  /** For tests: the smallest part of a range that another reader takes over, in bytes. */
  readonly splitBytes?: number;
  /** For tests: bytes of one reply. */
  readonly replyBytes?: number;
}

export interface CopyJob {
  readonly planned: PlannedCollection;
  /** What earlier attempts wrote down still holds; false where the target's collection is new, or known to lack something. */
  readonly goesOn: boolean;
  /** Where it has begun already. */
  readonly survey?: CollectionSurvey;
}

export class CollectionCopy {
  readonly ns: string;
  readonly #job: CopyJob;
  readonly #context: CopyContext;
  readonly #survey: CollectionSurvey;
  readonly #counts: CopyCounts;
  #pending: RangeStatus[] = [];
  readonly #active = new Set<RangeCopy>();
  /** In this attempt. */
  readonly #finished: RangePace[] = [];
  #range: RangeContext | undefined;
  #nextRange = 0;

  constructor(job: CopyJob, context: CopyContext) {
    this.ns = formatNamespace(job.planned.target);
    this.#job = job;
    this.#context = context;
    this.#survey = job.survey ?? new CollectionSurvey(job.planned, context);
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
    const { planned } = this.#job;
    const earlier = this.#earlier();
    const [pacer, { order, ...found }] = await Promise.all([
      patiently(this.#context, () => this.#context.pacers.of(planned.target)),
      earlier ? { order: earlier.order } : this.#survey.survey(),
    ]);
    if ('ranges' in found) await journal.append({ type: 'ranges-planned', ns: this.ns, order, ...found });
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
        deadLetterOver: planned.deadLetterOver,
        clock,
        random,
        signal,
      },
      journal,
      depth: () => (planned.options.capped ? 1 : Math.ceil(pacer.concurrency() / Math.max(1, this.#active.size)) + 1),
      canSeek: () => this.#survey.canSeek(),
      splitBytes: this.splitBytes,
      newRange: () => this.#nextRange++,
    };
  }
}
