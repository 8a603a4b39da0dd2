/** What every attempt at a run has in common, however the documents came to the target: indexes, verification, the verdict. */
import { MigrationError } from '../core/model/error.js';
import { formatNamespace } from '../core/model/namespace.js';
import { travelOf, type PlannedCollection } from '../core/model/plan.js';
import { canBecome, type RunState } from '../core/model/run.js';
import { enterState } from './journal/port.js';
import type { Verdict } from './journal/record.js';
import { verdictOfWish } from './journal/rest.js';
import { lostConnections, paramsOf } from './lost-connection.js';
import type { RelayedCounts } from './native-ports.js';
import type { RunContext } from './run-context.js';
import { buildIndexes } from './prepare/build-indexes.js';
import type { PreparedCollection } from './prepare/outcome.js';
import { createViews } from './prepare/views.js';
import { judge } from './verdict.js';
import type { VerifyOptions } from './verify/options.js';
import { withDefinitions } from './verify/proven.js';
import type { VerificationResult } from './verify/result.js';
import { stillProven, type StillProven } from './verify/still-proven.js';
import { verifyRun } from './verify/verify-run.js';

/**
 * Does an attempt and writes down what came of it, whatever happens.
 * @throws MigrationError only where the journal itself cannot be written.
 */
export async function conclude(context: RunContext, attempt: () => Promise<Verdict>): Promise<Verdict> {
  let verdict: Verdict;
  try {
    verdict = await attempt();
  } catch (error) {
    if (MigrationError.is(error, 'file-failed') || MigrationError.is(error, 'journal-damaged')) throw error;
    verdict = await verdictOfFailure(error, context);
  }
  await context.journal.append({ type: 'verdict', verdict });
  // A run that was stopped before its first step is what it was: planned.
  if (canBecome(context.journal.status().state, verdict.state))
    await enterState(context.journal, verdict.state, verdict.reasons[0]?.id);
  await context.journal.flush();
  context.onEvent({ kind: 'verdict', verdict });
  return verdict;
}

/** Why a run was told to stop is the reason of its signal: `paused`, `cancelled`, or anything else for an end that can be gone on from. */
async function verdictOfFailure(error: unknown, context: RunContext): Promise<Verdict> {
  if (context.signal.aborted) return verdictOfStop(context);
  if (MigrationError.is(error)) {
    const reason = { id: `error:${error.code}`, params: paramsOf(error) };
    if (error.code !== 'connection-lost') return { state: 'failed-resumable', reasons: [reason] };
    const { side } = error.facts;
    const seen = { source: side === 'source', target: side === 'target' };
    const lost = await lostConnections(context, seen).catch(() => []);
    if (context.signal.aborted) return verdictOfStop(context);
    return { state: 'failed-resumable', reasons: lost.length > 0 ? lost : [reason] };
  }
  return {
    state: 'failed-resumable',
    reasons: [{ id: 'error:internal', params: { reason: error instanceof Error ? error.name : 'unknown' } }],
  };
}

/** The verdict of a run that was told to stop, as its signal's reason says. */
export function verdictOfStop({ signal, journal }: Pick<RunContext, 'signal' | 'journal'>): Verdict {
  const wish: unknown = signal.reason;
  if (wish === 'paused' || wish === 'cancelled') return verdictOfWish(wish, journal.status());
  return { state: 'failed-resumable', reasons: [{ id: 'stopped-by-user', params: {} }] };
}

/** Enters a state, unless the run has been told to stop. */
export async function enterStep(context: RunContext, state: RunState): Promise<void> {
  context.signal.throwIfAborted();
  await enterState(context.journal, state);
  context.onEvent({ kind: 'state', state });
}

/**
 * What need not be done again, and tells of it where that is something.
 * @throws MigrationError as {@link stillProven}.
 */
export async function leaveProven(context: RunContext, prepared: readonly PreparedCollection[]): Promise<StillProven> {
  const standing = await stillProven(context, prepared);
  if (standing.size > 0) {
    const all = context.plan.collections.map((c) => formatNamespace(c.target));
    const only = new Set(all.filter((ns) => !standing.has(ns)));
    context.onEvent({ kind: 'scope', only, proven: standing.size });
  }
  return standing;
}

export interface Copied {
  readonly prepared: readonly PreparedCollection[];
  /** What the relay, or the direct copy, counted in this process. */
  readonly relayed: readonly RelayedCounts[];
  /** `db.coll` on the target of what is to be verified; everything where it is left out. The others' latest results stand. */
  readonly only?: ReadonlySet<string>;
  /** What earlier attempts have proven and still holds: definitions alone are looked at. */
  readonly standing?: StillProven;
  /** Results of whoever has compared both sides' documents already: definitions and views alone are looked at. */
  readonly proven?: readonly VerificationResult[];
  /** Sums of the source that were taken while copying. */
  readonly streamed?: VerifyOptions['streamed'];
}

/** The rest of an attempt once the documents are on the target. */
export async function indexAndVerify(context: RunContext, copied: Copied): Promise<Verdict> {
  const { plan, target, journal, clock, signal, onEvent } = context;
  const shared = { clock, signal };
  await enterStep(context, 'indexing');
  const built = await buildIndexes(plan, target, journal, 'after-data', shared);
  const views = await createViews(plan, target, journal, shared);
  for (const report of built) onEvent({ kind: 'index', report });

  await enterStep(context, 'verifying');
  const verification = await verify(context, copied);
  // Only now: a TTL index starts to delete as soon as it is there.
  const late = await buildIndexes(plan, target, journal, 'after-verification', shared);
  for (const report of late) onEvent({ kind: 'index', report });

  const all = [...copied.prepared, ...views];
  const verdict = judge({
    planned: plan.collections.map((c) => formatNamespace(c.target)),
    verification,
    prepared: all,
    indexes: [...all.flatMap((p) => p.indexes), ...built, ...late],
    deadLetters: context.deadLetters,
    leftOut: plan.notMigrated.filter((n) => n.why !== 'system').length,
    relayed: copied.relayed,
    keepsConflicts: plan.conflictPolicy === 'skip',
    isLossy: travelOf(plan).format === 'csv',
  });
  return context.proves === undefined ? verdict : { ...verdict, proves: context.proves };
}

async function verify(context: RunContext, copied: Copied): Promise<readonly VerificationResult[]> {
  const { journal } = context;
  const isOpen = (ns: string): boolean => copied.only === undefined || copied.only.has(ns);
  const results = await compare(context, copied, isOpen);
  const earlier = Object.entries(journal.status().collections).flatMap(([ns, { verification }]) =>
    isOpen(ns) || verification === undefined ? [] : [verification],
  );
  return [...results, ...earlier];
}

async function compare(
  context: RunContext,
  { streamed, proven, standing = new Map() }: Copied,
  isOpen: (ns: string) => boolean,
): Promise<readonly VerificationResult[]> {
  const { plan, source, target, journal, clock, signal, onEvent } = context;
  const known = journal.status().collections;
  const open = plan.collections.filter((c) => isOpen(formatNamespace(c.target)));
  const options: VerifyOptions = {
    clock,
    signal,
    readPreference: plan.readPreference,
    ...(plan.readConcern === undefined ? {} : { readConcern: plan.readConcern }),
    deadLetters: context.deadLetterIds,
    ...(context.targetPacer ? { targetPacer: context.targetPacer } : {}),
    ...(streamed ? { streamed } : {}),
    onProgress: (progress) => onEvent({ kind: 'verification-progress', ...progress }),
    onResult: async (result) => {
      // What stands keeps the time of its proof.
      if (known[result.ns]?.verification !== result)
        await journal.append({ type: 'verification', ns: result.ns, result });
      onEvent({ kind: 'verified', result });
    },
  };
  if (proven) return withDefinitions(proven, { ...plan, collections: open }, source, target, options);
  const stands = (c: PlannedCollection): boolean => standing.has(formatNamespace(c.target));
  const defined = { ...plan, collections: open.filter(stands) };
  const rest = { ...plan, collections: open.filter((c) => !stands(c)) };
  return [
    ...(await withDefinitions([...standing.values()], defined, source, target, options)),
    ...(await verifyRun(rest, source, target, options)),
  ];
}
