/** Copies one range: reads it in `_id` order, has several inserts on their way, and records how far all of them have come. */
import { rawId } from '../../core/bson/raw-document.js';
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import type { Journal } from '../journal/port.js';
import { NOTHING_COPIED, type RangeStatus, type RangeSum } from '../journal/ranges.js';
import type { RangePace } from '../progress/range-spread.js';
import { DigestSum } from '../verify/document-sums.js';
import type { DocumentBatch } from './batch.js';
import { Delivery, lastId, type DeliveryContext } from './delivery.js';
import { Outage } from './patience.js';
import type { CopySource, RangeReader, ReadOptions, ReadOrder } from './ports.js';

/** What the ranges of one collection share. */
export interface RangeContext {
  readonly from: Namespace;
  readonly order: ReadOrder;
  readonly source: CopySource;
  readonly read: ReadOptions;
  readonly delivery: DeliveryContext;
  readonly journal: Journal;
  /** How many parts of a range may be on their way; asked before each. 1 keeps the order of reading, which is what a capped collection is about. */
  readonly depth: () => number;
  /** Whether the source reads from a given `_id` on; asked only where that is needed. */
  readonly canSeek: () => Promise<boolean>;
  /** A part of a range must be worth a reader of its own: what is smaller than this is not cut off. */
  readonly splitBytes: number;
  /** A number for a new range of this collection. */
  readonly newRange: () => number;
}

/**
 * How far ahead of the first document that is not accounted for a range is read, in bytes: documents that wait for the budget of their
 * partition must not hold up those of the others, and must not keep more than a few replies in memory.
 */
const AHEAD_BYTES = 8_000_000;

/** A part of a batch on its way. */
interface Part {
  /** Of the last document; undefined where reading cannot go on from there. */
  readonly resumeAt: Buffer | undefined;
  readonly documents: number;
  readonly bytes: number;
  sum: DigestSum;
  skipped: number;
  settled: boolean;
  /** Of the last part of a batch: nobody needs the batch any more once this part is settled and all before it are. */
  readonly release: (() => void) | undefined;
}

interface Mark {
  readonly highWater: Buffer | undefined;
  readonly sum: RangeSum;
}

export class RangeCopy {
  readonly range: number;
  readonly #context: RangeContext;
  readonly #ns: string;
  readonly #lower: Buffer | undefined;
  #upper: Buffer | undefined;
  /** Estimate of the whole range. */
  #bytes: number;
  /** Read so far by this process and earlier ones. */
  #bytesRead = 0;
  readonly #bytesBefore: number;
  #startedAt: number | undefined;
  #endedAt: number | undefined;
  #mark: Mark;
  /** Acknowledged without a gap, beyond the mark too. */
  readonly #sum: DigestSum;
  #skipped = 0;
  /** Equal duplicates to come that were counted when they were first sent. */
  readonly #countedBefore = { documents: 0 };
  #sinceMark = 0;
  #parts: Part[] = [];
  #sending = 0;
  /** Of those that are on their way, how many wait for their next sending. */
  #resting = 0;
  /** Of all parts. */
  #ahead = 0;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;
  #refuses = false;
  #wanted: ((taken: RangeStatus | undefined) => void) | undefined;

  constructor(status: RangeStatus, context: RangeContext) {
    this.range = status.range;
    this.#context = context;
    this.#ns = formatNamespace(context.delivery.ns);
    this.#lower = bytesOf(status.lower);
    this.#upper = bytesOf(status.upper);
    this.#bytes = status.bytes;
    this.#mark = { highWater: bytesOf(status.highWater), sum: status.sum };
    this.#sum = DigestSum.from(status.sum);
    this.#skipped = status.sum.skipped;
    this.#bytesRead = status.sum.bytes;
    this.#bytesBefore = status.sum.bytes;
  }

  /** How far this attempt is with what was left of the range. */
  pace(now: number): RangePace {
    const startedAt = this.#startedAt ?? now;
    return {
      plannedBytes: Math.max(0, this.#bytes - this.#bytesBefore),
      doneBytes: Math.max(0, this.#sum.bytes - this.#bytesBefore),
      workedMs: (this.#endedAt ?? now) - startedAt,
      done: this.#endedAt !== undefined,
    };
  }

  /** About how much is left to read. */
  get bytesLeft(): number {
    return Math.max(0, this.#bytes - this.#bytesRead);
  }

  /** @throws ConflictFound; MigrationError where source or target give up; the signal's reason. What was acknowledged is recorded. */
  async run(): Promise<void> {
    const { delivery, journal } = this.#context;
    const outage = new Outage(delivery);
    this.#startedAt = delivery.clock.now();
    try {
      await this.#goBackUnlessSeekable();
      for (;;) {
        const reader = this.#open();
        try {
          if (await this.#readAll(reader, outage)) break;
        } catch (error) {
          if (this.#failure) throw error;
          const wait = outage.next(error);
          await this.#settle();
          await this.#goBackUnlessSeekable();
          await delivery.clock.sleep(wait, delivery.signal);
        } finally {
          await reader.close();
        }
      }
      this.#refuse();
      await this.#settle();
      await journal.append({ type: 'range-done', ns: this.#ns, range: this.range, sum: this.#total() });
      this.#endedAt = delivery.clock.now();
    } finally {
      this.#refuse();
      await this.#quiet();
    }
  }

  /** The second half of what is left, for another reader; undefined where there is none to give away. */
  giveAway(): Promise<RangeStatus | undefined> {
    if (
      this.#refuses ||
      this.#wanted ||
      this.#context.order !== 'by-id' ||
      this.bytesLeft < 2 * this.#context.splitBytes
    )
      return Promise.resolve(undefined);
    return new Promise((resolve) => (this.#wanted = resolve));
  }

  /** Whoever asks for a part of this range gets none of it any more. */
  #refuse(): void {
    this.#refuses = true;
    this.#wanted?.(undefined);
    this.#wanted = undefined;
  }

  #open(): RangeReader {
    const { source, from, order, read } = this.#context;
    const lower = this.#mark.highWater ?? this.#lower;
    return source.read(
      from,
      order,
      { ...(lower ? { lower } : {}), ...(this.#upper ? { upper: this.#upper } : {}) },
      read,
    );
  }

  /** True at the range's end; false where it must be read on with another reader. */
  async #readAll(reader: RangeReader, outage: Outage): Promise<boolean> {
    const { pacer } = this.#context.delivery;
    let skip = this.#mark.highWater;
    for (;;) {
      const asked = performance.now();
      const batch = await reader.next();
      pacer.waited('source', performance.now() - asked);
      if (!batch) return true;
      outage.over();
      // A range that is read on starts with the document that it got to.
      const isKnown = skip !== undefined && rawId(batch.at(0))?.equals(skip) === true;
      skip = undefined;
      const fresh = isKnown ? batch.slice(1, batch.count) : batch;
      if (fresh.count > 0) await this.#hand(fresh, () => batch.release());
      else batch.release();
      if (this.#wanted && (await this.#split())) return false;
    }
  }

  async #hand(batch: DocumentBatch, release: () => void): Promise<void> {
    const { pacer, target } = this.#context.delivery;
    this.#bytesRead += batch.bytes;
    let from = 0;
    while (from < batch.count) {
      const limit = pacer.insertLimit();
      const room = Math.min(limit.bytes, target.limits.bytes);
      const most = Math.max(1, Math.min(limit.documents, target.limits.documents));
      let to = from;
      let bytes = 0;
      while (to < batch.count && to - from < most) {
        const length = batch.lengthOf(to);
        if (to > from && bytes + length > room) break;
        bytes += length;
        to += 1;
      }
      await this.#room();
      this.#start(batch.slice(from, to), to === batch.count ? release : undefined);
      from = to;
    }
  }

  async #room(): Promise<void> {
    const { pacer } = this.#context.delivery;
    const asked = performance.now();
    while (!this.#failure && !this.#hasRoom()) await this.#change();
    pacer.waited('target', performance.now() - asked);
    if (this.#failure) throw this.#failure.error;
  }

  #hasRoom(): boolean {
    const depth = this.#context.depth();
    if (this.#parts.length < depth) return true;
    // Where order counts (depth 1) nothing overtakes.
    return depth > 1 && this.#sending - this.#resting < depth && this.#ahead < AHEAD_BYTES;
  }

  #start(batch: DocumentBatch, release: (() => void) | undefined): void {
    const { source, order, delivery } = this.#context;
    const last = order === 'by-id' ? lastId(batch) : undefined;
    const part: Part = {
      resumeAt: last && source.canBound(last) ? last : undefined,
      documents: batch.count,
      bytes: batch.bytes,
      sum: new DigestSum(),
      skipped: 0,
      settled: false,
      release,
    };
    this.#parts.push(part);
    this.#ahead += part.bytes;
    const rests = (resting: boolean): void => {
      this.#resting += resting ? 1 : -1;
      if (resting) this.#notify();
    };
    const sending = new Delivery(delivery, this.#countedBefore, rests).run(batch);
    // While the insert is on its way there is time to look at what it carries.
    const summing = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      part.sum.addAll(batch);
    });
    this.#sending += 1;
    Promise.all([sending, summing]).then(
      ([{ buried, skipped }]) => {
        this.#sending -= 1;
        for (const document of buried) part.sum.subtract(document);
        part.skipped = skipped;
        part.settled = true;
        this.#advance();
      },
      (error: unknown) => {
        this.#sending -= 1;
        this.#fail(error);
      },
    );
  }

  /** Takes in what is settled without a gap. */
  #advance(): void {
    for (let part = this.#parts[0]; part?.settled; part = this.#parts[0]) {
      this.#parts.shift();
      part.release?.();
      this.#ahead -= part.bytes;
      this.#sum.merge(part.sum);
      this.#skipped += part.skipped;
      this.#sinceMark += part.documents;
      if (!part.resumeAt) continue;
      this.#mark = { highWater: part.resumeAt, sum: this.#total() };
      this.#sinceMark = 0;
    }
    const { highWater, sum } = this.#mark;
    if (highWater && this.#sinceMark === 0) {
      const { journal } = this.#context;
      journal
        .append({
          type: 'range-progress',
          ns: this.#ns,
          range: this.range,
          highWater: highWater.toString('hex'),
          sum,
        })
        .catch((error: unknown) => this.#fail(error));
    }
    this.#notify();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#notify();
  }

  #total(): RangeSum {
    return { ...this.#sum.total(), skipped: this.#skipped };
  }

  /** Waits until everything on its way is accounted for. */
  async #settle(): Promise<void> {
    while (!this.#failure && this.#parts.length > 0) await this.#change();
    if (this.#failure) throw this.#failure.error;
  }

  /** Waits for what is still on its way, so that nothing is written behind the caller's back. */
  async #quiet(): Promise<void> {
    while (this.#sending > 0) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** Where reading cannot go on from the mark, it starts again, and what is met again is not counted again. */
  async #goBackUnlessSeekable(): Promise<void> {
    const { canSeek } = this.#context;
    if (this.#mark.highWater && !(await canSeek())) this.#mark = { highWater: undefined, sum: NOTHING_COPIED };
    const { sum } = this.#mark;
    this.#countedBefore.documents += this.#sum.documents - sum.documents;
    this.#bytesRead = sum.bytes;
    this.#sum.reset(sum);
    this.#skipped = sum.skipped;
    this.#sinceMark = 0;
  }

  /** Cuts off the second half of what is left. False where there is no place to cut. */
  async #split(): Promise<boolean> {
    const { source, from, delivery, journal, newRange } = this.#context;
    const give = this.#wanted;
    this.#wanted = undefined;
    try {
      await this.#settle();
      const { highWater, sum } = this.#mark;
      const average = sum.documents > 0 ? sum.bytes / sum.documents : 0;
      if (!give || !highWater || this.#sinceMark > 0 || average === 0 || !(await this.#context.canSeek())) return false;
      const skip = Math.floor(this.bytesLeft / average / 2);
      const left = { lower: highWater, ...(this.#upper ? { upper: this.#upper } : {}) };
      const at = await source.idAfter(from, left, skip, delivery.signal);
      if (!at || at.equals(highWater) || !source.canBound(at)) return false;
      const into = newRange();
      const bytes = Math.floor(this.bytesLeft / 2);
      await journal.append({
        type: 'range-split',
        ns: this.#ns,
        range: this.range,
        upper: at.toString('hex'),
        into,
        bytes,
      });
      const upper = this.#upper === undefined ? {} : { upper: this.#upper.toString('hex') };
      give({ range: into, lower: at.toString('hex'), ...upper, bytes, sum: NOTHING_COPIED, done: false });
      this.#upper = at;
      this.#bytes -= bytes;
      return true;
    } catch (error) {
      // Nothing hangs on it: the range is read to its end by one reader then.
      if (!this.#failure && MigrationError.is(error, 'command-failed')) return false;
      throw error;
    } finally {
      give?.(undefined);
    }
  }
}

function bytesOf(hex: string | undefined): Buffer | undefined {
  return hex === undefined ? undefined : Buffer.from(hex, 'hex');
}
