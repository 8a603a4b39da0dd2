import { readCharge } from '../../core/size/charges.js';
import type { Clock } from '../ports.js';

/** Holds a reader back so that it stays within its share of a target's request units. */
export interface Pacer {
  /** Resolves when what has just been read (`bytes` of BSON in `documents` documents) is paid for. */
  admit(bytes: number, documents: number): Promise<void>;
}

/** RU for reading documents in a query: each at least its point-read charge (Microsoft's table, see core/size/charges). */
export function queryCharge(bytes: number, documents: number): number {
  return documents === 0 ? 0 : documents * readCharge(bytes / documents);
}

export interface PacerOptions {
  readonly clock: Clock;
  /** What the reader may use, RU/s. */
  readonly ruPerSecond: number;
  /** RU of a batch. Default {@link queryCharge}. */
  readonly charge?: (bytes: number, documents: number) => number;
  readonly signal?: AbortSignal;
}

/**
 * A token bucket that holds at most one second's budget, as the service's own does. Reads are paid for afterwards, because only then is their size known.
 */
export function readPacer(options: PacerOptions): Pacer {
  const { clock, ruPerSecond, charge = queryCharge, signal } = options;
  let budget = ruPerSecond;
  let at = clock.now();
  return {
    async admit(bytes, documents) {
      const now = clock.now();
      budget = Math.min(ruPerSecond, budget + ((now - at) / 1000) * ruPerSecond) - charge(bytes, documents);
      at = now;
      if (budget < 0) await clock.sleep(Math.ceil((-budget / ruPerSecond) * 1000), signal);
    },
  };
}
