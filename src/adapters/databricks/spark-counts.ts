/** The job's counts are of all attempts together; a run writes down what each of its processes has done. */
import { formatNamespace } from '../../core/model/namespace.js';
import type { PlannedCollection } from '../../core/model/plan.js';
import { isSparkTransform } from '../../core/plan/carried-out.js';
import type { RelayedCounts } from '../../engine/native-ports.js';
import type { AddedUp, RemoteCopyJob } from '../../engine/remote-ports.js';
import type { SparkState } from './spark-state.js';

type ReadCounts = (signal?: AbortSignal) => Promise<RelayedCounts[]>;

export class SparkCounts {
  readonly #read: ReadCounts;
  readonly #before: ReadonlyMap<string, AddedUp>;
  /** Whether what an earlier attempt has written is left as it is. */
  readonly #goesOn: boolean;

  private constructor(read: ReadCounts, before: ReadonlyMap<string, AddedUp>, goesOn: boolean) {
    this.#read = read;
    this.#before = before;
    this.#goesOn = goesOn;
  }

  /**
   * What is written down of earlier attempts is not this one's. What the job did while nobody looked is, and so is all where the job's memory is new: then there is
   * less in it than is written down.
   */
  static async begin(
    state: SparkState,
    { plan, recorded, signal }: Pick<RemoteCopyJob, 'plan' | 'recorded' | 'signal'>,
    collections: readonly PlannedCollection[],
  ): Promise<SparkCounts> {
    const goesOn = !isSparkTransform(plan.handoff);
    const read: ReadCounts = (stop) => (goesOn ? state.counts(collections, stop) : state.written(collections, stop));
    const before = new Map<string, AddedUp>();
    for (const found of await read(signal)) {
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
    return new SparkCounts(read, before, goesOn);
  }

  /** Of every collection, as far as the job has written them down: exact, but for DataFrames, see {@link SparkState.written}. */
  async now(signal?: AbortSignal): Promise<RelayedCounts[]> {
    const counts = await this.#read(signal);
    return counts.map((count) => {
      const before = this.#before.get(formatNamespace(count.ns));
      if (!before) return count;
      return {
        ...count,
        acknowledged: count.acknowledged - before.acknowledged,
        alreadyThere: count.alreadyThere + (this.#goesOn ? before.acknowledged : 0),
        deadLettered: count.deadLettered - before.deadLettered,
        throttledOperations: count.throttledOperations - before.throttled,
        bytes: count.bytes - before.bytes,
        requestUnits: count.requestUnits - before.ru,
      };
    });
  }
}
