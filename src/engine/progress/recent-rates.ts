import { budgetNameOf } from './budget.js';

/** Rates are over this long: short enough to follow a change, long enough to stay readable. */
const RATE_WINDOW_MS = 10_000;
/** Request units are compared with what is provisioned for what is written just now. */
export const RU_WINDOW_MS = 3_000;
/** Counts come twice a second; after this long without any, nothing moves. */
const STALE_MS = 2_000;
/** A budget that was watched for less says nothing of its pace: its first second is spent on finding it. */
const LEAST_WATCHED_MS = 3_000;

/** What a run has come to, in its present step. */
export interface Standing {
  readonly done: number;
  readonly ru: number;
  /** Documents by namespace of the target, of what is begun and not done. */
  readonly begun: ReadonlyMap<string, number>;
}

interface Sample extends Standing {
  readonly at: number;
}

/** How fast a run is just now, as a whole and budget by budget. */
export class RecentRates {
  #samples: Sample[] = [];

  constructor(private readonly now: () => number) {}

  clear(): void {
    this.#samples = [];
  }

  /** Verification tells of every batch; a sample now and then gives the same rate. */
  sample(standing: () => Standing): void {
    const at = this.now();
    const last = this.#samples.at(-1);
    if (last && this.#samples.length > 1 && at - last.at < RATE_WINDOW_MS / 40) return;
    this.#samples.push({ at, ...standing() });
    while (this.#samples.length > 2 && at - (this.#samples[1]?.at ?? at) > RATE_WINDOW_MS) this.#samples.shift();
  }

  pace({ done, ru }: Pick<Standing, 'done' | 'ru'>): { perSecond: number; ruPerSecond: number } {
    const first = this.#samples[0];
    if (!first) return { perSecond: 0, ruPerSecond: 0 };
    const until = this.#until();
    const seconds = Math.max(0, until - first.at) / 1000;
    const recent = this.#samples.find((sample) => until - sample.at <= RU_WINDOW_MS);
    const recentSeconds = recent ? (until - recent.at) / 1000 : 0;
    return {
      perSecond: seconds > 0 ? Math.max(0, done - first.done) / seconds : 0,
      ruPerSecond: recent && recentSeconds > 0 ? Math.max(0, ru - recent.ru) / recentSeconds : 0,
    };
  }

  /**
   * Milliseconds until that budget has written its last document which ends last, each at its own pace, or, where it is not begun, at what it is given
   * and what a document costs just now. `left`: documents by namespace of the target; `budgets` as for {@link budgetNameOf}. Undefined where no budget is known
   * or nothing was watched for long enough.
   */
  lastBudgetMs(left: ReadonlyMap<string, number>, budgets: ReadonlyMap<string, number>): number | undefined {
    const [latest, earliest] = [this.#samples.at(-1), this.#samples[0]];
    if (!latest || !earliest || budgets.size === 0) return undefined;
    const ruEach = (latest.ru - earliest.ru) / Math.max(1, latest.done - earliest.done);
    const until = this.#until();
    const lanes = new Map<string, { left: number; perMs: number }>();
    for (const [ns, open] of left) {
      const name = budgetNameOf(ns, budgets);
      const lane = lanes.get(name) ?? { left: 0, perMs: 0 };
      const done = latest.begun.get(ns);
      const first = done === undefined ? undefined : this.#samples.find(({ begun }) => begun.has(ns));
      const ms = first ? until - first.at : 0;
      const perMs = ms >= LEAST_WATCHED_MS ? ((done ?? 0) - (first?.begun.get(ns) ?? 0)) / ms : 0;
      lanes.set(name, { left: lane.left + open, perMs: lane.perMs + perMs });
    }
    const times = [...lanes].flatMap(([name, lane]) => {
      if (lane.left <= 0) return [];
      if (lane.perMs > 0) return [lane.left / lane.perMs];
      const ruPerMs = (budgets.get(name) ?? 0) / 1000;
      return ruPerMs > 0 && ruEach > 0 ? [(lane.left * ruEach) / ruPerMs] : [];
    });
    return times.length === 0 ? undefined : Math.max(...times);
  }

  /** Counts come in steps: between two of them the rate is what it was, until they stay away. */
  #until(): number {
    const last = this.#samples.at(-1)?.at ?? this.now();
    return this.now() - last > STALE_MS ? this.now() : last;
  }
}
