import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import schema from '../../media/plan.schema.json';
import type { CollectionFacts, IndexFacts } from '../../src/core/model/facts.js';
import { formatNamespace } from '../../src/core/model/namespace.js';
import type { CollectionTransform, Plan } from '../../src/core/model/plan.js';
import { bytes, ruPerSecond } from '../../src/core/model/units.js';
import { ACCOUNT_CAPABILITIES } from '../../src/core/plan/target.js';
import { tune, tuneInputFor } from '../../src/core/tune/tune.js';
import { describeTarget } from '../../src/core/plan/target.js';
import { aCollection, ID_INDEX } from './core-builders.js';
import { planOf, TARGETS } from './core-plan-builders.js';

const validate = new Ajv({ allErrors: true, strict: true }).compile(schema);
const problems = (value: unknown): unknown => (validate(value) ? [] : validate.errors);

const path = fc.oneof(fc.constantFrom('a', 'a.b', '_ts', '$**', '0', 'a.b.c.d.e.f.g'), fc.string({ minLength: 1 }));
const direction = fc.constantFrom(1, -1, 2.5, 'text', 'hashed', '2dsphere', '2d', 'geoHaystack');
const document = fc
  .dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)))
  .map((d) => JSON.parse(JSON.stringify(d)) as Record<string, unknown>);
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;

const index = fc
  .record({
    name: fc.string(),
    key: fc.array(fc.tuple(path, direction), { minLength: 1, maxLength: 10 }),
    unique: fc.boolean(),
    sparse: fc.boolean(),
    hidden: fc.boolean(),
    expireAfterSeconds: optional(fc.constantFrom(0, 60, 1.5, NaN, Infinity, -1, 2 ** 31)),
    partialFilterExpression: optional(document),
    collation: optional(document),
    wildcardProjection: optional(document),
    otherOptions: document,
    sizeBytes: optional(fc.nat()),
    usageOps: optional(fc.nat()),
    usageSince: optional(fc.constant('2026-01-01T00:00:00.000Z')),
  })
  .map((i) => defined<object>(i) as IndexFacts);

const options = fc
  .record({
    capped: optional(fc.record({ sizeBytes: fc.nat(), maxDocuments: fc.nat() })),
    validator: optional(document),
    validationLevel: optional(fc.constantFrom('strict', 'moderate')),
    collation: optional(document),
    clustered: optional(fc.boolean()),
    changeStreamPreAndPostImages: optional(fc.boolean()),
    expireAfterSeconds: optional(fc.nat()),
  })
  .map((o) => defined(o) as CollectionFacts['options']);

const collection = fc
  .record({
    type: fc.constantFrom('collection' as const, 'view' as const, 'timeseries' as const),
    documents: fc.nat(),
    size: fc.nat(),
    indexes: fc.array(index, { maxLength: 6 }),
    options,
    view: fc.record({ on: fc.constantFrom('c0', 'c1', 'gone'), pipeline: fc.array(document) }),
    shardKey: optional(fc.array(fc.tuple(path, fc.constantFrom(1, 'hashed')), { maxLength: 3 })),
  })
  .map(({ size, view, ...facts }) => ({
    ...defined(facts),
    logicalBytes: bytes(size),
    indexes: [ID_INDEX, ...facts.indexes],
    options: facts.type === 'view' ? { view } : facts.options,
  })) as fc.Arbitrary<Partial<CollectionFacts>>;

const throughput = fc.constantFrom(
  { kind: 'manual', ruPerSecond: ruPerSecond(400) } as const,
  { kind: 'manual', ruPerSecond: ruPerSecond(50_000) } as const,
  { kind: 'autoscale', maxRuPerSecond: ruPerSecond(20_000) } as const,
  { kind: 'shared' } as const,
  { kind: 'serverless' } as const,
);

const files = fc.constantFrom(
  undefined,
  { format: 'json' } as const,
  { format: 'csv' } as const,
  { format: 'json', files: { use: 'both' } } as const,
  { format: 'csv', files: { use: 'export', folder: '/my files' } } as const,
  { format: 'json', files: { use: 'import', folder: 'C:\\files' } } as const,
);
/** Names that cannot get into each other's way. */
const transform = fc
  .record({
    filter: optional(document),
    drop: optional(fc.constantFrom([], ['x'], ['x', 'größe'])),
    rename: optional(fc.constantFrom([], [{ from: 'y', to: 'z' }])),
    set: optional(
      fc.constantFrom<CollectionTransform['set']>(
        [],
        [{ field: 'k', when: 'always', value: null }],
        [
          { field: 'k', when: 'missing', value: { $numberLong: '5' } },
          { field: 'l', when: 'always', copyOf: '_id' },
        ],
      ),
    ),
  })
  .map((t) => defined(t) as CollectionTransform);

const plan: fc.Arbitrary<Plan> = fc
  .record({
    collections: fc.array(collection, { maxLength: 5 }),
    target: fc.constantFrom(...Object.values(TARGETS)),
    throughput,
    capabilities: fc.subarray([...ACCOUNT_CAPABILITIES]),
    names: fc.constantFrom('shop.', 'shop.ü b$', 'shop.x/y'),
    text: files,
    transform: optional(transform),
    readConcern: optional(fc.constantFrom('local' as const, 'available' as const, 'majority' as const)),
  })
  .map(({ collections, target, throughput: wished, capabilities, names, text, transform: changes, readConcern }) => {
    const facts = collections.map((c, i) => aCollection(`${i < 2 ? 'shop.' : names}c${i}`, structuredClone(c)));
    const description = describeTarget(target, capabilities);
    const input = { collections: facts, target: description, cluster: target, throughput: wished };
    const change = { targetCluster: target, throughput: wished, targetCapabilities: capabilities };
    const fields = Object.fromEntries(facts.map(({ ns }) => [formatNamespace(ns), ['a', 'b c']]));
    const asText = text === undefined ? undefined : ({ method: 'export-import', text, fields } as const);
    const asBytes = {
      ...(changes || readConcern ? { method: 'direct-copy' as const } : {}),
      ...(changes && facts[0]?.type === 'collection' ? { transforms: { 'shop.c0': changes } } : {}),
      ...(readConcern ? { readConcern, deadLetterOver: { 'shop.c0': 2_097_152 } } : {}),
      leftOutIndexes: Object.fromEntries(facts.map((c) => [formatNamespace(c.ns), [c.indexes.at(-1)?.name ?? '']])),
    };
    return planOf(facts, { ...change, ...(asText ?? asBytes), tuning: tune(tuneInputFor(input)) });
  });

const GOOD = planOf([aCollection('shop.orders', { indexes: [ID_INDEX] })]);

describe('the schema of plans', () => {
  it('takes every plan that is made, and JSON gives it back as it was', () => {
    fc.assert(
      fc.property(plan, (made) => {
        expect(problems(made)).toEqual([]);
        expect(JSON.parse(JSON.stringify(made))).toStrictEqual(made);
      }),
      { numRuns: 200 },
    );
  });

  it('has a name for every part: nothing unknown gets in, at any depth', () => {
    const spoil = (value: unknown, at: readonly (string | number)[]): unknown => {
      const [step, ...rest] = at;
      if (step === undefined) return { ...(value as object), surprise: 1 };
      if (Array.isArray(value)) return value.map((v: unknown, i) => (i === step ? spoil(v, rest) : v));
      return { ...(value as object), [step]: spoil((value as Record<string, unknown>)[step], rest) };
    };
    const whole = planOf([aCollection('shop.orders', { indexes: [{ ...ID_INDEX, name: 'a', key: [['a', 1]] }] })], {
      method: 'direct-copy',
      transforms: {
        'shop.orders': { rename: [{ from: 'b', to: 'c' }], set: [{ field: 'd', when: 'always', value: 1 }] },
      },
    });
    const places = [
      [],
      ['source'],
      ['target'],
      ['tuning'],
      ['tuning', 'explanation', 0],
      ['verification'],
      ['collections', 0],
      ['collections', 0, 'source'],
      ['collections', 0, 'options'],
      ['collections', 0, 'transform'],
      ['collections', 0, 'transform', 'rename', 0],
      ['collections', 0, 'transform', 'set', 0],
      ['collections', 0, 'indexes', 0],
      ['collections', 0, 'indexes', 0, 'index'],
      ['collections', 0, 'indexes', 0, 'fate'],
    ];
    expect(problems(whole)).toEqual([]);
    for (const place of places) expect(validate(spoil(whole, place)), place.join('.')).toBe(false);
  });

  it('misses every part that is taken away', () => {
    for (const name of Object.keys(GOOD)) {
      const { [name as keyof Plan]: gone, ...rest } = GOOD;
      expect(gone).toBeDefined();
      expect(validate(rest), name).toBe(false);
    }
  });

  it('refuses secrets and odd values', () => {
    const source = GOOD.source;
    const odd: readonly object[] = [
      { version: 2 },
      { id: 'x' },
      { createdAt: 'yesterday' },
      { method: 'magic' },
      { targetKind: 'amazon-documentdb' },
      { conflictPolicy: 'ask' },
      { readPreference: 'whatever' },
      { verification: { depth: 'none' } },
      { source: { ...source, uri: 'mongodb://u:p@h:27017/' } },
      { source: { ...source, uri: 'mongodb+srv://u:p%40@h/' } },
      { source: { ...source, uri: 'mongodb://h/?tlsCertificateKeyFilePassword=x' } },
      { source: { ...source, uri: 'http://h/' } },
      { source: { ...source, uri: 'file://host/share' } },
      { text: { format: 'xml' } },
      { text: { format: 'json', files: { use: 'delete' } } },
      { text: { format: 'json', files: { use: 'both', folder: '' } } },
      { source: { ...source, password: 'p' } },
      { source: { ...source, passwordFrom: { value: 'p' } } },
      { tuning: { ...GOOD.tuning, batchSize: 0 } },
      { tuning: { ...GOOD.tuning, insertionWorkers: 1.5 } },
      { collections: {} },
      { collections: [{ ...GOOD.collections[0], source: { db: 'a.b', coll: 'c' } }] },
      { collections: [{ ...GOOD.collections[0], documents: -1 }] },
      { notMigrated: [{ source: { db: 'a', coll: 'b' } }] },
    ];
    for (const change of odd) expect(validate({ ...GOOD, ...change }), JSON.stringify(change)).toBe(false);
  });

  it('takes connection strings without a password, with several hosts, a user and an @ among the options', () => {
    for (const uri of [
      'mongodb://h1:27017,h2:27018/?replicaSet=rs0',
      'mongodb://user@h:10255/?tls=true&appName=@h@',
      'mongodb+srv://user@name.example.net/',
      'mongodb://[::1]:27017/',
      'file:///home/me/my%20files',
    ]) {
      expect(problems({ ...GOOD, source: { name: 's', uri } }), uri).toEqual([]);
    }
  });
});
