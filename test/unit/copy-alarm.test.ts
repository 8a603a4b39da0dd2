import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Alarm } from '../../src/engine/copy/alarm.js';
import type { Clock } from '../../src/engine/ports.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { EventClock } from '../support/event-clock.js';

describe('the alarm of a collection', () => {
  it('wakes everybody at the right time, with one timer set at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 60 }), async (waits) => {
        const events = new EventClock();
        let set = 0;
        let most = 0;
        const clock: Clock = {
          now: () => events.now(),
          sleep: async (ms, signal) => {
            set += 1;
            const ended = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
            const sleep = events.sleep(ms, signal);
            sleep.catch(() => undefined);
            await Promise.race([sleep, ended]).finally(() => (set -= 1));
            signal?.throwIfAborted();
            most = Math.max(most, set);
          },
        };
        const alarm = new Alarm(clock, new AbortController().signal);
        const started = events.now();
        const woken = await events.run(
          Promise.all(waits.map((ms) => alarm.sleep(ms).then(() => events.now() - started))),
        );
        expect(woken).toEqual(waits);
        expect(most).toBeLessThanOrEqual(1);
      }),
      { numRuns: 40 },
    );
  });

  it('wakes everybody with the reason when the run is stopped', async () => {
    const stop = new AbortController();
    const alarm = new Alarm(systemClock, stop.signal);
    const asleep = [60_000, 30_000, 90_000].map((ms) => alarm.sleep(ms));
    const reason = new Error('stopped');
    stop.abort(reason);
    const ends = await Promise.allSettled(asleep);
    for (const end of ends) expect(end).toEqual({ status: 'rejected', reason });
  });
});
