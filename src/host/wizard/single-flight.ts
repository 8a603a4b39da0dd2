import { MigrationError } from '../../core/model/error.js';

/** What is being done just now. */
export interface Activity {
  readonly kind: string;
  readonly text: string;
  readonly cancellable: boolean;
  readonly signal: AbortSignal;
  /** How far it is, where that is known. */
  progress?: { readonly done: number; readonly total: number };
}

interface Flight {
  readonly activity: Activity;
  readonly abort: AbortController;
  ended: Promise<void>;
}

/** One thing at a time: the same again joins what is under way, another one waits for it. Nothing that is run here rejects. */
export class SingleFlight {
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  #flight: Flight | undefined;
  #closed = false;

  constructor(told: { readonly changed: () => void; readonly failed: (error: unknown) => void }) {
    this.#changed = told.changed;
    this.#failed = told.failed;
  }

  get current(): Activity | undefined {
    return this.#flight?.activity;
  }

  abort(): void {
    this.#flight?.abort.abort();
  }

  close(): void {
    this.#closed = true;
    this.abort();
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#flight) await this.#flight.ended;
  }

  async run(
    what: Pick<Activity, 'kind' | 'text' | 'cancellable'>,
    work: (activity: Activity) => Promise<void>,
  ): Promise<void> {
    while (this.#flight) {
      const { activity, ended } = this.#flight;
      if (activity.kind === what.kind && !activity.signal.aborted) return ended;
      await ended;
    }
    if (this.#closed) return;
    const abort = new AbortController();
    const activity: Activity = { ...what, signal: abort.signal };
    const flight: Flight = { activity, abort, ended: Promise.resolve() };
    this.#flight = flight;
    this.#changed();
    flight.ended = this.guarded(() => work(activity), abort.signal).then(() => {
      this.#flight = undefined;
      this.#changed();
    });
    await flight.ended;
  }

  /** Undefined for what failed, which is told, and for what was cancelled, which is not. */
  async guarded<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!signal?.aborted && !MigrationError.is(error, 'cancelled')) this.#failed(error);
      return undefined;
    }
  }
}
