/** Sums of a run's events: how far, how fast, how long still. Pure but for the time it is told. */
import { formatNamespace } from '../../core/model/namespace.js';
import type { Plan } from '../../core/model/plan.js';
import type { RunState } from '../../core/model/run.js';
import type { RunEvent } from '../../engine/native-run.js';
import type { RelayedCounts } from '../../engine/native-ports.js';

/** Rates are over this long: short enough to follow a change, long enough to stay readable. */
const RATE_WINDOW_MS = 10_000;
/** Request units are compared with what is provisioned for what is written just now. */
const RU_WINDOW_MS = 3_000;
/** Counts come twice a second; after this long without any, nothing moves. */
const STALE_MS = 2_000;

export interface CollectionProgress {
  readonly ns: string;
  readonly done: number;
  readonly planned: number;
}

export interface ProgressSnapshot {
  readonly state: RunState;
  /** Documents: copied, or while verifying compared (the mean of both sides). */
  readonly done: number;
  readonly planned: number;
  readonly perSecond: number;
  readonly remainingMs?: number;
  readonly ruPerSecond: number;
  /** RU/s bought for what is being written now; 0 where the target does not know RU. */
  readonly provisioned: number;
  readonly throttled: number;
  readonly deadLetters: number;
  readonly conflicts: number;
  readonly finishedCollections: number;
  readonly collections: number;
  /** Those in work, the one with the most left first. */
  readonly active: readonly CollectionProgress[];
}

interface Sample {
  readonly at: number;
  readonly done: number;
  readonly ru: number;
}

export class RunProgress {
  private state: RunState = 'planned';
  private readonly planned = new Map<string, number>();
  private counts = new Map<string, RelayedCounts>();
  private readonly moved = new Map<string, number>();
  private readonly read = new Map<string, { source: number; target: number }>();
  private readonly verified = new Set<string>();
  private samples: Sample[] = [];

  constructor(
    plan: Plan,
    private readonly now: () => number,
  ) {
    for (const c of plan.collections) if (!c.options.view) this.planned.set(formatNamespace(c.target), c.documents);
  }

  onEvent(event: RunEvent): void {
    switch (event.kind) {
      case 'state':
        this.state = event.state;
        this.samples = [];
        this.sample();
        break;
      case 'copy-progress':
        this.takeCounts(event.counts);
        this.sample();
        break;
      case 'verification-progress': {
        const read = this.read.get(event.ns) ?? { source: 0, target: 0 };
        read[event.side] += event.documents;
        this.read.set(event.ns, read);
        this.moved.set(event.ns, this.now());
        this.sample();
        break;
      }
      case 'verified':
        this.verified.add(event.result.ns);
        break;
      case 'prepared':
      case 'command':
      case 'tool-line':
      case 'index':
      case 'verdict':
        break;
    }
  }

  /** `provisioned`: RU/s by budget, which is a namespace or, shared, a database with a dot behind it. */
  snapshot(provisioned: ReadonlyMap<string, number>): ProgressSnapshot {
    const verifying = this.state === 'verifying';
    const planned = [...this.planned.values()].reduce((sum, n) => sum + n, 0);
    const done = this.done();
    const first = this.samples[0];
    const until = this.rateUntil();
    const seconds = first ? Math.max(0, until - first.at) / 1000 : 0;
    const perSecond = first && seconds > 0 ? Math.max(0, done - first.done) / seconds : 0;
    const ru = this.sum((c) => c.requestUnits);
    const recent = this.samples.find((sample) => until - sample.at <= RU_WINDOW_MS);
    const recentSeconds = recent ? (until - recent.at) / 1000 : 0;
    const active = this.active();
    return {
      state: this.state,
      done,
      planned,
      perSecond,
      ...(perSecond > 0 && planned > done ? { remainingMs: ((planned - done) / perSecond) * 1000 } : {}),
      ruPerSecond: recent && recentSeconds > 0 ? Math.max(0, ru - recent.ru) / recentSeconds : 0,
      provisioned: budgetOf(active, provisioned),
      throttled: this.sum((c) => c.throttledOperations),
      deadLetters: this.sum((c) => c.deadLettered),
      conflicts: this.sum((c) => c.conflicts),
      finishedCollections: verifying
        ? this.verified.size
        : [...this.planned].filter(([ns, n]) => this.doneOf(ns) >= n).length,
      collections: this.planned.size,
      active,
    };
  }

  private takeCounts(counts: readonly RelayedCounts[]): void {
    for (const count of counts) {
      const ns = formatNamespace(count.ns);
      if (this.counts.get(ns)?.sentOperations !== count.sentOperations) this.moved.set(ns, this.now());
    }
    this.counts = new Map(counts.map((count) => [formatNamespace(count.ns), count]));
  }

  private sample(): void {
    const at = this.now();
    const last = this.samples.at(-1);
    // Verification tells of every batch; a sample now and then gives the same rate.
    if (last && this.samples.length > 1 && at - last.at < RATE_WINDOW_MS / 40) return;
    this.samples.push({ at, done: this.done(), ru: this.sum((c) => c.requestUnits) });
    while (this.samples.length > 2 && at - (this.samples[1]?.at ?? at) > RATE_WINDOW_MS) this.samples.shift();
  }

  /** Counts come in steps: between two of them the rate is what it was, until they stay away. */
  private rateUntil(): number {
    const last = this.samples.at(-1)?.at ?? this.now();
    return this.now() - last > STALE_MS ? this.now() : last;
  }

  private done(): number {
    return [...this.planned.keys()].reduce((sum, ns) => sum + this.doneOf(ns), 0);
  }

  private doneOf(ns: string): number {
    if (this.state === 'verifying') {
      const read = this.read.get(ns);
      return read ? Math.floor((read.source + read.target) / 2) : 0;
    }
    const count = this.counts.get(ns);
    return count ? count.acknowledged + count.alreadyThere + count.deadLettered + count.conflicts : 0;
  }

  private sum(of: (count: RelayedCounts) => number): number {
    return [...this.counts.values()].reduce((total, count) => total + of(count), 0);
  }

  private active(): CollectionProgress[] {
    const recently = this.now() - RU_WINDOW_MS;
    return [...this.moved]
      .filter(([ns, at]) => at >= recently && this.doneOf(ns) < (this.planned.get(ns) ?? 0))
      .map(([ns]) => ({ ns, done: this.doneOf(ns), planned: this.planned.get(ns) ?? 0 }))
      .sort((a, b) => b.planned - b.done - (a.planned - a.done));
  }
}

function budgetOf(active: readonly CollectionProgress[], provisioned: ReadonlyMap<string, number>): number {
  const names = new Set(active.map(({ ns }) => (provisioned.has(ns) ? ns : `${ns.slice(0, ns.indexOf('.'))}.`)));
  return [...names].reduce((sum, name) => sum + (provisioned.get(name) ?? 0), 0);
}
