import type { Clock } from '../../src/engine/ports.js';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
  readonly fail: (reason: unknown) => void;
  readonly signal: AbortSignal | undefined;
}

/** Times round the event loop until it is certain that nobody has anything left to do. */
const ROUNDS = 100;

/** A clock for many sleepers at once: time goes on, from one waking to the next, when nobody has anything left to do. */
export class EventClock implements Clock {
  private time: number;
  private order = 0;
  private timers: Timer[] = [];

  /** `late`: milliseconds by which a sleep ends too late, as on a machine that is busy with something else. */
  constructor(
    start = 1_000_000,
    private readonly late: () => number = () => 0,
  ) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((wake, fail) => {
      this.timers.push({ at: this.time + ms + this.late(), order: (this.order += 1), wake, fail, signal });
    });
  }

  /** Runs until `work` has ended. Rejects as it does, and where everybody waits for nothing. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isOver = false;
    const done = work.finally(() => (isOver = true));
    done.catch(() => undefined);
    for (;;) {
      // Once round the event loop: every promise that can go on has gone on.
      await new Promise((resolve) => setImmediate(resolve));
      // Who goes by way of the event loop several times has set no timer yet.
      for (let round = 0; this.timers.length === 0 && !isOver && round < ROUNDS; round += 1)
        await new Promise((resolve) => setImmediate(resolve));
      if (isOver) return done;
      const next = this.timers.reduce<Timer | undefined>(
        (best, t) => (!best || t.at < best.at || (t.at === best.at && t.order < best.order) ? t : best),
        undefined,
      );
      if (!next) throw new Error('everybody waits for nothing');
      this.timers = this.timers.filter((t) => t !== next);
      this.time = Math.max(this.time, next.at);
      if (next.signal?.aborted) next.fail(next.signal.reason);
      else next.wake();
    }
  }
}
