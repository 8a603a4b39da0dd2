/** Folds a run's events into a snapshot: how far, how fast, how long still. Pure but for the time it is told. */
import { conflictsLeft } from '../../core/conflict/on-duplicate.js';
import type { Awaited } from '../../core/model/handoff.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import { isRunning, type RunState } from '../../core/model/run.js';
import type { CollectionSnapshot, LimitedBy, RunSnapshot } from '../../core/model/run-snapshot.js';
import { resumesBy } from '../../core/plan/carried-out.js';
import type { Verdict } from '../journal/record.js';
import type { RunEvent } from '../run-context.js';
import type { RelayedCounts } from '../native-ports.js';
import { budgetOf, plannedBudgets } from './budget.js';
import { EarlierWork, type EarlierAmounts } from './earlier-work.js';
import type { ProgressStart } from './progress-start.js';
import { spreadByRanges, type RangePace } from './range-spread.js';
import { RateChart, type Sums } from './rate-chart.js';
import { RecentRates, RU_WINDOW_MS } from './recent-rates.js';
import { noLessThan, remainingTime } from './remaining.js';
import { verifiedAs } from './verified.js';

/** A plan with thousands of renamed collections has as many command lines; the latest are what somebody looks at. */
const MOST_COMMAND_LINES = 100;

const RESTING = { perSecond: 0, ruPerSecond: 0 };
const NOTHING: EarlierAmounts = { bytes: 0, requestUnits: 0, throttled: 0 };

export class RunProgress {
  private state: RunState = 'planned';
  private verdict: Verdict | undefined;
  private endedAt: number | undefined;
  private readonly collections = new Map<string, { readonly ns: Namespace; readonly documents: number }>();
  private readonly earlier: Map<string, EarlierAmounts>;
  private readonly work: EarlierWork;
  private counts = new Map<string, RelayedCounts>();
  private readonly moved = new Map<string, number>();
  private readonly read = new Map<string, { source: number; target: number; bytes: number }>();
  private readonly verified = new Map<string, CollectionSnapshot['verified']>();
  private ranges: readonly RangePace[] = [];
  private limitedBy: LimitedBy | undefined;
  private awaits: Awaited | undefined;
  private readonly rates: RecentRates;
  /** RU/s by budget. */
  private readonly planned: ReadonlyMap<string, number>;
  private readonly chart: RateChart;
  private stepStartedAt: number;
  /** Dead letters that the target has taken after all. */
  private readonly arrived = new Map<string, number>();
  private commandLines: string[] = [];
  /** Namespaces that the present attempt is about; undefined for all. */
  private only: ReadonlySet<string> | undefined;
  /** Dead letters are sent again, nothing else. */
  private lettersOnly = false;

  constructor(
    private readonly start: ProgressStart,
    private readonly now: () => number,
  ) {
    for (const c of start.plan.collections) {
      if (!c.options.view) this.collections.set(formatNamespace(c.target), { ns: c.target, documents: c.documents });
    }
    this.earlier = new Map(start.earlier ?? []);
    this.work = new EarlierWork(start.before ?? []);
    this.chart = new RateChart(start.rates ?? []);
    this.stepStartedAt = now();
    this.rates = new RecentRates(now);
    this.planned = plannedBudgets(start.plan);
  }

  onEvent(event: RunEvent): void {
    switch (event.kind) {
      case 'state':
        this.enter(event.state);
        break;
      case 'copy-progress':
        this.takeCounts(event.counts);
        this.sample();
        break;
      case 'ranges':
        this.ranges = event.ranges;
        break;
      case 'limited':
        this.limitedBy = event.by;
        break;
      case 'awaits':
        this.awaits = event.what;
        break;
      case 'verification-progress': {
        const read = this.read.get(event.ns) ?? { source: 0, target: 0, bytes: 0 };
        read[event.side] += event.documents;
        read.bytes += event.bytes;
        this.read.set(event.ns, read);
        this.moved.set(event.ns, this.now());
        this.sample();
        break;
      }
      case 'verified':
        this.verified.set(event.result.ns, verifiedAs(event.result));
        break;
      case 'command':
        this.commandLines = [...this.commandLines, event.display].slice(-MOST_COMMAND_LINES);
        break;
      case 'verdict':
        this.verdict = event.verdict;
        this.enter(event.verdict.state);
        break;
      case 'scope':
        this.only = event.only;
        this.lettersOnly = event.proven === undefined;
        break;
      case 'dead-letters-retried':
        this.arrived.set(event.ns, event.retry.arrived + event.retry.alreadyThere);
        break;
      case 'prepared':
        for (const { ns, outcome } of event.prepared) if (outcome.kind === 'created') this.work.forget(ns);
        break;
      case 'tool-line':
      case 'index':
        break;
    }
  }

  /** Adds a point to the charts, once a second at most; to be called about that often. */
  tick(provisioned: ReadonlyMap<string, number>): void {
    if (isRunning(this.state)) this.chart.add(this.sums(), () => budgetOf(this.active(), provisioned));
    else this.chart.interrupt();
  }

  /** `provisioned`: RU/s by budget, which is a namespace or, shared, a database with a dot behind it. */
  snapshot(provisioned: ReadonlyMap<string, number>): RunSnapshot {
    const at = this.now();
    const active = this.active();
    const collections = [...this.collections.keys()].map((ns) => this.collection(ns, active));
    const processed = this.processed();
    const done = this.total((ns) => this.doneOf(ns));
    const planned = collections.reduce((sum, c) => sum + (this.takesPart(c.ns) ? c.planned : 0), 0);
    const rechecked = this.rechecked();
    const total = (of: (c: CollectionSnapshot) => number): number => collections.reduce((sum, c) => sum + of(c), 0);
    const standing = { done: processed, ru: this.requestUnits() };
    const { perSecond, ruPerSecond } = isRunning(this.state) ? this.rates.pace(standing) : RESTING;
    const remainingMs = this.remaining(planned - processed, perSecond, collections, provisioned);
    const why = this.verdict?.reasons[0];
    return {
      runId: this.start.runId,
      at,
      state: this.state,
      ...(why === undefined ? {} : { why }),
      ...resumesBy(this.start.plan.handoff),
      startedAt: this.start.startedAt,
      ...(this.endedAt === undefined ? {} : { endedAt: this.endedAt }),
      done,
      planned,
      ...(rechecked === undefined ? {} : { rechecked }),
      ...(this.work.gone === 0 ? {} : { gone: this.work.gone }),
      bytes: total((c) => c.bytes),
      documentsPerSecond: perSecond,
      ruPerSecond,
      provisioned: budgetOf(active, provisioned),
      requestUnits: this.requestUnits(),
      throttled: total((c) => c.throttled),
      deadLetters: total((c) => c.deadLetters),
      conflicts: total((c) => c.conflicts),
      ...(this.awaits ? { awaits: this.awaits } : {}),
      ...(this.state === 'copying' && this.limitedBy ? { limitedBy: this.limitedBy } : {}),
      ...(remainingMs === undefined ? {} : { remainingMs: spreadByRanges(remainingMs, this.ranges) }),
      collections,
      rates: [...this.chart.points],
      commandLines: this.commandLines,
    };
  }

  private enter(state: RunState): void {
    // A new attempt: its relay counts from nothing.
    if (state === 'preparing') {
      this.keepAmounts();
      this.verdict = undefined;
      this.verified.clear();
      this.commandLines = [];
      this.only = undefined;
      this.lettersOnly = false;
      this.arrived.clear();
    }
    if (state === 'preparing' || state === 'verifying') this.read.clear();
    this.state = state;
    this.endedAt = isRunning(state) || state === 'planned' ? undefined : this.now();
    this.stepStartedAt = this.now();
    this.chart.interrupt();
    this.ranges = [];
    this.limitedBy = undefined;
    this.awaits = undefined;
    this.rates.clear();
    this.sample();
  }

  private keepAmounts(): void {
    this.work.next([...this.counts].map(([ns, c]) => [ns, { ...this.settledOf(ns), conflicts: this.leftOf(c) }]));
    for (const [ns, count] of this.counts) {
      const before = this.earlier.get(ns) ?? NOTHING;
      this.earlier.set(ns, {
        bytes: before.bytes + count.bytes,
        requestUnits: before.requestUnits + count.requestUnits,
        throttled: before.throttled + count.throttledOperations,
      });
    }
    this.counts.clear();
  }

  /** Only where the whole is sent again: what of the earlier attempts' work the present one has come to. */
  private rechecked(): RunSnapshot['rechecked'] {
    if (this.state !== 'copying' || this.lettersOnly) return undefined;
    const of = this.total((ns) => this.work.settled(ns));
    const done = this.total((ns) => Math.min(this.work.settled(ns), this.processedOf(ns)));
    return done < of ? { done, of } : undefined;
  }

  private collection(ns: string, active: ReadonlySet<string>): CollectionSnapshot {
    const documents = this.collections.get(ns)?.documents ?? 0;
    const standing = this.only && this.start.before?.get(ns);
    if (standing && !this.takesPart(ns)) return standing;
    const count = this.counts.get(ns);
    const before = this.earlier.get(ns) ?? NOTHING;
    const read = this.read.get(ns);
    const { copied: brought, deadLetters: letters } = this.settledOf(ns);
    const copied = this.lettersOnly && !count ? this.standingCopies(ns) : brought;
    const isBehind = !this.lettersOnly && this.processedOf(ns) < this.work.settled(ns) && this.state !== 'verifying';
    const conflicts = isBehind ? this.work.of(ns).conflicts : count ? this.leftOf(count) : 0;
    return {
      ns,
      // The source's own count is an estimate: what was found is not more than all.
      planned: Math.max(documents, this.doneOf(ns), copied + letters + conflicts),
      copied,
      ...(read ? { compared: meanOf(read) } : {}),
      verified: this.verified.get(ns) ?? (this.state === 'verifying' && read ? 'running' : 'no'),
      bytes: before.bytes + (count?.bytes ?? 0),
      throttled: before.throttled + (count?.throttledOperations ?? 0),
      deadLetters: letters,
      conflicts,
      ...(active.has(ns) ? { active: true } : {}),
      ...(active.has(ns) && isBehind ? { checking: true } : {}),
    };
  }

  private leftOf({ conflicts }: RelayedCounts): number {
    return conflictsLeft(this.start.plan.conflictPolicy, conflicts);
  }

  private settledOf(ns: string): { copied: number; deadLetters: number } {
    const count = this.counts.get(ns);
    const namespace = this.collections.get(ns)?.ns;
    return {
      copied: Math.max(this.work.of(ns).copied, count ? count.acknowledged + count.alreadyThere : 0),
      deadLetters: (namespace && this.start.deadLetters?.(namespace)) ?? count?.deadLettered ?? 0,
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
    this.rates.sample(() => ({ done: this.processed(), ru: this.requestUnits(), begun: this.begun() }));
  }

  /** Documents of what is being copied. */
  private begun(): ReadonlyMap<string, number> {
    if (this.state !== 'copying') return new Map();
    return new Map(
      [...this.counts.keys()].flatMap((ns) => {
        const done = this.processedOf(ns);
        return done > 0 && done < (this.collections.get(ns)?.documents ?? 0) ? [[ns, done] as const] : [];
      }),
    );
  }

  private remaining(
    left: number,
    perSecond: number,
    collections: readonly CollectionSnapshot[],
    provisioned: ReadonlyMap<string, number>,
  ): RunSnapshot['remainingMs'] {
    if (!isRunning(this.state)) return undefined;
    const points = this.chart.points.filter((point) => point.at > this.stepStartedAt);
    const told = remainingTime(left, perSecond, points);
    if (!told || this.state !== 'copying') return told;
    const open = collections
      .filter(({ ns }) => this.takesPart(ns))
      .map((c) => [c.ns, c.planned - this.processedOf(c.ns)] as const);
    return noLessThan(told, this.rates.lastBudgetMs(new Map(open), new Map([...this.planned, ...provisioned])));
  }

  private sums(): Sums {
    const verifying = this.state === 'verifying';
    const copied = this.sum((c) => c.bytes);
    const read = [...this.read.values()].reduce((sum, r) => sum + r.bytes, 0) / 2;
    return {
      at: this.now(),
      done: this.processed(),
      bytes: verifying ? read : copied,
      ru: this.requestUnits(),
      throttled: this.sum((c) => c.throttledOperations),
    };
  }

  private requestUnits(): number {
    const before = [...this.earlier.values()].reduce((sum, amounts) => sum + amounts.requestUnits, 0);
    return before + this.sum((c) => c.requestUnits);
  }

  /** What the present attempt has come to; rates and the time that is left go by it. */
  private processed(): number {
    return this.total((ns) => this.processedOf(ns));
  }

  private total(of: (ns: string) => number): number {
    return [...this.collections.keys()].reduce((sum, ns) => sum + (this.takesPart(ns) ? of(ns) : 0), 0);
  }

  private takesPart(ns: string): boolean {
    return this.only === undefined || this.only.has(ns);
  }

  /** With what earlier attempts have brought: never less than was told before. */
  private doneOf(ns: string): number {
    const processed = this.processedOf(ns);
    return this.state === 'verifying' || this.lettersOnly ? processed : Math.max(processed, this.work.settled(ns));
  }

  private processedOf(ns: string): number {
    if (this.state === 'verifying') {
      const read = this.read.get(ns);
      return read ? meanOf(read) : 0;
    }
    const count = this.counts.get(ns);
    return count
      ? count.acknowledged + count.alreadyThere + count.deadLettered + this.leftOf(count)
      : this.standingCopies(ns);
  }

  /** Where dead letters alone are sent: what was there before, and what has arrived of them. */
  private standingCopies(ns: string): number {
    const standing = this.lettersOnly && this.start.before?.get(ns);
    return standing ? standing.copied + (this.arrived.get(ns) ?? 0) : 0;
  }

  private sum(of: (count: RelayedCounts) => number): number {
    return [...this.counts.values()].reduce((total, count) => total + of(count), 0);
  }

  /** Those that moved just now and are not done. */
  private active(): ReadonlySet<string> {
    const recently = this.now() - RU_WINDOW_MS;
    const inWork = [...this.moved].filter(
      ([ns, at]) => at >= recently && this.processedOf(ns) < (this.collections.get(ns)?.documents ?? 0),
    );
    return new Set(isRunning(this.state) ? inWork.map(([ns]) => ns) : []);
  }
}

const meanOf = (read: { source: number; target: number }): number => Math.floor((read.source + read.target) / 2);
