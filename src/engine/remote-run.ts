import { formatNamespace } from '../core/model/namespace.js';
import type { PlannedCollection } from '../core/model/plan.js';
import { conclude, enterStep, indexAndVerify, verdictOfStop } from './conclude.js';
import type { Journal } from './journal/port.js';
import type { Verdict } from './journal/record.js';
import type { RelayedCounts } from './native-ports.js';
import type { PreparedCollection } from './prepare/outcome.js';
import { prepareTarget } from './prepare/prepare-target.js';
import { CountsRecorder, whileRecording } from './record-counts.js';
import { NotStopped, type AddedUp, type RemoteCheckJob, type RemoteCopyJob, type RemoteEnd } from './remote-ports.js';
import type { RemoteRunContext } from './run-context.js';
import { provenDocuments } from './verify/result.js';
import { stillProven, type StillProven } from './verify/still-proven.js';

/**
 * Carries out a plan by a system elsewhere: prepares the target, has the documents copied and follows that, builds the indexes, verifies, and
 * judges. Safe to run again on the same journal: what is still going on elsewhere is taken up, what is finished is not done again, and where every document is proven already nothing is copied.
 * Returns the verdict, `paused`, `failed-resumable` and `cancelled` included; the journal says the same.
 * @throws MigrationError only where the journal itself cannot be written.
 */
export async function remoteRun(context: RemoteRunContext): Promise<Verdict> {
  return conclude(context, async () => {
    try {
      return await attempt(context);
    } catch (error) {
      if (!context.signal.aborted) throw error;
      const left = await leftElsewhere(context, error);
      const { state, reasons } = verdictOfStop(context);
      return { state, reasons: [...reasons, ...left] };
    }
  });
}

async function attempt(context: RemoteRunContext): Promise<Verdict> {
  const { plan, target, ru, journal, clock, signal, remote } = context;
  await enterStep(context, 'preparing');
  const data = plan.collections.filter((c) => !c.options.view);
  const earlier = journal.status().remote;
  await remote.check?.({ plan, collections: data, earlier, signal, ...shown(context) });
  const prepared = await prepareTarget(plan, target, ru, journal, { clock, signal });
  context.onEvent({ kind: 'prepared', prepared });

  const standing = await allProven(context, prepared, data);
  await enterStep(context, 'copying');
  if (standing) return indexAndVerify(context, { prepared, relayed: [], standing });
  const { end, counts } = await copy(context, prepared);
  signal.throwIfAborted();
  if (end.kind === 'failed') return { state: 'failed-resumable', reasons: end.reasons };
  const proven = end.verification === undefined ? {} : { proven: end.verification };
  const verdict = await indexAndVerify(context, { prepared, relayed: counts, ...proven });
  await end.cleanUp?.();
  return verdict;
}

/**
 * What earlier attempts have proven, where that is every document and nothing of the run goes on or stands elsewhere: nothing is copied then. Otherwise undefined,
 * since whoever copies elsewhere copies everything. @throws MigrationError as {@link stillProven}.
 */
async function allProven(
  context: RemoteRunContext,
  prepared: readonly PreparedCollection[],
  data: readonly PlannedCollection[],
): Promise<StillProven | undefined> {
  const { remote, collections } = context.journal.status();
  const names = data.map(({ target }) => formatNamespace(target));
  // Where the source's count of writes is not known, as of what a job compared by itself, a document that was changed since would show nowhere.
  const isProven = names.every((ns) => {
    const found = collections[ns]?.verification;
    return found !== undefined && provenDocuments(found)?.evidence.writes !== undefined;
  });
  const isOver = Object.values(remote).every(({ phase }) => phase === 'ended' || phase === 'removed');
  if (names.length === 0 || !isProven || !isOver) return undefined;
  const standing = await stillProven(context, prepared);
  if (names.some((ns) => !standing.has(ns))) return undefined;
  context.onEvent({ kind: 'scope', only: new Set(), proven: standing.size });
  return standing;
}

/** Why something still goes on, or stands, elsewhere once the run has been told to stop. */
async function leftElsewhere(context: RemoteRunContext, error: unknown): Promise<Verdict['reasons']> {
  const { plan, journal, deadLetters, remote, signal } = context;
  if (error instanceof NotStopped) return error.reasons;
  if (signal.reason !== 'cancelled' || !remote.cancel) return [];
  const { onLine, onCommand } = shown(context);
  const reasons = await remote.cancel({ plan, deadLetters, onLine, onCommand, ...noted(journal) });
  await deadLetters.flush();
  return reasons;
}

function noted(journal: Journal): Pick<RemoteCopyJob, 'earlier' | 'note'> {
  return { earlier: journal.status().remote, note: (entry) => journal.append({ type: 'remote', ...entry }) };
}

function recordedBefore(journal: Journal): RemoteCopyJob['recorded'] {
  const { collections } = journal.status();
  const rest = Object.entries(collections).map(([ns, { copy, copyByThisProcess: now }]) => {
    const before: AddedUp = {
      acknowledged: copy.acknowledged - now.acknowledged,
      deadLettered: copy.deadLettered - now.deadLettered,
      throttled: copy.throttled - now.throttled,
      bytes: copy.bytes - now.bytes,
      ru: copy.ru - now.ru,
    };
    return [ns, before] as const;
  });
  return new Map(rest);
}

/** What the other system says and asks for, as events of the run. */
function shown({ onEvent, proceed }: RemoteRunContext): Pick<RemoteCheckJob, 'onLine' | 'onCommand' | 'await'> {
  return {
    onLine: (line) => onEvent({ kind: 'tool-line', line }),
    onCommand: (display) => onEvent({ kind: 'command', display }),
    await: async (what) => {
      onEvent({ kind: 'awaits', what });
      await proceed(what).finally(() => onEvent({ kind: 'awaits', what: undefined }));
    },
  };
}

async function copy(
  context: RemoteRunContext,
  prepared: readonly PreparedCollection[],
): Promise<{ readonly end: RemoteEnd; readonly counts: readonly RelayedCounts[] }> {
  const { plan, journal, deadLetters } = context;
  const refused = new Set(prepared.filter((p) => p.outcome.kind === 'failed').map((p) => p.ns));
  const collections = plan.collections.filter((c) => !c.options.view && !refused.has(formatNamespace(c.target)));
  if (collections.length === 0) return { end: { kind: 'done' }, counts: [] };
  const recorder = new CountsRecorder(context);
  const halt = new AbortController();
  let counts: readonly RelayedCounts[] = [];
  try {
    const end = await whileRecording(
      context,
      () => recorder.record(counts),
      halt,
      () =>
        context.remote.copy({
          plan,
          collections,
          ...noted(journal),
          recorded: recordedBefore(journal),
          deadLetters,
          onCounts: (now) => (counts = now),
          ...shown(context),
          signal: AbortSignal.any([context.signal, halt.signal]),
        }),
    );
    return { end, counts };
  } finally {
    await recorder.record(counts);
    await deadLetters.flush();
  }
}
