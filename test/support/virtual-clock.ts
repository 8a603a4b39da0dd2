/** A clock that jumps to the end of each sleep; `slept` adds them up. */
export function virtualClock(start = 1_000_000): {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  advance(ms: number): void;
  readonly slept: number;
} {
  let time = start;
  let slept = 0;
  return {
    now: () => time,
    sleep(ms, signal) {
      signal?.throwIfAborted();
      time += ms;
      slept += ms;
      return Promise.resolve();
    },
    advance: (ms) => {
      time += ms;
    },
    get slept() {
      return slept;
    },
  };
}
