import type { Throughput } from '../../core/model/facts.js';
import { ruPerSecond } from '../../core/model/units.js';
import { insertCharge } from '../../core/size/charges.js';
import { LearntCharge } from '../../core/throttle/learnt-charge.js';
import { MeasureTiming } from '../../core/throttle/measure-timing.js';
import { RuBucket, type RuSteering } from '../../core/throttle/ru-bucket.js';
import { Turnstile } from '../../core/throttle/turnstile.js';
import type { CopyLoad, ObservedReply } from './pacer.js';

/** Milliseconds' worth of budget in one insert: a smaller part of a second is overshot by less. */
const COMMAND_MS = 20;
/** Inserts that may wait for answers together so that the budget is used; further ones would not help a target that takes so long. */
const MOST_ON_THEIR_WAY = 16;
/**
 * The engine's charges are learnt by document and size, so that the provisioned rate is used as it is; refusals stay within a hundredth of
 * what is sent. The figures were found on the model (`test/support/throttled-copy.ts`), with 1, 5 and 20 partitions, even and uneven.
 */
const STEADY: RuSteering = {
  firstShare: 0.985,
  highestShare: 1,
  // Less is left to the allowance.
  band: { low: 0, high: 0.05 },
  step: 0.008,
  // The provisioned figure is known: one second's refusals, at the start above all, are an error of an estimate and not of that.
  deepestCut: 0.9,
  commandMs: COMMAND_MS,
  // A timer that is late by more than that is rare even on a machine that is busy with something else.
  burstMs: 200,
  // A little below the hundredth that is aimed for: what is on its way when a pause begins is refused on top of it.
  allowance: { share: 0.0085, seconds: 3 },
};
/** What a refused operation was charged in the one recorded reply that says it (spring-data-mongodb #3196). */
const REFUSED_RU = 0.38;
/** Documents in the first insert into a budget whose charges are not known yet. */
const LEARNING_DOCUMENTS = 10;

/** Throughput of a budget, as far as it has a figure. */
export type KnownThroughput = Extract<Throughput, { kind: 'manual' | 'autoscale' }>;

interface Share {
  readonly bucket: RuBucket;
  readonly turnstile: Turnstile;
}

/**
 * The request units of one budget: a collection, or a database that shares them. Loads that name their physical partition are paced by
 * that partition's share (the service splits RU/s evenly); the others by the whole. Pure but for the queue of those that wait.
 */
export class RuBudget {
  private readonly charge = new LearntCharge();
  private readonly timing = new MeasureTiming();
  private readonly whole: Share;
  private readonly parts = new Map<number, Share>();
  private throughput: KnownThroughput | undefined;
  /** The account tries again by itself (seen by a code 50): then what is too much shows as latency alone. */
  private serverRetries = false;

  /** `partitions`: physical ones, 1 where unknown. */
  constructor(
    now: number,
    private readonly partitions = 1,
  ) {
    this.whole = newShare(now);
  }

  provision(throughput: KnownThroughput): void {
    this.throughput = throughput;
    provisionShare(this.whole, throughput, 1);
    for (const part of this.parts.values()) provisionShare(part, throughput, this.partitions);
  }

  /** RU/s as last read; undefined where nothing was told (serverless). */
  get provisioned(): number | undefined {
    return this.whole.bucket.snapshot().provisioned;
  }

  get rate(): number | undefined {
    return this.whole.bucket.snapshot().rate;
  }

  /** RU of a load: Microsoft's table by size, corrected by what was measured. */
  estimate(load: CopyLoad): number {
    const table = tableCharge(load);
    return this.charge.estimate(table) ?? table;
  }

  /** The most that one insert should carry. `usualBytes`: of a document, as seen so far. */
  insertLimit(usualBytes: number, partition: number | undefined, now: number): CopyLoad {
    const most = this.share(partition, now).bucket.commandBudget();
    if (most === undefined) return { documents: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
    const each = this.estimate({ documents: 1, bytes: usualBytes });
    const documents = Math.max(1, Math.floor(most / each));
    if (this.charge.perWeight === undefined)
      return { documents: Math.min(documents, LEARNING_DOCUMENTS), bytes: Number.POSITIVE_INFINITY };
    return { documents, bytes: Math.max(usualBytes, documents * usualBytes) };
  }

  /**
   * Inserts that must be on their way for the budget to be used up while an answer takes `latencyMs` (Little's law): here the budget is the limit, and
   * a slow answer must not become one.
   */
  leastConcurrency(latencyMs: number): number {
    if (this.rate === undefined || this.serverRetries) return 1;
    return Math.min(MOST_ON_THEIR_WAY, Math.ceil(latencyMs / COMMAND_MS) + 1);
  }

  wantsCharge(now: number): boolean {
    return this.timing.isDue(now);
  }

  turnstile(partition: number | undefined, now: number): Turnstile {
    return this.share(partition, now).turnstile;
  }

  waitMs(partition: number | undefined, now: number): number {
    return this.share(partition, now).bucket.waitMs(now);
  }

  take(partition: number | undefined, ru: number, now: number): void {
    this.share(partition, now).bucket.take(ru);
  }

  /** `estimated` is what was taken. Returns what the load is reckoned to have been charged, in RU. */
  settle(load: CopyLoad, estimated: number, charged: number | undefined, throttled: number, now: number): number {
    if (charged !== undefined && throttled === 0) this.charge.learn(tableCharge(load), charged);
    const taken = load.documents > 0 ? (load.documents - throttled) / load.documents : 1;
    const reckoned = charged ?? estimated * taken + REFUSED_RU * throttled;
    this.share(load.partition, now).bucket.settle(estimated, reckoned);
    return reckoned;
  }

  observe(reply: ObservedReply, now: number): void {
    const { bucket } = this.share(reply.partition, now);
    bucket.observe(reply.sent, reply.throttled, reply.retryAfterMs ?? 0, now);
    if (!reply.timedOut) return;
    this.serverRetries = true;
    bucket.giveWay();
  }

  private share(partition: number | undefined, now: number): Share {
    if (partition === undefined || this.partitions === 1) return this.whole;
    let part = this.parts.get(partition);
    if (!part) {
      this.parts.set(partition, (part = newShare(now)));
      if (this.throughput) provisionShare(part, this.throughput, this.partitions);
    }
    return part;
  }
}

function newShare(now: number): Share {
  return { bucket: new RuBucket(now, STEADY), turnstile: new Turnstile() };
}

function provisionShare(share: Share, throughput: KnownThroughput, parts: number): void {
  const figure = throughput.kind === 'manual' ? throughput.ruPerSecond : throughput.maxRuPerSecond;
  share.bucket.provision(ruPerSecond(figure / parts), throughput.kind);
}

function tableCharge(load: CopyLoad): number {
  return load.documents > 0 ? load.documents * insertCharge(load.bytes / load.documents) : 0;
}
