import { describe, expect, it } from 'vitest';
import { assess, type AssessInput } from '../../src/core/assess/assess.js';
import { RULES } from '../../src/core/assess/rules.js';
import type { CollectionFacts, IndexFacts } from '../../src/core/model/facts.js';
import { bytes, GIB, MIB } from '../../src/core/model/units.js';
import { describeTarget, type TargetDescription } from '../../src/core/plan/target.js';
import { INDEX_WHYS } from '../../src/core/plan/whys.js';
import { aCluster, aCollection, anIndex, anInventory, aSample, aVersion } from './core-builders.js';

const RU = describeTarget(aCluster({ kind: 'cosmos-ru', ...aVersion('4.2.0') }));
const RU_ALL = describeTarget(aCluster({ kind: 'cosmos-ru' }), [
  'EnableMongo16MBDocumentSupport',
  'EnableTtlOnCustomPath',
  'EnablePartialUniqueIndex',
  'EnableUniqueCompoundNestedDocs',
]);
const VCORE = describeTarget(aCluster({ kind: 'cosmos-vcore', ...aVersion('7.0.0') }));
const MONGODB = describeTarget(aCluster({ ...aVersion('7.0.0') }));
const MONGODB_40 = describeTarget(aCluster({ ...aVersion('4.0.0') }));
const MONGODB_60 = describeTarget(aCluster({ ...aVersion('6.0.0') }));

const of = (target: TargetDescription, ...collections: readonly CollectionFacts[]): AssessInput => ({
  inventory: anInventory(collections),
  target,
});
const withIndexes = (target: TargetDescription, ...indexes: readonly IndexFacts[]): AssessInput =>
  of(target, aCollection('shop.orders', { indexes }));
const withOptions = (target: TargetDescription, options: CollectionFacts['options']): AssessInput =>
  of(target, aCollection('shop.orders', { options }));
const index = anIndex;
const many = (count: number): CollectionFacts[] => Array.from({ length: count }, (_, i) => aCollection(`shop.c${i}`));
const indexes = (count: number): IndexFacts[] =>
  Array.from({ length: count }, (_, i) => anIndex({ key: [[`f${i}`, 1]] }));
const fields = (count: number): IndexFacts => anIndex({ key: indexes(count).flatMap((i) => i.key) });
const sourceOf = (source: Parameters<typeof aCluster>[0], target: TargetDescription): AssessInput => ({
  inventory: anInventory([], { cluster: aCluster(source) }),
  target,
});

const text = index({
  name: 'words',
  key: [
    ['_fts', 'text'],
    ['_ftsx', 1],
  ],
  otherOptions: { weights: { body: 1 }, textIndexVersion: 3 },
});
const filter = { state: { $eq: 'open' } };
const french = { locale: 'fr' };
const view = aCollection('shop.open', { type: 'view', options: { view: { on: 'orders', pipeline: [] } } });
const series = aCollection('shop.weather', { type: 'timeseries', options: { timeseries: { timeField: 't' } } });
const unique = { unique: true };
const compoundKey = [
  ['a', 1],
  ['b.c', 1],
] as const;

/** For every rule: input that makes it fire, and input next to it that does not. */
const CASES: Readonly<Record<string, readonly [fires: AssessInput, doesNot: AssessInput]>> = {
  'index-text-unsupported': [withIndexes(RU, text), withIndexes(VCORE, text)],
  'index-2d-unsupported': [
    withIndexes(RU, index({ key: [['at', '2d']] })),
    withIndexes(RU, index({ key: [['at', '2dsphere']] })),
  ],
  'index-kind-unsupported': [
    withIndexes(VCORE, index({ key: [['at', 'geoHaystack']] })),
    withIndexes(VCORE, index({ key: [['at', '2dsphere']] })),
  ],
  'index-hashed-to-ascending': [
    withIndexes(RU, index({ key: [['a', 'hashed']] })),
    withIndexes(VCORE, index({ key: [['a', 'hashed']] })),
  ],
  'index-shard-key-indexed': [
    of(RU, aCollection('shop.orders', { shardKey: [['a', 1]], indexes: [index({ key: [['a', 'hashed']] })] })),
    of(RU, aCollection('shop.orders', { shardKey: [['b', 1]], indexes: [index({ key: [['a', 'hashed']] })] })),
  ],
  'index-sparse-dropped': [withIndexes(RU, index({ sparse: true })), withIndexes(VCORE, index({ sparse: true }))],
  'index-unique-sparse-unsupported': [
    withIndexes(RU, index({ sparse: true, ...unique })),
    withIndexes(RU, index(unique)),
  ],
  'index-collation-dropped': [
    withIndexes(VCORE, index({ collation: french })),
    withIndexes(VCORE, index({ collation: { locale: 'simple' } })),
  ],
  'index-partial-dropped': [
    withIndexes(RU, index({ partialFilterExpression: filter })),
    withIndexes(VCORE, index({ partialFilterExpression: filter })),
  ],
  'index-unique-partial-unsupported': [
    withIndexes(RU, index({ partialFilterExpression: filter, ...unique })),
    withIndexes(RU_ALL, index({ partialFilterExpression: filter, ...unique })),
  ],
  'index-wildcard-unsupported': [
    withIndexes(MONGODB_40, index({ key: [['$**', 1]] })),
    withIndexes(RU, index({ key: [['$**', 1]] })),
  ],
  'index-wildcard-projection-unsupported': [
    withIndexes(RU, index({ key: [['$**', 1]], wildcardProjection: { a: 1 } })),
    withIndexes(VCORE, index({ key: [['$**', 1]], wildcardProjection: { a: 1 } })),
  ],
  'index-compound-wildcard-unsupported': [
    withIndexes(MONGODB_60, index({ key: [...compoundKey, ['x.$**', 1]] })),
    withIndexes(MONGODB, index({ key: [...compoundKey, ['x.$**', 1]] })),
  ],
  'index-compound-too-many-fields': [withIndexes(RU, fields(9)), withIndexes(RU, fields(8))],
  'index-compound-2dsphere-unsupported': [
    withIndexes(VCORE, index({ key: [['at', '2dsphere'], ...compoundKey] })),
    withIndexes(VCORE, index({ key: [['at', '2dsphere']] })),
  ],
  'index-nested-needs-capability': [
    withIndexes(RU, index({ key: compoundKey })),
    withIndexes(RU_ALL, index({ key: compoundKey })),
  ],
  'index-path-too-deep': [
    withIndexes(RU, index({ key: [['a.b.c.d.e.f.g', 1]] })),
    withIndexes(RU, index({ key: [['a.b.c.d.e.f', 1]] })),
  ],
  'index-path-unsupported': [withIndexes(VCORE, index({ key: [['a.', 1]] })), withIndexes(VCORE, index())],
  'index-unique-without-shard-key': [
    of(RU, aCollection('shop.orders', { shardKey: [['b', 1]], indexes: [index(unique)] })),
    of(RU, aCollection('shop.orders', { shardKey: [['a', 1]], indexes: [index(unique)] })),
  ],
  'index-ttl-dropped': [
    withIndexes(RU, index({ expireAfterSeconds: 60 })),
    withIndexes(RU, index({ key: [['_ts', 1]], expireAfterSeconds: 60 })),
  ],
  'index-ttl-one-per-collection': [
    withIndexes(RU_ALL, index({ expireAfterSeconds: 60 }), index({ key: [['b', 1]], expireAfterSeconds: 60 })),
    withIndexes(RU_ALL, index({ expireAfterSeconds: 60 }), index({ key: [['b', 1]] })),
  ],
  'index-ttl-value-invalid': [
    withIndexes(MONGODB, index({ expireAfterSeconds: NaN })),
    withIndexes(MONGODB, index({ expireAfterSeconds: 0 })),
  ],
  'index-hidden-unsupported': [
    withIndexes(VCORE, index({ hidden: true })),
    withIndexes(MONGODB, index({ hidden: true })),
  ],
  'index-hidden-dropped': [
    withIndexes(VCORE, index({ hidden: true, ...unique })),
    withIndexes(MONGODB, index({ hidden: true, ...unique })),
  ],
  'index-text-version-dropped': [
    withIndexes(VCORE, text),
    withIndexes(VCORE, index({ ...text, otherOptions: { weights: { body: 1 } } })),
  ],
  'index-too-many-indexes': [withIndexes(VCORE, ...indexes(64)), withIndexes(VCORE, ...indexes(63))],
  'index-duplicate-by-key': [
    withIndexes(RU, index(), index({ name: 'a_sparse', sparse: true })),
    withIndexes(RU, index(), index({ key: [['a', -1]], sparse: true })),
  ],
  'ttl-on-source': [
    withIndexes(MONGODB, index({ expireAfterSeconds: 60 })),
    withIndexes(MONGODB, index({ key: compoundKey, expireAfterSeconds: 60 })),
  ],
  'option-capped-unsupported': [
    withOptions(RU, { capped: { sizeBytes: bytes(4096) } }),
    withOptions(MONGODB, { capped: { sizeBytes: bytes(4096) } }),
  ],
  'option-validator-unsupported': [withOptions(RU, { validator: filter }), withOptions(VCORE, { validator: filter })],
  'option-validator-not-carried': [
    withOptions(VCORE, { validator: filter }),
    withOptions(MONGODB, { validator: filter }),
  ],
  'option-collation-unsupported': [
    withOptions(VCORE, { collation: french }),
    withOptions(MONGODB, { collation: french }),
  ],
  'option-clustered-unsupported': [withOptions(RU, { clustered: true }), withOptions(MONGODB, { clustered: true })],
  'option-pre-images-unsupported': [
    withOptions(MONGODB_40, { changeStreamPreAndPostImages: true }),
    withOptions(MONGODB, { changeStreamPreAndPostImages: true }),
  ],
  'option-expiry-unsupported': [
    withOptions(RU, { clustered: true, expireAfterSeconds: 60 }),
    withOptions(RU, { clustered: true }),
  ],
  'option-expiry-would-delete': [
    withOptions(MONGODB, { clustered: true, expireAfterSeconds: 60 }),
    withOptions(MONGODB, { clustered: true }),
  ],
  'option-shard-key-compound': [
    of(RU, aCollection('shop.orders', { shardKey: compoundKey })),
    { ...of(RU, aCollection('shop.orders', { shardKey: compoundKey })), shardKeys: { 'shop.orders': 'a' } },
  ],
  'option-shard-key-left-out': [
    of(VCORE, aCollection('shop.orders', { shardKey: [['a', 1]] })),
    of(RU, aCollection('shop.orders', { shardKey: [['a', 1]] })),
  ],
  'document-over-2mb': [of(RU, aSample({ largestBytes: 2 * MIB + 1 })), of(RU, aSample({ largestBytes: 2 * MIB }))],
  'document-over-16mb': [
    of(VCORE, aSample({ largestBytes: 16 * MIB + 1 })),
    of(VCORE, aSample({ largestBytes: 16 * MIB })),
  ],
  'unsharded-over-20gb': [
    of(RU, aCollection('shop.orders', { logicalBytes: bytes(20 * GIB + 1) })),
    of(RU, aCollection('shop.orders', { logicalBytes: bytes(20 * GIB + 1), shardKey: [['a', 1]] })),
  ],
  'view-unsupported': [of(RU, view), of(VCORE, view)],
  'view-recreated': [of(VCORE, view), of(RU, view)],
  'timeseries-unsupported': [of(VCORE, series), of(MONGODB, series)],
  'timeseries-not-carried': [of(MONGODB, series), of(RU, series)],
  'name-refused': [of(VCORE, aCollection('shop.a$b')), of(RU, aCollection('shop.a$b'))],
  'name-risky': [of(RU, aCollection('shop.größe 1')), of(RU, aCollection('shop.sizes_1'))],
  'mixed-id-types': [
    of(RU, aSample({ idTypes: { objectId: 1, string: 1 } })),
    of(RU, aSample({ idTypes: { objectId: 2, string: 0 } })),
  ],
  'too-many-namespaces-ru': [of(RU, ...many(500)), of(RU, ...many(499))],
  'too-many-collections-vcore': [of(VCORE, ...many(1001)), of(VCORE, ...many(1000))],
  'source-too-old': [sourceOf(aVersion('3.4.24'), RU), { ...sourceOf(aVersion('3.4.24'), RU), method: 'dms' }],
  'source-too-new-for-service': [
    { ...sourceOf(aVersion('4.2.0'), RU), method: 'dms' },
    { ...sourceOf(aVersion('4.0.28'), RU), method: 'dms' },
  ],
  'source-kind-refused-by-service': [
    { ...sourceOf({ kind: 'cosmos-ru' }, VCORE), method: 'dms' },
    { ...sourceOf({ kind: 'cosmos-ru' }, VCORE), method: 'dump-restore' },
  ],
  'namespace-unreadable': [
    {
      inventory: anInventory([], {
        failed: [{ ns: { db: 'shop', coll: 'x' }, code: '13', message: 'not authorized' }],
      }),
      target: RU,
    },
    of(RU),
  ],
};

describe('assessment', () => {
  it('has a case for every rule, and a rule for every reason that an index is changed', () => {
    expect(Object.keys(CASES).sort()).toEqual(RULES.map((r) => r.id).sort());
    for (const why of INDEX_WHYS) expect(RULES.map((r) => r.id)).toContain(`index-${why}`);
  });

  for (const [rule, [fires, doesNot]] of Object.entries(CASES)) {
    it(`${rule} fires where it applies and only there`, () => {
      expect(assess(fires).map((f) => f.rule)).toContain(rule);
      expect(assess(doesNot).map((f) => f.rule)).not.toContain(rule);
    });
  }

  it('finds nothing on a plain collection', () => {
    for (const target of [RU, VCORE, MONGODB]) {
      expect(assess(of(target, aCollection('shop.orders', { indexes: [anIndex()] })))).toEqual([]);
    }
  });

  it('puts blockers first and looks only at what is selected', () => {
    const input = of(RU, aSample({ idTypes: { int: 1, date: 1 } }), view, aCollection('other.x y'));
    const everything = assess(input).map((f) => f.severity);
    expect(everything).toEqual(['blocker', 'info', 'info']);
    const selection = { include: ['shop.*'], exclude: ['shop.open'], rename: [] };
    expect(assess({ ...input, selection }).map((f) => f.rule)).toEqual(['mixed-id-types']);
  });

  it('judges a name as it will be on the target', () => {
    const rename = [{ from: 'shop.a$b', to: 'shop.ab' }];
    const input = of(VCORE, aCollection('shop.a$b'));
    expect(assess({ ...input, selection: { include: [], exclude: [], rename } })).toEqual([]);
  });
});
