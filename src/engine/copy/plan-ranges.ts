/** Cuts a collection into `_id` ranges that can be read, and read again, by themselves. */
import type { Namespace } from '../../core/model/namespace.js';
import { wantedRanges } from '../../core/tune/direct-copy.js';
import type { PlannedRange } from '../journal/ranges.js';
import type { CopySource } from './ports.js';

/** `$sample` takes its fast path (a random cursor) below 5 % of a collection (MongoDB manual, $sample). */
const SAMPLED_PART = 0.04;
/** Each costs the source about a third of a millisecond (a random seek). Ranges are then within about half of their size, and readers that are done early take over from others. */
const SAMPLES_PER_RANGE = 5;
/** As many as `$sample` looks at before it answers, however few are asked for (PipelineD, a trial of its random cursor; 1 and 100 were measured to take the same 33 ms). */
const SMALLEST_SAMPLE = 100;
/** Judged: less than two seconds of the source's time. */
const LARGEST_SAMPLE = 5_000;
/** A walk reads every index key up to the last boundary: beyond this it takes too long, and ranges are split while they are copied. */
const LARGEST_WALK_DOCUMENTS = 20_000_000;

export interface CollectionSize {
  readonly documents: number;
  readonly bytes: number;
}

export interface RangeWishes {
  /** Ranges that are read at once. */
  readonly readers: number;
  /** For tests: the largest range, in bytes. */
  readonly rangeBytes?: number;
}

/**
 * Ranges of about equal size that together hold every `_id` of every type: the first is open downwards, the last upwards. Boundaries come from a bounded
 * `$sample`, from `splitVector` where that is refused, from a walk over the `_id` index where both are. One range where the collection is small.
 */
export async function planRanges(
  source: CopySource,
  ns: Namespace,
  size: CollectionSize,
  wishes: RangeWishes,
  signal: AbortSignal,
): Promise<readonly PlannedRange[]> {
  const wanted = wantedRanges(size.bytes, wishes.readers, wishes.rangeBytes);
  if (wanted < 2) return [{ range: 0, bytes: size.bytes }];
  const boundaries = await boundariesOf(source, ns, size, wanted, signal);
  return rangesBetween(distinct(boundaries.filter((id) => source.canBound(id))), size.bytes);
}

async function boundariesOf(
  source: CopySource,
  ns: Namespace,
  size: CollectionSize,
  wanted: number,
  signal: AbortSignal,
): Promise<readonly Buffer[]> {
  const worth = Math.max(SMALLEST_SAMPLE, wanted * SAMPLES_PER_RANGE);
  const sampled = Math.min(worth, LARGEST_SAMPLE, Math.floor(size.documents * SAMPLED_PART));
  const sample = sampled > 0 ? await source.sampleIds(ns, sampled, signal) : [];
  if (sample) return quantiles(sample, wanted - 1);
  const split = await source.splitIds(ns, Math.ceil(size.bytes / wanted), signal);
  if (split) return split;
  return size.documents > LARGEST_WALK_DOCUMENTS ? [] : walk(source, ns, size.documents, wanted, signal);
}

async function walk(
  source: CopySource,
  ns: Namespace,
  documents: number,
  wanted: number,
  signal: AbortSignal,
): Promise<Buffer[]> {
  const step = Math.ceil(documents / wanted);
  const found: Buffer[] = [];
  let lower: Buffer | undefined;
  while (found.length < wanted - 1) {
    const next: Buffer | undefined = await source.idAfter(ns, lower ? { lower } : {}, step, signal);
    if (!next || !source.canBound(next)) break;
    found.push(next);
    lower = next;
  }
  return found;
}

/** `wanted` of the sorted values, evenly spread. */
function quantiles(sorted: readonly Buffer[], wanted: number): Buffer[] {
  const count = Math.min(wanted, sorted.length);
  const picked: Buffer[] = [];
  for (let i = 1; i <= count; i += 1) {
    const id = sorted[Math.floor((i * sorted.length) / (count + 1))];
    if (id) picked.push(id);
  }
  return picked;
}

function distinct(sorted: readonly Buffer[]): Buffer[] {
  return sorted.filter((id, i) => i === 0 || !id.equals(sorted[i - 1] ?? Buffer.alloc(0)));
}

function rangesBetween(boundaries: readonly Buffer[], bytes: number): PlannedRange[] {
  const each = Math.ceil(bytes / (boundaries.length + 1));
  return Array.from({ length: boundaries.length + 1 }, (_, range) => {
    const lower = boundaries[range - 1]?.toString('hex');
    const upper = boundaries[range]?.toString('hex');
    return { range, ...(lower === undefined ? {} : { lower }), ...(upper === undefined ? {} : { upper }), bytes: each };
  });
}

/**
 * The ranges in an order that jumps about the key space: neighbours in `_id` order often live on one physical partition of the target, which would get everything at once.
 */
export function spread<T>(items: readonly T[]): T[] {
  const count = items.length;
  // A step near the golden section visits distant places one after another; it must share no divisor with the count to visit all.
  let step = Math.max(1, Math.round(count * 0.618));
  while (gcd(step, count) !== 1) step += 1;
  return Array.from({ length: count }, (_, i) => items[(i * step) % count] as T);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
