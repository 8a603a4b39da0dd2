/** How a collection is going to be read, found out before any document of it is. */
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import type { CopyCeilings, Plan, PlannedCollection } from '../../core/model/plan.js';
import { readersFor, wantedRanges } from '../../core/tune/direct-copy.js';
import type { PlannedRange } from '../journal/ranges.js';
import type { ClusterSession } from '../ports.js';
import { signalForMany } from '../signal-for-many.js';
import { probeRangeReads } from '../verify/range-reads.js';
import { sourceWrites, type SourceWrites } from '../verify/source-writes.js';
import { patiently, type Patience } from './patience.js';
import { planRanges } from './plan-ranges.js';
import type { CopySource, ReadOrder } from './ports.js';

export interface SurveyContext extends Patience {
  readonly plan: Pick<Plan, 'readPreference'>;
  readonly session: ClusterSession;
  readonly source: CopySource;
  /** Ranges that are read at once, all collections together. */
  readonly readers: () => number;
  readonly rangeBytes?: number;
}

export interface Survey {
  readonly order: ReadOrder;
  readonly ranges: readonly PlannedRange[];
  /** What the source had written before; absent where it does not say. */
  readonly writes?: SourceWrites;
}

/** Of a document where the plan counted none. Judged. */
export const AVERAGE_BYTES = 1_024;

/** Asks the source, each question once. */
export class CollectionSurvey {
  readonly #planned: PlannedCollection;
  readonly #context: SurveyContext;
  #survey: Promise<Survey> | undefined;
  #seekable: Promise<boolean> | undefined;

  constructor(planned: PlannedCollection, context: SurveyContext) {
    this.#planned = planned;
    this.#context = context;
  }

  /** Everything for a collection of which nothing is known yet. Outages are waited for. @throws MigrationError where the collection cannot be read. */
  survey(): Promise<Survey> {
    return (this.#survey ??= this.#all());
  }

  /** Whether reading can begin at a given `_id`. */
  canSeek(): Promise<boolean> {
    return (this.#seekable ??= patiently(this.#context, () => this.#canSeek()));
  }

  async #all(): Promise<Survey> {
    const { session, signal } = this.#context;
    const order = await patiently(this.#context, () => this.#order());
    const [writes, ranges] = await Promise.all([
      patiently(this.#context, () => sourceWrites(session, this.#planned.source, { signal })),
      patiently(this.#context, () => this.#plan(order)),
    ]);
    return { order, ranges, ...(writes ? { writes } : {}) };
  }

  /** Ascending `_id`s, or as the server likes. */
  async #order(): Promise<ReadOrder> {
    const { timeseries, capped, clustered } = this.#planned.options;
    if (timeseries || capped || clustered) return 'natural';
    try {
      await this.#context.source.idAfter(this.#planned.source, {}, 0, this.#context.signal);
      return 'by-id';
    } catch (error) {
      if (MigrationError.is(error, 'command-failed')) return 'natural';
      throw error;
    }
  }

  /** An `_id` index in another order than bytes have, or a server that ignores bounds: then only the first document is a place to start from. */
  async #canSeek(): Promise<boolean> {
    const { options, droppedOptions, source } = this.#planned;
    if (options.collation || droppedOptions.some(({ option }) => option === 'collation')) return false;
    const { session, signal, plan } = this.#context;
    return (await probeRangeReads(session, source, { signal, readPreference: plan.readPreference })) === 'honoured';
  }

  async #plan(order: ReadOrder): Promise<readonly PlannedRange[]> {
    const { documents: planned, logicalBytes, transform } = this.#planned;
    const { session, source, signal, readers, rangeBytes } = this.#context;
    const from = storageOf(this.#planned, this.#planned.source);
    const reply = await session.command(from.db, { count: from.coll }, { signal });
    const documents = Number(reply['n'] ?? 0);
    const average = planned > 0 ? logicalBytes / planned : AVERAGE_BYTES;
    // Cut as if all of it came: the server looks at all of it, and a range must not keep it busy for long without a reply.
    const size = { documents, bytes: Math.round(documents * average) };
    const part = transform?.filter && documents > 0 ? Math.min(1, planned / documents) : 1;
    const wishes = { readers: readers(), ...(rangeBytes === undefined ? {} : { rangeBytes }) };
    const worthCutting = order === 'by-id' && wantedRanges(size.bytes, wishes.readers, rangeBytes) > 1;
    if (!worthCutting || !(await this.canSeek())) return [{ range: 0, bytes: Math.round(size.bytes * part) }];
    const ranges = await planRanges(source, from, size, wishes, signal);
    return ranges.map((range) => ({ ...range, bytes: Math.round(range.bytes * part) }));
  }
}

/** Where the documents of a time series lie: those that one sees are made from them anew at each reading. */
export function storageOf(planned: PlannedCollection, ns: Namespace): Namespace {
  return planned.options.timeseries ? { db: ns.db, coll: `system.buckets.${ns.coll}` } : ns;
}

/**
 * Surveys of a plan's collections, by their names on the target. Those that will be read first are surveyed at once, while the target is still being prepared:
 * neither has to wait for the other.
 */
export class Surveys {
  readonly #context: SurveyContext;
  readonly #halt = new AbortController();
  readonly #begun = new Map<string, CollectionSurvey>();

  constructor(context: SurveyContext) {
    this.#context = { ...context, signal: signalForMany(context.signal, this.#halt.signal) };
  }

  /** Begins with as many as are read at once; a view is not. Errors come out where the survey is asked for. */
  begin(collections: readonly PlannedCollection[]): void {
    const read = collections.filter(({ options }) => !options.view);
    for (const planned of read.slice(0, this.#context.readers())) {
      const begun = new CollectionSurvey(planned, this.#context);
      this.#begun.set(formatNamespace(planned.target), begun);
      begun.survey().catch(() => undefined);
    }
  }

  of(planned: PlannedCollection): CollectionSurvey {
    return this.#begun.get(formatNamespace(planned.target)) ?? new CollectionSurvey(planned, this.#context);
  }

  /** Nothing that was begun is waited for any more. */
  stop(): void {
    this.#halt.abort('surveys-stopped');
  }

  [Symbol.dispose](): void {
    this.stop();
  }
}

export interface SurveyParts extends Omit<SurveyContext, 'plan' | 'readers'> {
  readonly plan: Plan;
  /** Limits of the copy, those that hold when they are asked for. */
  readonly ceilings: () => CopyCeilings;
}

/**
 * Surveys of a plan's collections, begun but for those of which something is known already (`isKnown`, by their names on the target). To be stopped by the
 * caller, whatever becomes of the run. Errors come out where a survey is asked for.
 */
export function beginSurveys(
  { ceilings, ...parts }: SurveyParts,
  isKnown: (targetNs: string) => boolean = () => false,
): Surveys {
  const { plan, session } = parts;
  const surveys = new Surveys({ ...parts, readers: () => readersFor(plan, session.facts.latencyMs, ceilings()) });
  surveys.begin(plan.collections.filter(({ target }) => !isKnown(formatNamespace(target))));
  return surveys;
}
