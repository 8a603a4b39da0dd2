/** What an attempt at a run works with, and what it tells of itself. */
import type { DeadLetterSink } from '../core/model/dead-letter.js';
import type { Awaited } from '../core/model/handoff.js';
import type { Plan } from '../core/model/plan.js';
import type { RunState } from '../core/model/run.js';
import type { LimitedBy } from '../core/model/run-snapshot.js';
import type { CopySource, CopyTarget } from './copy/ports.js';
import type { Journal } from './journal/port.js';
import type { DeadLetterRetry, Proof, Verdict } from './journal/record.js';
import type { NativeTools, RelayedCounts, RelayStarter, ToolLine } from './native-ports.js';
import type { Surveys } from './copy/survey.js';
import type { CopyPacers } from './pace/pacer.js';
import type { RemoteCopy } from './remote-ports.js';
import type { Clock, ClusterSession, CosmosRuSession } from './ports.js';
import type { IndexReport, PreparedCollection } from './prepare/outcome.js';
import type { ThroughputSession } from './prepare/throughput-lever.js';
import type { RangePace } from './progress/range-spread.js';
import type { VerificationResult } from './verify/result.js';
import type { Pacer } from './verify/pacer.js';

export type RunEvent =
  | { readonly kind: 'state'; readonly state: RunState; readonly why?: string }
  | { readonly kind: 'prepared'; readonly prepared: readonly PreparedCollection[] }
  | { readonly kind: 'command'; readonly display: string }
  | { readonly kind: 'tool-line'; readonly line: ToolLine }
  | { readonly kind: 'copy-progress'; readonly counts: readonly RelayedCounts[] }
  /** All ranges of a direct copy, now and then. */
  | { readonly kind: 'ranges'; readonly ranges: readonly RangePace[] }
  /** What keeps a direct copy from going faster, now and then. */
  | { readonly kind: 'limited'; readonly by: LimitedBy | undefined }
  | { readonly kind: 'index'; readonly report: IndexReport }
  | {
      readonly kind: 'verification-progress';
      readonly ns: string;
      readonly side: 'source' | 'target';
      readonly documents: number;
      readonly bytes: number;
    }
  | { readonly kind: 'verified'; readonly result: VerificationResult }
  /** A person has something to do before the run goes on; `undefined` once that is done. */
  | { readonly kind: 'awaits'; readonly what: Awaited | undefined }
  /** This attempt is about these namespaces of the target alone. `proven`: so many others were proven by an earlier one; absent where dead letters alone are sent. */
  | { readonly kind: 'scope'; readonly only: ReadonlySet<string>; readonly proven?: number }
  | { readonly kind: 'dead-letters-retried'; readonly ns: string; readonly retry: DeadLetterRetry }
  | { readonly kind: 'verdict'; readonly verdict: Verdict };

export interface RunContext {
  readonly plan: Plan;
  readonly source: ClusterSession;
  readonly target: ClusterSession;
  readonly ru: CosmosRuSession | undefined;
  readonly journal: Journal;
  readonly deadLetters: DeadLetterSink;
  /** Raw `_id`s (hex) of the dead letters of a target namespace. */
  readonly deadLetterIds: (targetNs: string) => Promise<ReadonlySet<string>>;
  readonly clock: Clock;
  /** Paces verification's reads of an RU target. */
  readonly targetPacer?: Pacer;
  /** Everything is compared, also what earlier attempts have proven. */
  readonly verifyAll?: boolean;
  /** What a good end would prove, where that is something else than that the target holds what the source holds. */
  readonly proves?: Proof;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

export interface NativeRunContext extends RunContext {
  readonly relay: RelayStarter;
  readonly tools: NativeTools;
}

export interface RemoteRunContext extends RunContext {
  readonly remote: RemoteCopy;
  /** Resolves when a person says that it is done, rejects with the signal's reason. */
  readonly proceed: (what: Awaited) => Promise<void>;
}

export interface DirectRunContext extends RunContext {
  readonly copySource: CopySource;
  readonly copyTarget: CopyTarget;
  readonly pacers: CopyPacers;
  /** RU targets: changes throughput where the plan says so. */
  readonly throughput: ThroughputSession | undefined;
  /** In [0, 1), for the jitter of repeats. */
  readonly random: () => number;
  /** Begun before the run was opened: of collections that no earlier attempt has read. */
  readonly surveys?: Surveys;
  /** Documents of a collection that the target may refuse in a row before the run is stopped; 0 for any number. */
  readonly mostRefused?: number;
  /** For tests: the largest range, in bytes. */
  readonly rangeBytes?: number;
}

/** The target is the folder of the files. */
export interface ExportRunContext extends RunContext {
  readonly tools: NativeTools;
}
