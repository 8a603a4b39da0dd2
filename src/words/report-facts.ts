/** What a report is made of: the engine's report of a run, as far as words need it. This room knows only core, so the shape is told again. */
import type { Handoff } from '../core/model/handoff.js';
import type { MethodId } from '../core/model/method.js';
import type { CollectionTransform, NotMigrated, Plan, TextTravel } from '../core/model/plan.js';
import type { RunState } from '../core/model/run.js';
import type { DifferenceFacts, VerdictFacts } from './verdicts.js';

export interface CopyFacts {
  readonly acknowledged: number;
  readonly alreadyThere: number;
  readonly conflicts: number;
  readonly deadLettered: number;
  readonly throttled: number;
  readonly bytes: number;
  readonly ru: number;
}

export interface SideFacts {
  readonly documents: number;
  readonly bytes: number;
  readonly digest: string;
}

export interface VerificationFacts {
  readonly kind: 'equal' | 'different' | 'unverified';
  readonly why?: string;
  readonly detail?: string;
  readonly differences?: DifferenceFacts;
  readonly evidence: {
    readonly means: string;
    readonly ranges: number;
    readonly source: SideFacts;
    readonly target: SideFacts;
    readonly seconds: number;
    readonly at?: string;
    readonly deadLettered: { readonly known: number; readonly onSource: number; readonly onTarget: number };
    readonly mended: number;
  };
}

export interface IndexOutcomeFacts {
  readonly kind: string;
  readonly why?: string;
  readonly building?: boolean;
  readonly code?: number;
  readonly message?: string;
}

export interface CollectionReportFacts {
  readonly source: string;
  readonly target: string;
  readonly kind: 'collection' | 'view';
  readonly transform?: CollectionTransform;
  readonly created: string;
  readonly copy: CopyFacts;
  readonly droppedOptions: readonly { readonly option: string; readonly why: string }[];
  readonly indexes: readonly { readonly name: string; readonly outcome: IndexOutcomeFacts }[];
  readonly verification?: VerificationFacts;
  readonly deadLetters: number;
  /** Why they were refused, the most frequent first. */
  readonly deadLetterReasons?: readonly DeadLetterReasonFacts[];
  /** Every time that dead letters were sent again, oldest first. */
  readonly retries?: readonly RetryFacts[];
}

export interface DeadLetterReasonFacts {
  readonly code: number;
  readonly codeName?: string;
  readonly message: string;
  readonly documents: number;
}

export interface RetryFacts {
  readonly at: string;
  readonly sent: number;
  readonly arrived: number;
  readonly alreadyThere: number;
  readonly refused: number;
}

export interface ReportFacts {
  readonly runId: string;
  readonly planId: string;
  readonly planHash: string;
  readonly state: RunState;
  readonly verdict?: VerdictFacts;
  readonly source: { readonly name: string; readonly uri: string };
  readonly target: { readonly name: string; readonly uri: string; readonly kind: Plan['targetKind'] };
  readonly method: MethodId;
  /** `export-import`: what documents travelled as. */
  readonly text?: TextTravel;
  readonly readConcern?: Plan['readConcern'];
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly attempts: number;
  readonly history: readonly { readonly state: RunState; readonly at: string; readonly why?: string }[];
  readonly collections: readonly CollectionReportFacts[];
  readonly notMigrated: readonly NotMigrated[];
  readonly handoff?: Handoff;
  /** What was made or started in another system, by what it is. */
  readonly remote?: Readonly<
    Record<string, { readonly phase: string; readonly id?: string; readonly outcome?: string }>
  >;
  readonly tools: readonly {
    readonly tool: string;
    readonly exitCode: number | null;
    readonly signal: string | null;
    readonly at: string;
  }[];
  readonly totals: {
    readonly copy: CopyFacts;
    readonly verified: {
      readonly equal: number;
      readonly different: number;
      readonly unverified: number;
      readonly pending: number;
    };
    readonly indexes: Readonly<Record<string, number>>;
    readonly deadLetters: number;
    /** RU of reading the target for the check, by the published table; 0 where the target knows no RU. */
    readonly readRu: number;
  };
}
