/** Which indexes the service takes (facts section 2.4). */
import type { Document } from 'bson';
import type { CollectionState } from './catalog.js';
import type { Settings } from './options.js';
import { CommandRefusal } from './refusal.js';

const MAX_COMPOUND_FIELDS = 8;
const MAX_SINGLE_FIELD_INDEXES = 500;
const MAX_PATH_LEVELS = 6;
const KNOWN_KINDS = ['2dsphere'];

function cannotCreate(message: string): CommandRefusal {
  return new CommandRefusal(67, 'CannotCreateIndex', message);
}

function sameKey(a: Document, b: Document): boolean {
  return JSON.stringify(Object.entries(a)) === JSON.stringify(Object.entries(b));
}

/** True where the collection has this very index, so that creating it changes nothing. */
export function alreadyThere(index: Document, collection: CollectionState): boolean {
  return collection.indexes.some(
    (one) => sameKey(one.key, index['key'] as Document) && one.unique === (index['unique'] === true),
  );
}

function checkKinds(key: Document, fields: readonly string[]): void {
  for (const field of fields) {
    const kind: unknown = key[field];
    if (typeof kind === 'string' && !KNOWN_KINDS.includes(kind)) {
      throw cannotCreate(`Index type '${kind}' is not supported.`);
    }
    if (field.split('.').length > MAX_PATH_LEVELS)
      throw cannotCreate(`The index path '${field}' is nested too deeply.`);
  }
  if (fields.length > MAX_COMPOUND_FIELDS) {
    throw cannotCreate(`A compound index may have at most ${MAX_COMPOUND_FIELDS} fields.`);
  }
  if (fields.length > 1 && fields.some((field) => field.endsWith('$**'))) {
    throw cannotCreate('A wildcard index cannot be compound.');
  }
}

function checkOptions(index: Document, fields: readonly string[], settings: Settings): void {
  const wildcard = fields.some((field) => field.endsWith('$**'));
  const unique = index['unique'] === true;
  if (index['sparse'] === true) throw cannotCreate('Sparse indexes are not supported.');
  if (index['collation'] !== undefined) throw cannotCreate('Index collation is not supported.');
  if (index['wildcardProjection'] !== undefined) throw cannotCreate('wildcardProjection is not supported.');
  if (index['hidden'] === true) throw cannotCreate('Hidden indexes are not supported.');
  if (wildcard && (unique || index['expireAfterSeconds'] !== undefined)) {
    throw cannotCreate('A wildcard index can be neither unique nor a TTL index.');
  }
  if (index['partialFilterExpression'] !== undefined && !(unique && settings.partialUniqueIndex)) {
    throw cannotCreate('Partial indexes are not supported.');
  }
  if (index['expireAfterSeconds'] !== undefined && !settings.ttlOnCustomPath) {
    if (fields.length !== 1 || fields[0] !== '_ts') {
      throw cannotCreate("The 'expireAfterSeconds' option is supported on '_ts' field only.");
    }
  }
  if ((fields.length > 1 || unique) && fields.some((field) => field.includes('.')) && !settings.nestedCompoundIndexes) {
    throw cannotCreate('Compound and unique indexes on nested paths are not supported by this account.');
  }
}

function literal(key: Document): string {
  const fields = Object.entries(key).map(([name, value]) => `${name} : ${Number(value).toFixed(1)}`);
  return `{ ${fields.join(', ')} }`;
}

function checkUnique(index: Document, collection: CollectionState, settings: Settings, isEmpty: boolean): void {
  const key = index['key'] as Document;
  if (collection.shardKey !== undefined && Object.keys(key)[0] !== collection.shardKey) {
    throw cannotCreate(
      `cannot create unique index over ${literal(key)} with shard key pattern { ${collection.shardKey} : 1.0 }`,
    );
  }
  if (!isEmpty && !settings.uniqueIndexReIndex) {
    throw cannotCreate('Unique Index can be modified only if collection is empty');
  }
}

/** @throws CommandRefusal (67 CannotCreateIndex) for an index that the service would not make. */
export function checkIndex(index: Document, collection: CollectionState, settings: Settings, isEmpty: boolean): void {
  if (alreadyThere(index, collection)) return;
  const key = index['key'] as Document;
  const fields = Object.keys(key);
  checkKinds(key, fields);
  checkOptions(index, fields, settings);
  if (index['unique'] === true) checkUnique(index, collection, settings, isEmpty);
}

/** @throws CommandRefusal where the new indexes make too many single-field ones. */
export function checkIndexCount(indexes: readonly Document[], collection: CollectionState): void {
  const single = (key: object): boolean => Object.keys(key).length === 1 && !('_id' in key);
  const have = collection.indexes.filter((index) => single(index.key)).length;
  const added = indexes.filter((index) => single(index['key'] as Document) && !alreadyThere(index, collection)).length;
  if (added > 0 && have + added > MAX_SINGLE_FIELD_INDEXES) {
    throw cannotCreate(`At most ${MAX_SINGLE_FIELD_INDEXES} single-field indexes are allowed in a collection.`);
  }
}
