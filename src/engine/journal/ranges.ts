/** What a journal says of the ranges of a collection that is copied directly. `_id`s are type byte and value bytes, hexadecimal. */
import { MigrationError } from '../../core/model/error.js';
import { NO_DOCUMENTS, type DigestTotal } from '../verify/document-sums.js';
import type { SourceWrites } from '../verify/source-writes.js';

/** A range as it was planned: `lower` belongs to it, `upper` does not; a missing end is open. */
export interface PlannedRange {
  readonly range: number;
  readonly lower?: string;
  readonly upper?: string;
  /** Estimated. */
  readonly bytes: number;
}

/** Documents of the source that the target has acknowledged; dead letters are not among them. */
export interface RangeSum extends DigestTotal {
  /** Of these, left as other bytes on the target (conflict policy `skip`). */
  readonly skipped: number;
}

export const NOTHING_COPIED: RangeSum = { ...NO_DOCUMENTS, skipped: 0 };

export type RangeEntry =
  /** Replaces all ranges that the namespace had. `order`: how the collection is read; without `by-id` there is one range and no resuming within it. */
  | {
      readonly type: 'ranges-planned';
      readonly ns: string;
      readonly order: 'by-id' | 'natural';
      readonly ranges: readonly PlannedRange[];
      /** Counted before the first document is read, where the source tells. */
      readonly writes?: SourceWrites;
    }
  /** Written before the part from `upper` on, which is where the range ends now, is read by itself as `into`. */
  | {
      readonly type: 'range-split';
      readonly ns: string;
      readonly range: number;
      readonly upper: string;
      readonly into: number;
      readonly bytes: number;
    }
  /** Every document up to `highWater`, which is included, is accounted for: acknowledged, there already, or a dead letter on disk. */
  | {
      readonly type: 'range-progress';
      readonly ns: string;
      readonly range: number;
      readonly highWater: string;
      readonly sum: RangeSum;
    }
  | { readonly type: 'range-done'; readonly ns: string; readonly range: number; readonly sum: RangeSum };

export interface RangeStatus extends PlannedRange {
  readonly highWater?: string;
  readonly sum: RangeSum;
  readonly done: boolean;
}

export interface NamespaceRanges {
  readonly order: 'by-id' | 'natural';
  readonly writes?: SourceWrites;
  readonly ranges: ReadonlyMap<number, RangeStatus>;
}

/** Folds range records; a class because a long run has many and each must cost little. */
export class RangeLedger {
  readonly #namespaces = new Map<string, NamespaceRanges & { readonly ranges: Map<number, RangeStatus> }>();

  /** @throws MigrationError `journal-damaged` for a range that was never planned. */
  apply(entry: RangeEntry, line: number): void {
    if (entry.type === 'ranges-planned') {
      const ranges = entry.ranges.map((range): [number, RangeStatus] => [
        range.range,
        { ...range, sum: NOTHING_COPIED, done: false },
      ]);
      const writes = entry.writes && { writes: entry.writes };
      this.#namespaces.set(entry.ns, { order: entry.order, ...writes, ranges: new Map(ranges) });
      return;
    }
    const ranges = this.#namespaces.get(entry.ns)?.ranges;
    const before = ranges?.get(entry.range);
    if (!ranges || !before) throw new MigrationError('journal-damaged', { line, reason: 'unknown-range' });
    switch (entry.type) {
      case 'range-split': {
        const upper = before.upper === undefined ? {} : { upper: before.upper };
        const { into, bytes } = entry;
        ranges.set(into, { range: into, lower: entry.upper, ...upper, bytes, sum: NOTHING_COPIED, done: false });
        ranges.set(entry.range, { ...before, upper: entry.upper, bytes: Math.max(0, before.bytes - entry.bytes) });
        return;
      }
      case 'range-progress':
        ranges.set(entry.range, { ...before, highWater: entry.highWater, sum: entry.sum });
        return;
      case 'range-done': {
        // How far it came on the way says nothing any more.
        const { range, lower, upper, bytes } = before;
        const ends = { ...(lower === undefined ? {} : { lower }), ...(upper === undefined ? {} : { upper }) };
        ranges.set(range, { range, ...ends, bytes, sum: entry.sum, done: true });
        return;
      }
    }
  }

  of(ns: string): NamespaceRanges | undefined {
    return this.#namespaces.get(ns);
  }

  /** A copy that later records do not change. */
  snapshot(): ReadonlyMap<string, NamespaceRanges> {
    return new Map(
      [...this.#namespaces].map(([ns, found]) => [ns, { ...found, ranges: new Map(found.ranges) }] as const),
    );
  }
}
