import { hasEmptyTimestamp } from '../../core/bson/empty-timestamps.js';
import { spansWithZeros } from '../kernel/kernel.js';
import type { DocumentBatch } from './batch.js';

/**
 * Indexes of the documents that have a top-level empty timestamp. Only documents that hold its bytes somewhere (eight of them 0, and one at the end
 * of its name) are looked at field by field.
 */
export function emptyTimestamps(batch: DocumentBatch): number[] {
  return suspects(batch).filter((index) => hasEmptyTimestamp(batch.at(index)));
}

function suspects({ buffer, spans, known }: DocumentBatch): number[] {
  if (!known) return spansWithZeros(buffer, spans);
  const found: number[] = [];
  for (let index = known.zeros.indexOf(1); index >= 0; index = known.zeros.indexOf(1, index + 1)) found.push(index);
  return found;
}
