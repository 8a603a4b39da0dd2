import { Binary, ObjectId, serialize, type Document } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RuCollectionSizing, ShardKeyAdvice, ShardKeyCandidate } from '../../src/core/model/assessment.js';
import type { CollectionFacts } from '../../src/core/model/facts.js';
import { SCAN_BUCKETS, type CollectionScan, type FieldScan } from '../../src/core/model/scan.js';
import { bytes, GIB, TIB } from '../../src/core/model/units.js';
import type { SourceUsage } from '../../src/core/model/usage.js';
import type { TargetDescription } from '../../src/core/plan/target.js';
import { CollectionScanner } from '../../src/core/scan/collection-scanner.js';
import { adviseShardKey } from '../../src/core/shard-key/advise-shard-key.js';
import {
  SHARD_KEY_ASSUMPTION_IDS,
  SHARD_KEY_NEED_IDS,
  SHARD_KEY_REASON_IDS,
} from '../../src/core/shard-key/reason-ids.js';
import {
  samplePowerSentence,
  shardKeyAssumptionSentence,
  shardKeyNeedSentence,
  shardKeyReasonSentence,
} from '../../src/words/shard-keys.js';
import { samplePower } from '../../src/core/scan/sample-power.js';
import { expectGolden } from '../golden/expect-golden.js';
import { seededRandom } from '../support/seeded-random.js';
import { aCollection, anIndex, ID_INDEX } from './core-builders.js';

const RU: TargetDescription = { kind: 'cosmos-ru', versionArray: [7, 0], sharded: false, capabilities: new Set() };
const VCORE: TargetDescription = { ...RU, kind: 'cosmos-vcore' };
const MONGODB: TargetDescription = { ...RU, kind: 'mongodb' };

const NO_USAGE: SourceUsage = {
  readAt: '2026-01-02T03:04:05.000Z',
  namespaces: [],
  features: [],
  fields: [],
  sorts: [],
  clients: [],
  looked: { profiled: 1000, logged: 0, oplogEntries: 0 },
  gaps: [],
};

/** A collection of the size of `of` such documents, scanned by these. */
function scanned(
  name: string,
  documents: readonly Document[],
  of: number,
  change: Partial<CollectionFacts> = {},
): { collection: CollectionFacts; scan: CollectionScan } {
  const collection = aCollection(name, change);
  const scanner = new CollectionScanner({ indexes: collection.indexes });
  for (const one of documents) scanner.add(Buffer.from(serialize(one)));
  const drawn = of > documents.length ? 'random' : 'all';
  const scan = scanner.scan({ ns: collection.ns, mode: 'sample', of, drawn, gaps: [] });
  const average = scan.bytes / documents.length;
  return {
    collection: { ...collection, documents: of, averageBytes: bytes(average), logicalBytes: bytes(average * of) },
    scan,
  };
}

const id = (i: number): ObjectId => new ObjectId(i.toString(16).padStart(24, '0'));

/** Golden: numbers as people read them, buckets folded already. */
function inShort(advice: ShardKeyAdvice): unknown {
  const round = (value: number): number => Number(value.toPrecision(3));
  return {
    needed: advice.needed,
    why: advice.why.map(shardKeyNeedSentence),
    candidates: advice.candidates.map((candidate) => ({
      path: candidate.path,
      ...(candidate.possible ? { score: candidate.score } : { possible: false }),
      distinct: `${candidate.distinct.exact ? '' : 'about '}${round(candidate.distinct.values)}`,
      largestGb: (['low', 'expected', 'high'] as const)
        .map((end) => round(candidate.largestLogicalPartition[end] / GIB))
        .join(' / '),
      ...(candidate.missingShare > 0 ? { missing: round(candidate.missingShare) } : {}),
      distribution: candidate.distribution.map((share) => share.toFixed(3)).join(' '),
      reasons: candidate.reasons.map((reason) => `${reason.weight} ${shardKeyReasonSentence(reason)}`),
      restsOn: candidate.largestLogicalPartition.assumptions.map(shardKeyAssumptionSentence),
    })),
  };
}

describe('the shard key advised for', () => {
  it('orders, asked for by their customer', () => {
    const random = seededRandom(1);
    const orders = Array.from({ length: 5_000 }, (_, i) => ({
      _id: id(i),
      customer: `c${Math.floor(20_000 * random() ** 1.2)}`,
      status: ['open', 'paid', 'sent', 'returned'][Math.floor(4 * random() ** 2)],
      country: ['de', 'fr', 'it', 'es', 'pl', 'nl'][Math.floor(6 * random() ** 2)],
      at: new Date(1.6e12 + i * 60_000),
      lines: Array.from({ length: 1 + Math.floor(4 * random()) }, (_, j) => ({ sku: `s${j}`, n: 1 })),
      ...(random() < 0.3 ? { coupon: `k${Math.floor(50 * random())}` } : {}),
    }));
    const indexes = [ID_INDEX, anIndex({ key: [['customer', 1], ['at', -1]], usageOps: 9_000 }), anIndex({ key: [['lines.sku', 1]], usageOps: 100 })]; // prettier-ignore
    const input = scanned('shop.orders', orders, 400_000_000, { indexes });
    const fields = [
      { ns: input.collection.ns, path: 'customer', equality: 900, otherwise: 0, updated: 0, sorted: 0 },
      { ns: input.collection.ns, path: '_id', equality: 300, otherwise: 0, updated: 0, sorted: 0 },
      { ns: input.collection.ns, path: 'status', equality: 100, otherwise: 0, updated: 400, sorted: 0 },
    ];
    const advice = adviseShardKey({ ...input, target: RU, usage: { ...NO_USAGE, fields } });
    expect(advice.candidates[0]?.path).toBe('customer');
    expectGolden('shard-key-orders', inShort(advice));
  });

  it('events with one hot tenant', () => {
    const random = seededRandom(2);
    const events = Array.from({ length: 5_000 }, (_, i) => ({
      _id: id(i),
      tenant: random() < 0.4 ? 'hot' : `t${Math.floor(300 * random())}`,
      device: `d${Math.floor(5_000 * random())}`,
      at: new Date(1.6e12 + i * 1000),
      kind: ['click', 'view'][Math.floor(2 * random())],
      payload: 'x'.repeat(400 + Math.floor(400 * random())),
    }));
    const indexes = [ID_INDEX, anIndex({ key: [['tenant', 1], ['at', -1]] })]; // prettier-ignore
    const advice = adviseShardKey({ ...scanned('app.events', events, 200_000_000, { indexes }), target: RU });
    const tenant = advice.candidates.find(({ path }) => path === 'tenant');
    expect(tenant?.possible).toBe(false);
    expectGolden('shard-key-events', inShort(advice));
  });

  it('a collection with little but an enumeration', () => {
    const random = seededRandom(3);
    const jobs = Array.from({ length: 3_000 }, (_, i) => ({
      _id: id(i),
      state: ['new', 'done'][Math.floor(2 * random())],
      shard: 1,
    }));
    const advice = adviseShardKey({ ...scanned('app.jobs', jobs, 300_000_000), target: RU });
    expect(advice.candidates[0]?.path).toBe('_id');
    expectGolden('shard-key-enumeration', inShort(advice));
  });

  it('the chunks of GridFS', () => {
    const chunks = Array.from({ length: 2_000 }, (_, i) => ({
      _id: id(i),
      files_id: id(100_000 + Math.floor(i / 8)),
      n: i % 8,
      data: new Binary(Buffer.alloc(2_000, i)),
    }));
    const indexes = [ID_INDEX, anIndex({ key: [['files_id', 1], ['n', 1]], unique: true })]; // prettier-ignore
    const advice = adviseShardKey({ ...scanned('app.fs.chunks', chunks, 20_000_000, { indexes }), target: RU });
    expect(advice.candidates[0]?.path).toBe('files_id');
    expectGolden('shard-key-gridfs', inShort(advice));
  });
});

const names = ['a', 'b', 'c'] as const;
const someValue = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.string({ maxLength: 2 }),
  fc.constantFrom<unknown>(null, [1], { x: 1 }, true, new Date(0), 'y'.repeat(3_000)),
);
const someDocuments = fc
  .array(fc.dictionary(fc.constantFrom(...names), someValue, { maxKeys: 3 }), { minLength: 1, maxLength: 40 })
  .map((list) => list.map((one, i): Document => ({ _id: i, ...one })));
const someInput = fc.record({
  documents: someDocuments,
  of: fc.integer({ min: 1, max: 1e9 }),
  ru: fc.boolean(),
  unique: fc.boolean(),
  partitions: fc.integer({ min: 1, max: 2_000 }),
  updated: fc.constantFrom(undefined, ...names),
});

function adviceOf(one: typeof someInput extends fc.Arbitrary<infer T> ? T : never): ShardKeyAdvice {
  const indexes = [ID_INDEX, ...(one.unique ? [anIndex({ key: [['b', 1]], unique: true })] : [])];
  const input = scanned('x.y', one.documents, Math.max(one.of, one.documents.length), { indexes });
  const fields =
    one.updated === undefined
      ? []
      : [{ ns: input.collection.ns, path: one.updated, equality: 0, otherwise: 0, updated: 1, sorted: 0 }];
  return adviseShardKey({
    ...input,
    target: one.ru ? RU : VCORE,
    partitions: one.partitions,
    usage: { ...NO_USAGE, fields },
  });
}

describe('the ranking of shard keys', () => {
  it('never puts what is impossible before what is possible, has _id once, and tells why each impossible one is', () => {
    fc.assert(
      fc.property(someInput, (one) => {
        const { candidates } = adviceOf(one);
        const possible = candidates.map((candidate) => candidate.possible);
        expect(possible).toEqual([...possible].sort((a, b) => Number(b) - Number(a)));
        expect(candidates.filter(({ path }) => path === '_id')).toHaveLength(1);
        expect(candidates.find(({ path }) => path === '_id')?.possible).toBe(one.documents.length > 1 || one.of > 1);
        for (const candidate of candidates) {
          expect(candidate.reasons.some(({ weight }) => weight === '!')).toBe(!candidate.possible);
          expect(candidate.score).toBeGreaterThanOrEqual(0);
          expect(candidate.score).toBeLessThanOrEqual(100);
        }
        const scores = candidates.map(({ score }) => score);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
      }),
    );
  });

  it('tells shares of partitions that add up to one, and a partition within its band', () => {
    fc.assert(
      fc.property(someInput, (one) => {
        for (const { distribution, largestLogicalPartition, path } of adviceOf(one).candidates) {
          const { low, expected, high } = largestLogicalPartition;
          expect(low, path).toBeLessThanOrEqual(expected);
          expect(expected, path).toBeLessThanOrEqual(high);
          if (distribution.length === 0) continue;
          expect(distribution).toHaveLength(Math.min(one.partitions, SCAN_BUCKETS));
          expect(distribution.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        }
      }),
    );
  });

  it('on an RU account takes no path that is missing, an array, a document, too long or changed', () => {
    fc.assert(
      fc.property(someInput, (one) => {
        for (const { path, possible } of adviceOf({ ...one, ru: true }).candidates) {
          const values = one.documents.map((document) => document[path] as unknown);
          const bad = values.some(
            (value) =>
              value === undefined ||
              Array.isArray(value) ||
              (typeof value === 'object' && value !== null && !(value instanceof Date)) ||
              (typeof value === 'string' && value.length > 2_048),
          );
          if (bad || path === one.updated) expect(possible, path).toBe(false);
        }
      }),
    );
  });

  it('never ranks more skew better, all else equal', () => {
    const field = (path: string, shares: readonly number[], distinct: number): FieldScan => ({
      path,
      present: 10_000,
      nulls: 0,
      arrays: 0,
      types: { string: 10_000 },
      distinct: { values: distinct, exact: true, once: 0 },
      largestValueBytes: 20,
      top: shares.map((bytes) => ({ documents: bytes, bytes, band: [bytes * 0.9, Math.min(1, bytes * 1.1)] as const })),
      bucketBytes: [],
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 12, max: 5_000 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 10, maxLength: 10 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 100 }),
        fc.constantFrom(1, 10, 100, 1_000),
        fc.boolean(),
        (distinct, parts, moved, partitions, gigabytes, all) => {
          const rest = 1 / distinct;
          const room = 1 - 10 * rest;
          const weight = parts.reduce((sum, part) => sum + part, 0) || 1;
          // The ten heaviest have an equal part and some of what is above it.
          const even = parts.map((part) => rest + (room * 0.5 * part) / weight).sort((a, b) => b - a);
          const spare = 1 - even.reduce((sum, share) => sum + share, 0) - (distinct - 10) * 0;
          const skewed = [(even[0] ?? 0) + spare * moved, ...even.slice(1)];
          const { collection, scan } = scanned('x.y', [{ _id: 1 }], 10_000);
          const both = {
            ...scan,
            documents: 10_000,
            of: all ? 10_000 : 1e7,
            drawn: all ? ('all' as const) : ('random' as const),
            fields: [field('even', even, distinct), field('skewed', skewed, distinct)],
          };
          const size = { ...collection, logicalBytes: bytes(gigabytes * GIB) };
          const { candidates } = adviseShardKey({ collection: size, scan: both, target: RU, partitions });
          const of = (path: string): ShardKeyCandidate | undefined => candidates.find((c) => c.path === path);
          expect(of('skewed')?.score).toBeLessThanOrEqual(of('even')?.score ?? -1);
          expect(of('skewed')?.largestLogicalPartition.expected).toBeGreaterThanOrEqual(
            of('even')?.largestLogicalPartition.expected ?? Number.POSITIVE_INFINITY,
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('prefers what queries ask for to what they do not, and what keeps a unique index', () => {
    const documents = Array.from({ length: 2_000 }, (_, i) => ({
      _id: id(i),
      a: `a${i % 900}`,
      b: `b${(i * 7) % 900}`,
    }));
    const input = scanned('x.y', documents, 1e7);
    const { ns } = input.collection;
    const asked = { ns, path: 'b', equality: 10, otherwise: 0, updated: 0, sorted: 0 };
    expect(adviseShardKey({ ...input, target: RU, usage: { ...NO_USAGE, fields: [asked] } }).candidates[0]?.path).toBe(
      'b',
    );
    const collection = { ...input.collection, indexes: [ID_INDEX, anIndex({ key: [['a', 1], ['c', 1]], unique: true })] }; // prettier-ignore
    expect(adviseShardKey({ ...input, collection, target: RU }).candidates[0]?.path).toBe('a');
  });

  it('without a scan tells the paths of indexes and that nobody has looked', () => {
    const collection = aCollection('x.y', { indexes: [ID_INDEX, anIndex({ key: [['tenant', 1]] })] });
    const { candidates } = adviseShardKey({ collection, target: RU });
    expect(candidates.map(({ path }) => path).sort()).toEqual(['_id', 'tenant']);
    for (const { reasons, distribution } of candidates) {
      expect(reasons.map((reason) => reason.id)).toContain('not-looked-at');
      expect(distribution).toEqual([]);
    }
  });
});

describe('whether a shard key is needed', () => {
  const need = (gigabytes: number, target = RU, more: Partial<Parameters<typeof adviseShardKey>[0]> = {}): string => {
    const { needed, why } = adviseShardKey({
      collection: aCollection('x.y', { logicalBytes: bytes(gigabytes * GIB), documents: 1_000_000 }),
      target,
      ...more,
    });
    return `${needed}: ${why.map((reason) => reason.id).join(' ')}`;
  };
  const throughput = (expected: number): { sizing: RuCollectionSizing } => ({
    sizing: {
      steady: { unit: 'ru-per-second', low: 0, expected, high: expected, assumptions: [] },
      partitions: { unit: 'partitions', low: 1, expected: 2, high: 3, assumptions: [] },
    } as unknown as RuCollectionSizing,
  });

  it.each([
    ['none: fits-one-partition', 5, RU, {}],
    ['advised: near-logical-partition', 15, RU, {}],
    ['required: over-logical-partition', 25, RU, {}],
    ['advised: near-partition-throughput', 5, RU, throughput(6_000)],
    ['required: over-partition-throughput', 5, RU, throughput(11_000)],
    ['none: fits-one-vcore-node', 1_000, VCORE, {}],
    ['advised: large-for-one-vcore-node', 5_000, VCORE, {}],
    ['required: over-one-vcore-node', (33 * TIB) / GIB, VCORE, {}],
    ['none: keeps-source-key', 1_000, MONGODB, {}],
  ] as const)('%s with %i GB', (expected, gigabytes, target, more) => {
    expect(need(gigabytes, target, more)).toBe(expected);
  });

  it('sees growth coming where the rate of inserts is known, of a day at least', () => {
    const ns = { db: 'x', coll: 'y' };
    const rates = {
      insert: 9,
      query: 0,
      update: 1,
      delete: 0,
      getmore: 0,
      command: 0,
      seconds: 60,
      by: 'watched',
    } as const;
    const namespaces = [{ ns, readsPerSecond: 0, writesPerSecond: 1 }];
    const usage = { ...NO_USAGE, uptimeSeconds: 86_400, rates, namespaces };
    expect(need(5, RU, { usage })).toBe('advised: grows-over-partition');
    expect(need(5, RU, { usage: { ...usage, rates: { ...rates, insert: 0, update: 10 } } })).toBe(
      'none: fits-one-partition',
    );
    expect(need(5, RU, { usage: { ...usage, uptimeSeconds: 3_600 } })).toBe('none: fits-one-partition');
  });
});

describe('the words of shard keys', () => {
  const params = {
    ...{ bytes: 5e9, limitBytes: 2e10, largeBytes: 2e12, highBytes: 9e9, ruPerSecond: 6_000, limitRuPerSecond: 10_000 },
    ...{
      values: 3,
      partitions: 4,
      share: 0.25,
      documents: 100,
      of: 1_000,
      updates: 3,
      queries: 4,
      index: 'a_1',
      types: 'string',
    },
  };
  it('has a sentence for every reason', () => {
    const sentences = [
      ...SHARD_KEY_NEED_IDS.map((one) => shardKeyNeedSentence({ id: one, params })),
      ...SHARD_KEY_REASON_IDS.map((one) => shardKeyReasonSentence({ id: one, params })),
      ...SHARD_KEY_ASSUMPTION_IDS.map((one) => shardKeyAssumptionSentence({ id: one, params })),
      ...[samplePower(100, 1_000), samplePower(5, 5), samplePower(0, 7)].map(samplePowerSentence),
    ];
    for (const text of sentences) {
      expect(text).toMatch(/^[A-Z0-9].*\.$/);
      expect(text).not.toMatch(/undefined|NaN|unknown|\[object|\.\.$/);
    }
    expect(new Set(sentences).size).toBe(sentences.length);
  });
});
