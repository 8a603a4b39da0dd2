import { hasEmptyTimestamp } from '../../core/bson/empty-timestamps.js';
import { spansWithZeros } from '../kernel/kernel.js';
import type { DocumentBatch } from './batch.js';

/**
 * Indexes of the documents that have a top-level empty timestamp. Only documents that hold its bytes somewhere (eight of them 0, and one at the end
 * of its name) are looked at field by field.
 */
export function emptyTimestamps(batch: DocumentBatch): number[] {
  return spansWithZeros(batch.buffer, batch.spans).filter((index) => hasEmptyTimestamp(batch.at(index)));
}
