import { Double, type Document } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { readInventory } from '../../src/adapters/mongo/inventory.js';
import { indexTranslations } from '../../src/core/assess/index-translations.js';
import type { IndexTranslation } from '../../src/core/model/assessment.js';
import type { ClusterInventory, IndexFacts } from '../../src/core/model/facts.js';
import { formatNamespace, parseNamespace } from '../../src/core/model/namespace.js';
import { sameIndex, targetIndex } from '../../src/core/plan/target-index.js';
import { describeTarget, type TargetDescription } from '../../src/core/plan/target.js';
import { indexScript } from '../../src/words/index-script.js';
import { connectTo } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn, type RuStandIn } from '../support/ru-stand-in/start.js';
import { runShellScript } from '../support/shell.js';

const ODD = 'söme "odd" \'name\' \u2028 `x`';
let source: RunningMongod;
let client: MongoClient;
let inventory: ClusterInventory;
/** Targets, each with its own name for the database: all are on one server. */
let mongodb: ConnectedCluster;
let backend: RunningMongod;
let standIn: RuStandIn;

beforeAll(async () => {
  [source, backend] = await Promise.all([startMongod(), startMongod()]);
  standIn = await startRuStandIn({ backendUri: backend.uri, ttlOnCustomPath: true, nestedCompoundIndexes: true });
  client = await MongoClient.connect(source.uri);
  const shop = client.db('shop');
  await shop.command({
    createIndexes: 'orders',
    indexes: [
      { name: 'plain', key: { a: 1 } },
      { name: 'unique', key: { region: 1, number: -1 }, unique: true },
      { name: 'ordered', key: new Map([['10', 1], ['1', -1], ['__proto__', 1]]) }, // prettier-ignore
      {
        name: 'partial',
        key: { p: 1 },
        partialFilterExpression: { p: { $gt: new Double(1) }, at: { $lt: new Date(5) } },
      },
      { name: 'text', key: { text: 'text', note: 'text' }, weights: { text: 5 }, default_language: 'none' },
      { name: 'geo', key: { place: '2dsphere' }, sparse: true },
      { name: 'flat', key: { at: '2d' }, bits: 20, min: -90, max: 90.5 },
      { name: 'hash', key: { h: 'hashed' } },
      { name: 'nice', key: { n: 1 }, collation: { locale: 'de' }, hidden: true },
      { name: 'wild', key: { '$**': 1 }, wildcardProjection: { 'w.x': 1 } },
      { name: 'all below', key: { 'below.$**': 1 } },
      { name: 'ttl', key: { created: 1 }, expireAfterSeconds: 3600 },
      { name: ODD, key: { [ODD]: 1 } },
    ],
  });
  await shop.createCollection('french', { collation: { locale: 'fr' } });
  await shop.command({
    createIndexes: 'french',
    indexes: [
      { name: 'simple', key: { a: 1 }, collation: { locale: 'simple' } },
      { name: 'french', key: { b: 1 } },
    ],
  });
  await client
    .db('ünï')
    .command({ createIndexes: ODD, indexes: [{ name: ODD, key: { a: 1 }, unique: true, sparse: true }] });
  const cluster = await connectTo(source.uri);
  inventory = await readInventory(cluster, { readPreference: 'primary' });
  await cluster.close();
  mongodb = await connectTo(source.uri);
});
afterAll(async () => {
  await mongodb?.close();
  await client?.close();
  await standIn?.close();
  await Promise.all([source?.stop(), backend?.stop()]);
});

const translated = (target: TargetDescription, to: (db: string) => string): readonly IndexTranslation[] =>
  indexTranslations({
    inventory,
    target,
    selection: {
      include: ['shop', 'ünï'],
      exclude: [],
      rename: inventory.collections.map(({ ns }) => ({
        from: formatNamespace(ns),
        to: formatNamespace({ ...ns, db: to(ns.db) }),
      })),
    },
    shardKeys: { 'shop.orders': 'region' },
  });

async function indexesOn(cluster: ConnectedCluster, ns: string): Promise<readonly IndexFacts[]> {
  const found = await readInventory(cluster, { readPreference: 'primary', sampleSize: 0 });
  return found.collections.find((c) => formatNamespace(c.ns) === ns)?.indexes ?? [];
}

/** Every index of the translation is there and does what it should, and nothing else is. */
async function expectMade(
  cluster: ConnectedCluster,
  translations: readonly IndexTranslation[],
  kind: TargetDescription['kind'],
): Promise<void> {
  for (const { target, indexes } of translations) {
    const actual = (await indexesOn(cluster, formatNamespace(target))).filter(
      ({ name }) => !['_id_', '_id_1'].includes(name),
    );
    const expected = indexes.flatMap((planned) => targetIndex(planned, kind) ?? []);
    expect(actual.map(({ name }) => name).sort()).toEqual(expected.map(({ name }) => name).sort());
    for (const index of expected) {
      const made = actual.find(({ name }) => name === index.name);
      expect(made && sameIndex(index, made, kind), `${index.name}: ${JSON.stringify(made)}`).toBe(true);
    }
  }
}

describe('the script of indexes, carried out', () => {
  it('makes every index of a MongoDB target as it was, also a second time', async () => {
    const target = describeTarget(mongodb.facts);
    const translations = translated(target, (db) => `${db}-copy`);
    await client.db('shop-copy').createCollection('french', { collation: { locale: 'fr' } });
    const script = indexScript(translations, target);
    await runShellScript(script, client);
    await expectMade(mongodb, translations, 'mongodb');
    await runShellScript(script, client);
    await expectMade(mongodb, translations, 'mongodb');
    const all = translations.reduce((count, { indexes }) => count + indexes.length, 0);
    expect(all).toBe(16);
    expect(script.match(/^ *\/\/ .*: created/gm)).toHaveLength(all);
  });

  it('makes on a model of an RU account what a plan makes there: unique ones first, by its own commands', async () => {
    const cluster = await connectTo(standIn.uri);
    const direct = await MongoClient.connect(standIn.uri);
    try {
      const target = describeTarget(cluster.facts, ['EnableTtlOnCustomPath', 'EnableUniqueCompoundNestedDocs']);
      const translations = translated(target, (db) => db);
      const script = indexScript(translations, target);
      const sent = await runShellScript(script, direct);
      const firstNames = sent.flatMap(
        (command) => (command['indexes'] as Document[] | undefined)?.[0]?.['name'] as string,
      );
      expect(sent[0]).toMatchObject({ customAction: 'CreateCollection', collection: 'orders', shardKey: 'region' });
      expect(firstNames[1]).toBe('unique');
      expect(firstNames.at(-1)).toBe('ttl');
      await expectMade(cluster, translations, 'cosmos-ru');
      expect(await cluster.ru?.getCollection(parseNamespace('shop.orders'))).toMatchObject({ shardKey: 'region' });
      const again = await runShellScript(script, direct);
      expect(again).toHaveLength(sent.length - 1);
      await expectMade(cluster, translations, 'cosmos-ru');
      for (const name of ['text', 'flat', 'wild', 'nice'])
        expect(script).toContain(`// ${JSON.stringify(name)}: not created`);
    } finally {
      await direct.close();
      await cluster.close();
    }
  });

  it('stops at what the server refuses, with its words', async () => {
    const target = describeTarget(mongodb.facts);
    const translations = translated(target, (db) => `${db}-twice`);
    await client.db('shop-twice').collection('orders').insertMany([{ region: 1, number: 1 }, { region: 1, number: 1 }]); // prettier-ignore
    await expect(runShellScript(indexScript(translations, target), client)).rejects.toThrow('E11000');
  });
});
