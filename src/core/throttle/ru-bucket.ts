import type { RequestUnitsPerSecond } from '../model/units.js';
import { RefusalAllowance, type Allowance } from './refusal-allowance.js';

/** A budget is new every second. */
const WINDOW_MS = 1_000;
/** A clean stretch this long makes earlier refusals history where the budget grows by itself (autoscale). */
const FORGET_MS = 30_000;
/** Autoscale grows when it has been used up: the rate is raised by this share of itself in each clean second, to find out. */
const AUTOSCALE_STEP = 0.1;
/** Without a provisioned figure the rate that was found is raised by this share of itself in each clean second. */
const UNKNOWN_STEP = 0.05;
/** It is raised up to so many times what is taken: a rate that nobody needs says nothing, and one that had grown for hours would not be found back from. */
const UNKNOWN_LEAD = 2;
/**
 * How the rate follows a debt of refusals: up to this debt chance is at work, and the pauses see to it; above, a second takes this share of
 * the rate at most. At the deepest debt what is sent is too much in earnest, and the part of the second that was spent pausing says by how
 * much: a quarter of it is taken off, since the pauses of a single second are chance again.
 */
const DEBT = { chance: 0.25, cut: 0.01, deep: 0.9, pausedShare: 0.25 } as const;

/** How a bucket steers. Shares are of the provisioned RU/s, or of the operations sent. */
export interface RuSteering {
  /** First rate: leaves room for the error of the first charge estimates. */
  readonly firstShare: number;
  /** Highest rate. */
  readonly highestShare: number;
  /** Share of throttled operations that is steered for: below `low` the rate is raised (without an allowance), above `high` it is cut. */
  readonly band: { readonly low: number; readonly high: number };
  /** What a clean second adds. */
  readonly step: number;
  /** What one bad second leaves of the rate at least. */
  readonly deepestCut: number;
  /** Milliseconds' worth of budget that one command may carry at most; longer ones are split. Larger ones overshoot a per-second budget. */
  readonly commandMs: number;
  /** Milliseconds' worth of budget that may pile up while nothing is sent: enough to hide late timers, little against a second's budget. */
  readonly burstMs: number;
  /** Refusals that are as good as none: while it lasts only a reply that comes back for the most part is a reason to pause. */
  readonly allowance?: Allowance;
}

/**
 * For a sender whose charges are estimates: may pass the provisioned figure a little, the throttle band says when it was too much.
 * A hundredth a second climbs back from a halving in about a minute.
 */
export const FOLLOWING: RuSteering = {
  firstShare: 0.98,
  highestShare: 1.01,
  band: { low: 0.01, high: 0.015 },
  step: 0.01,
  deepestCut: 0.5,
  commandMs: 40,
  burstMs: 100,
};

/**
 * A reply of at least so many operations that comes back whole: not one partition of several is full but all there is. Of a second's
 * operations more than this share in such replies is no chance, allowance or not.
 */
const WHOLE = { operations: 4, share: 0.01 } as const;

export interface RuBucketSnapshot {
  readonly rate: number | undefined;
  readonly provisioned: number | undefined;
}

/**
 * The budget of one collection, of one of its physical partitions, or of a database that shares its throughput: a token bucket in RU,
 * refilled at a rate that starts at what is provisioned and follows the share of throttled operations (additive increase, multiplicative
 * decrease). Without a provisioned figure it is open until the first throttle and then holds what the target had taken.
 * Times are milliseconds of one clock, handed in.
 */
export class RuBucket {
  private tokens = 0;
  private refilledAt: number;
  private rate: number | undefined;
  private provisioned: number | undefined;
  private autoscale = false;
  private closedUntil = 0;
  private throttledAt = Number.NEGATIVE_INFINITY;
  private windowStart: number;
  private windowOperations = 0;
  private windowThrottled = 0;
  private windowWhole = 0;
  private windowCharge = 0;
  private windowPausedMs = 0;
  private readonly allowance: RefusalAllowance | undefined;

  constructor(
    now: number,
    private readonly steering: RuSteering = FOLLOWING,
  ) {
    this.allowance = steering.allowance && new RefusalAllowance(steering.allowance);
    this.refilledAt = now;
    this.windowStart = now;
  }

  /** Sets what the target has provisioned, in RU/s (autoscale: its maximum). Called again when it is read anew. */
  provision(ruPerSecond: RequestUnitsPerSecond, kind: 'manual' | 'autoscale' = 'manual'): void {
    this.autoscale = kind === 'autoscale';
    if (this.provisioned === ruPerSecond) return;
    this.provisioned = ruPerSecond;
    this.allowance?.reset();
    this.rate = ruPerSecond * this.steering.firstShare;
  }

  /** RU that one command should carry at most; undefined: no limit known. */
  commandBudget(): number | undefined {
    return this.rate === undefined ? undefined : (this.rate * this.steering.commandMs) / 1000;
  }

  /** Milliseconds until something may be sent; 0 for now. */
  waitMs(now: number): number {
    this.refill(now);
    const closedFor = this.closedUntil - now;
    const missing = this.rate === undefined || this.tokens > 0 ? 0 : ((1 - this.tokens) * 1000) / this.rate;
    return Math.max(0, closedFor, missing);
  }

  /** Takes `ru`. A debt is allowed, so that no command is too large to go out. */
  take(ru: number): void {
    this.tokens -= ru;
  }

  /** Corrects the budget by what was really charged; `estimated` is what was taken. */
  settle(estimated: number, charged: number): void {
    this.tokens -= charged - estimated;
    this.windowCharge += charged;
  }

  /**
   * Takes note of one reply: `operations` were sent, `throttled` of them came back. When most came back the whole budget is spent,
   * and everyone waits `delayMs`; when a few did, one hot partition is, and only they wait (at their sender), as long as the allowance,
   * if there is one, is not used up.
   */
  observe(operations: number, throttled: number, delayMs: number, now: number): void {
    this.windowOperations += operations;
    this.windowThrottled += throttled;
    if (throttled === operations && operations >= WHOLE.operations) this.windowWhole += throttled;
    if (throttled > 0) this.throttledAt = now;
    this.allowance?.note(operations, throttled);
    if (throttled > 0 && (throttled * 2 >= operations || this.allowance?.isOverdrawn)) this.pause(delayMs, now);
    if (now - this.windowStart >= WINDOW_MS) this.adjust(now);
  }

  /** Halves the rate: the target gave up on what it had been sent (server-side retry, code 50), which took it a minute to say. */
  giveWay(): void {
    if (this.rate !== undefined) this.rate = Math.max(this.rate / 2, this.floor());
  }

  snapshot(): RuBucketSnapshot {
    return { rate: this.rate, provisioned: this.provisioned };
  }

  private pause(delayMs: number, now: number): void {
    const until = Math.max(this.closedUntil, now + delayMs);
    this.windowPausedMs += until - Math.max(this.closedUntil, now);
    this.closedUntil = until;
  }

  private adjust(now: number): void {
    const { band, deepestCut } = this.steering;
    const elapsed = now - this.windowStart;
    const share = this.windowThrottled / Math.max(1, this.windowOperations);
    const taken = (this.windowCharge * 1000) / elapsed;
    this.allowance?.pace((this.windowOperations * 1000) / elapsed);
    const whole = this.windowWhole / Math.max(1, this.windowOperations);
    if (share > band.high || whole > WHOLE.share) {
      const current = this.rate ?? taken;
      const excess = share > band.high ? share : whole;
      if (current > 0) this.rate = Math.max(current * Math.max(deepestCut, 1 - excess), this.floor());
    } else if (this.rate !== undefined && this.allowance)
      this.follow(this.allowance.debt, elapsed, this.rate, taken, now);
    else if (this.rate !== undefined && share < band.low) this.raise(this.rate, 1, taken, now);
    this.windowStart = now;
    this.windowOperations = 0;
    this.windowThrottled = 0;
    this.windowWhole = 0;
    this.windowCharge = 0;
    this.windowPausedMs = 0;
  }

  private follow(debt: number, elapsedMs: number, rate: number, taken: number, now: number): void {
    const above = debt - DEBT.chance;
    if (above <= 0) {
      this.raise(rate, Math.min(1, -above), taken, now);
      return;
    }
    const paused = debt > DEBT.deep ? (this.windowPausedMs / elapsedMs) * DEBT.pausedShare : 0;
    this.rate = Math.max(rate * (1 - Math.max(DEBT.cut * debt, Math.min(DEBT.pausedShare, paused))), this.floor());
  }

  /** `share`: of a whole step. `taken`: RU/s of late. */
  private raise(rate: number, share: number, taken: number, now: number): void {
    const { highestShare } = this.steering;
    const ceiling =
      this.provisioned === undefined ? Math.max(rate, taken * UNKNOWN_LEAD) : this.provisioned * highestShare;
    this.rate = Math.min(rate + this.step(rate, now) * share, ceiling);
  }

  private step(rate: number, now: number): number {
    if (this.provisioned === undefined) return rate * UNKNOWN_STEP;
    const usual = this.provisioned * this.steering.step;
    if (!this.autoscale) return usual;
    // What was refused while it was growing says nothing of what it gives now.
    return now - this.throttledAt >= FORGET_MS ? this.provisioned : Math.max(usual, rate * AUTOSCALE_STEP);
  }

  /** Never slower than a tenth of what is provisioned: below that a wrong reading would look like a stopped migration. */
  private floor(): number {
    return this.provisioned === undefined ? 1 : this.provisioned / 10;
  }

  private refill(now: number): void {
    const elapsed = now - this.refilledAt;
    this.refilledAt = now;
    if (this.rate === undefined) {
      this.tokens = 0;
      return;
    }
    this.tokens = Math.min(this.tokens + (this.rate * elapsed) / 1000, (this.rate * this.steering.burstMs) / 1000);
  }
}
