import type { RequestUnitsPerSecond } from '../core/model/units.js';
import { LearntCharge } from '../core/throttle/learnt-charge.js';
import { RuBucket } from '../core/throttle/ru-bucket.js';
import { Turnstile } from '../core/throttle/turnstile.js';

/** Time as the relay needs it; the same shape as the engine's clock. */
export interface PacerClock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface PacerSnapshot {
  readonly rate: number | undefined;
  readonly provisioned: number | undefined;
  readonly ruPerByte: number | undefined;
  readonly waitedMs: number;
}

/**
 * Paces the writes of one budget (a collection, or a database that shares its throughput): a bucket in RU ({@link RuBucket}), a charge
 * per byte that is learnt, and one sender at a time that waits.
 */
export class RuPacer {
  private readonly bucket: RuBucket;
  private readonly charge = new LearntCharge();
  private readonly turnstile = new Turnstile();
  private waited = 0;

  constructor(private readonly clock: PacerClock) {
    this.bucket = new RuBucket(clock.now());
  }

  /** Sets what the target has provisioned, in RU/s. Called again when it is read anew. */
  provision(ruPerSecond: RequestUnitsPerSecond): void {
    this.bucket.provision(ruPerSecond);
  }

  /** Estimated charge of a write of `bytes`, in RU; 0 while nothing is known. */
  estimate(bytes: number): number {
    return this.charge.estimate(bytes) ?? 0;
  }

  /** RU that one command should carry at most; undefined: no limit known. */
  commandBudget(): number | undefined {
    return this.bucket.commandBudget();
  }

  /** True while a budget is known and no charge has been measured yet: the next command should be small. */
  isLearning(): boolean {
    return this.bucket.snapshot().rate !== undefined && this.charge.perWeight === undefined;
  }

  /** Takes `ru` at once where nobody has to wait; false where the caller must use {@link admit}. */
  tryAdmit(ru: number): boolean {
    if (this.turnstile.isTaken || this.bucket.waitMs(this.clock.now()) > 0) return false;
    this.bucket.take(ru);
    return true;
  }

  /** Waits for its turn and takes `ru` from the budget. A debt is allowed, so that no command is too large to go out. */
  async admit(ru: number, signal: AbortSignal): Promise<void> {
    await this.turnstile.enter(async () => {
      for (;;) {
        signal.throwIfAborted();
        const wait = this.bucket.waitMs(this.clock.now());
        if (wait <= 0) break;
        const ms = Math.max(1, Math.ceil(wait));
        await this.clock.sleep(ms, signal);
        this.waited += ms;
      }
      this.bucket.take(ru);
    });
  }

  /** Corrects the budget by what was really charged; `estimated` is what {@link admit} took. */
  settle(estimated: number, charged: number): void {
    this.bucket.settle(estimated, charged);
  }

  /** Learns the charge of a write of `bytes`, as the target told it (`getLastRequestStatistics`). */
  learn(bytes: number, charged: number): void {
    this.charge.learn(bytes, charged);
  }

  /** Takes note of one reply, as {@link RuBucket.observe}. */
  observe(operations: number, throttled: number, delayMs: number): void {
    this.bucket.observe(operations, throttled, delayMs, this.clock.now());
  }

  snapshot(): PacerSnapshot {
    return { ...this.bucket.snapshot(), ruPerByte: this.charge.perWeight, waitedMs: this.waited };
  }
}
