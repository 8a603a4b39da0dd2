/** What a run needs of a system that copies in its place: Data Factory, DMS, a Spark job. */
import type { MigrationError } from '../core/model/error.js';
import type { DeadLetterSink } from '../core/model/dead-letter.js';
import type { Awaited } from '../core/model/handoff.js';
import type { Plan, PlannedCollection } from '../core/model/plan.js';
import type { CopyCounters, RemoteRecord, Verdict } from './journal/record.js';
import type { RunStatus } from './journal/reduce.js';
import type { RelayedCounts, ToolLine } from './native-ports.js';
import type { VerificationResult } from './verify/result.js';

/** Kind of a line that whoever watches has to see: what is foreseen, made, left standing. Other lines tell how far it is. */
export const STEP_LINE = 'step';

/** Of what attempts have done, what adds up (`JournalReducer`). */
export type AddedUp = Omit<CopyCounters, 'alreadyThere' | 'conflicts'>;

export interface RemoteCopyJob {
  readonly plan: Plan;
  /** What is to be copied: no views, and nothing that could not be made on the target. */
  readonly collections: readonly PlannedCollection[];
  /** What earlier attempts have made or started, by `what`; a copy that is still running is taken up again, not started a second time. */
  readonly earlier: RunStatus['remote'];
  /** What earlier attempts have written down of each namespace of the target (`db.coll`): counts that a system keeps over several attempts are told without it. */
  readonly recorded: ReadonlyMap<string, AddedUp>;
  /** Resolves when it is written down: before anything is made (`intent`), and before its id is relied on. */
  readonly note: (entry: Omit<RemoteRecord, 'type'>) => Promise<void>;
  /** Documents refused for good are put here, whole, and flushed by the run. */
  readonly deadLetters: DeadLetterSink;
  /** Exact counts of every namespace so far, as far as the other system tells; never less than before. */
  readonly onCounts: (counts: readonly RelayedCounts[]) => void;
  /** The steps, redacted, for the log and the screen. */
  readonly onLine: (line: ToolLine) => void;
  /** A command or request that a person could repeat, without secrets, before it is sent. */
  readonly onCommand: (display: string) => void;
  /** Resolves when a person has said that it is done. */
  readonly await: (what: Awaited) => Promise<void>;
  /** Reason `paused`: what the system can go on with later is stopped there. `cancelled`: everything is. */
  readonly signal: AbortSignal;
}

/** As far as a job is known before anything is made. */
export type RemoteCheckJob = Pick<
  RemoteCopyJob,
  'plan' | 'collections' | 'earlier' | 'onLine' | 'onCommand' | 'await' | 'signal'
>;

export type RemoteEnd =
  | {
      readonly kind: 'done';
      /** Where the other system has compared every document of both sides itself: stands in for this machine's own verification. */
      readonly verification?: readonly VerificationResult[];
      /** Takes away what is needed no longer, once all is verified and not before: whoever is cut off until then goes on with what is there. */
      readonly cleanUp?: () => Promise<void>;
    }
  /** It ended without having brought everything; another attempt goes on. */
  | { readonly kind: 'failed'; readonly reasons: Verdict['reasons'] };

/** Thrown by a copy that was told to stop where it could not stop what goes on elsewhere. */
export class NotStopped extends Error {
  constructor(readonly reasons: Verdict['reasons']) {
    super('not stopped');
  }
}

/** `reason`: an id of a verdict, told with `run` (what goes on) and the other system's words. */
export function notStopped(reason: string, run: string, error: MigrationError): NotStopped {
  return new NotStopped([{ id: reason, params: { run, message: whyOf(error) } }]);
}

/** What the other system said, or else what kind of error it is. */
export function whyOf({ code, facts }: MigrationError): string {
  const { message, reason } = facts;
  const said = [message, reason, code].find((text) => typeof text === 'string' && text !== '');
  return String(said).replaceAll('-', ' ');
}

/** What is known of a run that is cancelled, whether its copy goes on or not. */
export type RemoteCancelJob = Pick<RemoteCopyJob, 'plan' | 'earlier' | 'note' | 'deadLetters' | 'onLine' | 'onCommand'>;

export interface RemoteCopy {
  /** Looks at everything that can be looked at before the target is touched. @throws MigrationError for what a run cannot go on with. */
  check?(job: RemoteCheckJob): Promise<void>;
  /** Starts the copying, or takes it up again, and follows it to its end. @throws MigrationError, the signal's reason, and {@link NotStopped}. */
  copy(job: RemoteCopyJob): Promise<RemoteEnd>;
  /**
   * Stops what goes on and takes away what all attempts have made, where that is not done by `copy`. Resolves with why something could not be taken away; what it was
   * the journal's `remote` records tell.
   */
  cancel?(job: RemoteCancelJob): Promise<Verdict['reasons']>;
}
