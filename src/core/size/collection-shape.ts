import type { CollectionFacts, IndexFacts } from '../model/facts.js';

/** Collections whose documents are copied: views have none of their own, time series are not copied as documents. */
export function dataCollections(collections: readonly CollectionFacts[]): readonly CollectionFacts[] {
  return collections.filter((c) => c.type === 'collection');
}

/** A `_id` index is part of the table's write charge. */
export function isIdIndex(index: IndexFacts): boolean {
  return index.key.length === 1 && index.key[0]?.[0] === '_id' && index.key[0][1] === 1;
}

/** Average size of a collection's documents: exact where the source counts bytes, else the sample's. */
export function averageDocumentBytes(collection: CollectionFacts): number {
  if (collection.documents > 0 && collection.logicalBytes > 0) return collection.logicalBytes / collection.documents;
  return collection.sample?.averageBytes ?? collection.averageBytes;
}
