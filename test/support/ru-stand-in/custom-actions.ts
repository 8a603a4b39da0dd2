/** The extension commands of the service (facts section 2.9). */
import { Binary, type Document } from 'bson';
import { ThroughputPool, type Offer } from './budget.js';
import type { CollectionState } from './catalog.js';
import type { Exchange } from './exchange.js';
import { describeOffer, offerOf, partitionsAtCreation, requireShardKey, scalePool } from './provisioning.js';
import { badValue, CommandRefusal, notSupported } from './refusal.js';
import { checkIndexes, checkName, collectionExists } from './schema-commands.js';

type Action = (exchange: Exchange) => Promise<Document>;

const ACTIONS: Readonly<Record<string, Action>> = {
  CreateDatabase: createDatabase,
  UpdateDatabase: updateDatabase,
  GetDatabase: getDatabase,
  CreateCollection: createCollection,
  UpdateCollection: updateCollection,
  GetCollection: getCollection,
  GetChangeStreamTokens: getChangeStreamTokens,
};

/** Runs one; failures are told as documented, with `errMsg`, besides the `errmsg` that drivers read. */
export async function runCustomAction(exchange: Exchange): Promise<Document> {
  try {
    const name: unknown = exchange.body['customAction'];
    const action = typeof name === 'string' ? ACTIONS[name] : undefined;
    if (!action) throw notSupported(`customAction ${String(name)} is not supported.`);
    return await action(exchange);
  } catch (error) {
    if (!(error instanceof CommandRefusal)) throw error;
    return { ok: 0, code: error.code, codeName: error.codeName, errMsg: error.message, errmsg: error.message };
  }
}

function notFound(what: string): CommandRefusal {
  return new CommandRefusal(26, 'NamespaceNotFound', `${what} doesn't exist.`);
}

async function databaseExists(exchange: Exchange): Promise<boolean> {
  if (exchange.context.catalog.databases.has(exchange.db)) return true;
  const reply = await exchange.link.command('admin', {
    listDatabases: 1,
    nameOnly: true,
    filter: { name: exchange.db },
  });
  return (reply['databases'] as unknown[]).length > 0;
}

function collectionName(exchange: Exchange): string {
  const name: unknown = exchange.body['collection'];
  if (typeof name !== 'string' || name === '') throw badValue('The field collection is needed.');
  checkName(name);
  return name;
}

async function existing(exchange: Exchange): Promise<CollectionState> {
  const name = collectionName(exchange);
  if (!(await collectionExists(exchange.link, exchange.db, name))) throw notFound(`Collection ${name}`);
  return exchange.context.catalog.collection(exchange.link, exchange.db, name);
}

async function createDatabase(exchange: Exchange): Promise<Document> {
  const { catalog } = exchange.context;
  const offer = offerOf(exchange.body);
  if (await databaseExists(exchange)) {
    throw new CommandRefusal(48, 'NamespaceExists', `Database ${exchange.db} already exists.`);
  }
  // Reads of collections that were not there may have left default entries.
  catalog.forgetDatabase(exchange.db);
  if (offer) {
    const pool = new ThroughputPool(offer, partitionsAtCreation(offer, true), exchange.now());
    catalog.databases.set(exchange.db, pool);
    catalog.save();
  }
  return { ok: 1 };
}

async function updateDatabase(exchange: Exchange): Promise<Document> {
  const pool = exchange.context.catalog.databases.get(exchange.db);
  const offer = offerOf(exchange.body);
  if (!(await databaseExists(exchange))) throw notFound(`Database ${exchange.db}`);
  if (!pool) throw badValue(`Database ${exchange.db} has no throughput of its own.`);
  if (!offer) throw badValue('offerThroughput or autoScaleSettings is needed.');
  const stats = await exchange.link.command(exchange.db, { dbStats: 1 });
  scaleNow(exchange, pool, offer, true, Number(stats['dataSize'] ?? 0));
  return { ok: 1 };
}

async function getDatabase(exchange: Exchange): Promise<Document> {
  if (!(await databaseExists(exchange))) throw notFound(`Database ${exchange.db}`);
  const pool = exchange.context.catalog.databases.get(exchange.db);
  pool?.settle(exchange.now());
  return { database: exchange.db, ...(pool ? describeOffer(pool.offer) : {}), ok: 1 };
}

async function createCollection(exchange: Exchange): Promise<Document> {
  const { catalog } = exchange.context;
  const name = collectionName(exchange);
  const shardKey: unknown = exchange.body['shardKey'];
  if (shardKey !== undefined && (typeof shardKey !== 'string' || shardKey === '')) {
    throw badValue('shardKey must be the path of one field.');
  }
  const offer = offerOf(exchange.body);
  if (offer) requireShardKey(offer, shardKey !== undefined);
  if (await collectionExists(exchange.link, exchange.db, name)) {
    throw new CommandRefusal(48, 'NamespaceExists', `Collection ${name} already exists.`);
  }
  const indexes = indexesOf(exchange.body);
  const state = catalog.register(exchange.db, name, shardKey, offer);
  try {
    await checkIndexes(exchange, name, withoutId(indexes));
  } catch (error) {
    catalog.forget(exchange.db, name);
    throw error;
  }
  await exchange.link.command(exchange.db, { create: name });
  await addIndexes(exchange, state, withoutId(indexes));
  return { ok: 1 };
}

async function updateCollection(exchange: Exchange): Promise<Document> {
  const state = await existing(exchange);
  const offer = offerOf(exchange.body);
  const replaces = exchange.body['indexes'] !== undefined;
  const indexes = withoutId(indexesOf(exchange.body));
  if (replaces) await checkIndexes(exchange, state.name, indexes);
  if (offer) {
    if (state.shared) throw badValue(`Collection ${state.name} shares the throughput of its database.`);
    const stats = await exchange.link.command(exchange.db, { collStats: state.name });
    scaleNow(exchange, state.pool, offer, state.shardKey !== undefined, Number(stats['size'] ?? 0));
  }
  if (replaces) await replaceIndexes(exchange, state, indexes);
  return { ok: 1 };
}

async function getCollection(exchange: Exchange): Promise<Document> {
  const state = await existing(exchange);
  state.pool.settle(exchange.now());
  const reply: Document = {
    database: exchange.db,
    collection: state.name,
    ...(state.shardKey === undefined ? {} : { shardKeyDefinition: { [state.shardKey]: 'hashed' } }),
    ...(state.shared ? {} : describeOffer(state.pool.offer)),
  };
  if (exchange.body['showIndexes'] === true) {
    await exchange.context.catalog.reloadIndexes(exchange.link, state);
    reply['indexes'] = state.indexes.map((index) => ({
      v: 1,
      key: index.key,
      name: index.name,
      ns: `${exchange.db}.${state.name}`,
      ...(index.unique ? { unique: true } : {}),
      requiresReIndex: false,
    }));
  }
  return { ...reply, ok: 1 };
}

/** One token for each physical partition: how many there are is what callers learn from it. */
async function getChangeStreamTokens(exchange: Exchange): Promise<Document> {
  const state = await existing(exchange);
  state.pool.settle(exchange.now());
  const tokens = Array.from({ length: state.pool.partitions }, (_, partition) => ({
    _data: new Binary(Buffer.from(JSON.stringify({ V: 2, Rid: state.name, Partition: partition }))),
    _kind: 1,
  }));
  return { resumeAfterTokens: tokens, ok: 1 };
}

function scaleNow(exchange: Exchange, pool: ThroughputPool, offer: Offer, sharded: boolean, bytes: number): void {
  const { settings, catalog } = exchange.context;
  scalePool(pool, offer, sharded, bytes / 1024 ** 3, exchange.now(), settings.scalingDelayMs);
  catalog.save();
}

function isId(index: Document): boolean {
  const fields = Object.keys((index['key'] ?? {}) as Document);
  return fields.length === 1 && fields[0] === '_id';
}

/** The indexes that a command names; the documents ask for `_id` among them. @throws CommandRefusal */
function indexesOf(command: Document): readonly Document[] {
  const indexes: unknown = command['indexes'];
  if (indexes === undefined) return [];
  if (!Array.isArray(indexes)) throw badValue('indexes must be an array.');
  const all = indexes as Document[];
  if (!all.some(isId)) throw badValue('The indexes must include one on _id.');
  return all;
}

function withoutId(indexes: readonly Document[]): readonly Document[] {
  return indexes.filter((index) => !isId(index));
}

async function addIndexes(exchange: Exchange, state: CollectionState, indexes: readonly Document[]): Promise<void> {
  if (indexes.length > 0) await exchange.link.command(exchange.db, { createIndexes: state.name, indexes });
  await exchange.context.catalog.reloadIndexes(exchange.link, state);
}

async function replaceIndexes(exchange: Exchange, state: CollectionState, indexes: readonly Document[]): Promise<void> {
  const wanted = new Set(indexes.map((index) => JSON.stringify([index['key'], index['unique'] === true])));
  for (const index of state.indexes) {
    if (isId(index) || wanted.has(JSON.stringify([index.key, index.unique]))) continue;
    await exchange.link.command(exchange.db, { dropIndexes: state.name, index: index.name });
  }
  await addIndexes(exchange, state, indexes);
}
