import type { OfferedThroughput } from '../../core/model/plan.js';
import type { RunState } from '../../core/model/run.js';
import type { IndexOutcome } from '../prepare/outcome.js';
import type { VerificationResult } from '../verify/result.js';
import type { RangeEntry } from './ranges.js';

/** What the writer knows of one namespace, counted since its process started. `bytes` are of acknowledged documents; `ru` request units. */
export interface CopyCounters {
  readonly acknowledged: number;
  /** On the target before, with equal bytes. */
  readonly alreadyThere: number;
  /** On the target with other content under the same `_id`: left, or overwritten (then acknowledged as well). Dead letters are none of them. */
  readonly conflicts: number;
  readonly deadLettered: number;
  /** Refusals for lack of request units; each was sent again. */
  readonly throttled: number;
  readonly bytes: number;
  readonly ru: number;
}

/** What became of a namespace's dead letters when they were sent again. */
export interface DeadLetterRetry {
  readonly sent: number;
  readonly arrived: number;
  /** On the target before, with equal bytes. */
  readonly alreadyThere: number;
  /** Still dead letters. */
  readonly refused: number;
}

/** How a run ended and why; the reasons are ids with parameters, sentences are made in `words`. */
export interface Verdict {
  readonly state: RunState;
  readonly reasons: readonly {
    readonly id: string;
    readonly params: Readonly<Record<string, string | number | boolean>>;
  }[];
  /** Where it is about something else than source and target. */
  readonly proves?: Proof;
}

/** `files-written`: that the files hold what the source holds; no target took part. `files-on-target`: that the target holds what the files hold; the source took no part. */
export type Proof = 'files-written' | 'files-on-target';

/** A collection's text file. `intent`: before its first byte; until `done` what lies there is not whole. */
export interface TextFileRecord {
  readonly type: 'text-file';
  /** `db.coll` on the source. */
  readonly ns: string;
  readonly phase: 'intent' | 'done';
  readonly path: string;
  /** `done`: what it holds. */
  readonly documents?: number;
  readonly bytes?: number;
}

/** `intent` before anything is changed, `raised` after; `restored` ends it, `restore-failed` does not. */
export interface ThroughputRecord {
  readonly type: 'throughput';
  readonly budget: string;
  readonly phase: 'intent' | 'raised' | 'raise-failed' | 'restored' | 'restore-failed';
  readonly to: OfferedThroughput;
  /** `intent` alone: what it is to be put back to. */
  readonly restoreTo?: OfferedThroughput;
  /** The server's words, redacted, where it refused. */
  readonly message?: string;
}

/** Something that the run has made, or started, in another system: `intent` before, so that a crash in between does not lose it. */
export interface RemoteRecord {
  readonly type: 'remote';
  /** What it is, unique within the run: `deployment`, `pipeline-run shop.orders`, `job-run`. */
  readonly what: string;
  readonly phase: 'intent' | 'started' | 'ended' | 'removed';
  /** What the other system calls it: a resource id, a run id. */
  readonly id?: string;
  /** How it ended, in the other system's words. */
  readonly outcome?: string;
}

/** What can be written to a journal. `ns` is always `db.coll` on the target. */
export type JournalEntry =
  | { readonly type: 'state'; readonly state: RunState; readonly why?: string }
  /**
   * A process took the run over. `startTime` tells a process from a later one with the same id; `cutOffAt` is the last word of one that was cut off while
   * it worked.
   */
  | { readonly type: 'process'; readonly pid: number; readonly startTime: string; readonly cutOffAt?: string }
  | {
      readonly type: 'collection-created';
      readonly ns: string;
      readonly phase: 'intent' | 'done';
      readonly existed?: boolean;
    }
  | { readonly type: 'index-fate'; readonly ns: string; readonly index: string; readonly outcome: IndexOutcome }
  /** Throughput of an RU target's budget (`db.coll`, or `db.` where it is shared), for the time of the copy. */
  | ThroughputRecord
  | { readonly type: 'copy-progress'; readonly ns: string; readonly counters: CopyCounters }
  | RangeEntry
  | TextFileRecord
  | RemoteRecord
  | {
      readonly type: 'tool-exited';
      readonly tool: string;
      readonly exitCode: number | null;
      readonly signal: string | null;
    }
  /** Written when the target has acknowledged, before the letters that arrived are taken away. */
  | { readonly type: 'dead-letters-retried'; readonly ns: string; readonly retry: DeadLetterRetry }
  | { readonly type: 'verification'; readonly ns: string; readonly result: VerificationResult }
  | { readonly type: 'verdict'; readonly verdict: Verdict }
  /** A private file with a secret: `present: true` before it is made, `false` after it is gone. */
  | { readonly type: 'secret-file'; readonly path: string; readonly present: boolean };

/** Whose journal it is; always the first record. */
export interface RunStarted {
  readonly type: 'run-started';
  readonly runId: string;
  readonly planId: string;
  readonly planHash: string;
}

/** An entry with a field that the record's own would overwrite is none. */
type Whole<Entry> = Entry extends { seq: unknown } | { at: unknown } ? never : Entry;

export type JournalRecord = Whole<RunStarted | JournalEntry> & {
  /** 1, 2, 3 ... without a gap. */
  readonly seq: number;
  /** ISO time. */
  readonly at: string;
};

/** Of the journal's format: another version's is refused, not guessed at. */
export const JOURNAL_VERSION = 1;

const TYPES: ReadonlySet<string> = new Set<JournalRecord['type']>([
  'run-started',
  'state',
  'process',
  'collection-created',
  'index-fate',
  'throughput',
  'copy-progress',
  'ranges-planned',
  'range-split',
  'range-progress',
  'range-done',
  'text-file',
  'remote',
  'tool-exited',
  'dead-letters-retried',
  'verification',
  'verdict',
  'secret-file',
]);

/** Whether this version knows the type of record. */
export function isRecordType(type: unknown): type is JournalRecord['type'] {
  return typeof type === 'string' && TYPES.has(type);
}

/** What a later record of the same kind makes superfluous, or undefined: records of one key may wait for each other before they are written. */
export function progressKey(entry: JournalEntry | RunStarted): string | undefined {
  if (entry.type === 'copy-progress') return `copy ${entry.ns}`;
  if (entry.type === 'range-progress') return `range ${entry.range} ${entry.ns}`;
  return undefined;
}
