import type { LimitedBy } from '../../core/model/run-snapshot.js';
import { Turnstile } from '../../core/throttle/turnstile.js';
import type { Clock } from '../ports.js';
import { Bottleneck } from './bottleneck.js';
import type { Ceilings } from './ceiling.js';
import { LatencyGradient } from './latency-gradient.js';
import type { CopyLoad, CopyPacer, ObservedReply } from './pacer.js';
import type { RuBudget } from './ru-budget.js';

/** The longest that anybody sleeps before looking again: a ceiling that is raised takes effect after this. */
const LONGEST_SLEEP_MS = 250;
/** Between two inserts of a slow source. */
const IN_USE_MS = 3_000;
/** The way to the target is what takes the time where it is more than this share of an answer. */
const FAR_SHARE = 0.5;

export interface PaceParts {
  readonly clock: Clock;
  /** Of the whole run. */
  readonly ceilings: Ceilings;
  /** The target's request units; undefined where it has none. */
  readonly ru?: RuBudget;
  /** A round trip without work (`ping`), in ms. */
  readonly roundTripMs: number;
  /** Called before each load, to see whether what is known of the budget has grown old. Must not throw. */
  readonly refresh?: () => void;
}

interface InFlight {
  readonly load: CopyLoad;
  readonly estimated: number;
}

/**
 * Paces the inserts of one budget: request units where the target has them, the user's ceilings, and how many inserts may be on their way
 * at once, by their latency.
 */
export class PacedCopy implements CopyPacer {
  private readonly gradient: LatencyGradient;
  private readonly bottleneck: Bottleneck;
  private readonly turnstile = new Turnstile();
  private readonly onTheirWay: InFlight[] = [];
  private usualBytes = 0;
  private waiting = 0;
  private usedAt = Number.NEGATIVE_INFINITY;
  private answered = 0;

  constructor(private readonly parts: PaceParts) {
    const now = parts.clock.now();
    this.gradient = new LatencyGradient(now);
    this.bottleneck = new Bottleneck(now);
  }

  insertLimit(partition?: number): CopyLoad {
    const { ru, ceilings, clock } = this.parts;
    const bytes = this.usualBytes || 1;
    const byBudget = ru?.insertLimit(bytes, partition, clock.now()) ?? {
      documents: Number.POSITIVE_INFINITY,
      bytes: Number.POSITIVE_INFINITY,
    };
    const byCeiling = ceilings.insertLimit(ru?.estimate({ documents: 1, bytes }));
    return {
      documents: Math.max(1, Math.floor(Math.min(byBudget.documents, byCeiling.documents))),
      bytes: Math.max(1, Math.min(byBudget.bytes, byCeiling.bytes)),
    };
  }

  async admit(load: CopyLoad, signal: AbortSignal): Promise<void> {
    const { clock, ceilings, ru, refresh } = this.parts;
    refresh?.();
    this.usedAt = clock.now();
    const turnstile = ru?.turnstile(load.partition, clock.now()) ?? this.turnstile;
    if (!turnstile.isTaken && this.waitMs(load.partition) <= 0) signal.throwIfAborted();
    else {
      this.waiting += 1;
      await turnstile.enter(() => this.waitForTurn(load.partition, signal)).finally(() => (this.waiting -= 1));
    }
    const estimated = ru?.estimate(load) ?? 0;
    ru?.take(load.partition, estimated, clock.now());
    ceilings.take(load, estimated);
    this.onTheirWay.push({ load, estimated });
    if (load.documents > 0) {
      const seen = load.bytes / load.documents;
      this.usualBytes = this.usualBytes === 0 ? seen : this.usualBytes * 0.9 + seen * 0.1;
    }
  }

  wantsCharge(): boolean {
    return this.parts.ru?.wantsCharge(this.parts.clock.now()) ?? false;
  }

  settle(load: CopyLoad, charged: number | undefined, throttled = 0): number {
    const { clock, ceilings, ru } = this.parts;
    const now = clock.now();
    this.answered = this.onTheirWay.length;
    const index = this.onTheirWay.findIndex((entry) => entry.load === load);
    const [entry] = this.onTheirWay.splice(Math.max(0, index), 1);
    if (!ru) return charged ?? 0;
    // What was taken when it was sent: the estimate may have moved since.
    const estimated = entry?.estimated ?? ru.estimate(load);
    const reckoned = ru.settle(load, estimated, charged, throttled, now);
    ceilings.settle(estimated, reckoned);
    return reckoned;
  }

  observe(reply: ObservedReply): void {
    const { clock, ru } = this.parts;
    const now = clock.now();
    ru?.observe(reply, now);
    if (reply.timedOut) this.gradient.giveWay();
    else if (reply.throttled > 0 && !ru) this.gradient.pushBack();
    if (reply.throttled < reply.sent) {
      const { sent, latencyMs } = reply;
      this.gradient.observe({ sent, latencyMs, inFlight: this.answered }, now);
    }
  }

  waited(on: 'source' | 'target', ms: number): void {
    this.bottleneck.waited(on, ms, this.parts.clock.now());
  }

  concurrency(): number {
    const { ru, roundTripMs } = this.parts;
    const { presentMs = roundTripMs } = this.gradient.snapshot();
    return Math.max(this.gradient.concurrency(), ru?.leastConcurrency(presentMs) ?? 1);
  }

  /** Somebody has something to send to it. */
  isInUse(): boolean {
    const { length } = this.onTheirWay;
    return this.waiting + length > 0 || this.parts.clock.now() - this.usedAt <= IN_USE_MS;
  }

  limitedBy(): LimitedBy {
    const { clock, ceilings, roundTripMs } = this.parts;
    const { presentMs } = this.gradient.snapshot();
    return this.bottleneck.limitedBy(clock.now(), {
      isFar: presentMs !== undefined && roundTripMs >= presentMs * FAR_SHARE,
      sourceIsCapped: ceilings.get().sourceConnections !== undefined,
    });
  }

  private waitMs(partition: number | undefined): number {
    const { clock, ceilings, ru } = this.parts;
    const now = clock.now();
    return Math.max(ru?.waitMs(partition, now) ?? 0, ceilings.waitMs(now));
  }

  private async waitForTurn(partition: number | undefined, signal: AbortSignal): Promise<void> {
    const { clock, ceilings, ru } = this.parts;
    for (;;) {
      signal.throwIfAborted();
      const now = clock.now();
      const byBudget = ru?.waitMs(partition, now) ?? 0;
      const byCeiling = ceilings.waitMs(now);
      const wait = Math.max(byBudget, byCeiling);
      if (wait <= 0) return;
      await clock.sleep(Math.max(1, Math.ceil(Math.min(wait, LONGEST_SLEEP_MS))), signal);
      const after = clock.now();
      this.bottleneck.waited(byCeiling > byBudget ? 'ceiling' : 'request-units', after - now, after);
    }
  }
}
