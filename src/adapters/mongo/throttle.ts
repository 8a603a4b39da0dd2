/** What a throttled answer of an RU account asks for: wait, then the same again. */
import { MigrationError } from '../../core/model/error.js';
import type { Clock } from '../../engine/ports.js';
import { SERVER_CODE, serverCode } from './errors.js';

/** First and longest wait where the message names none, in milliseconds. Throttled partitions get a new budget every second (facts, section 8.4). */
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5000;
/** A read that was throttled without a break for so long will not get through: the budget is used up by others. */
const LONGEST_THROTTLE_MS = 10 * 60 * 1000;

export function isThrottled(error: unknown): boolean {
  return serverCode(error) === SERVER_CODE.throttled;
}

/** Milliseconds that a 16500 message asks to wait; undefined where it does not say (facts, section 2.8, shapes C and D). */
export function retryAfterMs(message: string): number | undefined {
  const found = /RetryAfterMs=(\d+)/.exec(message)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** How long to wait before attempt `attempt` (0 for the first repeat). `random` in [0, 1) spreads the repeats of many readers. */
export function throttleWait(error: unknown, attempt: number, random: () => number): number {
  const message = MigrationError.is(error)
    ? String(error.facts.message ?? '')
    : error instanceof Error
      ? error.message
      : '';
  const told = retryAfterMs(message);
  if (told !== undefined) return told + Math.ceil(random() * 10);
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  return Math.ceil(ceiling / 2 + (ceiling / 2) * random());
}

/** Does it again as long as the answer is 16500, waiting as told. @throws what the last attempt throws, and everything else at once. */
export async function throughThrottle<T>(
  { clock, random }: { readonly clock: Clock; readonly random: () => number },
  attemptOnce: () => Promise<T>,
  signal: AbortSignal | undefined,
  onThrottled?: () => void,
): Promise<T> {
  const since = clock.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await attemptOnce();
    } catch (error) {
      if (!isThrottled(error) || clock.now() - since > LONGEST_THROTTLE_MS) throw error;
      onThrottled?.();
      await clock.sleep(throttleWait(error, attempt, random), signal);
    }
  }
}
