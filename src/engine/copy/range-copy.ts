/** Copies one range: reads it in `_id` order, has several inserts on their way, and records how far all of them have come. */
import { rawId } from '../../core/bson/raw-document.js';
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import type { Journal } from '../journal/port.js';
import { NOTHING_COPIED, type RangeStatus, type RangeSum } from '../journal/ranges.js';
import type { RangePace } from '../progress/range-spread.js';
import { DigestSum } from '../verify/document-sums.js';
import type { DocumentBatch } from './batch.js';
import { Delivery, type DeliveryContext } from './delivery.js';
import { PartsInFlight, type SettledPart } from './parts-in-flight.js';
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
  readonly #parts: PartsInFlight;
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
    this.#parts = new PartsInFlight(context.depth, (settled) => this.#takeIn(settled));
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
          if (this.#parts.hasFailed) throw error;
          const wait = outage.next(error);
          await this.#parts.settle();
          await this.#goBackUnlessSeekable();
          await delivery.clock.sleep(wait, delivery.signal);
        } finally {
          await reader.close();
        }
      }
      this.#refuse();
      await this.#parts.settle();
      await journal.append({ type: 'range-done', ns: this.#ns, range: this.range, sum: this.#total() });
      this.#endedAt = delivery.clock.now();
    } finally {
      this.#refuse();
      await this.#parts.quiet();
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
    const asked = performance.now();
    try {
      await this.#parts.room();
    } finally {
      this.#context.delivery.pacer.waited('target', performance.now() - asked);
    }
  }

  #start(batch: DocumentBatch, release: (() => void) | undefined): void {
    const { source, order, delivery } = this.#context;
    const last = order === 'by-id' ? lastId(batch) : undefined;
    const resumeAt = last && source.canBound(last) ? last : undefined;
    const sum = new DigestSum();
    this.#parts.add({ resumeAt, documents: batch.count, bytes: batch.bytes, sum, release }, async (rests) => {
      const sending = new Delivery(delivery, this.#countedBefore, rests).run(batch);
      // While the insert is on its way there is time to look at what it carries.
      const summing = new Promise<void>((resolve) => setImmediate(resolve)).then(() => sum.addAll(batch));
      const [{ buried, skipped }] = await Promise.all([sending, summing]);
      for (const document of buried) sum.subtract(document);
      return skipped;
    });
  }

  #takeIn(settled: readonly SettledPart[]): void {
    for (const part of settled) {
      this.#sum.merge(part.sum);
      this.#skipped += part.skipped;
      this.#sinceMark += part.documents;
      if (!part.resumeAt) continue;
      this.#mark = { highWater: part.resumeAt, sum: this.#total() };
      this.#sinceMark = 0;
    }
    const { highWater, sum } = this.#mark;
    if (!highWater || this.#sinceMark > 0) return;
    this.#context.journal
      .append({ type: 'range-progress', ns: this.#ns, range: this.range, highWater: highWater.toString('hex'), sum })
      .catch((error: unknown) => this.#parts.fail(error));
  }

  #total(): RangeSum {
    return { ...this.#sum.total(), skipped: this.#skipped };
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
      await this.#parts.settle();
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
      if (!this.#parts.hasFailed && MigrationError.is(error, 'command-failed')) return false;
      throw error;
    } finally {
      give?.(undefined);
    }
  }
}

function bytesOf(hex: string | undefined): Buffer | undefined {
  return hex === undefined ? undefined : Buffer.from(hex, 'hex');
}

/** `_id` of the last document of a batch. */
function lastId(batch: DocumentBatch): Buffer | undefined {
  return batch.count === 0 ? undefined : rawId(batch.at(batch.count - 1));
}
