import type { CopyCeilings } from '../../core/model/plan.js';
import type { CopyLoad } from './pacer.js';

/** What may pile up while nothing is sent, in ms of the rate. */
const BURST_MS = 100;
/** What one insert should carry at most, in ms of a ceiling: an insert of seconds' worth would make a ceiling a sequence of bursts. */
const INSERT_MS = 250;

/** A rate that must not be passed: a bucket refilled by time, from which a debt may be taken. The rate can be changed at any time. */
class Limit {
  private tokens = 0;
  private refilledAt: number;
  private perSecond = Number.POSITIVE_INFINITY;

  constructor(now: number) {
    this.refilledAt = now;
  }

  set(perSecond: number | undefined, now: number): void {
    this.refill(now);
    const next = perSecond ?? Number.POSITIVE_INFINITY;
    // A debt from a higher rate would be paid back for ever at a lower one: a second of the new rate is enough.
    this.tokens = Number.isFinite(next) ? Math.max(this.tokens, -next) : 0;
    this.perSecond = next;
  }

  waitMs(now: number): number {
    this.refill(now);
    return this.tokens >= 0 ? 0 : (-this.tokens * 1000) / this.perSecond;
  }

  take(amount: number): void {
    if (Number.isFinite(this.perSecond)) this.tokens -= amount;
  }

  most(): number {
    return (this.perSecond * INSERT_MS) / 1000;
  }

  private refill(now: number): void {
    const elapsed = now - this.refilledAt;
    this.refilledAt = now;
    if (!Number.isFinite(this.perSecond)) return;
    this.tokens = Math.min(this.tokens + (this.perSecond * elapsed) / 1000, (this.perSecond * BURST_MS) / 1000);
  }
}

/** The limits that a user has set for a whole run; shared by all of its pacers. Times are milliseconds of one clock, handed in. */
export class Ceilings {
  private present: CopyCeilings = {};
  private readonly ru: Limit;
  private readonly bytes: Limit;
  private readonly documents: Limit;

  constructor(now: number) {
    this.ru = new Limit(now);
    this.bytes = new Limit(now);
    this.documents = new Limit(now);
  }

  get(): CopyCeilings {
    return this.present;
  }

  set(ceilings: CopyCeilings, now: number): void {
    this.present = ceilings;
    this.ru.set(ceilings.ruPerSecond, now);
    this.bytes.set(ceilings.bytesPerSecond, now);
    this.documents.set(ceilings.documentsPerSecond, now);
  }

  /** Milliseconds until something may be sent; 0 for now. */
  waitMs(now: number): number {
    return Math.max(this.ru.waitMs(now), this.bytes.waitMs(now), this.documents.waitMs(now));
  }

  take(load: CopyLoad, ru: number): void {
    this.ru.take(ru);
    this.bytes.take(load.bytes);
    this.documents.take(load.documents);
  }

  /** Corrects what {@link take} took by what was really charged. */
  settle(estimated: number, charged: number): void {
    this.ru.take(charged - estimated);
  }

  /** The most that one insert should carry. `ruPerDocument`: undefined where it is not known. */
  insertLimit(ruPerDocument: number | undefined): CopyLoad {
    const byCharge = ruPerDocument ? this.ru.most() / ruPerDocument : Number.POSITIVE_INFINITY;
    return { documents: Math.min(this.documents.most(), byCharge), bytes: this.bytes.most() };
  }
}
