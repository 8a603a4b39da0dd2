/** The job's counts are of all attempts together; a run writes down what each of its processes has done. */
import { formatNamespace } from '../../core/model/namespace.js';
import type { PlannedCollection } from '../../core/model/plan.js';
import type { RelayedCounts } from '../../engine/native-ports.js';
import type { AddedUp, RemoteCopyJob } from '../../engine/remote-ports.js';
import type { SparkState } from './spark-state.js';

export class SparkCounts {
  readonly #state: SparkState;
  readonly #collections: readonly PlannedCollection[];
  readonly #before: ReadonlyMap<string, AddedUp>;

  private constructor(
    state: SparkState,
    collections: readonly PlannedCollection[],
    before: ReadonlyMap<string, AddedUp>,
  ) {
    this.#state = state;
    this.#collections = collections;
    this.#before = before;
  }

  /**
   * What is written down of earlier attempts is not this one's. What the job did while nobody looked is, and so is all where the job's memory is new: then there is
   * less in it than is written down.
   */
  static async begin(
    state: SparkState,
    { recorded, signal }: Pick<RemoteCopyJob, 'recorded' | 'signal'>,
    collections: readonly PlannedCollection[],
  ): Promise<SparkCounts> {
    const before = new Map<string, AddedUp>();
    for (const found of await state.counts(collections, signal)) {
      const ns = formatNamespace(found.ns);
      const known = recorded.get(ns);
      if (!known) continue;
      before.set(ns, {
        acknowledged: Math.min(known.acknowledged, found.acknowledged),
        deadLettered: Math.min(known.deadLettered, found.deadLettered),
        throttled: Math.min(known.throttled, found.throttledOperations),
        bytes: Math.min(known.bytes, found.bytes),
        ru: Math.min(known.ru, found.requestUnits),
      });
    }
    return new SparkCounts(state, collections, before);
  }

  /** Exact, of every collection, as far as the job's tasks have written them down. */
  async now(signal?: AbortSignal): Promise<RelayedCounts[]> {
    const counts = await this.#state.counts(this.#collections, signal);
    return counts.map((count) => {
      const before = this.#before.get(formatNamespace(count.ns));
      if (!before) return count;
      return {
        ...count,
        acknowledged: count.acknowledged - before.acknowledged,
        alreadyThere: count.alreadyThere + before.acknowledged,
        deadLettered: count.deadLettered - before.deadLettered,
        throttledOperations: count.throttledOperations - before.throttled,
        bytes: count.bytes - before.bytes,
        requestUnits: count.requestUnits - before.ru,
      };
    });
  }
}
