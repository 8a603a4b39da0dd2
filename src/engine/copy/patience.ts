/** Going on through outages and throttling, where doing it again does no harm. */
import { MigrationError } from '../../core/model/error.js';
import { meaningOfWriteError, retryDelayMs } from '../../core/throttle/server-error.js';
import type { Clock } from '../ports.js';

/** A server that cannot be reached for so long needs somebody: the run can be gone on with. */
const OUTAGE_MS = 5 * 60_000;

export interface Patience {
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** A server that cannot be reached now, and may be in a while. */
export function isOutage(error: unknown): error is MigrationError {
  return MigrationError.is(error, 'connection-lost') || MigrationError.is(error, 'unreachable-host');
}

/** One outage, from the first failure on: says how long to wait before the next attempt. */
export class Outage {
  #since: number | undefined;
  #attempts = 0;

  constructor(private readonly patience: Patience) {}

  /** Milliseconds to wait. @throws the error itself where it is no outage or has gone on for too long; the signal's reason. */
  next(error: unknown): number {
    const { clock, random, signal } = this.patience;
    signal.throwIfAborted();
    if (!isOutage(error)) throw error;
    const now = clock.now();
    this.#since ??= now;
    if (now - this.#since > OUTAGE_MS) throw error;
    this.#attempts += 1;
    return retryDelayMs(this.#attempts, undefined, random);
  }

  over(): void {
    this.#since = undefined;
    this.#attempts = 0;
  }
}

/** Does it until it works. @throws as {@link Outage.next}. */
export async function patiently<T>(patience: Patience, work: () => Promise<T>): Promise<T> {
  const outage = new Outage(patience);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      await patience.clock.sleep(outage.next(error), patience.signal);
    }
  }
}

/** The same for work that tells a refusal: throttled ones are no answer. */
export async function untilAnswered<R extends { readonly code: number; readonly message: string }>(
  patience: Patience,
  work: () => Promise<R | undefined>,
): Promise<R | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const refusal = await patiently(patience, work);
    const meaning = refusal && meaningOfWriteError(refusal.code, refusal.message);
    if (meaning?.kind !== 'throttled') return refusal;
    await patience.clock.sleep(retryDelayMs(attempt, meaning.retryAfterMs, patience.random), patience.signal);
  }
}
