import { openOpMsg, writeOpMsg } from '../../../src/relay/wire.js';
import { findElement, readString } from '../../../src/core/bson/raw-document.js';
import { ALL_PARTITIONS } from './budget.js';
import { insertCharge, queryCharge, QUERY_FLOOR, readCharge, REJECTED_CHARGE, replaceCharge } from './charges.js';
import type { CollectionState } from './catalog.js';
import type { Answer, Exchange } from './exchange.js';
import { checkFilter, checkPipeline, checkSort } from './query-rules.js';
import { isEqualityType, namedElement } from './raw-path.js';
import { CommandRefusal } from './refusal.js';
import { rewrittenBody, openCursorPage } from './reply-documents.js';
import { throttledCommand, timedOut } from './throttle-replies.js';
import { retryableWritesRefusal, SERVER_SIDE_RETRY_MS } from './writes.js';

const MAX_CURSORS_KNOWN = 10_000;

/** Where a filter sends a read: to one partition when it fixes the shard key, else to all of them. */
interface Target {
  readonly partition: number;
  /** Fixes `_id` and, where there is one, the shard key: charged as a point read. */
  readonly point: boolean;
}

function targetOf(exchange: Exchange, collection: CollectionState, filterField: string): Target {
  const { buffer, bodyStart } = exchange.message;
  const filter = findElement(buffer, filterField, bodyStart);
  const everywhere = collection.shardKey === undefined ? 0 : ALL_PARTITIONS;
  if (!filter) return { partition: everywhere, point: false };
  const id = namedElement(buffer, filter.valueStart, Buffer.from('_id'));
  const hasId = id !== undefined && isEqualityType(id.type);
  if (collection.shardKey === undefined) return { partition: 0, point: hasId };
  const key = namedElement(buffer, filter.valueStart, Buffer.from(collection.shardKey));
  if (!key || !isEqualityType(key.type)) return { partition: ALL_PARTITIONS, point: false };
  return { partition: collection.partitionFor(buffer, key), point: hasId };
}

/** Waits for the budget or answers that it is spent; undefined means admitted. */
async function admit(
  exchange: Exchange,
  collection: CollectionState,
  partition: number,
  isWrite = false,
): Promise<Answer | undefined> {
  const { settings } = exchange.context;
  const { pool } = collection;
  const meter = exchange.context.meter(collection.db, collection.name);
  meter.operations += 1;
  const deadline = exchange.now() + SERVER_SIDE_RETRY_MS;
  while (pool.exhausted(partition, exchange.now())) {
    const now = exchange.now();
    const wait = pool.retryAfterMs(partition, now);
    if (!settings.serverSideRetry) {
      meter.throttledOperations += 1;
      spend(exchange, collection, partition, REJECTED_CHARGE);
      return throttledCommand(settings.messageStyle, pool.retryAfterMs(partition, now), isWrite);
    }
    if (now >= deadline) {
      meter.throttledOperations += 1;
      return timedOut();
    }
    await settings.clock.sleep(Math.min(wait, deadline - now));
  }
  return undefined;
}

function spend(exchange: Exchange, collection: CollectionState, partition: number, ru: number): void {
  const now = exchange.now();
  collection.pool.spend(partition, ru, now);
  exchange.charge = (exchange.charge ?? 0) + ru;
  exchange.context.meter(collection.db, collection.name).charge(ru, now, collection.pool.offer.ruPerSecond);
}

function fanOut(collection: CollectionState, partition: number): number {
  return collection.shardKey !== undefined && partition === ALL_PARTITIONS ? collection.pool.partitions : 0;
}

function rememberCursor(exchange: Exchange, id: bigint, partition: number): void {
  const { cursors } = exchange.context;
  if (id === 0n) return;
  if (cursors.size >= MAX_CURSORS_KNOWN) {
    const oldest = cursors.keys().next();
    if (!oldest.done) cursors.delete(oldest.value);
  }
  cursors.set(id, partition);
}

/** Charges a first page by what it returned. */
function chargePage(exchange: Exchange, collection: CollectionState, target: Target, reply: Buffer): void {
  const page = openCursorPage(reply);
  const returned = page?.documents.reduce((sum, one) => sum + readCharge(one.length), 0) ?? 0;
  const charge = target.point ? Math.max(1, returned) : queryCharge(returned, fanOut(collection, target.partition));
  spend(exchange, collection, target.partition, exchange.context.charges.adjust(charge));
  if (page) rememberCursor(exchange, page.cursorId, target.partition);
}

async function collectionOf(exchange: Exchange, name = exchange.collection): Promise<CollectionState> {
  return exchange.context.catalog.collection(exchange.link, exchange.db, name);
}

export async function runFind(exchange: Exchange): Promise<Answer> {
  const { rangeReads } = exchange.context.settings;
  const collection = await collectionOf(exchange);
  const { body, message } = exchange;
  checkFilter(body['filter']);
  checkSort(body['sort'], collection);
  const ranged = body['min'] !== undefined || body['max'] !== undefined;
  if (ranged && rangeReads === 'refuse') {
    throw new CommandRefusal(9, 'FailedToParse', "The parameters 'min' and 'max' of find are not supported.");
  }
  const target = targetOf(exchange, collection, 'filter');
  const refused = await admit(exchange, collection, target.partition);
  if (refused) return refused;
  const reply = await (ranged && rangeReads === 'ignore'
    ? exchange.link.exchange(
        writeOpMsg({
          requestId: message.header.requestId,
          responseTo: 0,
          body: rewrittenBody(message, ['min', 'max']),
        }),
      )
    : exchange.forward());
  chargePage(exchange, collection, target, reply);
  return reply;
}

export async function runGetMore(exchange: Exchange): Promise<Answer> {
  const { buffer, bodyStart } = exchange.message;
  const named = findElement(buffer, 'collection', bodyStart);
  const name = (named && readString(buffer, named)) ?? '';
  const cursor = findElement(buffer, 'getMore', bodyStart);
  // Cursors of listCollections and its like live in `$cmd.`: metadata, not charged.
  if (name.startsWith('$cmd') || !cursor) return exchange.forward();
  const id = buffer.readBigInt64LE(cursor.valueStart);
  const collection = await collectionOf(exchange, name);
  const everywhere = collection.shardKey === undefined ? 0 : ALL_PARTITIONS;
  const partition = exchange.context.cursors.get(id) ?? everywhere;
  const refused = await admit(exchange, collection, partition);
  if (refused) return refused;
  const reply = await exchange.forward();
  const page = openCursorPage(reply);
  const returned = page?.documents.reduce((sum, one) => sum + readCharge(one.length), 0) ?? 0;
  spend(exchange, collection, partition, exchange.context.charges.adjust(Math.max(1, returned)));
  if (!page || page.cursorId === 0n) exchange.context.cursors.delete(id);
  return reply;
}

export async function runAggregate(exchange: Exchange): Promise<Answer> {
  checkPipeline(exchange.body['pipeline']);
  if (typeof exchange.body['aggregate'] !== 'string') return exchange.forward();
  const collection = await collectionOf(exchange);
  const partition = collection.shardKey === undefined ? 0 : ALL_PARTITIONS;
  const refused = await admit(exchange, collection, partition);
  if (refused) return refused;
  const reply = await exchange.forward();
  chargePage(exchange, collection, { partition, point: false }, reply);
  return reply;
}

/** count and distinct: answers without documents, charged as the least query. */
export async function runSummary(exchange: Exchange): Promise<Answer> {
  const collection = await collectionOf(exchange);
  checkFilter(exchange.body['query']);
  const { partition } = targetOf(exchange, collection, 'query');
  const refused = await admit(exchange, collection, partition);
  if (refused) return refused;
  const reply = await exchange.forward();
  const charge = queryCharge(0, fanOut(collection, partition));
  spend(exchange, collection, partition, exchange.context.charges.adjust(charge));
  return reply;
}

export async function runFindAndModify(exchange: Exchange): Promise<Answer> {
  if (exchange.body['txnNumber'] !== undefined && !exchange.context.settings.retryableWrites) {
    throw retryableWritesRefusal();
  }
  const collection = await collectionOf(exchange);
  const { partition } = targetOf(exchange, collection, 'query');
  const refused = await admit(exchange, collection, partition, true);
  if (refused) return refused;
  const { message } = exchange;
  const reply = await exchange.link.exchange(
    writeOpMsg({
      requestId: message.header.requestId,
      responseTo: 0,
      body: rewrittenBody(message, ['txnNumber']),
    }),
  );
  const opened = openOpMsg(reply);
  const value = findElement(reply, 'value', opened.bodyStart);
  const bytes = value ? value.valueEnd - value.valueStart : 0;
  const removes = exchange.body['remove'] === true;
  const changed = removes ? insertCharge(bytes, 0) : replaceCharge(bytes, bytes, 0);
  spend(exchange, collection, partition, exchange.context.charges.adjust(bytes > 0 ? changed : QUERY_FLOOR));
  return reply;
}
