/** What applications do on a source, in the database `shop`: each collection is used in the one way that a rule looks for, `plain` in none. */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { serialize, type Document } from 'bson';
import type { Collection, MongoClient } from 'mongodb';

/** A database whose profiler is off: what is done there stands in the server's log alone. */
export const LOGGED_ONLY = 'logged';

type Use = (collection: Collection<Document>, client: MongoClient) => Promise<unknown>;

const piped =
  (stage: Document): Use =>
  (collection) =>
    collection.aggregate([stage]).toArray();
const sought =
  (filter: Document): Use =>
  (collection) =>
    collection.find(filter).toArray();

/** By collection. */
const USES: Readonly<Record<string, Use>> = {
  plain: sought({ a: 1 }),
  bucketed: piped({ $bucket: { groupBy: '$a', boundaries: [0, 9], default: -1 } }),
  rounded: piped({ $project: { x: { $round: ['$a', 1] } } }),
  topped: piped({ $group: { _id: '$a', x: { $topN: { n: 1, output: '$a', sortBy: { a: 1 } } } } }),
  bits: sought({ a: { $bitsAllSet: 1 } }),
  altered: ({ collectionName }, client) =>
    client.db('shop').command({ collMod: collectionName, validationLevel: 'moderate' }),
  scripted: sought({ $where: 'this.a == 1' }),
  dense: piped({ $densify: { field: 'a', range: { step: 1, bounds: 'full' } } }),
  joined: piped({
    $lookup: { from: 'plain', let: { a: '$a' }, pipeline: [{ $match: { $expr: { $eq: ['$a', '$$a'] } } }], as: 'p' },
  }),
  taken: (collection) => collection.findOneAndUpdate({ a: 1 }, { $set: { b: 1 } }, { sort: { a: 1, b: 1 } }),
  literal: sought({ $expr: { $eq: ['$a', [1, 2]] } }),
  searched: sought({ text: /x/i }),
  collated: (collection) => collection.find({ a: 1 }).collation({ locale: 'de' }).toArray(),
  bounded: (collection) => collection.find({}).min({ a: 1 }).max({ a: 2 }).hint({ a: 1 }).toArray(),
  snapped: (collection) => collection.find({ a: 1 }, { readConcern: { level: 'snapshot' } }).toArray(),
  keyed: (collection) => collection.find({ a: 1 }).returnKey(true).toArray(),
  careless: (collection) => collection.insertOne({ a: 2 }, { writeConcern: { w: 1 } }),
  together: (collection, client) =>
    client.withSession((session) =>
      session.withTransaction(() => collection.insertOne({ a: 2, n: 1 }, { session, writeConcern: { w: 'majority' } })),
    ),
  sorted: (collection) => collection.find({}).sort({ a: 1, b: -1 }).toArray(),
  watched: (collection) => collection.watch().tryNext(),
};

/**
 * Makes the collections, then uses each as an application does. The client must not retry writes: who does is told by collection of `retrying`, `retried`.
 * Operations of `shop` are kept by the profiler, and all of the server go to its log.
 */
export async function useSource(client: MongoClient, retrying: MongoClient): Promise<void> {
  const shop = client.db('shop');
  for (const name of [...Object.keys(USES), 'retried']) {
    await shop.collection(name).insertOne({ a: 1, n: 0, text: 'x' });
    await shop.collection(name).createIndex({ a: 1 });
  }
  const notes = client.db(LOGGED_ONLY).collection('notes');
  await notes.createIndex({ text: 'text' });
  await client.db(LOGGED_ONLY).command({ profile: 0, slowms: -1 });
  await shop.command({ profile: 2, slowms: -1 });
  for (const [name, use] of Object.entries(USES)) await use(shop.collection(name), client);
  await retrying
    .db('shop')
    .collection('retried')
    .updateOne({ a: 1 }, { $set: { b: 1 } });
  await notes.find({ $text: { $search: 'x' } }).toArray();
  await shop.command({ profile: 0, slowms: 100 });
}

const OP_MSG = 2013;

/** Greets a server as a client of an old driver does, and stays. */
export async function connectOldDriver(port: number): Promise<Socket> {
  const driver = { name: 'PyMongo', version: '3.6.1' };
  const client = { driver, os: { type: 'Linux' }, application: { name: 'reports' } };
  const body = serialize({ hello: 1, $db: 'admin', client });
  const head = Buffer.alloc(21);
  [head.length + body.length, 1, 0, OP_MSG, 0].forEach((value, i) => head.writeInt32LE(value, i * 4));
  const socket = createConnection(port, '127.0.0.1');
  socket.write(Buffer.concat([head, body]));
  await once(socket, 'data');
  return socket;
}
