import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Clock } from '../engine/ports.js';

/** The real time. An aborted sleep rejects with the signal's own reason. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await sleepFor(ms, undefined, signal ? { signal } : undefined);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
