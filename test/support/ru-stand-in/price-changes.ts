import { deserialize, type Document } from 'bson';
import {
  BSON_TYPE,
  elements,
  findElement,
  rawId,
  readNumber,
  type RawElement,
} from '../../../src/core/bson/raw-document.js';
import { ALL_PARTITIONS } from './budget.js';
import { deleteCharge, insertCharge, QUERY_FLOOR, replaceCharge } from './charges.js';
import type { CollectionState } from './catalog.js';
import type { Exchange } from './exchange.js';
import { isEqualityType } from './raw-path.js';
import {
  IMMUTABLE_SHARD_KEY,
  maxDocumentBytes,
  noShardKey,
  TOO_LARGE,
  type PricedStatements,
  type StatementError,
} from './statements.js';

/** A document that a statement is about to change. */
interface Existing {
  readonly bytes: number;
  readonly terms: number;
  readonly partition: number;
  readonly shardValue: Buffer | undefined;
}

interface Statement {
  readonly query: RawElement;
  readonly change: RawElement | undefined;
  readonly many: boolean;
  readonly upsert: boolean;
}

const KEEP_TYPES = { promoteValues: false, promoteLongs: false, bsonRegExp: true } as const;

function openStatement(buffer: Buffer, start: number): Statement | undefined {
  const query = findElement(buffer, 'q', start);
  if (!query) return undefined;
  const flag = (name: string): number => {
    const element = findElement(buffer, name, start);
    return element ? (readNumber(buffer, element) ?? 0) : 0;
  };
  const change = findElement(buffer, 'u', start);
  const limit = findElement(buffer, 'limit', start);
  const many = limit ? (readNumber(buffer, limit) ?? 0) === 0 : flag('multi') === 1;
  return { query, change, many, upsert: flag('upsert') === 1 };
}

/** The `_id` of a filter that asks for that one document only, besides its shard key. */
function onlyId(buffer: Buffer, query: RawElement, collection: CollectionState): Buffer | undefined {
  for (const element of elements(buffer, query.valueStart)) {
    const name = buffer.toString('utf8', element.nameStart, element.nameEnd);
    if (name !== '_id' && name !== collection.shardKey) return undefined;
    if (!isEqualityType(element.type)) return undefined;
  }
  return rawId(buffer, query.valueStart);
}

class ExistingDocuments {
  private readonly byId = new Map<string, Existing>();

  constructor(
    private readonly exchange: Exchange,
    private readonly collection: CollectionState,
  ) {}

  /** Reads all documents that are asked for by `_id` in one go. */
  async preload(queries: readonly Document[]): Promise<void> {
    if (queries.length === 0) return;
    const filter = { _id: { $in: queries.map((query) => query['_id'] as unknown) } };
    await this.visit({ find: this.collection.name, filter, batchSize: 1000 }, (existing, id) => {
      if (id) this.byId.set(id.toString('latin1'), existing);
    });
  }

  async matching(statement: Statement, id: Buffer | undefined): Promise<readonly Existing[]> {
    if (id) {
      const existing = this.byId.get(id.toString('latin1'));
      return existing ? [existing] : [];
    }
    const found: Existing[] = [];
    const { buffer } = this.exchange.message;
    const filter = deserialize(buffer.subarray(statement.query.valueStart, statement.query.valueEnd), KEEP_TYPES);
    const find = { find: this.collection.name, filter, batchSize: 1000, ...(statement.many ? {} : { limit: 1 }) };
    await this.visit(find, (existing) => found.push(existing));
    return found;
  }

  private async visit(
    find: Document & { find: string },
    use: (existing: Existing, id: Buffer | undefined) => void,
  ): Promise<void> {
    await this.exchange.link.visit(this.exchange.db, find, (buffer, start, length) => {
      const existing: Existing = {
        bytes: length,
        terms: this.collection.terms(buffer, start),
        partition: this.collection.partitionOf(buffer, start) ?? 0,
        shardValue: this.collection.shardValue(buffer, start),
      };
      use(existing, rawId(buffer, start));
    });
  }
}

/** True for a whole new document; false for update operators and pipelines. */
function isReplacement(buffer: Buffer, change: RawElement): boolean {
  if (change.type !== BSON_TYPE.document) return false;
  for (const element of elements(buffer, change.valueStart)) return buffer[element.nameStart] !== 0x24;
  return true;
}

/** Index terms that update operators change: an old and a new one for each index with a path that they touch. */
function touchedTerms(buffer: Buffer, change: RawElement, collection: CollectionState): number {
  if (change.type !== BSON_TYPE.document) return 2 * Math.max(0, collection.indexes.length - 1);
  const paths: string[] = [];
  for (const operator of elements(buffer, change.valueStart)) {
    if (operator.type !== BSON_TYPE.document) continue;
    for (const field of elements(buffer, operator.valueStart)) {
      paths.push(buffer.toString('utf8', field.nameStart, field.nameEnd));
    }
  }
  const touches = (indexed: string): boolean =>
    paths.some((path) => indexed === path || indexed.startsWith(`${path}.`) || path.startsWith(`${indexed}.`));
  return 2 * collection.indexes.filter((index) => Object.keys(index.key).some(touches)).length;
}

function changesShardKey(buffer: Buffer, change: RawElement, collection: CollectionState, old: Existing): boolean {
  if (collection.shardKey === undefined || !old.shardValue || change.type !== BSON_TYPE.document) return false;
  let value: Buffer | undefined;
  if (isReplacement(buffer, change)) value = collection.shardValue(buffer, change.valueStart);
  else {
    const set = findElement(buffer, '$set', change.valueStart);
    const element = set ? findElement(buffer, collection.shardKey, set.valueStart) : undefined;
    if (!element) return false;
    value = Buffer.concat([Buffer.of(element.type), buffer.subarray(element.valueStart, element.valueEnd)]);
  }
  return value !== undefined && !value.equals(old.shardValue);
}

interface Price {
  readonly charge: number;
  readonly partition: number;
  readonly refusal?: StatementError;
}

function priceOne(
  exchange: Exchange,
  collection: CollectionState,
  statement: Statement,
  matched: readonly Existing[],
): Price {
  const { buffer } = exchange.message;
  const { query, change } = statement;
  const narrowed = collection.partitionOf(buffer, query.valueStart);
  const partitions = [...new Set(matched.map((one) => one.partition))];
  const partition = partitions.length === 1 ? (partitions[0] ?? 0) : (narrowed ?? ALL_PARTITIONS);
  if (!change) {
    const charge = matched.reduce((sum, one) => sum + deleteCharge(one.bytes, one.terms), 0);
    return { charge: charge || QUERY_FLOOR, partition };
  }
  const replacement = isReplacement(buffer, change);
  const newBytes = replacement ? change.valueEnd - change.valueStart : undefined;
  const newTerms = replacement ? collection.terms(buffer, change.valueStart) : 0;
  const limit = maxDocumentBytes(exchange.context.settings.document16Mb);
  if (newBytes !== undefined && newBytes > limit) return { charge: 0, partition, refusal: TOO_LARGE };
  if (replacement && collection.partitionOf(buffer, change.valueStart) === undefined) {
    return { charge: 0, partition, refusal: noShardKey(collection.shardKey ?? '') };
  }
  if (matched.length === 0) {
    if (!statement.upsert) return { charge: QUERY_FLOOR, partition };
    const target = replacement ? collection.partitionOf(buffer, change.valueStart) : narrowed;
    return target === undefined
      ? { charge: 0, partition, refusal: noShardKey(collection.shardKey ?? '') }
      : { charge: insertCharge(newBytes ?? 0, newTerms), partition: target };
  }
  if (matched.some((old) => changesShardKey(buffer, change, collection, old))) {
    return { charge: 0, partition, refusal: IMMUTABLE_SHARD_KEY };
  }
  const touched = replacement ? 0 : touchedTerms(buffer, change, collection);
  const charge = matched.reduce((sum, old) => {
    const terms = replacement ? Math.abs(newTerms - old.terms) : touched;
    return sum + replaceCharge(old.bytes, newBytes ?? old.bytes, terms);
  }, 0);
  return { charge, partition };
}

/** Prices the statements of an update or a delete: what they cost depends on the documents that they meet, which are read first. */
export async function priceChanges(
  exchange: Exchange,
  statements: PricedStatements['statements'],
  collection: CollectionState,
): Promise<PricedStatements> {
  const { buffer } = exchange.message;
  const opened = statements.map(({ start }) => openStatement(buffer, start));
  const ids = opened.map((statement) => statement && onlyId(buffer, statement.query, collection));
  const existing = new ExistingDocuments(exchange, collection);
  const byId = opened.filter((statement, i): statement is Statement => statement !== undefined && ids[i] !== undefined);
  await existing.preload(
    byId.map(({ query }) => deserialize(buffer.subarray(query.valueStart, query.valueEnd), KEEP_TYPES)),
  );
  const charges: number[] = [];
  const partitions: number[] = [];
  const refusals = new Map<number, StatementError>();
  for (const [i, statement] of opened.entries()) {
    // A statement without a query is the backend's to refuse.
    const price: Price = statement
      ? priceOne(exchange, collection, statement, await existing.matching(statement, ids[i]))
      : { charge: QUERY_FLOOR, partition: 0 };
    charges.push(exchange.context.charges.adjust(price.charge));
    partitions.push(price.partition);
    if (price.refusal) refusals.set(i, price.refusal);
  }
  return { statements, charges, partitions, refusals };
}
