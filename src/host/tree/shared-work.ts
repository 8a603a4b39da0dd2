import { MigrationError } from '../../core/model/error.js';

/**
 * One piece of work that several wait for: it is done once, and given up as soon as the last of them no longer waits. `onAbandoned` is
 * called in that same moment, so that the next one to ask starts afresh.
 */
export class SharedWork {
  readonly #controller = new AbortController();
  readonly #done: Promise<void>;
  readonly #onAbandoned: () => void;
  #waiting = 0;
  #over = false;

  constructor(work: (signal: AbortSignal) => Promise<void>, onAbandoned: () => void) {
    this.#onAbandoned = onAbandoned;
    this.#done = work(this.#controller.signal).finally(() => {
      this.#over = true;
    });
    this.#done.catch(() => undefined);
  }

  /** Waits for the end. @throws MigrationError `cancelled` when `signal` aborts; whatever the work throws. */
  async join(signal: AbortSignal): Promise<void> {
    this.#waiting++;
    const either = AbortSignal.any([signal, this.#controller.signal]);
    let leave: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        leave = () => reject(new MigrationError('cancelled'));
        if (either.aborted) leave();
        else either.addEventListener('abort', leave, { once: true });
        this.#done.then(resolve, reject);
      });
    } finally {
      if (leave) either.removeEventListener('abort', leave);
      if (--this.#waiting === 0) this.abandon();
    }
  }

  /** Ends the work for everybody. */
  abandon(): void {
    if (this.#over) return;
    this.#over = true;
    this.#onAbandoned();
    this.#controller.abort(new MigrationError('cancelled'));
  }
}
