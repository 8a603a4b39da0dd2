import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../src/engine/ports.js';

/** A clock that jumps to the end of each sleep, and lets sockets have their turn first: for work that waits for real servers and looks again every few seconds. */
export function busyClock(start = Date.UTC(2026, 0, 1)): Clock {
  let time = start;
  return {
    now: () => time,
    async sleep(ms, signal) {
      await setImmediate();
      signal?.throwIfAborted();
      time += ms;
    },
  };
}

/** A clock that is a day further whenever somebody looks: whatever takes time is over by the next look. */
export function hastyClock(): Clock {
  let time = Date.UTC(2026, 0, 1);
  return {
    now: () => (time += 24 * 60 * 60_000),
    sleep: () => Promise.resolve(),
  };
}
