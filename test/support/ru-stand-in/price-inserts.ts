import { insertCharge } from './charges.js';
import type { CollectionState } from './catalog.js';
import type { StandInContext } from './exchange.js';
import { maxDocumentBytes, noShardKey, TOO_LARGE, type PricedStatements, type StatementError } from './statements.js';

/** Prices the documents of an insert where they lie; nothing is decoded. */
export function priceInserts(
  buffer: Buffer,
  documents: PricedStatements['statements'],
  collection: CollectionState,
  context: StandInContext,
): PricedStatements {
  const limit = maxDocumentBytes(context.settings.document16Mb);
  const charges = new Array<number>(documents.length);
  const partitions = new Array<number>(documents.length);
  const refusals = new Map<number, StatementError>();
  for (let i = 0; i < documents.length; i += 1) {
    const document = documents[i];
    if (!document) continue;
    const partition = collection.partitionOf(buffer, document.start);
    if (document.length > limit) refusals.set(i, TOO_LARGE);
    else if (partition === undefined) refusals.set(i, noShardKey(collection.shardKey ?? ''));
    partitions[i] = partition ?? 0;
    charges[i] = context.charges.adjust(insertCharge(document.length, collection.terms(buffer, document.start)));
  }
  return { statements: documents, charges, partitions, refusals };
}
