import { MigrationError } from '../../core/model/error.js';
import type { OfferedThroughput } from '../../core/model/plan.js';
import { canBecome, type RunState } from '../../core/model/run.js';
import type { IndexOutcome } from '../prepare/outcome.js';
import { RangeLedger, type NamespaceRanges } from './ranges.js';
import type { VerificationResult } from '../verify/result.js';
import type {
  CopyCounters,
  DeadLetterRetry,
  JournalRecord,
  RemoteRecord,
  TextFileRecord,
  ThroughputRecord,
  Verdict,
} from './record.js';

export const NO_COPY: CopyCounters = {
  acknowledged: 0,
  alreadyThere: 0,
  conflicts: 0,
  deadLettered: 0,
  throttled: 0,
  bytes: 0,
  ru: 0,
};

/** What a journal says of one namespace of the target. */
export interface CollectionStatus {
  readonly created: 'no' | 'intended' | 'created' | 'existed';
  /** Fate of each index, by the source index's name. */
  readonly indexes: Readonly<Record<string, IndexOutcome>>;
  /** Over all processes that worked on the run, and by the latest alone. */
  readonly copy: CopyCounters;
  readonly copyByThisProcess: CopyCounters;
  /** Brought by earlier attempts into a collection that was not there any more and was made again. */
  readonly gone?: number;
  /** Every time that dead letters were sent again, oldest first. */
  readonly retries?: readonly (DeadLetterRetry & { readonly at: string })[];
  /** The latest result. */
  readonly verification?: VerificationResult;
}

export interface RunStatus {
  readonly runId: string;
  readonly planId: string;
  readonly planHash: string;
  /** As last recorded; `stateWithoutProcess` says what it is worth when no process is alive. */
  readonly state: RunState;
  readonly why?: string;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly history: readonly { readonly state: RunState; readonly at: string; readonly why?: string }[];
  /** Processes that took the run over, the first one included. */
  readonly attempts: number;
  readonly process?: { readonly pid: number; readonly startTime: string };
  /** When the process before this one was cut off. */
  readonly cutOffAt?: string;
  /** By `db.coll` on the target. */
  readonly collections: Readonly<Record<string, CollectionStatus>>;
  readonly tools: readonly {
    readonly tool: string;
    readonly exitCode: number | null;
    readonly signal: string | null;
    readonly at: string;
  }[];
  /** Throughput that was or may have been raised and has not been put back, by budget: what it is to be put back to. */
  readonly raised?: Readonly<Record<string, OfferedThroughput>>;
  /** Text files that the run has written or begun, by `db.coll` on the source. */
  readonly textFiles: Readonly<Record<string, Omit<TextFileRecord, 'type' | 'ns'>>>;
  /** What the run has made or started in other systems, by `what`. */
  readonly remote: Readonly<Record<string, Omit<RemoteRecord, 'type' | 'what'>>>;
  /** Private files that may still exist. */
  readonly secretFiles: readonly string[];
  /** Ranges of collections that are copied directly, by `db.coll` on the target. */
  readonly ranges: ReadonlyMap<string, NamespaceRanges>;
  /** Of the current attempt; a new attempt starts without one. */
  readonly verdict?: Verdict;
}

/** Documents that all attempts, and sendings of dead letters, have brought. */
export function arrivedOf({ copy, retries = [] }: Pick<CollectionStatus, 'copy' | 'retries'>): number {
  return retries.reduce((sum, retry) => sum + retry.arrived + retry.alreadyThere, copy.acknowledged);
}

const UNTOUCHED: CollectionStatus = { created: 'no', indexes: {}, copy: NO_COPY, copyByThisProcess: NO_COPY };

/** Of the attempts before the present one: what they did together, and the most that one of them found settled on the target. */
interface EarlierAttempts {
  readonly sum: CopyCounters;
  readonly settled: number;
}

const NO_ATTEMPTS: EarlierAttempts = { sum: NO_COPY, settled: 0 };

function settledBy({ acknowledged, alreadyThere }: CopyCounters): number {
  return acknowledged + alreadyThere;
}

/**
 * What is done adds up. What is found does not: each attempt finds again what the earlier ones have brought, and the conflicts that are left. There already
 * is what the attempt that got furthest has settled and none of them has written, so that the two together are never more than the documents there are.
 */
function add({ sum, settled }: EarlierAttempts, present: CopyCounters): CopyCounters {
  const acknowledged = sum.acknowledged + present.acknowledged;
  return {
    acknowledged,
    alreadyThere: Math.max(0, Math.max(settled, settledBy(present)) - acknowledged),
    conflicts: Math.max(sum.conflicts, present.conflicts),
    deadLettered: sum.deadLettered + present.deadLettered,
    throttled: sum.throttled + present.throttled,
    bytes: sum.bytes + present.bytes,
    ru: sum.ru + present.ru,
  };
}

/** Equal in every counter. */
export function sameCounters(a: CopyCounters, b: CopyCounters): boolean {
  return (Object.keys(NO_COPY) as (keyof CopyCounters)[]).every((key) => a[key] === b[key]);
}

/** Without the property: with exact optional types it cannot be set to undefined. */
function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const rest = { ...value };
  delete rest[key];
  return rest;
}

/** Folds records one by one; a class because copy counters restart with each process and their earlier sums must be kept. */
export class JournalReducer {
  #status: RunStatus | undefined;
  readonly #collections = new Map<string, CollectionStatus>();
  readonly #earlier = new Map<string, EarlierAttempts>();
  readonly #ranges = new RangeLedger();

  /** @throws MigrationError `journal-damaged` for a step that the state machine does not have. */
  apply(record: JournalRecord): void {
    if (record.type === 'run-started') {
      const { runId, planId, planHash, at } = record;
      const history = [{ state: 'planned' as const, at }];
      const state = 'planned';
      this.#status = {
        runId,
        planId,
        planHash,
        state,
        startedAt: at,
        updatedAt: at,
        history,
        attempts: 0,
        collections: {},
        tools: [],
        textFiles: {},
        remote: {},
        secretFiles: [],
        ranges: new Map(),
      };
      return;
    }
    if (!this.#status) throw new MigrationError('journal-damaged', { line: record.seq, reason: 'unexpected-record' });
    this.#status = { ...this.#next(this.#status, record), updatedAt: record.at };
  }

  #next(status: RunStatus, record: Exclude<JournalRecord, { type: 'run-started' }>): RunStatus {
    switch (record.type) {
      case 'state':
        return stepTo(status, record);
      case 'process':
        for (const [ns, collection] of this.#collections) {
          const { copy, copyByThisProcess } = collection;
          const settled = Math.max(this.#earlier.get(ns)?.settled ?? 0, settledBy(copyByThisProcess));
          this.#earlier.set(ns, { sum: copy, settled });
          this.#collections.set(ns, { ...collection, copyByThisProcess: NO_COPY });
        }
        return {
          ...without(without(status, 'verdict'), 'cutOffAt'),
          attempts: status.attempts + 1,
          process: { pid: record.pid, startTime: record.startTime },
          ...(record.cutOffAt === undefined ? {} : { cutOffAt: record.cutOffAt }),
        };
      case 'collection-created':
        this.#update(record.ns, (c) => ({
          ...c,
          // An intent is written where there is no such collection.
          ...(record.phase === 'intent' && c.copy.acknowledged > 0 ? { gone: arrivedOf(c) } : {}),
          created:
            record.phase === 'intent' ? 'intended' : record.existed && c.created !== 'created' ? 'existed' : 'created',
        }));
        return status;
      case 'index-fate':
        this.#update(record.ns, (c) => ({ ...c, indexes: { ...c.indexes, [record.index]: record.outcome } }));
        return status;
      case 'throughput':
        return { ...status, raised: raisedAfter(status.raised ?? {}, record) };
      case 'copy-progress':
        this.#update(record.ns, (c) => ({
          ...c,
          copy: add(this.#earlier.get(record.ns) ?? NO_ATTEMPTS, record.counters),
          copyByThisProcess: record.counters,
        }));
        return status;
      case 'ranges-planned':
        // It is copied anew: what was proven of what was there before says nothing of how far this has come.
        this.#update(record.ns, (c) => without(c, 'verification'));
        this.#ranges.apply(record, record.seq);
        return status;
      case 'range-split':
      case 'range-progress':
      case 'range-done':
        this.#ranges.apply(record, record.seq);
        return status;
      case 'text-file': {
        const { ns, phase, path, documents, bytes } = record;
        const counted = documents === undefined ? {} : { documents };
        const file = { phase, path, ...counted, ...(bytes === undefined ? {} : { bytes }) };
        return { ...status, textFiles: { ...status.textFiles, [ns]: file } };
      }
      case 'remote': {
        const { what, phase, id, outcome } = record;
        const before = status.remote[what];
        const known = id ?? (phase === 'intent' ? undefined : before?.id);
        const entry = {
          phase,
          ...(known === undefined ? {} : { id: known }),
          ...(outcome === undefined ? {} : { outcome }),
        };
        return { ...status, remote: { ...status.remote, [what]: entry } };
      }
      case 'dead-letters-retried': {
        const retry = { ...record.retry, at: record.at };
        // What has arrived was left out of the comparison.
        this.#update(record.ns, (c) => ({
          ...(retry.arrived + retry.alreadyThere > 0 ? without(c, 'verification') : c),
          retries: [...(c.retries ?? []), retry],
        }));
        return status;
      }
      case 'verification':
        this.#update(record.ns, (c) => ({ ...c, verification: record.result }));
        return status;
      case 'tool-exited': {
        const { tool, exitCode, signal, at } = record;
        return { ...status, tools: [...status.tools, { tool, exitCode, signal, at }] };
      }
      case 'verdict':
        return { ...status, verdict: record.verdict };
      case 'secret-file': {
        const others = status.secretFiles.filter((path) => path !== record.path);
        return { ...status, secretFiles: record.present ? [...others, record.path] : others };
      }
    }
  }

  #update(ns: string, change: (before: CollectionStatus) => CollectionStatus): void {
    this.#collections.set(ns, change(this.#collections.get(ns) ?? UNTOUCHED));
  }

  /** @throws MigrationError `journal-damaged` before the first record. */
  get state(): RunState {
    if (!this.#status) throw new MigrationError('journal-damaged', { line: 0, reason: 'empty' });
    return this.#status.state;
  }

  /** What the present process has recorded of a namespace. */
  copyByThisProcess(ns: string): CopyCounters | undefined {
    return this.#collections.get(ns)?.copyByThisProcess;
  }

  ranges(ns: string): NamespaceRanges | undefined {
    return this.#ranges.of(ns);
  }

  /** @throws MigrationError `journal-damaged` before the first record. */
  status(): RunStatus {
    if (!this.#status) throw new MigrationError('journal-damaged', { line: 0, reason: 'empty' });
    return { ...this.#status, collections: Object.fromEntries(this.#collections), ranges: this.#ranges.snapshot() };
  }
}

function raisedAfter(
  before: NonNullable<RunStatus['raised']>,
  record: ThroughputRecord,
): NonNullable<RunStatus['raised']> {
  // The first intent stands: a later one comes from an attempt that found it raised.
  if (record.phase === 'intent' && record.restoreTo)
    return { ...before, [record.budget]: before[record.budget] ?? record.restoreTo };
  return record.phase === 'restored' ? without(before, record.budget) : before;
}

function stepTo(status: RunStatus, record: Extract<JournalRecord, { type: 'state' }>): RunStatus {
  if (!canBecome(status.state, record.state)) {
    throw new MigrationError('journal-damaged', {
      line: record.seq,
      reason: 'bad-transition',
      from: status.state,
      to: record.state,
    });
  }
  const why = record.why === undefined ? {} : { why: record.why };
  // It stood still from then on, and not only from when somebody went on with it.
  const at = record.why === 'interrupted' ? (status.cutOffAt ?? record.at) : record.at;
  const step = { state: record.state, at, ...why };
  return { ...without(status, 'why'), ...why, state: record.state, history: [...status.history, step] };
}

/** What the records say, in one go. @throws MigrationError `journal-damaged` for no records or a step that the state machine does not have. */
export function reduceJournal(records: readonly JournalRecord[]): RunStatus {
  const reducer = new JournalReducer();
  for (const record of records) reducer.apply(record);
  return reducer.status();
}
