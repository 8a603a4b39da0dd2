/**
 * Request units per second, per physical partition (facts section 8.4): a bucket refilled to the partition's rate at each whole second of
 * the wall clock; an operation is admitted while anything is left and is then charged in full, so that a debt is carried into the next seconds.
 */

class PartitionBudget {
  private second: number;
  private remaining: number;

  constructor(
    private rate: number,
    now: number,
  ) {
    this.second = Math.floor(now / 1000);
    this.remaining = rate;
  }

  left(now: number): number {
    const second = Math.floor(now / 1000);
    if (second > this.second) {
      this.remaining = Math.min(this.rate, this.remaining + (second - this.second) * this.rate);
      this.second = second;
    }
    return this.remaining;
  }

  spend(ru: number, now: number): void {
    this.remaining = this.left(now) - ru;
  }

  /** Whole ms until something is left again; at least 1. */
  retryAfterMs(now: number): number {
    const left = this.left(now);
    if (left > 0) return 1;
    const seconds = Math.floor(-left / this.rate) + 1;
    return Math.max(1, Math.ceil((this.second + seconds) * 1000 - now));
  }

  setRate(rate: number, now: number): void {
    const left = this.left(now);
    this.remaining = Math.min(rate, rate > this.rate ? left + rate - this.rate : left);
    this.rate = rate;
  }
}

/** An operation that goes to every partition. */
export const ALL_PARTITIONS = -1;

export type OfferKind = 'manual' | 'autoscale';
/** What is provisioned: RU/s, which for autoscale is the maximum. */
export interface Offer {
  readonly kind: OfferKind;
  readonly ruPerSecond: number;
}

/** The throughput of a collection, or of a database that its collections share. */
export class ThroughputPool {
  private budgets: PartitionBudget[];
  private pending: { at: number; offer: Offer; partitions: number } | undefined;
  private current: Offer;
  private highest: number;
  /** Times of the throughput updates of the last five minutes, in ms. */
  private updates: number[] = [];
  /** Operations that are still to be refused, whatever is left. */
  private toRefuse = 0;

  constructor(offer: Offer, partitions: number, now: number, highestEver = offer.ruPerSecond) {
    this.current = offer;
    this.highest = highestEver;
    this.budgets = Array.from({ length: partitions }, () => new PartitionBudget(offer.ruPerSecond / partitions, now));
  }

  get offer(): Offer {
    return this.current;
  }

  get highestEver(): number {
    return this.highest;
  }

  get partitions(): number {
    return this.budgets.length;
  }

  /** Applies a scaling whose time has come. Lazy, so that no timer outlives a test. */
  settle(now: number): void {
    if (!this.pending || now < this.pending.at) return;
    const { offer, partitions } = this.pending;
    this.pending = undefined;
    this.apply(offer, partitions, now);
  }

  /** True where one of the operation's partitions has nothing left. */
  exhausted(partition: number, now: number): boolean {
    this.settle(now);
    if (partition !== ALL_PARTITIONS) return this.budget(partition).left(now) <= 0;
    return this.budgets.some((budget) => budget.left(now) <= 0);
  }

  /** Admits the operation and charges it, or does neither. */
  admit(partition: number, ru: number, now: number): boolean {
    if (this.toRefuse > 0) {
      this.toRefuse -= 1;
      return false;
    }
    if (this.exhausted(partition, now)) return false;
    this.spend(partition, ru, now);
    return true;
  }

  /** The next `operations` find that others were there first. */
  refuseNext(operations: number): void {
    this.toRefuse = operations;
  }

  /** Charges without asking: for reads, whose charge is known afterwards. A negative amount gives back. */
  spend(partition: number, ru: number, now: number): void {
    if (partition !== ALL_PARTITIONS) {
      this.budget(partition).spend(ru, now);
      return;
    }
    for (const budget of this.budgets) budget.spend(ru / this.budgets.length, now);
  }

  retryAfterMs(partition: number, now: number): number {
    if (partition !== ALL_PARTITIONS) return this.budget(partition).retryAfterMs(now);
    return Math.max(...this.budgets.map((budget) => budget.retryAfterMs(now)));
  }

  /** Scales to `offer` with at least `partitions`, at once or after `delayMs`. */
  scale(offer: Offer, partitions: number, now: number, delayMs: number): void {
    if (delayMs > 0) this.pending = { at: now + delayMs, offer, partitions };
    else {
      this.pending = undefined;
      this.apply(offer, partitions, now);
    }
  }

  /** Counts a throughput update; false when `limit` were made within `windowMs`. */
  countUpdate(now: number, limit: number, windowMs: number): boolean {
    this.updates = this.updates.filter((at) => at > now - windowMs);
    if (this.updates.length >= limit) return false;
    this.updates.push(now);
    return true;
  }

  private apply(offer: Offer, partitions: number, now: number): void {
    const count = Math.max(partitions, this.budgets.length);
    const rate = offer.ruPerSecond / count;
    for (const budget of this.budgets) budget.setRate(rate, now);
    while (this.budgets.length < count) this.budgets.push(new PartitionBudget(rate, now));
    this.current = offer;
    this.highest = Math.max(this.highest, offer.ruPerSecond);
  }

  private budget(partition: number): PartitionBudget {
    const budget = this.budgets[partition % this.budgets.length];
    if (!budget) throw new RangeError(`no partition ${partition}`);
    return budget;
  }
}
