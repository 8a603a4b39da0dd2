/** The first reading: sums of both sides, segment by segment. */
import { mapBounded } from '../bounded.js';
import { LANES } from '../kernel/kernel.js';
import { DocumentSums, type ExcludedIds } from './document-sums.js';
import { bothSides, readSegment, withReconnect, type Segment, type Side } from './side.js';

/** What one side of one segment came to. */
export interface SideTotal {
  readonly documents: number;
  readonly bytes: number;
  readonly lanes: Uint32Array;
  readonly excluded: number;
}

export interface DifferingBucket {
  readonly bucket: number;
  readonly onSource: number;
  readonly onTarget: number;
}

export interface ComparedSegment {
  readonly segment: Segment;
  readonly source: SideTotal;
  readonly target: SideTotal;
  /** Of `buckets` buckets; empty where both sides are equal. */
  readonly differing: readonly DifferingBucket[];
}

export interface Comparison {
  readonly source: Side;
  readonly target: Side;
  readonly segments: readonly Segment[];
  /** Buckets per segment, a power of two. */
  readonly buckets: number;
  readonly parallel: number;
  readonly excluded: ExcludedIds | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Reads every segment once on both sides. Memory: 24 bytes per bucket for each segment under way. @throws as the sessions do. */
export async function compareSegments(work: Comparison, segments = work.segments): Promise<ComparedSegment[]> {
  return mapBounded(segments, work.parallel, (segment) => compareSegment(work, segment), work.signal);
}

async function compareSegment(work: Comparison, segment: Segment): Promise<ComparedSegment> {
  const sum = (side: Side) => (signal: AbortSignal) =>
    withReconnect({ clock: side.clock, signal }, async () => {
      const sums = new DocumentSums(work.buckets, work.excluded);
      await readSegment(side, segment, (document) => sums.add(document), signal);
      return sums;
    });
  const [source, target] = await bothSides(work.signal, sum(work.source), sum(work.target));
  const differing = source.differingFrom(target).map((bucket) => ({
    bucket,
    onSource: source.counts[bucket] ?? 0,
    onTarget: target.counts[bucket] ?? 0,
  }));
  return { segment, source: totalOf(source), target: totalOf(target), differing };
}

function totalOf(sums: DocumentSums): SideTotal {
  return { documents: sums.documents, bytes: sums.bytes, lanes: sums.total(), excluded: sums.excluded };
}

/** One side over all segments. */
export function sumTotals(totals: readonly SideTotal[]): SideTotal {
  const lanes = new Uint32Array(LANES);
  let documents = 0;
  let bytes = 0;
  let excluded = 0;
  for (const total of totals) {
    documents += total.documents;
    bytes += total.bytes;
    excluded += total.excluded;
    for (let lane = 0; lane < LANES; lane += 1) lanes[lane] = (lanes[lane] ?? 0) + (total.lanes[lane] ?? 0);
  }
  return { documents, bytes, lanes, excluded };
}

/** Equal in number and digest, and so in every byte of every document. */
export function sameTotals(a: SideTotal, b: SideTotal): boolean {
  return a.documents === b.documents && a.lanes.every((lane, i) => lane === b.lanes[i]);
}
