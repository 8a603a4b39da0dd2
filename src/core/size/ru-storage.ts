import type { CollectionFacts } from '../model/facts.js';
import type { Estimate } from '../model/estimate.js';
import type { PlannedIndex } from '../model/plan.js';
import { assume } from './assumption-ids.js';
import type { AssumptionLists } from './assumption-lists.js';
import { add, times } from './bands.js';
import { isIdIndex } from './collection-shape.js';

/** JSON as the service keeps it, for a byte of BSON. Judged: shorter for small strings, longer for numbers, dates and binary data. */
const JSON_PER_BSON = { low: 0.8, expected: 1, high: 1.3 } as const;
/** Index of the service for a byte of the source's, which are compressed by prefix. Judged. */
const INDEX_PER_INDEX = { low: 0.5, expected: 1, high: 2 } as const;

/** Bytes that an RU account bills for a collection: its documents, which are not compressed, and those of its indexes that live on. */
export function ruStorage(
  collection: CollectionFacts,
  indexes: readonly PlannedIndex[] | undefined,
  lists: AssumptionLists,
): Estimate {
  const indexBytes = collection.indexBytes * keptShare(collection, indexes);
  const of = add(times(JSON_PER_BSON, collection.logicalBytes), times(INDEX_PER_INDEX, indexBytes));
  return lists.estimate('bytes', of, [assume('ru-storage', 'judged')]);
}

/** Share of the source's index bytes that belong to indexes that live on: by their sizes where the source tells them, else by their numbers. */
export function keptShare({ indexes }: CollectionFacts, planned: readonly PlannedIndex[] | undefined): number {
  if (!planned || indexes.length === 0) return 1;
  const skipped = new Set(planned.filter(({ fate }) => fate.kind === 'skip').map(({ index }) => index.name));
  const weight = indexes.every((index) => index.sizeBytes !== undefined)
    ? (index: CollectionFacts['indexes'][number]): number => index.sizeBytes ?? 0
    : (): number => 1;
  const total = indexes.reduce((sum, index) => sum + weight(index), 0);
  if (total === 0) return 1;
  const kept = indexes.filter((index) => isIdIndex(index) || !skipped.has(index.name));
  return kept.reduce((sum, index) => sum + weight(index), 0) / total;
}
