import type { IndexFacts } from '../../../src/core/model/facts.js';
import { mongodb, MONGODB, of, RU, RU_ALL, VCORE, withIndexes, type Cases } from '../assess-builders.js';
import { aCollection, anIndex as index } from '../core-builders.js';

const indexes = (count: number): IndexFacts[] =>
  Array.from({ length: count }, (_, i) => index({ key: [[`f${i}`, 1]] }));
const fields = (count: number): IndexFacts => index({ key: indexes(count).flatMap((i) => i.key) });
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
const unique = { unique: true };
const compoundKey = [
  ['a', 1],
  ['b.c', 1],
] as const;

/** Where a plan changes an index or leaves it out. */
export const INDEX_CASES: Cases = {
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
    withIndexes(mongodb('4.0.0'), index({ key: [['$**', 1]] })),
    withIndexes(RU, index({ key: [['$**', 1]] })),
  ],
  'index-wildcard-projection-unsupported': [
    withIndexes(RU, index({ key: [['$**', 1]], wildcardProjection: { a: 1 } })),
    withIndexes(VCORE, index({ key: [['$**', 1]], wildcardProjection: { a: 1 } })),
  ],
  'index-compound-wildcard-unsupported': [
    withIndexes(mongodb('6.0.0'), index({ key: [...compoundKey, ['x.$**', 1]] })),
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
};
