/** Cancelling many things at once, without a warning of a leak that is none. */
import { setMaxListeners } from 'node:events';

/**
 * A signal that aborts with the first of `parents`, for its reason, and that any number may listen to: every command and every wait that is under way does,
 * and Node warns of a leak from eleven on. Nothing is left on the parents, however long they live.
 */
export function signalForMany(...parents: readonly AbortSignal[]): AbortSignal {
  const signal = AbortSignal.any([...parents]);
  setMaxListeners(Number.POSITIVE_INFINITY, signal);
  return signal;
}
