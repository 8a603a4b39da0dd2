import { hasEmptyTimestamp } from '../../core/bson/empty-timestamps.js';
import type { DocumentBatch } from './batch.js';

/** End of a field's name and the eight bytes of `Timestamp(0, 0)`. */
const NEEDLE = Buffer.alloc(9);

/**
 * Indexes of the documents that have a top-level empty timestamp. Only documents that hold its bytes somewhere are looked at field by field.
 */
export function emptyTimestamps(batch: DocumentBatch): number[] {
  const { spans, count } = batch;
  const found: number[] = [];
  // What lies behind the last document is not searched: it is the rest of a reply, and each of its parts comes here.
  const buffer = batch.buffer.subarray(0, spans[2 * count - 1] ?? 0);
  for (let i = 0; i < count;) {
    const hit = buffer.indexOf(NEEDLE, spans[2 * i] ?? 0);
    if (hit < 0) break;
    while (i < count && (spans[2 * i + 1] ?? 0) <= hit) i += 1;
    // Past the last document, or between two: the search goes on in the next one.
    if (i === count || hit < (spans[2 * i] ?? 0)) continue;
    if (hasEmptyTimestamp(batch.at(i))) found.push(i);
    i += 1;
  }
  return found;
}
