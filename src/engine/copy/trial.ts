/** A direct copy that is tried for a few seconds, by the same parts as the real one, and what it came to second by second. */
import { MOST_REFUSED_IN_A_ROW, Refusals } from '../../core/conflict/refusals.js';
import { MigrationError } from '../../core/model/error.js';
import type { DeadLetterSink } from '../../core/model/dead-letter.js';
import type { Plan } from '../../core/model/plan.js';
import type { TrialSample } from '../../core/size/trial.js';
import type { Journal } from '../journal/port.js';
import { JournalReducer } from '../journal/reduce.js';
import type { CopyPacers } from '../pace/pacer.js';
import type { Clock, ClusterSession } from '../ports.js';
import { signalForMany } from '../signal-for-many.js';
import { CollectionsCopy } from './copy-collections.js';
import type { CopySource, CopyTarget } from './ports.js';
import { WriterPool } from './writer-pool.js';

export interface CopyTrial {
  /** Of one collection, whose target is a scratch collection. */
  readonly plan: Plan;
  /** Of the source. */
  readonly session: ClusterSession;
  readonly source: CopySource;
  readonly target: CopyTarget;
  readonly pacers: CopyPacers;
  readonly readers: number;
  /** Bytes of one reply of the source, all of which is sent; the copy's own where it is left out. */
  readonly replyBytes?: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** How long documents are read; what is on its way then is waited for. */
  readonly ms: number;
  /** Ends it early, in the same way. */
  readonly signal: AbortSignal;
}

export interface TriedCopy {
  readonly samples: readonly TrialSample[];
  /** RU of an insert; undefined where the target told none. */
  readonly ruPerDocument?: number;
  /** Request units were what held it up. */
  readonly heldByRequestUnits: boolean;
}

/** A budget is new every second: a shorter sample would see parts of it. */
const SAMPLE_MS = 1_000;
/** Judged: often enough that a sample is at most a tenth too long. */
const TICK_MS = 100;
/** What is on its way when the time is over, or before the first document comes, takes no longer on a cluster that answers. */
const GRACE_MS = 15_000;

/**
 * Copies until the time is over or there is nothing left, and waits for what is on its way: no insert is left behind that a server could still carry out.
 * @throws MigrationError `cancelled` by the signal; `connection-lost` where a cluster does not answer; what source and target refuse.
 */
export async function tryCopy(trial: CopyTrial): Promise<TriedCopy> {
  const { plan, clock, signal } = trial;
  const halt = new AbortController();
  const halted = signalForMany(halt.signal);
  const timed = new TimedSource(trial);
  const metered = new MeteredTarget(trial.target);
  const writers = new WriterPool(metered, halted);
  const refusals = new Refusals(MOST_REFUSED_IN_A_ROW, ({ code, message }) =>
    halt.abort(new MigrationError('command-failed', { command: 'insert', serverCode: code, message })),
  );
  const copy = new CollectionsCopy(
    plan.collections.map((planned) => ({ planned, goesOn: false })),
    {
      ...trial,
      source: timed,
      target: metered,
      writers,
      refusals,
      journal: forgetfulJournal(plan),
      deadLetters: forgetfulLetters(),
      signal: halted,
      readers: () => trial.readers,
    },
    halt,
  );
  const sampler = new Sampler(copy, timed, trial);
  const over = new AbortController();
  const watching = watch(sampler, timed, { clock, signal, halt, over: over.signal });
  try {
    await copy.run();
  } catch (error) {
    if (signal.aborted) throw new MigrationError('cancelled');
    throw error;
  } finally {
    over.abort();
    await watching;
    await writers.close();
  }
  if (signal.aborted) throw new MigrationError('cancelled');
  sampler.take();
  const { ruPerDocument } = metered;
  return {
    samples: sampler.samples,
    heldByRequestUnits: sampler.heldByRequestUnits,
    ...(ruPerDocument === undefined ? {} : { ruPerDocument }),
  };
}

/** Takes samples, and calls off what does not end by itself. */
async function watch(
  sampler: Sampler,
  timed: TimedSource,
  { clock, signal, halt, over }: { clock: Clock; signal: AbortSignal; halt: AbortController; over: AbortSignal },
): Promise<void> {
  let since = clock.now();
  while (!over.aborted) {
    await clock.sleep(TICK_MS, over).catch(() => undefined);
    if (over.aborted) return;
    sampler.look();
    // Nothing is on its way yet that could be carried out later.
    if (signal.aborted && timed.begunAt === undefined) halt.abort(signal.reason);
    if (timed.begunAt !== undefined && !timed.isOver()) since = clock.now();
    else if (clock.now() - since > GRACE_MS) halt.abort(new MigrationError('connection-lost', { reason: 'silence' }));
  }
}

/** A source that has no more documents when the time is over. The time begins with the first document that is asked for. */
class TimedSource implements CopySource {
  begunAt: number | undefined;

  constructor(private readonly trial: Pick<CopyTrial, 'source' | 'clock' | 'ms' | 'signal'>) {}

  isOver(): boolean {
    const { clock, ms, signal } = this.trial;
    return signal.aborted || (this.begunAt !== undefined && clock.now() - this.begunAt >= ms);
  }

  read(...args: Parameters<CopySource['read']>): ReturnType<CopySource['read']> {
    const reader = this.trial.source.read(...args);
    return {
      next: async () => {
        if (this.isOver()) return undefined;
        this.begunAt ??= this.trial.clock.now();
        return reader.next();
      },
      close: () => reader.close(),
    };
  }

  canBound(id: Buffer): boolean {
    return this.trial.source.canBound(id);
  }

  sampleIds(...args: Parameters<CopySource['sampleIds']>): ReturnType<CopySource['sampleIds']> {
    return this.trial.source.sampleIds(...args);
  }

  splitIds(...args: Parameters<CopySource['splitIds']>): ReturnType<CopySource['splitIds']> {
    return this.trial.source.splitIds(...args);
  }

  idAfter(...args: Parameters<CopySource['idAfter']>): ReturnType<CopySource['idAfter']> {
    return this.trial.source.idAfter(...args);
  }
}

/** A target of which is known what an insert costs. */
class MeteredTarget implements CopyTarget {
  private charged = { documents: 0, ru: 0 };

  constructor(private readonly target: CopyTarget) {}

  get limits(): CopyTarget['limits'] {
    return this.target.limits;
  }

  get replacesEmptyTimestamps(): boolean {
    return this.target.replacesEmptyTimestamps;
  }

  get ruPerDocument(): number | undefined {
    const { documents, ru } = this.charged;
    return documents === 0 ? undefined : ru / documents;
  }

  async openWriter(signal: AbortSignal): ReturnType<CopyTarget['openWriter']> {
    const writer = await this.target.openWriter(signal);
    return {
      insert: async (ns, batch, options) => {
        const reply = await writer.insert(ns, batch, options);
        // What was refused is charged too, but not as much as what was written.
        if (reply.kind === 'answered' && reply.charge !== undefined && reply.refusals.length === 0) {
          this.charged.documents += reply.inserted;
          this.charged.ru += reply.charge;
        }
        return reply;
      },
      close: () => writer.close(),
    };
  }

  findByIds(...args: Parameters<CopyTarget['findByIds']>): ReturnType<CopyTarget['findByIds']> {
    return this.target.findByIds(...args);
  }

  replace(...args: Parameters<CopyTarget['replace']>): ReturnType<CopyTarget['replace']> {
    return this.target.replace(...args);
  }
}

class Sampler {
  readonly samples: TrialSample[] = [];
  heldByRequestUnits = false;
  private last = { at: 0, documents: 0, bytes: 0 };

  constructor(
    private readonly copy: CollectionsCopy,
    private readonly timed: TimedSource,
    private readonly trial: Pick<CopyTrial, 'clock' | 'pacers'>,
  ) {}

  look(): void {
    const { clock, pacers } = this.trial;
    if (this.timed.begunAt === undefined) return;
    const isThrottled = this.copy.counts().some(({ throttledOperations }) => throttledOperations > 0);
    if (isThrottled || pacers.limitedBy() === 'request-units') this.heldByRequestUnits = true;
    // At the end it is waited for what is on its way: no second of its own.
    if (clock.now() - (this.last.at || this.timed.begunAt) >= SAMPLE_MS && !this.timed.isOver()) this.take();
  }

  take(): void {
    const at = this.trial.clock.now();
    const begun = this.last.at || this.timed.begunAt;
    if (begun === undefined) return;
    const total = this.copy
      .counts()
      .reduce((sum, c) => ({ documents: sum.documents + c.acknowledged, bytes: sum.bytes + c.bytes }), {
        documents: 0,
        bytes: 0,
      });
    const { documents, bytes } = this.last;
    const sample = { ms: at - begun, documents: total.documents - documents, bytes: total.bytes - bytes };
    this.last = { at, ...total };
    if (sample.ms > 0 || sample.documents > 0) this.samples.push(sample);
  }
}

/** Takes everything and keeps nothing: for a trial that only reads. */
export const NOWHERE: CopyTarget = {
  // What MongoDB takes (manual, Limits and Thresholds), so that batches are what they would be.
  limits: { documents: 100_000, bytes: 47 * 1024 * 1024, documentBytes: 16 * 1024 * 1024 },
  replacesEmptyTimestamps: false,
  openWriter: () =>
    Promise.resolve({
      insert: (_ns, batch) =>
        Promise.resolve({ kind: 'answered', inserted: batch.count, refusals: [], latencyMs: 1 } as const),
      close: () => Promise.resolve(),
    }),
  findByIds: () => Promise.resolve([]),
  replace: () => Promise.resolve(undefined),
};

/** A trial is not gone on with: only what it is at is known. */
function forgetfulJournal({ id }: Plan): Journal {
  const reducer = new JournalReducer();
  let seq = 0;
  const at = new Date(0).toISOString();
  reducer.apply({ type: 'run-started', runId: 'trial', planId: id, planHash: '', seq: (seq += 1), at });
  return {
    tornBytes: 0,
    status: () => reducer.status(),
    append: (entry) => {
      reducer.apply({ ...entry, seq: (seq += 1), at });
      return Promise.resolve();
    },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function forgetfulLetters(): DeadLetterSink {
  return { add: () => Promise.resolve(), flush: () => Promise.resolve(), count: () => 0 };
}
