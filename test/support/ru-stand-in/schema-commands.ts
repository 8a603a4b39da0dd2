/** Commands that make and drop collections and indexes. */
import type { Document } from 'bson';
import type { BackendLink } from './backend-link.js';
import type { Answer, Exchange } from './exchange.js';
import { alreadyThere, checkIndex, checkIndexCount } from './index-rules.js';
import { badValue, CommandRefusal, notSupported } from './refusal.js';
import { openOpMsg, readBody } from '../../../src/relay/wire.js';
import { replyNumber } from './reply-documents.js';

const MAX_NAME_LENGTH = 255;
const UNSUPPORTED_CREATE_OPTIONS = [
  'capped',
  'changeStreamPreAndPostImages',
  'clusteredIndex',
  'collation',
  'encryptedFields',
  'expireAfterSeconds',
  'indexOptionDefaults',
  'pipeline',
  'storageEngine',
  'timeseries',
  'validator',
  'viewOn',
];

export function checkName(name: string): void {
  if (name.length > MAX_NAME_LENGTH) {
    throw new CommandRefusal(73, 'InvalidNamespace', `Names may have at most ${MAX_NAME_LENGTH} characters.`);
  }
}

export async function collectionExists(link: BackendLink, db: string, name: string): Promise<boolean> {
  const reply = await link.command(db, { listCollections: 1, filter: { name }, nameOnly: true });
  return (reply['cursor'] as { firstBatch: unknown[] }).firstBatch.length > 0;
}

async function isEmpty(link: BackendLink, db: string, name: string): Promise<boolean> {
  let found = false;
  await link.visit(db, { find: name, limit: 1, singleBatch: true }, () => (found = true));
  return !found;
}

export async function runCreate(exchange: Exchange): Promise<Answer> {
  const option = UNSUPPORTED_CREATE_OPTIONS.find((name) => {
    const value: unknown = exchange.body[name];
    return value !== undefined && value !== false;
  });
  if (option !== undefined) throw notSupported(`Collection option '${option}' is not supported.`);
  checkName(exchange.collection);
  const reply = await exchange.forward();
  if (replyNumber(openOpMsg(reply), 'ok') === 1) {
    exchange.context.catalog.register(exchange.db, exchange.collection, undefined, undefined);
  }
  return reply;
}

export async function runDrop(exchange: Exchange): Promise<Answer> {
  const reply = await exchange.forward();
  if (replyNumber(openOpMsg(reply), 'ok') === 1) exchange.context.catalog.forget(exchange.db, exchange.collection);
  return reply;
}

export async function runDropDatabase(exchange: Exchange): Promise<Answer> {
  const reply = await exchange.forward();
  if (replyNumber(openOpMsg(reply), 'ok') === 1) exchange.context.catalog.forgetDatabase(exchange.db);
  return reply;
}

/** Checks the indexes one after another: a single bad one refuses them all. */
export async function checkIndexes(
  exchange: Exchange,
  collectionName: string,
  indexes: readonly Document[],
): Promise<void> {
  const { catalog, settings } = exchange.context;
  const collection = await catalog.collection(exchange.link, exchange.db, collectionName);
  const newUnique = indexes.some((index) => index['unique'] === true && !alreadyThere(index, collection));
  const empty = newUnique ? await isEmpty(exchange.link, exchange.db, collectionName) : true;
  for (const index of indexes) checkIndex(index, collection, settings, empty);
  checkIndexCount(indexes, collection);
}

export async function runCreateIndexes(exchange: Exchange): Promise<Answer> {
  const { catalog } = exchange.context;
  const indexes: unknown = exchange.body['indexes'];
  if (Array.isArray(indexes)) await checkIndexes(exchange, exchange.collection, indexes as Document[]);
  const reply = await exchange.forward();
  const collection = await catalog.collection(exchange.link, exchange.db, exchange.collection);
  await catalog.reloadIndexes(exchange.link, collection);
  return { _t: 'CreateIndexesResponse', ...readBody(openOpMsg(reply)) };
}

export async function runDropIndexes(exchange: Exchange): Promise<Answer> {
  const { catalog } = exchange.context;
  const reply = await exchange.forward();
  const collection = await catalog.collection(exchange.link, exchange.db, exchange.collection);
  await catalog.reloadIndexes(exchange.link, collection);
  return reply;
}

/** Makes a new collection with a hashed shard key. One that is there already keeps what it has: the service cannot change a shard key. */
export async function runShardCollection(exchange: Exchange): Promise<Answer> {
  const namespace = exchange.collection;
  const dot = namespace.indexOf('.');
  const db = namespace.slice(0, dot);
  const name = namespace.slice(dot + 1);
  const key = (exchange.body['key'] ?? {}) as Document;
  const fields = Object.keys(key);
  const field = fields[0];
  if (dot <= 0 || name === '') throw badValue(`Invalid namespace '${namespace}'.`);
  if (field === undefined || fields.length !== 1 || key[field] !== 'hashed') {
    throw badValue('The shard key must be a single hashed field.');
  }
  checkName(name);
  if (await collectionExists(exchange.link, db, name)) {
    throw new CommandRefusal(48, 'NamespaceExists', `Collection ${namespace} already exists.`);
  }
  await exchange.link.command(db, { create: name });
  exchange.context.catalog.register(db, name, field, undefined);
  return { _t: 'ShardCollectionResponse', ok: 1, collectionsharded: namespace };
}
