import { conflictsLeft } from '../../core/conflict/on-duplicate.js';
import { formatNamespace } from '../../core/model/namespace.js';
import type { Plan } from '../../core/model/plan.js';
import { resumesBy } from '../../core/plan/carried-out.js';
import { isRunning, type RunState } from '../../core/model/run.js';
import type { CollectionSnapshot, RatePoint, RunSnapshot } from '../../core/model/run-snapshot.js';
import { arrivedOf, NO_COPY, type RunStatus } from '../journal/reduce.js';
import { verifiedAs } from './verified.js';

export interface JournalSnapshotFacts {
  readonly runId: string;
  readonly at: number;
  /** What is true now, a dead process taken into account. */
  readonly state: RunState;
  /** When the run was made; the journal's word goes first. */
  readonly createdAt: number;
  /** Dead letters on disk, by `db.coll` on the target. */
  readonly deadLetters: Readonly<Record<string, number>>;
  readonly rates: readonly RatePoint[];
  readonly commandLines: readonly string[];
  /** What the latest process told last: it may have seen more than it could write down before it was killed. */
  readonly seen?: readonly CollectionSnapshot[];
}

/** What a run is at by its plan and its journal alone: a run that nobody works on, or one that never started (`status` undefined). */
export function journalSnapshot(plan: Plan, status: RunStatus | undefined, facts: JournalSnapshotFacts): RunSnapshot {
  const seen = new Map((facts.seen ?? []).map((c) => [c.ns, c]));
  const collections = plan.collections
    .filter((c) => !c.options.view)
    .map(({ target, documents }): CollectionSnapshot => {
      const ns = formatNamespace(target);
      const found = status?.collections[ns];
      const copy = found?.copy ?? NO_COPY;
      const latest = found?.copyByThisProcess ?? NO_COPY;
      const verification = found?.verification;
      const sides = verification?.evidence;
      // Every attempt sends everything again: what earlier ones have written stands until the latest has got further.
      const told = seen.get(ns);
      const copied = Math.max(
        latest.acknowledged + latest.alreadyThere,
        Math.min(documents, (found ? arrivedOf(found) : 0) - (found?.gone ?? 0)),
        told?.copied ?? 0,
      );
      const deadLetters = facts.deadLetters[ns] ?? 0;
      const conflicts = conflictsLeft(plan.conflictPolicy, latest.conflicts);
      return {
        ns,
        planned: Math.max(documents, copied + deadLetters + conflicts),
        copied,
        ...(sides ? { compared: Math.floor((sides.source.documents + sides.target.documents) / 2) } : {}),
        verified: verification ? verifiedAs(verification) : 'no',
        bytes: Math.max(copy.bytes, told?.bytes ?? 0),
        throttled: Math.max(copy.throttled, told?.throttled ?? 0),
        deadLetters,
        conflicts,
      };
    });
  const total = (of: (c: CollectionSnapshot) => number): number => collections.reduce((sum, c) => sum + of(c), 0);
  const why = whyOf(status, facts.state);
  const startedAt = status ? Date.parse(status.startedAt) : facts.createdAt;
  const isResting = !isRunning(facts.state) && facts.state !== 'planned';
  return {
    runId: facts.runId,
    at: facts.at,
    state: facts.state,
    ...(why === undefined ? {} : { why }),
    ...resumesBy(plan.handoff),
    startedAt,
    ...(isResting && status ? { endedAt: Date.parse(status.updatedAt) } : {}),
    done: total((c) => Math.min(c.planned, c.copied + c.deadLetters + c.conflicts)),
    planned: total((c) => c.planned),
    bytes: total((c) => c.bytes),
    documentsPerSecond: 0,
    ruPerSecond: 0,
    provisioned: 0,
    requestUnits: Object.values(status?.collections ?? {}).reduce((sum, c) => sum + c.copy.ru, 0),
    throttled: total((c) => c.throttled),
    deadLetters: total((c) => c.deadLetters),
    conflicts: total((c) => c.conflicts),
    collections,
    rates: facts.rates,
    commandLines: facts.commandLines,
  };
}

function whyOf(status: RunStatus | undefined, state: RunState): RunSnapshot['why'] {
  // A running state that nobody stands behind is an interrupted run, whatever an earlier verdict said.
  if (status && isRunning(status.state) && !isRunning(state)) return { id: 'interrupted', params: {} };
  const first = status?.verdict?.reasons[0];
  if (first) return first;
  if (isRunning(state) || status?.why === undefined) return undefined;
  return { id: status.why, params: {} };
}
