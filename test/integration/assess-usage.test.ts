import type { Document } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { readInventory } from '../../src/adapters/mongo/inventory.js';
import { readUsage, type UsageOptions } from '../../src/adapters/mongo/read-usage.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { assess } from '../../src/core/assess/assess.js';
import type { Finding } from '../../src/core/model/finding.js';
import type { SourceUsage } from '../../src/core/model/usage.js';
import { describeTarget, type TargetDescription } from '../../src/core/plan/target.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';

const RU = describeTarget({ kind: 'cosmos-ru', versionArray: [7, 0, 0], topology: 'replica-set' });
const RU_40 = describeTarget({ kind: 'cosmos-ru', versionArray: [4, 0, 0], topology: 'replica-set' });
const VCORE = describeTarget({ kind: 'cosmos-vcore', versionArray: [8, 0, 0], topology: 'unknown' });

let server: RunningMongod;
let application: MongoClient;

/** Measures the source and its use as an assessment does, and judges. */
async function findingsFor(
  target: TargetDescription,
  options: UsageOptions & { readonly shardKeys?: Record<string, string> } = {},
): Promise<readonly Finding[]> {
  const { shardKeys, ...usageOptions } = options;
  await using cluster = await connect({ connectionString: parseConnectionString(server.uri), clock: systemClock });
  const inventory = await readInventory(cluster);
  const usage = await readUsage(cluster, usageOptions);
  const { findings, failedRules } = assess({ inventory, usage, target, ...(shardKeys ? { shardKeys } : {}) });
  expect(failedRules).toEqual([]);
  return findings.filter(({ rule }) => /^(feature|client)-/.test(rule));
}

/** `rule name collection`, without what is told of every source. */
const short = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ rule }) => !rule.startsWith('client-connection-settings'))
    .map(({ rule, params, ns }) =>
      [rule, params['name'] ?? params['key'] ?? '', ns?.coll ?? ''].filter((part) => part !== '').join(' '),
    );
const warnings = (findings: readonly Finding[]): string[] =>
  short(findings.filter(({ severity }) => severity !== 'info'));

beforeAll(async () => {
  server = await startMongod({ replSet: 'rs0' });
  application = await MongoClient.connect(server.uri, { appName: 'webshop', retryWrites: false });
  const shop = application.db('shop');
  await shop.collection<Document>('orders').insertMany([{ customer: 1, at: new Date(0), lines: [1, 2] }]);
  await shop.collection('orders').createIndex({ customer: 1, at: -1 });
});
afterAll(async () => {
  await application.close();
  await server.stop();
});

describe('a source of which nothing special is asked', () => {
  it('is given no warning and no note of use, and none for what the assessment itself has sent', async () => {
    // Once before, so that all of an assessment's own commands are counted.
    await findingsFor(RU, { profiler: true });
    for (const target of [RU, RU_40, VCORE]) {
      const findings = await findingsFor(target);
      expect(warnings(findings)).toEqual([]);
      // Nor a note: the list of an assessment's own commands is one of measuring.
      expect(short(findings).filter((finding) => finding.startsWith('feature-counted'))).toEqual([]);
    }
  });

  it('is not said to use what the assessment itself has sent, only what an application has', async () => {
    const usageOf = async (): Promise<SourceUsage> => {
      await using cluster = await connect({ connectionString: parseConnectionString(server.uri), clock: systemClock });
      await readInventory(cluster);
      return await readUsage(cluster);
    };
    const times = ({ features }: SourceUsage, name: string): number =>
      features.find((use) => use.name === name && use.evidence === 'server-counters')?.count ?? 0;
    const before = await usageOf();
    expect(['$unionWith', '$collStats', '$indexStats', '$sample'].map((name) => times(before, name))).toEqual([
      0, 0, 0, 0,
    ]);
    const orders = application.db('shop').collection('orders');
    await orders.aggregate([{ $unionWith: 'people' }, { $sample: { size: 1 } }]).toArray();
    const after = await usageOf();
    expect(['$unionWith', '$collStats', '$indexStats', '$sample'].map((name) => times(after, name))).toEqual([
      1, 0, 0, 1,
    ]);
  });

  it('has its inserts counted by documents, however many of them came at once', async () => {
    await using cluster = await connect({ connectionString: parseConnectionString(server.uri), clock: systemClock });
    const clock = {
      now: () => 1_000,
      sleep: async (): Promise<void> => {
        await application.db('shop').collection('bulk').insertMany(Array.from({ length: 2_000 }, (_, n) => ({ n }))); // prettier-ignore
      },
    };
    const { namespaces, rates } = await readUsage(cluster, { watchSeconds: 30, clock });
    const bulk = namespaces.find(({ ns }) => ns.coll === 'bulk');
    expect((bulk?.writesPerSecond ?? 0) * (rates?.seconds ?? 0)).toBeCloseTo(2_000, 0);
  });

  it('is told which settings its clients need', async () => {
    expect((await findingsFor(RU)).map(({ rule }) => rule)).toContain('client-connection-settings-ru');
    expect((await findingsFor(VCORE)).map(({ rule }) => rule)).toContain('client-connection-settings-vcore');
  });
});

describe('what an application really asks of a source', () => {
  beforeAll(async () => {
    const shop = application.db('shop');
    const orders = shop.collection<Document>('orders');
    await shop.command({ profile: 2 });
    await orders.aggregate([{ $bucket: { groupBy: '$customer', boundaries: [0, 9], default: -1 } }]).toArray();
    await orders.aggregate([{ $graphLookup: { from: 'people', startWith: '$customer', connectFromField: 'a', connectToField: 'b', as: 'c' } }]).toArray(); // prettier-ignore
    await orders.aggregate([{ $lookup: { from: 'people', let: { c: '$customer' }, pipeline: [{ $match: { $expr: { $eq: ['$n', '$$c'] } } }], as: 'p' } }]).toArray(); // prettier-ignore
    await orders.aggregate([{ $setWindowFields: { sortBy: { at: 1 }, output: { r: { $rank: {} } } } }]).toArray();
    await orders.aggregate([{ $project: { x: { $function: { body: 'function(a) { return a }', args: ['$at'], lang: 'js' } } } }]).toArray(); // prettier-ignore
    await orders.find({ $where: 'this.customer == 1' }).toArray();
    await orders.find({ customer: 1 }).sort({ at: 1, state: 1 }).toArray();
    await orders.find({ customer: 1 }).sort({ customer: -1, at: 1 }).toArray();
    await orders.find({ customer: 1 }).collation({ locale: 'de', strength: 1 }).toArray();
    await orders.find({}).min({ customer: 1 }).max({ customer: 2 }).hint({ customer: 1, at: -1 }).toArray().catch(() => []); // prettier-ignore
    await shop.command({ mapReduce: 'orders', map: 'function() { emit(1, 1) }', reduce: 'function() { return 1 }', out: { inline: 1 } }); // prettier-ignore
    await application.withSession((session) =>
      session.withTransaction(async () => {
        await orders.insertOne({ customer: 2 }, { session });
        await shop.collection('people').insertOne({ n: 1 }, { session });
      }),
    );
    const retrying = await MongoClient.connect(server.uri, { appName: 'jobs', retryWrites: true });
    await retrying
      .db('shop')
      .collection('orders')
      .updateOne({ customer: 1 }, { $set: { state: 'a' } });
    await retrying.close();
  }, 60_000);

  it('is found by the profiler, by collection, as the account of 7.0 has it', async () => {
    const found = warnings(await findingsFor(RU, { profiler: true, shardKeys: { 'shop.people': 'n' } }));
    expect(found.sort()).toEqual(
      [
        'client-retry-writes-refused',
        'feature-collation-unsupported-ru collation orders',
        'feature-javascript-unsupported $function orders',
        'feature-javascript-unsupported $where orders',
        'feature-javascript-unsupported mapReduce orders',
        'feature-lookup-pipeline-unsupported $lookup.let orders',
        'feature-sort-without-index at: 1, state: 1 orders',
        'feature-stage-unsupported $bucket orders',
        'feature-stage-unsupported $graphLookup orders',
        'feature-transaction-sharded transaction people',
        'feature-transactions-limited-ru',
      ].sort(),
    );
  });

  it('is told as not listed where the documentation is silent', async () => {
    const found = short(await findingsFor(RU, { profiler: true }));
    expect(found).toEqual(
      expect.arrayContaining(['feature-not-listed $setWindowFields orders', 'feature-not-listed $rank orders']),
    );
  });

  it('is other for an account of 4.0, and for vCore', async () => {
    const old = warnings(await findingsFor(RU_40, { profiler: true }));
    expect(old).not.toContain('feature-stage-unsupported $graphLookup orders');
    expect(old).toContain('feature-stage-unsupported $bucket orders');
    expect(warnings(await findingsFor(VCORE, { profiler: true })).sort()).toEqual(
      [
        'client-retry-writes-twice',
        'feature-collation-ignored-vcore collation orders',
        'feature-javascript-unsupported $function orders',
        'feature-javascript-unsupported $where orders',
        'feature-javascript-unsupported mapReduce orders',
        'feature-option-ignored-vcore max orders',
        'feature-option-ignored-vcore min orders',
      ].sort(),
    );
  });

  it('is found by the counters alone, without its collection, and with what they cannot tell', async () => {
    const findings = await findingsFor(RU);
    const found = short(findings);
    expect(found).toEqual(
      expect.arrayContaining([
        'feature-stage-unsupported $bucket',
        'feature-stage-unsupported $graphLookup',
        'feature-javascript-unsupported $where',
        'feature-javascript-unsupported mapReduce',
        'feature-lookup-form-unknown $lookup',
        'feature-transactions-limited-ru',
      ]),
    );
    expect(findings.find(({ params }) => params['name'] === '$graphLookup')?.params).toMatchObject({
      count: 1,
      evidence: 'server-counters',
      version: '7.0',
    });
  });
});
