import type { Awaited } from './handoff.js';
import type { CopyCeilings } from './plan.js';
import type { ResumesBy, RunState } from './run.js';

/** How far one collection is. Documents; `bytes` of acknowledged documents. */
export interface CollectionSnapshot {
  /** `db.coll` on the target. */
  readonly ns: string;
  /** Never less than what was found. */
  readonly planned: number;
  /** On the target: written, or there already with equal bytes. */
  readonly copied: number;
  /** While verifying: the mean of both sides. */
  readonly compared?: number;
  /** `unproven`: compared without a result, since a side moved or could not be read. */
  readonly verified: 'no' | 'running' | 'equal' | 'different' | 'counts-only' | 'unproven';
  readonly bytes: number;
  readonly throttled: number;
  readonly deadLetters: number;
  /** Left as they are on the target, with other content. */
  readonly conflicts: number;
  /** In work just now. */
  readonly active?: boolean;
  /** What earlier attempts have brought is looked at again; so far nothing is added to it. */
  readonly checking?: boolean;
}

/** One point of the charts; `at` is epoch milliseconds. */
export interface RatePoint {
  readonly at: number;
  readonly documentsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly ruPerSecond: number;
  /** RU/s provisioned for what was written then; 0 where the target does not know RU. */
  readonly provisioned: number;
  readonly throttledPerSecond: number;
}

/** What can keep a copy from going faster. `engine`: this process; `ceiling`: a limit that the user has set. */
export const LIMITS = ['source', 'network', 'target', 'request-units', 'ceiling', 'engine'] as const;
export type LimitedBy = (typeof LIMITS)[number];

/** What a run is at, whole: the terminal, the tree, the run page and `runs --json` show nothing else. Plain JSON, no secret. */
export interface RunSnapshot {
  readonly runId: string;
  /** When it was made, epoch milliseconds. */
  readonly at: number;
  readonly state: RunState;
  /** Why it is in that state, as the verdict's or the error's id; absent while all is well. */
  readonly why?: { readonly id: string; readonly params: Readonly<Record<string, string | number | boolean>> };
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Documents: copied by all attempts, or while verifying compared (the mean of both sides). */
  readonly done: number;
  readonly planned: number;
  /** While copying: the tools send everything again in each attempt, and this much of what earlier ones have brought was found to be there. Absent when all was. */
  readonly rechecked?: { readonly done: number; readonly of: number };
  /** How it is resumed, where that is not only by going on. */
  readonly resumesBy?: ResumesBy;
  /** Documents that earlier attempts have brought and whose collection is not on the target any more. */
  readonly gone?: number;
  readonly bytes: number;
  readonly documentsPerSecond: number;
  readonly ruPerSecond: number;
  readonly provisioned: number;
  readonly requestUnits: number;
  readonly throttled: number;
  readonly deadLetters: number;
  readonly conflicts: number;
  /** A person has something to do or to say before it goes on. */
  readonly awaits?: Awaited;
  /** While copying directly: what keeps it from going faster just now. */
  readonly limitedBy?: LimitedBy;
  /** While copying directly: the limits that it keeps to now; empty for none, absent where the method has none. */
  readonly ceilings?: CopyCeilings;
  /** Low, expected and high remaining wall time of the present step, where a rate is known. */
  readonly remainingMs?: { readonly low: number; readonly expected: number; readonly high: number };
  readonly collections: readonly CollectionSnapshot[];
  /** Newest last; at most {@link MOST_RATE_POINTS}. */
  readonly rates: readonly RatePoint[];
  /** Redacted command lines of the tools, as run. */
  readonly commandLines: readonly string[];
}

/** Ten minutes at one point a second: what a chart can show. */
export const MOST_RATE_POINTS = 600;
