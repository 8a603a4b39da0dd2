import type { RequestUnitsPerSecond } from '../model/units.js';

const WINDOW_MS = 1_000;
/** A clean stretch this long makes earlier refusals history where the budget grows by itself (autoscale). */
const FORGET_MS = 30_000;
/** Autoscale grows when it has been used up: the rate is raised by this share of itself in each clean second, to find out. */
const AUTOSCALE_STEP = 0.1;
/** Without a provisioned figure the rate that was found is raised by this share of itself in each clean second. */
const UNKNOWN_STEP = 0.05;

/** How a bucket steers. Shares are of the provisioned RU/s, or of the operations sent. */
export interface RuSteering {
  /** First rate: leaves room for the error of the first charge estimates. */
  readonly firstShare: number;
  /** Highest rate. */
  readonly highestShare: number;
  /** Share of throttled operations that is steered for: below `low` the rate is raised, above `high` it is cut. */
  readonly band: { readonly low: number; readonly high: number };
  /** What a clean second adds. */
  readonly step: number;
  /** What one bad second leaves of the rate at least. */
  readonly deepestCut: number;
  /** Milliseconds' worth of budget that one command may carry at most; longer ones are split. Larger ones overshoot a per-second budget. */
  readonly commandMs: number;
  /** Milliseconds' worth of budget that may pile up while nothing is sent: enough to hide late timers, little against a second's budget. */
  readonly burstMs: number;
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
  private windowCharge = 0;

  constructor(
    now: number,
    private readonly steering: RuSteering = FOLLOWING,
  ) {
    this.refilledAt = now;
    this.windowStart = now;
  }

  /** Sets what the target has provisioned, in RU/s (autoscale: its maximum). Called again when it is read anew. */
  provision(ruPerSecond: RequestUnitsPerSecond, kind: 'manual' | 'autoscale' = 'manual'): void {
    this.autoscale = kind === 'autoscale';
    if (this.provisioned === ruPerSecond) return;
    this.provisioned = ruPerSecond;
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
   * and everyone waits `delayMs`; when a few did, one hot partition is, and only they wait (at their sender).
   */
  observe(operations: number, throttled: number, delayMs: number, now: number): void {
    this.windowOperations += operations;
    this.windowThrottled += throttled;
    if (throttled > 0) this.throttledAt = now;
    if (throttled > 0 && throttled * 2 >= operations) this.closedUntil = Math.max(this.closedUntil, now + delayMs);
    if (now - this.windowStart >= WINDOW_MS) this.adjust(now);
  }

  /** Halves the rate: the target gave up on what it had been sent (server-side retry, code 50), which took it a minute to say. */
  giveWay(): void {
    if (this.rate !== undefined) this.rate = Math.max(this.rate / 2, this.floor());
  }

  snapshot(): RuBucketSnapshot {
    return { rate: this.rate, provisioned: this.provisioned };
  }

  private adjust(now: number): void {
    const { band, highestShare, deepestCut } = this.steering;
    const share = this.windowThrottled / Math.max(1, this.windowOperations);
    const taken = (this.windowCharge * 1000) / (now - this.windowStart);
    if (share > band.high) {
      const current = this.rate ?? taken;
      if (current > 0) this.rate = Math.max(current * Math.max(deepestCut, 1 - share), this.floor());
    } else if (share < band.low && this.rate !== undefined) {
      const ceiling = this.provisioned === undefined ? Number.POSITIVE_INFINITY : this.provisioned * highestShare;
      this.rate = Math.min(this.rate + this.step(this.rate, now), ceiling);
    }
    this.windowStart = now;
    this.windowOperations = 0;
    this.windowThrottled = 0;
    this.windowCharge = 0;
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
