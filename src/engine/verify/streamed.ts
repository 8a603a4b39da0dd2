/** Verification of what was copied directly: the source's sums were taken on the way, so that the target alone is read, as long as it agrees. */
import { mapBounded } from '../bounded.js';
import { rawIdValue } from '../raw-id.js';
import {
  compareSegments,
  sameTotals,
  type ComparedSegment,
  type Comparison,
  type SideTotal,
} from './compare-segments.js';
import { DigestSum, DocumentSums, lanesOfHex } from './document-sums.js';
import type { StreamedRange } from './options.js';
import { keepsItsPlace } from './range-reads.js';
import { EVERYTHING, readSegment, withReconnect, type Segment } from './side.js';

interface StreamedSegment {
  readonly segment: Segment;
  readonly source: SideTotal;
}

/** All ranges as one. */
export function sumOfStreamed(ranges: readonly StreamedRange[]): SideTotal {
  const sum = new DigestSum();
  for (const range of ranges) sum.merge(DigestSum.from(range.sum));
  return { documents: sum.documents, bytes: sum.bytes, lanes: sum.lanes, excluded: 0 };
}

/** The ranges as the target can be asked for them; one for all where one of their ends cannot be told exactly. */
function segmentsOf(ranges: readonly StreamedRange[], honoured: boolean): StreamedSegment[] {
  const segments: StreamedSegment[] = [];
  for (const [index, { lower, upper, sum }] of ranges.entries()) {
    const min = lower === undefined ? undefined : exactValue(lower);
    const max = upper === undefined ? undefined : exactValue(upper);
    const isExact = (lower === undefined || min) && (upper === undefined || max);
    if (!honoured || !isExact) return [{ segment: EVERYTHING, source: sumOfStreamed(ranges) }];
    segments.push({
      segment: { index, ...(min ? { min: min.value } : {}), ...(max ? { max: max.value } : {}) },
      source: { documents: sum.documents, bytes: sum.bytes, lanes: lanesOfHex(sum.lanes), excluded: 0 },
    });
  }
  return segments;
}

function exactValue(hex: string): { readonly value: unknown } | undefined {
  const decoded = rawIdValue(Buffer.from(hex, 'hex'));
  return decoded && keepsItsPlace(decoded.value) ? decoded : undefined;
}

/**
 * Reads the target and compares it with the sums. Segments that do not agree are read again on both sides, as where there are no sums; undefined where that is
 * everything and the caller knows better how to cut it. `honoured`: the target reads `_id` ranges truly.
 * @throws as the sessions do.
 */
export async function compareStreamed(
  work: Omit<Comparison, 'segments'>,
  ranges: readonly StreamedRange[],
  honoured: boolean,
): Promise<ComparedSegment[] | undefined> {
  const segments = segmentsOf(ranges, honoured);
  const target = {
    ...work.target,
    onRead: (documents: number, bytes: number) => {
      work.target.onRead(documents, bytes);
      // The source's share of the work was done while copying.
      work.source.onRead(documents, 0);
    },
  };
  const compared = await mapBounded(
    segments,
    work.parallel,
    async ({ segment, source }): Promise<ComparedSegment> => {
      const found = await withReconnect({ clock: target.clock, signal: work.signal }, async () => {
        const sums = new DocumentSums(1, work.excluded);
        await readSegment(target, segment, (document) => sums.add(document), work.signal);
        return { documents: sums.documents, bytes: sums.bytes, lanes: sums.total(), excluded: sums.excluded };
      });
      return { segment, source, target: found, differing: [] };
    },
    work.signal,
  );
  const agrees = ({ source, target: found }: ComparedSegment): boolean => sameTotals(source, found);
  const doubtful = compared.filter((c) => !agrees(c)).map(({ segment }) => segment);
  if (doubtful.includes(EVERYTHING)) return undefined;
  const again = await compareSegments({ ...work, segments: doubtful });
  return [...compared.filter(agrees), ...again];
}
