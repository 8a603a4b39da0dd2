/** What a run came to, as one piece of plain data. Text forms are made from it elsewhere. */
import { formatNamespace } from '../../core/model/namespace.js';
import {
  travelOf,
  type CollectionTransform,
  type NotMigrated,
  type Plan,
  type TextTravel,
} from '../../core/model/plan.js';
import type { RunState } from '../../core/model/run.js';
import type { IndexOutcome } from '../prepare/outcome.js';
import { queryCharge } from '../verify/pacer.js';
import type { VerificationResult } from '../verify/result.js';
import type { CopyCounters, Verdict } from './record.js';
import { NO_COPY, type CollectionStatus, type RunStatus } from './reduce.js';

export interface CollectionReport {
  readonly source: string;
  readonly target: string;
  readonly kind: 'collection' | 'view';
  /** What the plan changes on the way. */
  readonly transform?: CollectionTransform;
  readonly created: CollectionStatus['created'];
  readonly copy: CopyCounters;
  readonly droppedOptions: readonly { readonly option: string; readonly why: string }[];
  /** Every index of the plan; `pending` where the run did not get that far. */
  readonly indexes: readonly { readonly name: string; readonly outcome: IndexOutcome | { readonly kind: 'pending' } }[];
  readonly verification?: VerificationResult;
  readonly deadLetters: number;
  /** Why they were refused, the most frequent first. */
  readonly deadLetterReasons: readonly DeadLetterGroup[];
  /** Every time that dead letters were sent again, oldest first. */
  readonly retries: NonNullable<CollectionStatus['retries']>;
}

/** Dead letters of a namespace that were refused with the same code; the words are the first one's. */
export interface DeadLetterGroup {
  readonly code: number;
  readonly codeName?: string;
  readonly message: string;
  readonly documents: number;
}

export interface RunReport {
  readonly version: 1;
  readonly runId: string;
  readonly planId: string;
  readonly planHash: string;
  readonly state: RunState;
  readonly why?: string;
  readonly verdict?: Verdict;
  readonly source: { readonly name: string; readonly uri: string };
  readonly target: { readonly name: string; readonly uri: string; readonly kind: Plan['targetKind'] };
  readonly method: Plan['method'];
  /** `export-import`: what documents travelled as. */
  readonly text?: TextTravel;
  /** Text files that were written, by `db.coll` on the source. */
  readonly textFiles?: RunStatus['textFiles'];
  readonly readConcern?: Plan['readConcern'];
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly attempts: number;
  readonly history: RunStatus['history'];
  readonly collections: readonly CollectionReport[];
  readonly notMigrated: readonly NotMigrated[];
  readonly tools: RunStatus['tools'];
  /** The system that has copied in the place of this machine, and what was made or started there. */
  readonly handoff?: NonNullable<Plan['handoff']>;
  readonly remote?: RunStatus['remote'];
  readonly totals: {
    readonly copy: CopyCounters;
    readonly verified: {
      readonly equal: number;
      readonly different: number;
      readonly unverified: number;
      readonly pending: number;
    };
    /** Indexes by the kind of their fate. */
    readonly indexes: Readonly<Record<string, number>>;
    readonly deadLetters: number;
    /** RU of reading the target for the check, by the published table; 0 where the target knows no RU. */
    readonly readRu: number;
  };
}

export interface ReportFacts {
  /** What is true now, a dead process taken into account. */
  readonly state: RunState;
  /** Dead letters by `db.coll` on the target. */
  readonly deadLetters: Readonly<Record<string, number>>;
  readonly deadLetterReasons?: Readonly<Record<string, readonly DeadLetterGroup[]>>;
}

/** The report of a run from its plan and its journal. A plan holds no secret, a journal only redacted text: nor does the report. */
export function buildReport(plan: Plan, status: RunStatus, facts: ReportFacts): RunReport {
  const collections = plan.collections.map((planned): CollectionReport => {
    const target = formatNamespace(planned.target);
    const found = status.collections[target];
    return {
      source: formatNamespace(planned.source),
      target,
      kind: planned.options.view ? 'view' : 'collection',
      ...(planned.transform ? { transform: planned.transform } : {}),
      created: found?.created ?? 'no',
      copy: found?.copy ?? NO_COPY,
      droppedOptions: planned.droppedOptions,
      indexes: planned.indexes.map(({ index }) => ({
        name: index.name,
        outcome: found?.indexes[index.name] ?? { kind: 'pending' },
      })),
      ...(found?.verification ? { verification: found.verification } : {}),
      deadLetters: facts.deadLetters[target] ?? 0,
      deadLetterReasons: facts.deadLetterReasons?.[target] ?? [],
      retries: found?.retries ?? [],
    };
  });
  const { source, target } = plan;
  return {
    version: 1,
    runId: status.runId,
    planId: status.planId,
    planHash: status.planHash,
    state: facts.state,
    ...(status.why === undefined ? {} : { why: status.why }),
    ...(status.verdict ? { verdict: status.verdict } : {}),
    source: { name: source.name, uri: source.uri },
    target: { name: target.name, uri: target.uri, kind: plan.targetKind },
    method: plan.method,
    ...(plan.method === 'export-import' ? { text: travelOf(plan) } : {}),
    ...(Object.keys(status.textFiles).length > 0 ? { textFiles: status.textFiles } : {}),
    ...(plan.readConcern === undefined ? {} : { readConcern: plan.readConcern }),
    startedAt: status.startedAt,
    updatedAt: status.updatedAt,
    attempts: status.attempts,
    history: status.history,
    collections,
    notMigrated: plan.notMigrated,
    tools: status.tools,
    ...(plan.handoff === undefined ? {} : { handoff: plan.handoff, remote: status.remote }),
    totals: totalsOf(collections, plan.targetKind),
  };
}

function totalsOf(collections: readonly CollectionReport[], target: Plan['targetKind']): RunReport['totals'] {
  const copy: { -readonly [K in keyof CopyCounters]: number } = { ...NO_COPY };
  const verified = { equal: 0, different: 0, unverified: 0, pending: 0 };
  const indexes: Record<string, number> = {};
  let deadLetters = 0;
  let readRu = 0;
  for (const collection of collections) {
    for (const key of Object.keys(copy) as (keyof CopyCounters)[]) copy[key] += collection.copy[key];
    verified[collection.verification?.kind ?? 'pending'] += 1;
    for (const { outcome } of collection.indexes) indexes[outcome.kind] = (indexes[outcome.kind] ?? 0) + 1;
    deadLetters += collection.deadLetters;
    const read = collection.verification?.evidence.target;
    if (read && target === 'cosmos-ru') readRu += queryCharge(read.bytes, read.documents);
  }
  return { copy, verified, indexes, deadLetters, readRu };
}
