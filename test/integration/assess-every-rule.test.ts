/** Every rule, asked in the product's own way of what a real server has: source read as for an assessment, then judged for every target. */
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Timestamp } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import ourPrices from '../../media/prices.json';
import { connect } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { readForAssessment, type ReadingOptions, type SourceReadings } from '../../src/assembly/assess-source.js';
import { assess, type AssessInput, type AssessResult } from '../../src/core/assess/assess.js';
import { UNUSED_INDEX_MS } from '../../src/core/assess/limits.js';
import { makeAssessment } from '../../src/core/assess/make-assessment.js';
import { RULES } from '../../src/core/assess/rules.js';
import { priceList, type PriceFile } from '../../src/core/cost/price-list.js';
import { EVERYTHING, formatNamespace } from '../../src/core/model/namespace.js';
import { describeTarget, type TargetDescription } from '../../src/core/plan/target.js';
import { mongodb, MONGODB, RU, RU_ALL, VCORE } from '../unit/assess-builders.js';
import { aCluster, aVersion } from '../unit/core-builders.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import {
  DOCUMENT_SITUATIONS,
  makeDamage,
  makeDocumentSituations,
  makeMetadataSituations,
  makeUserOfNamesOnly,
  WITHOUT_CHECKS,
} from '../support/rule-situations.js';
import { connectOldDriver, useSource } from '../support/rule-uses.js';

const PASSWORD = 'pw#1';
/** The source is read when its server has counted the use of indexes for long enough. */
const clock = { ...systemClock, now: () => systemClock.now() + UNUSED_INDEX_MS };
/** One more than the most that a service takes, of 500 and 1,000. */
const MANY = 1_001;

let server: RunningMongod;
let standalone: RunningMongod;
let folder: TempFolder;
const connections: { close(): unknown }[] = [];

const uriOf = ({ port }: RunningMongod, user: string): string =>
  `mongodb://${user}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/it?authSource=admin&directConnection=true`;

async function read(uri: string, options: Partial<ReadingOptions>): Promise<SourceReadings> {
  await using cluster = await connect({ connectionString: parseConnectionString(uri), clock });
  return await readForAssessment(cluster, {
    selection: EVERYTHING,
    scan: 'none',
    pace: 'full',
    readPreference: 'primary',
    ...options,
  });
}

/** Until the oplog reaches back so far that half of it is a time as well. */
async function letOplogGrow(client: MongoClient): Promise<void> {
  const oplog = client.db('local').collection<{ ts: Timestamp }>('oplog.rs');
  const end = async ($natural: 1 | -1): Promise<number> =>
    (await oplog.find().sort({ $natural }).limit(1).next())?.ts.getHighBitsUnsigned() ?? 0;
  const first = await end(1);
  while ((await end(-1)) - first < 2) await client.db('admin').command({ appendOplogNote: 1, data: {} });
}

/** What a server logs comes through a pipe, in its order: what stands before a greeting of ours is there when that is. */
async function letLogBeWritten(log: string): Promise<void> {
  const appName = 'the-last-to-come';
  const last = await MongoClient.connect(uriOf(server, 'root'), { appName });
  while (!(await readFile(log, 'utf8')).includes(appName)) await last.db('admin').command({ ping: 1 });
  await last.close();
}

async function makeCollections(client: MongoClient): Promise<void> {
  for (let i = 0; i < MANY; i += 1) await client.db('many').createCollection(`c${i}`);
}

interface Readings {
  /** Everything that may be read, as who may read everything. */
  readonly whole: SourceReadings;
  /** Without profiler and logs. */
  readonly counters: SourceReadings;
  /** As a user who may not do more than list names. */
  readonly partly: SourceReadings;
  /** A server that is no replica set, has no users, and holds very many collections. */
  readonly many: SourceReadings;
}
let readings: Readings;

beforeAll(async () => {
  folder = await makeTempFolder('every-rule');
  const log = join(folder.path, 'mongod.log');
  const auth = { user: 'root', password: PASSWORD };
  [server, standalone] = await Promise.all([
    startMongod({ replSet: 'rs0', auth, args: WITHOUT_CHECKS, logFile: log }),
    startMongod(),
  ]);
  const root = uriOf(server, 'root');
  const client = await MongoClient.connect(root, { appName: 'webshop', retryWrites: false });
  const retrying = await MongoClient.connect(root, { appName: 'jobs', retryWrites: true });
  const other = await MongoClient.connect(standalone.uri, { appName: 'webshop' });
  connections.push(client, retrying, other);
  const many = makeCollections(other);
  await makeUserOfNamesOnly(client, PASSWORD);
  await makeMetadataSituations(client);
  await makeDocumentSituations(client, 'docs');
  await makeDamage(root, 'docs', 'damaged');
  await useSource(client, retrying);
  const old: Socket = await connectOldDriver(server.port);
  connections.push({ close: () => old.destroy() });
  await many;
  await letOplogGrow(client);
  await letLogBeWritten(log);
  readings = {
    whole: await read(root, { scan: 'full', profiler: true, logs: [log], paths: ['region'] }),
    counters: await read(root, {}),
    partly: await read(uriOf(server, 'partly'), {}),
    many: await read(standalone.uri, {}),
  };
}, 600_000);

afterAll(async () => {
  await Promise.all(connections.map((one) => one.close()));
  await Promise.all([server?.stop(), standalone?.stop()]);
  await folder?.remove();
});

const ru = (version: string, capabilities: Parameters<typeof describeTarget>[1] = []): TargetDescription =>
  describeTarget(aCluster({ kind: 'cosmos-ru', ...aVersion(version) }), capabilities);
const TARGETS = {
  'RU 3.6': ru('3.6.0'),
  'RU 4.0': ru('4.0.0'),
  'RU 4.2': RU,
  'RU 7.0, able': { ...ru('7.0.0'), capabilities: RU_ALL.capabilities },
  'RU 7.0, retrying': ru('7.0.0', ['EnableMongoRetryableWrites']),
  'vCore 5.0': describeTarget(aCluster({ kind: 'cosmos-vcore', ...aVersion('5.0.0') })),
  'vCore 7.0': VCORE,
  'MongoDB 4.0': mongodb('4.0.0'),
  'MongoDB 7.0': MONGODB,
} satisfies Record<string, TargetDescription>;
type TargetName = keyof typeof TARGETS;

const shardKeys = {
  ...Object.fromEntries(Object.keys(DOCUMENT_SITUATIONS).map((name) => [`docs.${name}`, 'region'])),
  'shop.together': 'n',
};

/** Where each rule fires, by collection; `*` is the whole source. */
type Places = Readonly<Record<string, readonly string[]>>;

function places({ findings, failedRules }: AssessResult): Places {
  expect(failedRules).toEqual([]);
  const all: Record<string, string[]> = {};
  for (const { rule, ns } of findings) (all[rule] ??= []).push(ns ? formatNamespace(ns) : '*');
  return Object.fromEntries(Object.entries(all).map(([rule, at]) => [rule, [...new Set(at)].sort()]));
}

const placesOf = (result: AssessResult | undefined): Places => (result ? places(result) : {});

/** An assessment of what was read, for one target after another. */
function assessed(read: SourceReadings, names: readonly TargetName[]): Partial<Record<TargetName, Places>> {
  const { targets } = makeAssessment({
    ...read,
    name: 'source',
    selection: EVERYTHING,
    targets: names.map((name) => ({ description: TARGETS[name] })),
    prices: priceList(ourPrices as PriceFile),
    shardKeys,
  });
  return Object.fromEntries(names.map((name, i) => [name, placesOf(targets[i])]));
}
/** As a plan judges, with what is chosen in it. */
const planned = (read: SourceReadings, target: TargetName, more: Partial<AssessInput>): Places => {
  const { inventory, scans, usage } = read;
  return places(assess({ inventory, scans, ...(usage ? { usage } : {}), target: TARGETS[target], shardKeys, ...more }));
};

/** What is asked of whom: by name, where each rule fires. */
function askAll(): Readonly<Record<string, Places>> {
  const { whole, counters, partly, many } = readings;
  const names = Object.keys(TARGETS) as TargetName[];
  const both: readonly TargetName[] = ['RU 4.2', 'vCore 7.0'];
  const of = (who: string, read: SourceReadings): Record<string, Places> =>
    Object.fromEntries(Object.entries(assessed(read, both)).map(([target, all]) => [`${who}, ${target}`, all]));
  const windowMs = whole.usage?.oplog?.windowMs ?? 0;
  const online = (expectedCopyMs: number): Places => planned(whole, 'MongoDB 7.0', { online: true, expectedCopyMs });
  return {
    ...assessed(whole, names),
    ...of('counters', counters),
    ...of('partly', partly),
    ...of('many', many),
    'copied in half of the time': online(windowMs / 2),
    'copied just in time': online(windowMs),
    'copied too late': online(windowMs + 1),
    'alone and online': planned(many, 'MongoDB 7.0', { online: true }),
    'as planned': planned(whole, 'RU 4.2', {
      method: 'dms',
      shardKeys: { ...shardKeys, 'it.unique': 'b', 'it.hashed': 'a', 'docs.plain': 'nobody.looked' },
      requiredRuPerSecond: { 'it.plain': 20_000, 'docs.skewed': 30_000, 'docs.mixed': 30_000 },
      selection: { ...EVERYTHING, rename: [{ from: 'shop.plain', to: 'IT.plain' }] },
    }),
  };
}

/** Of rules on documents and on use: asked as, where it fires then, and, where that is the whole source, asked as what it does not fire at all. */
const FIRES: Readonly<Record<string, readonly [asked: string, at: string, silent?: string]>> = {
  'compound-over-array': ['RU 4.2', 'docs.compound'],
  'document-malformed': ['MongoDB 7.0', 'docs.damaged'],
  'document-too-deep': ['RU 4.2', 'docs.deep'],
  'document-ttl-field': ['RU 4.2', 'docs.ttl_field'],
  'id-over-1023-bytes': ['RU 4.2', 'docs.ids docs.long_ids'],
  'id-over-2kb': ['vCore 7.0', 'docs.long_ids'],
  'shard-key-array': ['RU 4.2', 'docs.array'],
  'shard-key-few-values': ['RU 4.2', 'docs.constant'],
  'shard-key-missing': ['RU 4.2', 'docs.missing'],
  'shard-key-mixed-types': ['RU 4.2', 'docs.mixed'],
  'shard-key-not-looked-at': ['as planned', 'docs.plain'],
  'shard-key-null': ['RU 4.2', 'docs.null'],
  'shard-key-other-types': ['RU 4.2', 'docs.dates'],
  'shard-key-skewed': ['as planned', 'docs.mixed docs.skewed'],
  'shard-key-too-large': ['RU 4.2', 'docs.long'],
  'ttl-field-unfit': ['vCore 7.0', 'docs.expiring'],
  'ttl-numbers-expire': ['RU 7.0, able', 'docs.expiring'],
  'unique-over-array': ['RU 4.2', 'docs.unique'],
  'client-connection-settings-ru': ['RU 4.2', '*', 'vCore 7.0'],
  'client-connection-settings-vcore': ['vCore 7.0', '*', 'RU 4.2'],
  'client-driver-too-old': ['vCore 7.0', '*', 'RU 4.2'],
  'client-retry-writes-refused': ['RU 4.2', '*', 'many, RU 4.2'],
  'client-retry-writes-twice': ['vCore 7.0', '*', 'many, vCore 7.0'],
  'client-retry-writes-unordered': ['RU 7.0, retrying', '*', 'RU 7.0, able'],
  'client-users-by-hand': ['RU 4.2', '*', 'many, RU 4.2'],
  'feature-accumulator-unsupported': ['vCore 5.0', 'shop.topped'],
  'feature-array-literal-unsupported': ['RU 4.2', 'shop.literal'],
  'feature-change-streams-limited': ['RU 4.2', 'shop.watched'],
  'feature-collation-ignored-vcore': ['vCore 7.0', 'shop.collated'],
  'feature-collation-unsupported-ru': ['RU 4.2', 'shop.collated'],
  // The profiler was switched on, and the log says so.
  'feature-command-unsupported': ['RU 4.2', '* shop.altered', 'many, RU 4.2'],
  'feature-counted-unsupported': ['RU 4.2', '*', 'many, RU 4.2'],
  'feature-expression-unsupported': ['RU 4.0', 'shop.rounded'],
  'feature-find-and-modify-sort-unsupported': ['RU 4.2', 'shop.taken'],
  'feature-javascript-unsupported': ['RU 4.2', 'shop.scripted'],
  'feature-lookup-form-unknown': ['counters, RU 4.2', '*', 'RU 4.2'],
  'feature-lookup-pipeline-unsupported': ['RU 4.2', 'shop.joined'],
  'feature-not-listed': ['RU 4.2', 'shop.dense shop.topped'],
  'feature-option-ignored-vcore': ['vCore 7.0', 'shop.bounded shop.snapped'],
  'feature-option-refused-vcore': ['vCore 7.0', 'shop.keyed'],
  'feature-query-operator-unsupported': ['RU 4.2', 'shop.bits'],
  'feature-regex-scans': ['RU 4.2', 'shop.searched'],
  'feature-sort-without-index': ['RU 4.2', 'shop.sorted shop.taken'],
  'feature-stage-unsupported': ['RU 4.2', 'shop.bucketed'],
  'feature-text-search-unsupported': ['RU 4.2', 'logged.notes'],
  'feature-transaction-sharded': ['RU 4.2', 'shop.together'],
  'feature-transactions-limited-ru': ['RU 4.2', '*', 'RU 3.6'],
  'feature-transactions-limited-vcore': ['vCore 7.0', '*', 'many, vCore 7.0'],
  'feature-transactions-unsupported': ['RU 3.6', '*', 'RU 4.0'],
  'feature-use-unknown': ['partly, RU 4.2', '*', 'RU 4.2'],
  'feature-write-concern-ignored-ru': ['RU 4.2', 'shop.careless'],
  'feature-write-concern-ignored-vcore': ['vCore 7.0', 'shop.careless'],
  'online-oplog-tight': ['copied just in time', '*', 'copied in half of the time'],
  'online-oplog-too-short': ['copied too late', '*', 'copied just in time'],
};

/** What no one mongod of one version gets into, and why. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'the server itself refuses it': [
    'document-over-16mb',
    'id-type-refused',
    'index-compound-wildcard-unsupported',
    'index-kind-unsupported',
    'index-path-unsupported',
    'index-too-many-indexes',
    'index-ttl-value-invalid',
  ],
  '20 GB have no room in a test': [
    'logical-partition-near-20gb',
    'logical-partition-over-20gb',
    'unsharded-near-20gb',
    'unsharded-over-20gb',
  ],
  'only a sharded cluster has it': [
    'duplicate-ids',
    'duplicate-ids-kept',
    'ids-may-repeat',
    'option-shard-key-compound',
    'option-shard-key-left-out',
  ],
  'the source is older, or Cosmos DB': [
    'online-change-log-small',
    'online-deletes-unseen',
    'source-kind-refused-by-service',
    'source-too-old',
  ],
};

describe('every rule, on what a real server has', () => {
  let asked: Readonly<Record<string, Places>>;
  beforeAll(() => {
    asked = askAll();
  });

  it('fires, but for those that no one mongod can show', () => {
    const fired = new Set(Object.values(asked).flatMap((all) => Object.keys(all)));
    const silent = RULES.map(({ id }) => id).filter((id) => !fired.has(id));
    expect(silent.sort()).toEqual(Object.values(ELSEWHERE).flat().sort());
  });

  it('on documents and on use has its place in the table', () => {
    const elsewhere = new Set(Object.values(ELSEWHERE).flat());
    const meant = RULES.filter(({ id, looksAt }) => looksAt !== 'metadata' && !elsewhere.has(id));
    expect(Object.keys(FIRES).sort()).toEqual(meant.map(({ id }) => id).sort());
  });

  it.each(Object.entries(FIRES))('%s fires where it applies and only there', (rule, [as, at, silent]) => {
    expect(asked[as]?.[rule]?.join(' ')).toBe(at);
    if (at.includes('*')) expect(Object.keys(asked[silent ?? ''] ?? { [rule]: [] })).not.toContain(rule);
  });

  it('on clients hears of applications alone, not of the members of the set', () => {
    const drivers = readings.whole.usage?.clients.map(({ driver }) => driver);
    expect(new Set(drivers)).toEqual(new Set(['nodejs', 'PyMongo']));
  });

  it('on indexes that nobody uses leaves the one alone that was used, however long the server has counted', () => {
    for (const all of [asked['RU 4.2'], asked['vCore 7.0']]) {
      expect(all?.['index-unused']).toContain('shop.bucketed');
      expect(all?.['index-unused']).not.toContain('shop.plain');
    }
  });
});
