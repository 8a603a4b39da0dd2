/** A server that says nothing: the connection may be gone without either side having been told, or the server hangs. */
import { MigrationError } from '../../core/model/error.js';

/** A server that has not answered for so long does not: the same is asked over another connection. An RU account gives up on a command after 60 s by itself. */
export const SILENCE_MS = 120_000;

/** Calls `work` off when nothing has come for `silenceMs`: to the caller that is a lost connection. */
export async function withDeadline<T>(
  signal: AbortSignal | undefined,
  silenceMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => stop.abort(new MigrationError('connection-lost', { reason: 'silence' })), silenceMs);
  try {
    return await work(stop.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
