/** Why tools or steps failed that lost a cluster: which one it was, told by who saw it and by asking both. */
import { MigrationError } from '../core/model/error.js';
import type { Verdict } from './journal/record.js';
import type { Clock, ClusterSession } from './ports.js';
import type { RunContext } from './run-context.js';
import type { SideName } from './sided-session.js';

type VerdictReason = Verdict['reasons'][number];

/** A cluster that is there answers within milliseconds; one that is being restarted needs longer than anybody wants to wait for a verdict. */
const ANSWER_MS = 5_000;
/** Judged: often enough that a server that is back is seen within those seconds. */
const AGAIN_MS = 500;

/** What was seen of a lost connection before the sides are asked. */
export type SeenLost = Readonly<Record<SideName, boolean>>;

/**
 * The sides that do not answer, and those that answer again but were seen to break off; none where neither is so. A side that answers with a refusal (a password
 * that was changed) is told by that. Both are asked for some seconds.
 */
export async function lostConnections(
  { source, target, clock, signal }: Pick<RunContext, 'source' | 'target' | 'clock' | 'signal'>,
  seen: SeenLost,
): Promise<readonly VerdictReason[]> {
  const [ofSource, ofTarget] = await Promise.all([
    ask(source, clock, signal),
    // One cluster may be both.
    source === target ? undefined : ask(target, clock, signal),
  ]);
  return [...reasonsOf('target', ofTarget, seen.target), ...reasonsOf('source', ofSource, seen.source)];
}

function reasonsOf(side: SideName, failure: MigrationError | undefined, wasSeen: boolean): readonly VerdictReason[] {
  if (failure === undefined) return wasSeen ? [{ id: 'connection-lost', params: { side, answersAgain: true } }] : [];
  if (isLoss(failure)) return [{ id: 'connection-lost', params: { side, answersAgain: false } }];
  return [{ id: `error:${failure.code}`, params: { ...paramsOf(failure), side } }];
}

function isLoss({ code }: MigrationError): boolean {
  return code === 'connection-lost' || code === 'unreachable-host';
}

/**
 * Undefined where it answers, whatever it says to a ping. Asked again while there is time: connections from before the loss fail once more though the
 * server is back.
 */
async function ask(session: ClusterSession, clock: Clock, signal: AbortSignal): Promise<MigrationError | undefined> {
  const limit = new AbortController();
  const answered = new AbortController();
  const tooLate = new MigrationError('connection-lost', { reason: 'no-answer' });
  void clock.sleep(ANSWER_MS, answered.signal).then(
    () => limit.abort(tooLate),
    () => undefined,
  );
  const either = AbortSignal.any([signal, limit.signal]);
  try {
    for (;;) {
      const failure = await ping(session, either);
      signal.throwIfAborted();
      if (failure === undefined || !isLoss(failure) || limit.signal.aborted) return failure;
      await clock.sleep(AGAIN_MS, either).catch(() => signal.throwIfAborted());
    }
  } finally {
    answered.abort();
  }
}

async function ping(session: ClusterSession, signal: AbortSignal): Promise<MigrationError | undefined> {
  try {
    await session.command('admin', { ping: 1 }, { signal });
    return undefined;
  } catch (error) {
    if (!MigrationError.is(error)) return undefined;
    return isLoss(error) || error.code === 'authentication-failed' || error.code === 'tls-failed' ? error : undefined;
  }
}

/** An error's facts as a verdict keeps them. */
export function paramsOf({ facts }: MigrationError): VerdictReason['params'] {
  return Object.fromEntries(
    Object.entries(facts).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, typeof value === 'object' ? value.join(', ') : value]],
    ),
  );
}
