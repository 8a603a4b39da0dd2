/** Rules held against what a real server makes of each situation: the situation is made, read by the adapter, and assessed. */
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInventory } from '../../src/adapters/mongo/inventory.js';
import { assess, type AssessInput } from '../../src/core/assess/assess.js';
import type { ClusterInventory } from '../../src/core/model/facts.js';
import type { Finding } from '../../src/core/model/finding.js';
import { formatNamespace } from '../../src/core/model/namespace.js';
import type { TargetDescription } from '../../src/core/plan/target.js';
import { mongodb, MONGODB, RU, RU_ALL, VCORE } from '../unit/assess-builders.js';
import { expectGolden } from '../golden/expect-golden.js';
import { connectTo } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeMetadataSituations, makeUserOfNamesOnly } from '../support/rule-situations.js';

const PASSWORD = 'pw#1';
let server: RunningMongod;
let inventory: ClusterInventory;
/** As a user who may not read one database. */
let partly: ClusterInventory;

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
  await makeMetadataSituations(client);
  await makeUserOfNamesOnly(client, PASSWORD);
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
});
