/** Copies several collections: readers go from range to range, and help each other at the end. */
import { CollectionCopy, type CopyContext, type CopyJob } from './collection-copy.js';
import type { CopyCounts } from './counters.js';
import type { RangePace } from '../progress/range-spread.js';
import type { RangeCopy } from './range-copy.js';

export class CollectionsCopy {
  readonly #context: CopyContext;
  readonly #halt: AbortController;
  readonly #all: readonly CollectionCopy[];
  readonly #unopened: CollectionCopy[];
  readonly #opened = new Set<CollectionCopy>();
  #opening: Promise<void> | undefined;
  #readers = 0;
  #failure: { readonly error: unknown } | undefined;
  #ended: (() => void) | undefined;

  /** `halt` is what the context's signal ends with: the first failure calls the other readers off. */
  constructor(jobs: readonly CopyJob[], context: CopyContext, halt: AbortController) {
    this.#context = context;
    this.#halt = halt;
    this.#all = jobs.map((job) => new CollectionCopy(job, context));
    this.#unopened = [...this.#all];
  }

  counts(): readonly CopyCounts[] {
    return this.#all.map(({ counts }) => counts);
  }

  paces(): readonly RangePace[] {
    return this.#all.flatMap((collection) => collection.paces());
  }

  /** Resolves when every document of every range is accounted for. @throws what the first reader threw, when all have stopped. */
  async run(): Promise<void> {
    const ended = new Promise<void>((resolve) => (this.#ended = resolve));
    this.adjust();
    await ended;
    if (this.#failure) throw this.#failure.error;
  }

  /** Starts readers that have become allowed. To be called now and then. */
  adjust(): void {
    while (!this.#failure && this.#readers < this.#allowed() && this.#hasWork()) this.#startReader();
    if (this.#readers === 0) this.#ended?.();
  }

  #allowed(): number {
    return Math.max(1, this.#context.readers());
  }

  #hasWork(): boolean {
    return this.#unopened.length > 0 || this.#openingOrPending() || this.#slowest() !== undefined;
  }

  #openingOrPending(): boolean {
    return this.#opening !== undefined || [...this.#opened].some(({ hasPending }) => hasPending);
  }

  #startReader(): void {
    this.#readers += 1;
    this.#read()
      .catch((error: unknown) => {
        this.#failure ??= { error };
        this.#halt.abort(error);
      })
      .finally(() => {
        this.#readers -= 1;
        if (this.#readers === 0) this.#ended?.();
      });
  }

  async #read(): Promise<void> {
    // One reader more than allowed goes home after its range.
    while (!this.#failure && this.#readers <= this.#allowed()) {
      this.#context.signal.throwIfAborted();
      const collection = this.#leastBusy();
      if (collection) {
        await collection.copyNext();
        if (!collection.hasPending && collection.active.size === 0) this.#opened.delete(collection);
      } else if (this.#opening) await this.#opening;
      else if (this.#unopened.length > 0) await this.#openNext();
      else if (!(await this.#help())) return;
    }
  }

  /** Of the collections that have a range for somebody, the one with the fewest readers: each has a budget of its own, possibly. */
  #leastBusy(): CollectionCopy | undefined {
    let best: CollectionCopy | undefined;
    const limit = this.#context.plan.tuning.parallelCollections;
    for (const collection of this.#opened) {
      if (collection.hasPending && collection.active.size < (best?.active.size ?? Number.POSITIVE_INFINITY))
        best = collection;
    }
    // A collection that nobody works on yet goes before another reader of one that somebody does.
    if (best && best.active.size > 0 && this.#unopened.length > 0 && !this.#opening && this.#opened.size < limit)
      return undefined;
    return best;
  }

  async #openNext(): Promise<void> {
    const next = this.#unopened.shift();
    if (!next) return;
    this.#opening = next.open().then(() => {
      this.#opened.add(next);
    });
    try {
      await this.#opening;
    } finally {
      this.#opening = undefined;
    }
  }

  /** Nothing is left but what others read: takes half of the largest rest. False where that is not worth it. */
  async #help(): Promise<boolean> {
    const slowest = this.#slowest();
    return slowest !== undefined && (await slowest.collection.steal(slowest.range));
  }

  #slowest(): { readonly collection: CollectionCopy; readonly range: RangeCopy } | undefined {
    let best: { readonly collection: CollectionCopy; readonly range: RangeCopy } | undefined;
    for (const collection of this.#opened) {
      for (const range of collection.active) {
        const least = Math.max(2 * collection.splitBytes, best?.range.bytesLeft ?? 0);
        if (range.bytesLeft >= least) best = { collection, range };
      }
    }
    return best;
  }
}
