import { MigrationError } from '../../core/model/error.js';
import { exactPattern } from '../../core/model/namespace.js';
import { formatCountOf } from '../../words/sizes.js';
import type { Derived } from './model/derive.js';
import { isSourceRead, isTargetRead } from './model/reach.js';
import type { WizardEvent } from './model/reduce.js';
import { databasesOf, type WizardState } from './model/wizard-state.js';
import type { Activity } from './single-flight.js';
import type { WizardPorts } from './wizard-ports.js';

/** A page of 10,000 rows is megabytes: more often than this nobody sees. */
const TICK_MS = 250;

/** What a session does it with. */
export interface ClusterReadsParts {
  readonly ports: WizardPorts;
  readonly state: () => WizardState;
  readonly derive: () => Derived;
  readonly apply: (event: WizardEvent) => void;
  /** The one thing that goes on; told of, and called off where it says so. */
  readonly run: (
    what: Pick<Activity, 'kind' | 'text' | 'cancellable'>,
    work: (activity: Activity) => Promise<void>,
  ) => Promise<void>;
  /** What is shown is not what is so any more. */
  readonly changed: () => void;
  readonly loadCommandLines: () => Promise<void>;
}

/** Reads the chosen clusters, as far as they are not read yet. */
export class ClusterReads {
  readonly #parts: ClusterReadsParts;
  #lastTick = 0;

  constructor(parts: ClusterReadsParts) {
    this.#parts = parts;
  }

  /** What is to be raised is put back afterwards: to what it has now. */
  async given(): Promise<void> {
    const { ports, derive, state, run, apply } = this.#parts;
    const { wantsGiven } = derive();
    const { targetId } = state();
    if (!wantsGiven || targetId === undefined) return;
    const text = ports.t(
      'Reading the throughput of {0} on the target',
      formatCountOf(wantsGiven.names.length, 'collection'),
    );
    await run({ kind: 'given', text, cancellable: true }, async ({ signal }) => {
      const throughput = await ports.readGiven(targetId, wantsGiven.names, signal);
      signal.throwIfAborted();
      apply({ type: 'given', given: { throughput, of: wantsGiven.of } });
    });
  }

  /** `force`: what is read already, too; `whole`: all databases of the source, and nothing of the target. */
  async clusters({ force = false, whole = false }): Promise<void> {
    const { ports, run, loadCommandLines } = this.#parts;
    const state = this.#parts.state();
    const { sourceId, targetId } = state;
    const wantSource = sourceId !== undefined && (force || !isSourceRead(state));
    const wantTarget = targetId !== undefined && ((force && !whole) || !isTargetRead(state));
    if (!wantSource && !wantTarget) return loadCommandLines();
    const name = this.#profile(wantSource ? sourceId : targetId)?.name ?? '';
    await run({ kind: 'read', text: ports.t('Reading {0}', name), cancellable: true }, async (activity) => {
      // Both are let end: what could be read counts.
      const outcomes = await Promise.allSettled([
        wantSource ? this.#readSource(sourceId, activity, whole) : undefined,
        wantTarget ? this.#readTarget(targetId, activity) : undefined,
        loadCommandLines(),
      ]);
      const sides = ['source', 'target', undefined] as const;
      for (const [i, outcome] of outcomes.entries()) {
        if (outcome.status === 'rejected') throw withSide(outcome.reason, sides[i]);
      }
    });
  }

  async #readSource(clusterId: string, activity: Activity, whole: boolean): Promise<void> {
    const uri = this.#profile(clusterId)?.uri ?? '';
    const { source: before, wanted } = this.#parts.state();
    const databases = whole ? undefined : before?.clusterId === clusterId ? before.databases : databasesOf(wanted);
    const include = (databases ?? []).map((db) => `${exactPattern({ db, coll: '' })}*`);
    const inventory = await this.#parts.ports.readSource(clusterId, {
      selection: { include, exclude: [], rename: [] },
      signal: activity.signal,
      onProgress: ({ done, total }) => this.#tick(activity, done, total),
    });
    activity.signal.throwIfAborted();
    const reading = { clusterId, uri, inventory, ...(databases === undefined ? {} : { databases }) };
    this.#parts.apply({ type: 'source-read', reading });
  }

  async #readTarget(clusterId: string, activity: Activity): Promise<void> {
    const uri = this.#profile(clusterId)?.uri ?? '';
    const facts = await this.#parts.ports.readTarget(clusterId, activity.signal);
    activity.signal.throwIfAborted();
    const azure = this.#profile(clusterId)?.azure;
    this.#parts.apply({ type: 'target-read', reading: { clusterId, uri, facts, ...(azure ? { azure } : {}) } });
  }

  #profile(clusterId: string | undefined): ReturnType<WizardPorts['clusters']>[number] | undefined {
    return this.#parts.ports.clusters().find(({ id }) => id === clusterId);
  }

  #tick(activity: Activity, done: number, total: number): void {
    activity.progress = { done, total };
    const now = this.#parts.ports.now();
    if (now - this.#lastTick < TICK_MS && done !== total) return;
    this.#lastTick = now;
    this.#parts.changed();
  }
}

/** Says which of the two clusters an error is about. */
function withSide(error: unknown, side: 'source' | 'target' | undefined): unknown {
  if (!MigrationError.is(error) || side === undefined || error.code === 'cancelled') return error;
  return new MigrationError(error.code, { ...error.facts, side }, { cause: error });
}
