/** Who may send when. The copier asks before each insert and tells what came back; how the pace is found is the pacer's own business. */
import type { Namespace } from '../../core/model/namespace.js';
import type { CopyCeilings } from '../../core/model/plan.js';
import type { LimitedBy } from '../../core/model/run-snapshot.js';

/** Documents that one insert carries, or may carry. */
export interface CopyLoad {
  readonly documents: number;
  readonly bytes: number;
  /** The physical partition that all of the documents go to, from 0, where that is known. */
  readonly partition?: number;
}

/** What came of one insert command. */
export interface ObservedReply {
  /** Documents that the command carried. */
  readonly sent: number;
  /** Of those, refused for lack of budget; they are sent again. */
  readonly throttled: number;
  /** From sending to the reply, the question for its charge left out. */
  readonly latencyMs: number;
  /** How long the sender keeps back what was refused (the server's advice or the sender's backoff, with jitter); undefined where nothing was. */
  readonly retryAfterMs?: number;
  /** As in the load. */
  readonly partition?: number;
  /** The server tried again by itself and gave up (code 50): its `RetryAfterMs` means nothing. */
  readonly timedOut?: boolean;
}

/** Paces the inserts into one budget: a collection, or a database that shares its throughput. Used by several writers at once. */
export interface CopyPacer {
  /** The most that one insert should carry at the present rate; `Infinity` where the pacer has no opinion. At least one document. */
  insertLimit(partition?: number): CopyLoad;
  /** Waits until the load may be sent and takes it from the budget. Rejects with the signal's reason. Resolves at once where nothing limits. */
  admit(load: CopyLoad, signal: AbortSignal): Promise<void>;
  /** True when the charge of the command that comes next is worth a round trip. */
  wantsCharge(): boolean;
  /**
   * Corrects the budget by what a command was really charged, in RU; undefined where nobody asked. `throttled`: documents of the load that
   * were refused for lack of budget. Once for each `admit`, also where the command failed: it is on its way no more. Returns what the command is
   * reckoned to have been charged, in RU: where nobody asked, by what was learnt from those that were; 0 where there is no budget.
   */
  settle(load: CopyLoad, charged: number | undefined, throttled?: number): number;
  /** Takes note of a reply. Once for each `admit` that was answered, after `settle`. */
  observe(reply: ObservedReply): void;
  /** A writer had nothing to send because the source had not answered, or a reader had to wait for room because the target had not. */
  waited(on: 'source' | 'target', ms: number): void;
  /** How many inserts may be on their way at once; asked before each, so that it can change. At least 1. */
  concurrency(): number;
  limitedBy(): LimitedBy;
}

/** The pacers of a run. */
export interface CopyPacers {
  /** The pacer of the budget that a namespace of the target is written from. The collection exists. */
  of(ns: Namespace): Promise<CopyPacer>;
  setCeilings(ceilings: CopyCeilings): void;
  ceilings(): CopyCeilings;
  /** What keeps most of the budgets that are written to just now from going faster; undefined where none is. */
  limitedBy(): LimitedBy | undefined;
  /** RU/s by namespace, or by `db.` where its collections share them, as the target tells. */
  budgets(): ReadonlyMap<string, number>;
}
