/**
 * How many inserts should be on their way at once, found from their latency: more are sent only while the answers do not take longer.
 * The idea is TCP Vegas' (Brakmo and Peterson, 1995): of `limit` inserts on their way, `limit * (1 - shortest / present latency)` wait in
 * line somewhere; a short line keeps the target busy, a long one only makes everybody wait. Pure; times are milliseconds of one clock.
 */

/** Inserts on their way at the start. */
const FIRST = 2;
/** More connections than this gain nothing that a larger insert would not gain too, and each costs the target memory. */
const MOST = 32;
/** The line that is aimed for: at least one insert waits while another is worked on. */
const LINE = { short: 1, long: 3 } as const;
/** Judged: some decisions a second follow a change; each waits for as many answers as are on their way, too. */
const WINDOW_MS = 250;
/** The shortest latency is forgotten and measured again this often: the target, or the way to it, may have changed. */
const REMEASURE_MS = 60_000;
/** Inserts that carry less than this share of the usual number of documents say nothing of the latency of full ones. */
const FULL_SHARE = 0.5;
/** What is left of the limit where the target pushes back by errors. */
const PUSHED_BACK = 0.7;

export interface GradientSnapshot {
  readonly limit: number;
  /** Milliseconds; undefined until measured. */
  readonly shortestMs: number | undefined;
  readonly presentMs: number | undefined;
}

export class LatencyGradient {
  private limit = FIRST;
  private starting = true;
  private remeasuring = false;
  private shortest: number | undefined;
  private present: number | undefined;
  private measuredAt: number;
  private usual = 0;
  private windowStart: number;
  private replies = 0;
  private sum = 0;
  private mostInFlight = 0;
  private pushedBack = false;

  constructor(now: number) {
    this.measuredAt = now;
    this.windowStart = now;
  }

  /** Inserts that may be on their way at once; at least 1. */
  concurrency(): number {
    return this.remeasuring ? Math.max(1, Math.floor(this.limit / 2)) : this.limit;
  }

  /** `inFlight`: how many were on their way when this one was answered, itself included. */
  observe(reply: { sent: number; latencyMs: number; inFlight: number }, now: number): void {
    this.mostInFlight = Math.max(this.mostInFlight, reply.inFlight);
    this.usual = Math.max(this.usual * 0.99, reply.sent);
    if (reply.sent >= this.usual * FULL_SHARE) {
      this.replies += 1;
      this.sum += reply.latencyMs;
    }
    if (now - this.windowStart >= WINDOW_MS && this.replies >= Math.max(2, this.concurrency())) this.decide(now);
  }

  /** The target refused for being busy. */
  pushBack(): void {
    this.pushedBack = true;
  }

  /** The target gave up on what it had been sent: at once half as many. */
  giveWay(): void {
    this.limit = Math.max(1, Math.floor(this.limit / 2));
    this.starting = false;
  }

  snapshot(): GradientSnapshot {
    return { limit: this.limit, shortestMs: this.shortest, presentMs: this.present };
  }

  private decide(now: number): void {
    const mean = this.sum / this.replies;
    const asked = this.concurrency();
    const saturated = this.mostInFlight >= asked;
    this.windowStart = now;
    this.replies = 0;
    this.sum = 0;
    this.mostInFlight = 0;
    this.present = mean;
    if (this.remeasuring) {
      this.remeasuring = false;
      this.shortest = mean;
      this.measuredAt = now;
      return;
    }
    this.shortest = Math.min(this.shortest ?? mean, mean);
    this.step(asked * (1 - this.shortest / Math.max(mean, Number.EPSILON)), saturated);
    if (now - this.measuredAt >= REMEASURE_MS) this.remeasuring = true;
  }

  private step(line: number, saturated: boolean): void {
    if (this.pushedBack) {
      this.pushedBack = false;
      this.starting = false;
      this.limit = Math.max(1, Math.floor(this.limit * PUSHED_BACK));
    } else if (line > LINE.long) {
      this.starting = false;
      this.limit = Math.max(1, this.limit - 1);
    } else if (line >= LINE.short) {
      this.starting = false;
    } else if (saturated) {
      this.limit = Math.min(MOST, this.starting ? this.limit * 2 : this.limit + 1);
    }
  }
}
