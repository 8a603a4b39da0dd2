/** Rules held against what a real server makes of each situation: the situation is made, read by the adapter, and assessed. */
import { Long, type Document } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInventory } from '../../src/adapters/mongo/inventory.js';
import { assess, type AssessInput } from '../../src/core/assess/assess.js';
import { RULES } from '../../src/core/assess/rules.js';
import type { ClusterInventory } from '../../src/core/model/facts.js';
import type { Finding } from '../../src/core/model/finding.js';
import { formatNamespace } from '../../src/core/model/namespace.js';
import { MIB } from '../../src/core/model/units.js';
import type { TargetDescription } from '../../src/core/plan/target.js';
import { mongodb, MONGODB, RU, RU_ALL, VCORE } from '../unit/assess-builders.js';
import { expectGolden } from '../golden/expect-golden.js';
import { connectTo } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';

const PASSWORD = 'pw#1';
let server: RunningMongod;
let inventory: ClusterInventory;
/** As a user who may not read one database. */
let partly: ClusterInventory;

/** Collections by name, each with the one thing that it is about. */
async function makeSituations(client: MongoClient): Promise<void> {
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
  await indexed('fs.chunks', { key: { files_id: 1, n: 1 }, unique: true });
  await db.collection('fs.chunks').insertOne({ files_id: 1, n: 0, data: Buffer.alloc(2.2 * MIB) });
  await db.collection('fs.files').insertOne({ length: 1 });
  const shared = client.db('shared');
  await Promise.all(Array.from({ length: 26 }, (_, i) => shared.createCollection(`c${i}`)));
  await client.db('admin').command({
    createRole: 'names-only',
    privileges: [{ resource: { db: 'it', collection: '' }, actions: ['listCollections'] }],
    roles: [],
  });
  await client.db('admin').command({ createUser: 'partly', pwd: PASSWORD, roles: ['names-only'] });
}

async function inventoryOf(user: string): Promise<ClusterInventory> {
  const uri = `mongodb://${user}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${server.port}/it?authSource=admin`;
  const cluster = await connectTo(uri);
  try {
    return await readInventory(cluster, { readPreference: 'primary' });
  } finally {
    await cluster.close();
  }
}

beforeAll(async () => {
  server = await startMongod({ auth: { user: 'root', password: PASSWORD } });
  const client = await MongoClient.connect(server.uri, { auth: { username: 'root', password: PASSWORD } });
  await makeSituations(client);
  await client.close();
  inventory = await inventoryOf('root');
  partly = await inventoryOf('partly');
});
afterAll(() => server?.stop());

const found = (target: TargetDescription, more: Partial<AssessInput> = {}): readonly Finding[] => {
  const { findings, failedRules } = assess({ inventory, target, ...more });
  expect(failedRules).toEqual([]);
  return findings;
};

/** Where each rule fires, by collection; `*` is the whole cluster. */
function places(findings: readonly Finding[]): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const { rule, ns } of findings) (all[rule] ??= []).push(ns ? formatNamespace(ns).replace('it.', '') : '*');
  return Object.fromEntries(Object.entries(all).map(([rule, at]) => [rule, [...new Set(at)].sort()]));
}

/** What one server without shards, of one version, does not get into. */
const ELSEWHERE: readonly string[] = [
  // The server itself refuses it, or has no room for it in a test.
  ...['document-over-16mb', 'id-type-refused', 'index-kind-unsupported', 'index-compound-wildcard-unsupported'],
  ...['index-path-unsupported', 'index-too-many-indexes', 'index-ttl-value-invalid', 'name-refused'],
  ...['database-names-collide', 'unsharded-over-20gb', 'unsharded-near-20gb', 'too-many-namespaces-ru'],
  ...['too-many-collections-vcore'],
  // Another source: sharded, older, or no MongoDB.
  ...['ids-may-repeat', 'option-shard-key-compound', 'option-shard-key-left-out', 'source-too-old'],
  ...['online-deletes-unseen', 'online-change-log-small', 'source-kind-refused-by-service'],
  // A server that has counted for a week.
  'index-unused',
];

describe('the rules, on what a real server has', () => {
  const asked = new Map<string, Record<string, string[]>>();
  const ask = (name: string, target: TargetDescription, more: Partial<AssessInput> = {}): Record<string, string[]> => {
    const all = places(found(target, more));
    asked.set(name, all);
    return all;
  };

  it('fire for each target where something is in its way, and nowhere else', () => {
    expectGolden('assess-rules-found', {
      'an RU account': ask('ru', RU),
      vCore: ask('vcore', VCORE),
      'MongoDB 7.0': ask('7.0', MONGODB),
      'MongoDB 4.0': ask('4.0', mongodb('4.0.0')),
    });
    for (const all of asked.values()) expect(Object.values(all).flat()).not.toContain('plain');
  });

  it('go by what the account can do', () => {
    const able = ask('able', RU_ALL);
    const plain = ask('ru', RU);
    const only = (one: Record<string, string[]>, other: Record<string, string[]>): string[] =>
      Object.keys(one).filter((rule) => !(rule in other)).sort(); // prettier-ignore
    expect(only(able, plain)).toEqual(['document-needs-16mb', 'index-ttl-one-per-collection']);
    expect(only(plain, able)).toEqual([
      'document-near-2mb',
      'document-over-2mb',
      'gridfs-chunks-over-2mb',
      'index-nested-needs-capability',
      'index-ttl-dropped',
      'index-unique-partial-unsupported',
    ]);
  });

  it('go by the shard key, the throughput and the method that are chosen', () => {
    const chosen = ask('chosen', RU, {
      shardKeys: { 'it.unique': 'b', 'it.hashed': 'a' },
      requiredRuPerSecond: { 'it.plain': 20_000, 'it.hashed': 20_000 },
      method: 'dms',
      online: true,
    });
    expect(chosen).toMatchObject({
      'index-unique-without-shard-key': ['unique'],
      'index-shard-key-indexed': ['hashed'],
      'unsharded-over-10000-ru': ['plain'],
      'source-too-new-for-service': ['*'],
      'online-standalone': ['*'],
    });
  });

  it('tell of what the user may not read', () => {
    const all = places(assess({ inventory: partly, target: RU }).findings);
    asked.set('partly', all);
    expect(Object.keys(all)).toEqual(['namespace-unreadable', 'view-unsupported']);
    expect(all['namespace-unreadable']).toContain('plain');
  });

  it('have all fired here, but for those that one server cannot show', () => {
    const fired = new Set([...asked.values()].flatMap((all) => Object.keys(all)));
    const silent = RULES.filter((r) => r.looksAt === 'metadata' && !fired.has(r.id)).map((r) => r.id);
    expect(silent.sort()).toEqual([...ELSEWHERE].sort());
  });
});
