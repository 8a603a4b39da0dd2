/** Situations that rules are about, made on a real server: each collection has one thing that a rule looks for, and none has two. */
import { Long, serialize, type Document } from 'bson';
import type { MongoClient } from 'mongodb';
import { BSON_TYPE, rawDocument } from '../../src/core/bson/raw-document.js';
import { MIB } from '../../src/core/model/units.js';
import { connectTo } from './migrate.js';

/** Of metadata, in the database `it`; collections by name, each with the one thing that it is about. */
export async function makeMetadataSituations(client: MongoClient): Promise<void> {
  const db = client.db('it');
  const indexed = async (coll: string, ...indexes: Document[]): Promise<void> => {
    await db.command({
      createIndexes: coll,
      indexes: indexes.map((index) => ({ name: Object.keys(index['key'] as object).join('_'), ...index })),
    });
  };
  const fields = (count: number): Document => Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, 1]));
  await indexed('plain', { key: { a: 1 } });
  await indexed('text', { key: { body: 'text' } });
  await indexed('flat', { key: { at: '2d' } });
  await indexed('hashed', { key: { a: 'hashed' } });
  await indexed('sparse', { key: { a: 1 }, sparse: true });
  await indexed('unique_sparse', { key: { a: 1 }, sparse: true, unique: true });
  await indexed('unique', { key: { a: 1 }, unique: true });
  await indexed('collated', { key: { a: 1 }, collation: { locale: 'fr' } });
  await indexed('partial', { key: { a: 1 }, partialFilterExpression: { a: { $gt: 1 } } });
  await indexed('partial_or', { key: { a: 1 }, partialFilterExpression: { $or: [{ a: 1 }, { b: 1 }] } });
  await indexed('unique_partial', { key: { a: 1 }, unique: true, partialFilterExpression: { a: { $gt: 1 } } });
  await indexed('wildcard', { key: { '$**': 1 } });
  await indexed('projected', { key: { '$**': 1 }, wildcardProjection: { a: 1 } });
  await indexed('nine', { key: fields(9) });
  await indexed('geo_compound', { key: { at: '2dsphere', a: 1 } });
  await indexed('nested', { key: { a: 1, 'b.c': 1 } });
  await indexed('deep', { key: { 'a.b.c.d.e.f.g': 1 } });
  await indexed('ttl', { key: { at: 1 }, expireAfterSeconds: 3600 });
  await db.collection('ttl').insertOne({ at: new Date() });
  await indexed('ttl_twice', { key: { at: 1 }, expireAfterSeconds: 60 }, { key: { until: 1 }, expireAfterSeconds: 60 });
  await indexed('hidden', { key: { a: 1 }, hidden: true });
  await indexed('hidden_unique', { key: { a: 1 }, hidden: true, unique: true });
  await indexed('alike', { key: { a: 1 } }, { key: { a: 1 }, name: 'sparse', sparse: true });
  await indexed('many', ...Array.from({ length: 63 }, (_, i) => ({ key: { [`f${i}`]: 1 } })));
  await indexed('uniques', ...Array.from({ length: 11 }, (_, i) => ({ key: { [`f${i}`]: 1 }, unique: true })));
  await db.createCollection('capped', { capped: true, size: 4096 });
  await db.createCollection('checked', { validator: { a: { $gt: 1 } } });
  await db.createCollection('french', { collation: { locale: 'fr' } });
  await db.createCollection('clustered', {
    clusteredIndex: { key: { _id: 1 }, unique: true },
    expireAfterSeconds: 3600,
  });
  await db.createCollection('images', { changeStreamPreAndPostImages: { enabled: true } });
  await db.createCollection('view', { viewOn: 'plain', pipeline: [] });
  await db.createCollection('series', { timeseries: { timeField: 't' } });
  await db.collection('near').insertOne({ text: 'x'.repeat(1.6 * MIB) });
  await db.collection('large').insertOne({ text: 'x'.repeat(2.1 * MIB) });
  await db
    .collection<{ _id: unknown }>('mixed')
    .insertMany([{ _id: 1 }, { _id: 'one' }, { _id: Long.fromNumber(2 ** 40) }]);
  await db.collection('größe 1').insertOne({ a: 1 });
  await db.collection('odd#name').insertOne({ a: 1 });
  await indexed('fs.chunks', { key: { files_id: 1, n: 1 }, unique: true });
  await db.collection('fs.chunks').insertOne({ files_id: 1, n: 0, data: Buffer.alloc(2.2 * MIB) });
  await db.collection('fs.files').insertOne({ length: 1 });
  const shared = client.db('shared');
  await Promise.all(Array.from({ length: 26 }, (_, i) => shared.createCollection(`c${i}`)));
}

/** `partly`, who may list the collections of the database `it`, and read none. */
export async function makeUserOfNamesOnly(client: MongoClient, pwd: string): Promise<void> {
  await client.db('admin').command({
    createRole: 'names-only',
    privileges: [{ resource: { db: 'it', collection: '' }, actions: ['listCollections'] }],
    roles: [],
  });
  await client.db('admin').command({ createUser: 'partly', pwd, roles: ['names-only'] });
}

const nested = (levels: number): Document =>
  Array.from({ length: levels - 1 }).reduce<Document>((inner) => ({ a: inner }), { x: 1 });
const key = (values: readonly unknown[]): Document[] => values.map((region) => ({ region }));

/** Each with the one thing that it is about; `region` is what collections are to be sharded by. */
export const DOCUMENT_SITUATIONS: Readonly<Record<string, readonly Document[]>> = {
  plain: key(['a', 'b', 'c']),
  large: [...key(['a', 'b']), { region: 'c', text: 'x'.repeat(2 * MIB) }],
  deep: [{ region: 'a', ...nested(129) }, ...key(['b'])],
  ids: [{ _id: 'x'.repeat(1100), region: 'a' }, ...key(['b'])],
  long_ids: [{ _id: 'x'.repeat(2100), region: 'a' }, ...key(['b'])],
  missing: [{ other: 1 }, ...key(['a', 'b'])],
  null: key([null, 'a', 'b']),
  array: key([['a'], 'b']),
  long: key(['x'.repeat(2049), 'a']),
  mixed: key(['1', 1]),
  dates: key([new Date(0), new Date(1)]),
  skewed: key([...Array.from({ length: 16 }, () => 'a'), 'b', 'c', 'd', 'e']),
  constant: Array.from({ length: 20 }, () => ({ region: 'a' })),
  compound: [{ region: 'a', list: [1, 2] }, ...key(['b'])],
  unique: [{ region: 'a', list: [1, 2] }, ...key(['b'])],
  expiring: [{ region: 'a', at: 1_700_000_000 }, { region: 'b', at: new Date() }, { region: 'c', at: 'soon' }], // prettier-ignore
  ttl_field: [{ region: 'a', ttl: 20 }, ...key(['b'])],
};
const DOCUMENT_INDEXES: Readonly<Record<string, Document>> = {
  compound: { name: 'i', key: { region: 1, list: 1 } },
  unique: { name: 'i', key: { region: 1, list: 1 }, unique: true },
  expiring: { name: 'i', key: { at: 1 }, expireAfterSeconds: 2_000_000_000 },
  ttl_field: { name: 'i', key: { _ts: 1 }, expireAfterSeconds: 2_000_000_000 },
};

/** In the database `db`. */
export async function makeDocumentSituations(client: MongoClient, db: string): Promise<void> {
  for (const [name, documents] of Object.entries(DOCUMENT_SITUATIONS)) {
    await client
      .db(db)
      .collection<Document>(name)
      .insertMany([...documents]);
    const index = DOCUMENT_INDEXES[name];
    if (index) await client.db(db).command({ createIndexes: name, indexes: [index] });
  }
}

/** For servers that do not look at what they are sent: started with `--noobjcheck`. */
export const WITHOUT_CHECKS = ['--noobjcheck'];

/** A text within a document that is said to be longer than that document: what damage looks like. */
export async function makeDamage(uri: string, db: string, coll: string): Promise<void> {
  await using cluster = await connectTo(uri);
  const element = (type: number, name: string, value: Buffer): Buffer =>
    Buffer.concat([Buffer.of(type), Buffer.from(`${name}\0`), value]);
  const length = Buffer.alloc(4);
  length.writeInt32LE(500);
  const inner = rawDocument([element(BSON_TYPE.string, 's', Buffer.concat([length, Buffer.from('abcd')]))]);
  const document = rawDocument([
    Buffer.from(serialize({ _id: 1, region: 'a' })).subarray(4, -1),
    element(BSON_TYPE.document, 'in', inner),
  ]);
  await cluster.session.insertRaw({ db, coll }, [document, Buffer.from(serialize({ _id: 2, region: 'b' }))], {
    ordered: true,
  });
}
