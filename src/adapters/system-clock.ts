import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Clock } from '../engine/ports.js';

/**
 * Milliseconds of a wall clock that is never set back: whatever is paced would otherwise stand still until it has caught up. By as much as the clock was set
 * back the time that is told stays ahead of it from then on.
 */
export function steadyTime(wall: () => number): () => number {
  let last = wall();
  let ahead = 0;
  return () => {
    const read = wall();
    if (read < last) ahead += last - read;
    last = read;
    return read + ahead;
  };
}

/** The real time. An aborted sleep rejects with the signal's own reason. */
export const systemClock: Clock = {
  now: steadyTime(() => Date.now()),
  async sleep(ms, signal) {
    try {
      await sleepFor(ms, undefined, signal ? { signal } : undefined);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
