/** One sleeper for all that waits to be sent again: thousands of refused documents must not mean thousands of timers. */
import type { Clock } from '../ports.js';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
  readonly fail: (reason: unknown) => void;
}

/** Wakes many sleepers, each at its time, by the timer of the earliest. */
export class Alarm {
  #sleepers: Sleeper[] = [];
  #setFor = Number.POSITIVE_INFINITY;
  #cancel = new AbortController();

  constructor(
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  /** Resolves after `ms` milliseconds, not earlier. Rejects with the signal's reason. */
  sleep(ms: number): Promise<void> {
    return new Promise((wake, fail) => {
      this.#sleepers.push({ at: this.clock.now() + ms, wake, fail });
      this.#set();
    });
  }

  #set(): void {
    const next = this.#sleepers.reduce((earliest, { at }) => Math.min(earliest, at), Number.POSITIVE_INFINITY);
    if (next >= this.#setFor) return;
    this.#setFor = next;
    // Of the service's advice those that come later are due earlier, by less jitter: each would leave a timer behind.
    this.#cancel.abort();
    const cancel = (this.#cancel = new AbortController());
    this.clock.sleep(Math.max(0, next - this.clock.now()), AbortSignal.any([this.signal, cancel.signal])).then(
      () => {
        if (!cancel.signal.aborted) this.#ring();
      },
      (reason: unknown) => {
        if (cancel.signal.aborted && !this.signal.aborted) return;
        for (const { fail } of this.#sleepers.splice(0)) fail(this.signal.aborted ? this.signal.reason : reason);
      },
    );
  }

  #ring(): void {
    this.#setFor = Number.POSITIVE_INFINITY;
    const now = this.clock.now();
    const due = this.#sleepers.filter(({ at }) => at <= now);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > now);
    for (const { wake } of due) wake();
    this.#set();
  }
}
