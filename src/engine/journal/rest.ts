import { isRunning, canBecome, type RunState } from '../../core/model/run.js';
import { enterState, type Journal } from './port.js';
import type { Verdict } from './record.js';
import type { RunStatus } from './reduce.js';

/** How a user's wish to stop is told, by the state that it brings. */
export function verdictOfWish(state: 'paused' | 'cancelled', status: RunStatus): Verdict {
  if (state === 'paused') return { state, reasons: [{ id: 'paused-by-user', params: {} }] };
  const collections = Object.values(status.collections);
  const documents = collections.reduce((sum, c) => sum + c.copy.acknowledged, 0);
  const created = collections.filter((c) => c.created === 'created' || c.created === 'intended').length;
  const reason = { id: 'cancelled-by-user', params: { documents, collections: created } };
  // What is known to have ended, or to be taken away, needs nobody any more.
  const left = Object.values(status.remote).filter(({ phase }) => phase === 'intent' || phase === 'started').length;
  return { state, reasons: [reason, ...(left > 0 ? [{ id: 'left-elsewhere', params: { things: left } }] : [])] };
}

/**
 * Puts a run at rest that no process works on, as its user wishes. The caller holds the run's lock.
 * Returns false where the run's state does not allow it.
 */
export async function restRun(journal: Journal, state: 'paused' | 'cancelled'): Promise<boolean> {
  const present: RunState = journal.status().state;
  // Only a run that was cut off can still be paused: the others rest already.
  if (!canBecome(present, state) || (state === 'paused' && !isRunning(present))) return false;
  const [reason, ...others] = verdictOfWish(state, journal.status()).reasons;
  // A process that was killed may have copied more than it could write down.
  const first = reason && isRunning(present) ? { ...reason, params: { ...reason.params, atLeast: true } } : reason;
  const verdict: Verdict = { state, reasons: [...(first ? [first] : []), ...others] };
  await journal.append({ type: 'verdict', verdict });
  await enterState(journal, state, verdict.reasons[0]?.id);
  return true;
}
