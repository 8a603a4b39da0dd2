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
    this.clock.sleep(Math.max(0, next - this.clock.now()), this.signal).then(
      () => {
        // A later one may have been set before; it finds nobody, or does no harm.
        if (this.#setFor === next) this.#setFor = Number.POSITIVE_INFINITY;
        this.#ring();
      },
      (reason: unknown) => {
        for (const { fail } of this.#sleepers.splice(0)) fail(reason);
      },
    );
  }

  #ring(): void {
    const now = this.clock.now();
    const due = this.#sleepers.filter(({ at }) => at <= now);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > now);
    for (const { wake } of due) wake();
    this.#set();
  }
}
