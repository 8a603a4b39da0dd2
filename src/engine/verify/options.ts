import type { Plan, PlannedCollection } from '../../core/model/plan.js';
import type { Clock } from '../ports.js';
import type { DigestTotal } from './document-sums.js';
import type { Pacer } from './pacer.js';
import type { VerificationResult } from './result.js';
import type { SourceWrites } from './source-writes.js';

export interface VerifyOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Called after each reply with what it brought. */
  readonly onProgress?: (progress: {
    readonly ns: string;
    readonly side: 'source' | 'target';
    readonly documents: number;
    readonly bytes: number;
  }) => void;
  /** Waited for, so that what is proven can be written down before the next is begun. */
  readonly onResult?: (result: VerificationResult) => Promise<void>;
  /** Ranges of one collection at a time. Default 2: two readers on each side keep two cores busy. */
  readonly parallelRanges?: number;
  /** Collections at a time. Default 2. */
  readonly parallelCollections?: number;
  readonly sourcePacer?: Pacer;
  readonly targetPacer?: Pacer;
  /** Documents named per collection. Default 1,000; totals are counted in full. */
  readonly reportLimit?: number;
  /** Default true. */
  readonly mendEmptyTimestamps?: boolean;
  /** `_id`s (hexadecimal, type byte and value) of the dead letters of a namespace of the target. */
  readonly deadLetters?: (targetNs: string) => Promise<ReadonlySet<string>>;
  /** Of the source's reads; the target's are always from its primary. */
  readonly readPreference?: string;
  /** Of the source's reads; the server's default where it is left out. */
  readonly readConcern?: string;
  /** What the source came to while it was copied, by namespace of the target: then the target alone is read, as long as it agrees. */
  readonly streamed?: (targetNs: string) => StreamedSource | undefined;
  /** Bytes of one `_id` range. Default 96 MB. */
  readonly rangeBytes?: number;
}

/** Sums of a source that was read once. They tell of the source of today only where nobody has written to it since. */
export interface StreamedSource {
  readonly ranges: readonly StreamedRange[];
  /** Counted before the first document was read. */
  readonly writes: SourceWrites | undefined;
}

/** A range as it was copied. `_id`s are type byte and value bytes, hexadecimal. */
export interface StreamedRange {
  readonly lower?: string;
  readonly upper?: string;
  readonly sum: DigestTotal;
}

export interface CollectionJob {
  readonly planned: PlannedCollection;
  readonly targetKind: Plan['targetKind'];
  readonly depth: Plan['verification']['depth'];
}
