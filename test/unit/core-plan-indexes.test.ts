import { describe, expect, it } from 'vitest';
import type { ClusterFacts, IndexFacts } from '../../src/core/model/facts.js';
import type { AccountCapability } from '../../src/core/plan/target.js';
import { sameIndex, targetIndex } from '../../src/core/plan/target-index.js';
import { anIndex, ID_INDEX } from './core-builders.js';
import { fates, plannedOn, TARGETS } from './core-plan-builders.js';

const named = (name: string, change: Partial<IndexFacts> = {}): IndexFacts =>
  anIndex({ key: [[name, 1]], ...change, name });
const text = named('text', {
  key: [
    ['_fts', 'text'],
    ['_ftsx', 1],
  ],
  otherOptions: { v: 2, weights: { body: { $numberInt: '1' } }, default_language: 'french', textIndexVersion: 3 },
});
const collation = { locale: 'fr', strength: 2, version: '57.1' };
const partialFilterExpression = { open: { $eq: true } };

const EVERY: readonly IndexFacts[] = [
  ID_INDEX,
  named('plain'),
  named('unique', { unique: true }),
  named('ttl', { expireAfterSeconds: 3600 }),
  named('_ts', { expireAfterSeconds: 3600 }),
  named('sparse', { sparse: true }),
  named('unique_sparse', { sparse: true, unique: true }),
  named('partial', { partialFilterExpression }),
  named('unique_partial', { partialFilterExpression, unique: true }),
  named('collation', { collation }),
  named('hashed', { key: [['hashed', 'hashed']] }),
  named('geo', { key: [['geo', '2dsphere']] }),
  named('flat', { key: [['flat', '2d']] }),
  named('wildcard', { key: [['$**', 1]] }),
  named('hidden', { hidden: true }),
  named('sparse_ttl', { sparse: true, expireAfterSeconds: 60 }),
  named('unique_ttl', { unique: true, expireAfterSeconds: 60 }),
  named('nan', { expireAfterSeconds: NaN }),
  text,
];

const fatesOn = (target: ClusterFacts, capabilities: readonly AccountCapability[] = []): Record<string, string> =>
  fates(plannedOn(target, { indexes: EVERY }, { targetCapabilities: capabilities }));

describe('the fate of an index', () => {
  it('on RU: unique before the data, what only narrows is left off, what cannot be is skipped', () => {
    expect(fatesOn(TARGETS.ru)).toEqual({
      plain: 'create after-data',
      unique: 'create before-data',
      ttl: 'rewrite after-data ttl-dropped',
      _ts: 'create after-verification',
      sparse: 'rewrite after-data sparse-dropped',
      unique_sparse: 'skip unique-sparse-unsupported',
      partial: 'rewrite after-data partial-dropped',
      unique_partial: 'skip unique-partial-unsupported',
      collation: 'rewrite after-data collation-dropped',
      hashed: 'rewrite after-data hashed-to-ascending',
      geo: 'create after-data',
      flat: 'skip 2d-unsupported',
      wildcard: 'create after-data',
      hidden: 'skip hidden-unsupported',
      sparse_ttl: 'rewrite after-data sparse-dropped+ttl-dropped',
      unique_ttl: 'rewrite before-data ttl-dropped',
      nan: 'rewrite after-data ttl-value-invalid',
      text: 'skip text-unsupported',
    });
  });

  it("on RU: follows the account's capabilities, with one expiry for each collection", () => {
    const able = fatesOn(TARGETS.ru, ['EnableTtlOnCustomPath', 'EnablePartialUniqueIndex']);
    expect(able).toMatchObject({
      ttl: 'create after-verification',
      sparse_ttl: 'rewrite after-data sparse-dropped+ttl-one-per-collection',
      unique_ttl: 'rewrite before-data ttl-dropped',
      unique_partial: 'create before-data',
    });
  });

  it('on vCore: everything but what its engine was seen to refuse', () => {
    expect(fatesOn(TARGETS.vcore)).toEqual({
      plain: 'create after-data',
      unique: 'create before-data',
      ttl: 'create after-verification',
      _ts: 'create after-verification',
      sparse: 'create after-data',
      unique_sparse: 'create before-data',
      partial: 'create after-data',
      unique_partial: 'create before-data',
      collation: 'rewrite after-data collation-dropped',
      hashed: 'create after-data',
      geo: 'create after-data',
      flat: 'create after-data',
      wildcard: 'create after-data',
      hidden: 'skip hidden-unsupported',
      sparse_ttl: 'create after-verification',
      unique_ttl: 'create after-verification',
      nan: 'rewrite after-data ttl-value-invalid',
      text: 'rewrite after-data text-version-dropped',
    });
  });

  it('on MongoDB: everything as it is, after the data, expiry after the check', () => {
    const expected = Object.fromEntries(
      EVERY.slice(1).map((i) => [
        i.name,
        i.expireAfterSeconds === undefined ? 'create after-data' : 'create after-verification',
      ]),
    );
    expect(fatesOn(TARGETS.mongodb)).toEqual({ ...expected, nan: 'rewrite after-data ttl-value-invalid' });
  });

  it('keeps the one that guards more where two become the same', () => {
    const twins = [
      named('sparse_a', { key: [['a', 1]], sparse: true }),
      named('plain_a', { key: [['a', 1]] }),
      named('unique_a', { key: [['a', 1]], unique: true }),
    ];
    expect(fates(plannedOn(TARGETS.ru, { indexes: twins }))).toEqual({
      sparse_a: 'skip duplicate-by-key',
      plain_a: 'skip duplicate-by-key',
      unique_a: 'create before-data',
    });
    expect(Object.values(fates(plannedOn(TARGETS.mongodb, { indexes: twins })))).not.toContain('skip duplicate-by-key');
  });

  it('keeps unique indexes where a collection has too many', () => {
    const many = Array.from({ length: 64 }, (_, i) => named(`f${i}`, { unique: i === 63 }));
    const planned = fates(plannedOn(TARGETS.vcore, { indexes: many }));
    expect([planned['f62'], planned['f63']]).toEqual(['skip too-many-indexes', 'create before-data']);
    expect(Object.values(planned).filter((f) => f.startsWith('skip'))).toHaveLength(1);
  });
});

describe('an index on the target', () => {
  const on = (target: ClusterFacts, index: IndexFacts): IndexFacts => {
    const [planned] = plannedOn(target, { indexes: [index] }).indexes;
    const kind = target.kind === 'mongodb' ? 'mongodb' : target === TARGETS.ru ? 'cosmos-ru' : 'cosmos-vcore';
    const expected = planned && targetIndex(planned, kind);
    if (!expected) throw new Error('skipped');
    return expected;
  };

  it('is sent with what the target takes, and nothing else', () => {
    const geo = named('geo', {
      key: [['geo', '2dsphere']],
      otherOptions: { v: 2, ns: 'shop.orders', background: true, '2dsphereIndexVersion': 3 },
    });
    expect(on(TARGETS.ru, geo).otherOptions).toEqual({});
    expect(on(TARGETS.vcore, geo).otherOptions).toEqual({ '2dsphereIndexVersion': 3 });
    expect(on(TARGETS.mongodb, geo).otherOptions).toEqual({ '2dsphereIndexVersion': 3 });
    const { textIndexVersion, v, ...kept } = text.otherOptions;
    expect([textIndexVersion, v]).toEqual([3, 2]);
    expect(on(TARGETS.vcore, text).otherOptions).toEqual(kept);
    expect(on(TARGETS.ru, named('simple', { collation: { locale: 'simple' } }))).not.toHaveProperty('collation');
    expect(on(TARGETS.mongodb, named('fr', { collation })).collation).toEqual(collation);
  });

  it('is nothing where it is skipped', () => {
    const [planned] = plannedOn(TARGETS.ru, { indexes: [text] }).indexes;
    expect(planned && targetIndex(planned, 'cosmos-ru')).toBeUndefined();
  });

  it('is the same whatever the target adds by itself', () => {
    const expected = on(TARGETS.vcore, text);
    const actual: IndexFacts = {
      ...expected,
      otherOptions: {
        ...expected.otherOptions,
        v: 2,
        weights: { body: 1 },
        textIndexVersion: 2,
        storageEngine: { enableOrderedIndex: true },
      },
    };
    expect(sameIndex(expected, actual, 'cosmos-vcore')).toBe(true);
    const french = on(TARGETS.mongodb, named('fr', { collation }));
    expect(sameIndex(french, { ...french, collation: { ...collation, version: '153.80' } }, 'mongodb')).toBe(true);
    const plain = named('p');
    expect(sameIndex({ ...plain, collation: { locale: 'simple' } }, plain, 'mongodb')).toBe(true);
    const descending = named('d', { key: [['d', -1]] });
    expect(sameIndex(descending, { ...descending, key: [['d', -2.5]] }, 'mongodb')).toBe(true);
    const projection = named('w', { key: [['$**', 1]], wildcardProjection: { a: { $numberInt: '1' } } });
    const spelled = { ...projection, wildcardProjection: { _id: false, a: true } };
    expect(sameIndex(projection, spelled, 'cosmos-vcore')).toBe(true);
  });

  it('is another where it does something else', () => {
    const base = named('a', {
      key: compound,
      unique: true,
      expireAfterSeconds: 60,
      collation,
      partialFilterExpression,
    });
    const others: readonly Partial<IndexFacts>[] = [
      { name: 'b' },
      { key: [...compound].reverse() },
      { key: compound.slice(0, 1) },
      { key: [['a', -1], ...compound.slice(1)] },
      { key: [['a', 'hashed'], ...compound.slice(1)] },
      { unique: false },
      { sparse: true },
      { hidden: true },
      { expireAfterSeconds: 61 },
      { collation: { locale: 'fr', strength: 1 } },
      { partialFilterExpression: { open: { $eq: false } } },
      { wildcardProjection: { a: 1 } },
      { otherOptions: { weights: { a: 2 } } },
    ];
    expect(sameIndex(base, { ...base }, 'mongodb')).toBe(true);
    for (const other of others) {
      expect(sameIndex(base, { ...base, ...other }, 'mongodb'), JSON.stringify(other)).toBe(false);
    }
  });
});

const compound: readonly (readonly [string, number | string])[] = [
  ['a', 1],
  ['b', 1],
];
