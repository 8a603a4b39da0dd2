import type { DeadLetterSink } from '../core/model/dead-letter.js';
import { MigrationError } from '../core/model/error.js';
import { formatNamespace } from '../core/model/namespace.js';
import type { Plan, PlannedCollection } from '../core/model/plan.js';
import { canBecome, type RunState } from '../core/model/run.js';
import { rawIdText } from './raw-id.js';
import { enterState, type Journal } from './journal/port.js';
import type { CopyCounters, Verdict } from './journal/record.js';
import type { NativeTools, RelayedCounts, RelayStarter, ToolExit, ToolLine } from './native-ports.js';
import type { Clock, ClusterSession, CosmosRuSession } from './ports.js';
import { buildIndexes } from './prepare/build-indexes.js';
import type { IndexReport, PreparedCollection } from './prepare/outcome.js';
import { prepareTarget } from './prepare/prepare-target.js';
import { createViews } from './prepare/views.js';
import { judge } from './verdict.js';
import type { VerificationResult } from './verify/result.js';
import type { Pacer } from './verify/pacer.js';
import { verifyRun } from './verify/verify-run.js';

/** How often the counters are read while the tools run: often enough for a live display, rarely enough to cost nothing. */
const PROGRESS_MS = 500;

/** Names of all collections of a database in one reply: 16 MB hold more than this many. */
const ALL_NAMES = 100_000;

export type RunEvent =
  | { readonly kind: 'state'; readonly state: RunState; readonly why?: string }
  | { readonly kind: 'prepared'; readonly prepared: readonly PreparedCollection[] }
  | { readonly kind: 'command'; readonly display: string }
  | { readonly kind: 'tool-line'; readonly line: ToolLine }
  | { readonly kind: 'copy-progress'; readonly counts: readonly RelayedCounts[] }
  | { readonly kind: 'index'; readonly report: IndexReport }
  | {
      readonly kind: 'verification-progress';
      readonly ns: string;
      readonly side: 'source' | 'target';
      readonly documents: number;
      readonly bytes: number;
    }
  | { readonly kind: 'verified'; readonly result: VerificationResult }
  | { readonly kind: 'verdict'; readonly verdict: Verdict };

export interface NativeRunContext {
  readonly plan: Plan;
  readonly source: ClusterSession;
  readonly target: ClusterSession;
  readonly ru: CosmosRuSession | undefined;
  readonly relay: RelayStarter;
  readonly tools: NativeTools;
  readonly journal: Journal;
  readonly deadLetters: DeadLetterSink;
  /** Raw `_id`s (hex) of the dead letters of a target namespace. */
  readonly deadLetterIds: (targetNs: string) => Promise<ReadonlySet<string>>;
  readonly clock: Clock;
  /** Paces verification's reads of an RU target. */
  readonly targetPacer?: Pacer;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * Carries out a plan with the native tools: prepares the target, pipes `mongodump` into `mongorestore` through the throttle relay, builds
 * the indexes, verifies every byte, and judges. The tools' exit status is never the verdict. Safe to run again on the same journal.
 * Returns the verdict, `failed-resumable` and `cancelled` included; the journal says the same.
 * @throws MigrationError only where the journal itself cannot be written.
 */
export async function nativeRun(context: NativeRunContext): Promise<Verdict> {
  const run = new NativeRun(context);
  let verdict: Verdict;
  try {
    verdict = await run.execute();
  } catch (error) {
    if (MigrationError.is(error, 'file-failed') || MigrationError.is(error, 'journal-damaged')) throw error;
    verdict = verdictOfFailure(error, context.signal);
  }
  await context.journal.append({ type: 'verdict', verdict });
  // A run that was stopped before its first step is what it was: planned.
  if (canBecome(context.journal.status().state, verdict.state))
    await enterState(context.journal, verdict.state, verdict.reasons[0]?.id);
  await context.journal.flush();
  context.onEvent({ kind: 'verdict', verdict });
  return verdict;
}

function verdictOfFailure(error: unknown, signal: AbortSignal): Verdict {
  if (signal.aborted) {
    const state = signal.reason === 'cancelled' ? 'cancelled' : 'failed-resumable';
    return { state, reasons: [{ id: 'stopped-by-user', params: {} }] };
  }
  if (MigrationError.is(error)) {
    const params = Object.fromEntries(
      Object.entries(error.facts).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, typeof value === 'object' ? value.join(', ') : value]],
      ),
    );
    return { state: 'failed-resumable', reasons: [{ id: `error:${error.code}`, params }] };
  }
  return {
    state: 'failed-resumable',
    reasons: [{ id: 'error:internal', params: { reason: error instanceof Error ? error.name : 'unknown' } }],
  };
}

class NativeRun {
  /** Counters as last written, so that a thousand quiet collections do not fill the journal. */
  private readonly recorded = new Map<string, string>();
  private relayed: readonly RelayedCounts[] = [];

  constructor(private readonly context: NativeRunContext) {}

  async execute(): Promise<Verdict> {
    const { plan, source, target, ru, journal, clock, signal, onEvent } = this.context;
    const shared = { clock, signal };

    await this.enter('preparing');
    const prepared = await prepareTarget(plan, target, ru, journal, shared);
    onEvent({ kind: 'prepared', prepared });
    signal.throwIfAborted();

    await this.enter('copying');
    const stopped = await this.copy(prepared);
    if (stopped) return stopped;

    await this.enter('indexing');
    const built = await buildIndexes(plan, target, journal, 'after-data', shared);
    const views = await createViews(plan, target, journal, shared);
    for (const report of built) onEvent({ kind: 'index', report });

    await this.enter('verifying');
    const verification = await verifyRun(plan, source, target, {
      clock,
      signal,
      readPreference: plan.readPreference,
      deadLetters: this.context.deadLetterIds,
      ...(this.context.targetPacer ? { targetPacer: this.context.targetPacer } : {}),
      onProgress: (progress) => onEvent({ kind: 'verification-progress', ...progress }),
      onResult: (result) => onEvent({ kind: 'verified', result }),
    });
    for (const result of verification) await journal.append({ type: 'verification', ns: result.ns, result });
    // Only now: a TTL index starts to delete as soon as it is there.
    const late = await buildIndexes(plan, target, journal, 'after-verification', shared);
    for (const report of late) onEvent({ kind: 'index', report });

    const all = [...prepared, ...views];
    return judge({
      planned: plan.collections.map((c) => formatNamespace(c.target)),
      verification,
      prepared: all,
      indexes: [...all.flatMap((p) => p.indexes), ...built, ...late],
      deadLetters: this.context.deadLetters,
      leftOut: plan.notMigrated.filter((n) => n.why !== 'system').length,
      relayed: this.relayed,
      keepsConflicts: plan.conflictPolicy === 'skip',
    });
  }

  /** Returns a verdict only where the run must end here. */
  private async copy(prepared: readonly PreparedCollection[]): Promise<Verdict | undefined> {
    const { plan, relay: starter, tools, journal, deadLetters, signal, onEvent } = this.context;
    const refused = new Set(prepared.filter((p) => p.outcome.kind === 'failed').map((p) => p.ns));
    const collections = plan.collections.filter((c) => !c.options.view && !refused.has(formatNamespace(c.target)));
    if (collections.length === 0) return undefined;

    const present = await this.presentOnSource(collections);
    const halt = new AbortController();
    let conflict: { readonly ns: string; readonly id: string } | undefined;
    const relay = await starter.start({
      onConflict: (ns, id) => {
        conflict ??= { ns: formatNamespace(ns), id: rawIdText(id) };
        halt.abort('conflict');
      },
    });
    let exits: readonly ToolExit[] = [];
    try {
      exits = await this.whileRecording(relay, halt, () =>
        tools.dumpAndRestore({
          plan,
          collections,
          present,
          relayPort: relay.port,
          signal: AbortSignal.any([signal, halt.signal]),
          onLine: (line) => onEvent({ kind: 'tool-line', line }),
          onCommand: (display) => onEvent({ kind: 'command', display }),
          onExit: ({ tool, exitCode, signal: killedBy }) =>
            journal.append({ type: 'tool-exited', tool, exitCode, signal: killedBy }),
        }),
      );
    } catch (error) {
      // Between two pairs of tools the conflict shows as the abort that it is.
      if (conflict === undefined || MigrationError.is(error)) throw error;
    } finally {
      await relay.close();
      this.relayed = relay.counters();
      await this.recordProgress(this.relayed);
      await deadLetters.flush();
    }
    signal.throwIfAborted();
    if (conflict !== undefined) return { state: 'failed-resumable', reasons: [{ id: 'conflict', params: conflict }] };
    const bad = exits.filter((e) => e.exitCode !== 0);
    if (bad.length === 0) return undefined;
    return {
      state: 'failed-resumable',
      reasons: bad.map((e) => ({
        id: 'tool-failed',
        params: { tool: e.tool, exitCode: e.exitCode ?? -1, signal: e.signal ?? '', message: e.failed ?? '' },
      })),
    };
  }

  private async presentOnSource(
    collections: readonly PlannedCollection[],
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const present = new Map<string, readonly string[]>();
    for (const db of new Set(collections.map((c) => c.source.db))) {
      const reply = await this.context.source.command(db, {
        listCollections: 1,
        nameOnly: true,
        cursor: { batchSize: ALL_NAMES },
      });
      const cursor = reply['cursor'] as { firstBatch: readonly { name: string }[] };
      present.set(
        db,
        cursor.firstBatch.map((c) => c.name),
      );
    }
    return present;
  }

  /** Records the counters while `work` goes on. Where they cannot be recorded the work is called off by `halt`, waited for, and the reason thrown. */
  private async whileRecording<T>(
    relay: { counters(): readonly RelayedCounts[] },
    halt: AbortController,
    work: () => Promise<T>,
  ): Promise<T> {
    const stop = new AbortController();
    let broken: { readonly error: unknown } | undefined;
    const recording = this.followProgress(relay, stop.signal).catch((error: unknown) => {
      broken = { error };
      halt.abort('not-recorded');
    });
    const [worked] = await Promise.allSettled([work()]);
    stop.abort();
    await recording;
    // Rather than what the tools say of having been called off.
    if (broken) throw broken.error;
    if (worked.status === 'rejected') throw worked.reason;
    return worked.value;
  }

  private async followProgress(relay: { counters(): readonly RelayedCounts[] }, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.context.clock.sleep(PROGRESS_MS, stop).catch(() => undefined);
      if (!stop.aborted) await this.recordProgress(relay.counters());
    }
  }

  private async recordProgress(counts: readonly RelayedCounts[]): Promise<void> {
    for (const count of counts) {
      const counters: CopyCounters = {
        acknowledged: count.acknowledged,
        alreadyThere: count.alreadyThere,
        conflicts: count.conflicts,
        deadLettered: count.deadLettered,
        throttled: count.throttledOperations,
        bytes: count.bytes,
        ru: count.requestUnits,
      };
      const ns = formatNamespace(count.ns);
      const text = JSON.stringify(counters);
      if (this.recorded.get(ns) === text) continue;
      this.recorded.set(ns, text);
      await this.context.journal.append({ type: 'copy-progress', ns, counters });
    }
    this.context.onEvent({ kind: 'copy-progress', counts });
  }

  private async enter(state: RunState): Promise<void> {
    this.context.signal.throwIfAborted();
    await enterState(this.context.journal, state);
    this.context.onEvent({ kind: 'state', state });
  }
}
