import type { RequestUnitsPerSecond } from '../core/model/units.js';

/** Time as the relay needs it; the same shape as the engine's clock. */
export interface PacerClock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Share of throttled operations that the pacer steers for: a little above nothing, so that the budget is used up. */
const THROTTLE_BAND = { low: 0.01, high: 0.015 } as const;
/** First rate as a share of the provisioned RU/s: leaves room for the error of the first charge estimates. */
const FIRST_SHARE = 0.98;
/** The rate may pass the provisioned figure a little: charges are estimates, and the throttle band says when it was too much. */
const HIGHEST_SHARE = 1.01;
const WINDOW_MS = 1_000;
/** Longest time's worth of budget that may pile up while nothing is sent: enough to hide late timers, little against a second's budget. */
const BURST_MS = 100;
/** Time's worth of budget that one command may carry at most; longer ones are split. Larger ones overshoot a per-second budget. */
const COMMAND_MS = 40;
/** Below this the estimate still moves fast. */
const WARM_SAMPLES = 8;

export interface PacerSnapshot {
  readonly rate: number | undefined;
  readonly provisioned: number | undefined;
  readonly ruPerByte: number | undefined;
  readonly waitedMs: number;
}

/**
 * Paces the writes of one budget (a collection, or a database that shares its throughput): a token bucket in RU, refilled at a rate
 * that starts just below what is provisioned and follows the share of throttled operations (additive increase, multiplicative
 * decrease). Without a provisioned figure it is open until the first throttle and then holds what the target had taken.
 */
export class RuPacer {
  private tokens = 0;
  private refilledAt: number;
  private rate: number | undefined;
  private provisioned: number | undefined;
  private perByte: number | undefined;
  private samples = 0;
  private closedUntil = 0;
  private windowStart: number;
  private windowOperations = 0;
  private windowThrottled = 0;
  private windowCharge = 0;
  private waited = 0;
  private waiting = 0;
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly clock: PacerClock) {
    this.refilledAt = clock.now();
    this.windowStart = this.refilledAt;
  }

  /** Sets what the target has provisioned, in RU/s. Called again when it is read anew. */
  provision(ruPerSecond: RequestUnitsPerSecond): void {
    if (this.provisioned === ruPerSecond) return;
    this.provisioned = ruPerSecond;
    this.rate = ruPerSecond * FIRST_SHARE;
  }

  /** Estimated charge of a write of `bytes`, in RU; 0 while nothing is known. */
  estimate(bytes: number): number {
    return this.perByte === undefined ? 0 : this.perByte * bytes;
  }

  /** RU that one command should carry at most; undefined: no limit known. */
  commandBudget(): number | undefined {
    return this.rate === undefined ? undefined : (this.rate * COMMAND_MS) / 1000;
  }

  /** True while a budget is known and no charge has been measured yet: the next command should be small. */
  isLearning(): boolean {
    return this.rate !== undefined && this.perByte === undefined;
  }

  /** Takes `ru` at once where nobody has to wait; false where the caller must use {@link admit}. */
  tryAdmit(ru: number): boolean {
    if (this.waiting > 0 || this.clock.now() < this.closedUntil) return false;
    this.refill();
    if (this.rate !== undefined && this.tokens <= 0) return false;
    this.tokens -= ru;
    return true;
  }

  /** Waits for its turn and takes `ru` from the budget. A debt is allowed, so that no command is too large to go out. */
  async admit(ru: number, signal: AbortSignal): Promise<void> {
    this.waiting += 1;
    const mine = this.turn.then(() => this.waitForTokens(ru, signal));
    // The next in the queue must get its turn even if this one is called off.
    this.turn = mine.catch(() => undefined);
    try {
      await mine;
    } finally {
      this.waiting -= 1;
    }
  }

  private async waitForTokens(ru: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const now = this.clock.now();
      this.refill();
      const closedFor = this.closedUntil - now;
      const missing = this.rate === undefined || this.tokens > 0 ? 0 : ((1 - this.tokens) * 1000) / this.rate;
      const wait = Math.max(closedFor, missing);
      if (wait <= 0) break;
      const ms = Math.max(1, Math.ceil(wait));
      await this.clock.sleep(ms, signal);
      this.waited += ms;
    }
    this.tokens -= ru;
  }

  /** Corrects the budget by what was really charged; `estimated` is what {@link admit} took. */
  settle(estimated: number, charged: number): void {
    this.tokens -= charged - estimated;
    this.windowCharge += charged;
  }

  /** Learns the charge of a write of `bytes`, as the target told it (`getLastRequestStatistics`). */
  learn(bytes: number, charged: number): void {
    if (bytes <= 0 || !(charged > 0)) return;
    const seen = charged / bytes;
    const weight = this.samples < WARM_SAMPLES ? 1 / (this.samples + 1) : 0.2;
    this.perByte = this.perByte === undefined ? seen : this.perByte * (1 - weight) + seen * weight;
    this.samples += 1;
  }

  /**
   * Takes note of one reply: `operations` were sent, `throttled` of them came back. When most came back the whole budget is spent,
   * and everyone waits `delayMs`; when a few did, one hot partition is, and only they wait (at their sender).
   */
  observe(operations: number, throttled: number, delayMs: number): void {
    const now = this.clock.now();
    this.windowOperations += operations;
    this.windowThrottled += throttled;
    if (throttled > 0 && throttled * 2 >= operations) this.closedUntil = Math.max(this.closedUntil, now + delayMs);
    if (now - this.windowStart >= WINDOW_MS) this.adjust(now);
  }

  snapshot(): PacerSnapshot {
    return { rate: this.rate, provisioned: this.provisioned, ruPerByte: this.perByte, waitedMs: this.waited };
  }

  private adjust(now: number): void {
    const share = this.windowThrottled / Math.max(1, this.windowOperations);
    const taken = (this.windowCharge * 1000) / (now - this.windowStart);
    if (share > THROTTLE_BAND.high) {
      const current = this.rate ?? taken;
      if (current > 0) this.rate = Math.max(current * Math.max(0.5, 1 - share), this.floor());
    } else if (share < THROTTLE_BAND.low && this.rate !== undefined) {
      const ceiling = this.provisioned === undefined ? Number.POSITIVE_INFINITY : this.provisioned * HIGHEST_SHARE;
      // A hundredth a second climbs back from a halving in about a minute; autoscale, which grows late, is followed that way too.
      const step = (this.provisioned ?? this.rate) * (this.provisioned === undefined ? 0.05 : 0.01);
      this.rate = Math.min(this.rate + step, ceiling);
    }
    this.windowStart = now;
    this.windowOperations = 0;
    this.windowThrottled = 0;
    this.windowCharge = 0;
  }

  /** Never slower than a tenth of what is provisioned: below that a wrong reading would look like a stopped migration. */
  private floor(): number {
    return this.provisioned === undefined ? 1 : this.provisioned / 10;
  }

  private refill(): void {
    const now = this.clock.now();
    const elapsed = now - this.refilledAt;
    this.refilledAt = now;
    if (this.rate === undefined) {
      this.tokens = 0;
      return;
    }
    this.tokens = Math.min(this.tokens + (this.rate * elapsed) / 1000, (this.rate * BURST_MS) / 1000);
  }
}
