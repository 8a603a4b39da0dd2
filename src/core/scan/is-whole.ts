import type { CollectionScan } from '../model/scan.js';

/**
 * True where every document was read to the end, by a full scan or because a sample had room for all: what was not seen is not there. `_id`s that occur twice are
 * counted by a full scan alone: see `duplicateIds`.
 */
export function isWhole({ mode, drawn, gaps }: Pick<CollectionScan, 'mode' | 'drawn' | 'gaps'>): boolean {
  return (mode === 'full' || drawn === 'all') && gaps.length === 0;
}
