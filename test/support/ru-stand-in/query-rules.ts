/** What the service refuses in reads (facts sections 2.4 and 2.6). */
import type { Document } from 'bson';
import { servesSort, type CollectionState } from './catalog.js';
import { badValue, CommandRefusal } from './refusal.js';

const UNKNOWN_STAGES = new Set([
  '$bucket',
  '$bucketAuto',
  '$collStats',
  '$currentOp',
  '$densify',
  '$fill',
  '$graphLookup',
  '$indexStats',
  '$listLocalSessions',
  '$listSearchIndexes',
  '$listSessions',
  '$planCacheStats',
  '$search',
  '$searchMeta',
  '$setWindowFields',
  '$unionWith',
]);

const UNSUPPORTED_OPERATORS = ['$where', '$text', '$jsonSchema'];

/** @throws CommandRefusal with 40324 for a stage that the service does not know. */
export function checkPipeline(pipeline: unknown): void {
  if (!Array.isArray(pipeline)) return;
  for (const stage of pipeline as Document[]) {
    const name = Object.keys(stage)[0] ?? '';
    if (UNKNOWN_STAGES.has(name)) {
      throw new CommandRefusal(40324, 'Location40324', `Unrecognized pipeline stage name: '${name}'`);
    }
    const body = stage[name] as Document;
    if (name === '$lookup') {
      if (body['let'] !== undefined) throw badValue('let is not supported');
      checkPipeline(body['pipeline']);
    }
    if (name === '$facet') for (const inner of Object.values(body)) checkPipeline(inner);
    if (name === '$match') checkFilter(body);
  }
}

/** @throws CommandRefusal for a query operator that the service does not have; only the filter's top level is looked at. */
export function checkFilter(filter: unknown): void {
  if (typeof filter !== 'object' || filter === null) return;
  for (const operator of UNSUPPORTED_OPERATORS) {
    if (operator in filter) throw badValue(`${operator} is not supported`);
  }
}

/** @throws CommandRefusal for a sort that no index serves: the service sorts by index only. */
export function checkSort(sort: unknown, collection: CollectionState): void {
  if (typeof sort !== 'object' || sort === null) return;
  const fields = Object.entries(sort);
  if (fields.length === 0) return;
  const first = fields[0]?.[0];
  if (fields.length === 1 && (first === '_id' || first === '$natural' || first === collection.shardKey)) return;
  if (collection.indexes.some((index) => servesSort(index, fields))) return;
  throw badValue(
    fields.length === 1
      ? 'The index path corresponding to the specified order-by item is excluded.'
      : 'The order by query does not have a corresponding composite index that it can be served from.',
  );
}
