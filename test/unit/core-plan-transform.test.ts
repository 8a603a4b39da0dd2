import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MigrationError } from '../../src/core/model/error.js';
import type { CollectionFacts, IndexFacts } from '../../src/core/model/facts.js';
import type { CollectionTransform, Plan } from '../../src/core/model/plan.js';
import type { PlanInput } from '../../src/core/plan/make-plan.js';
import { targetIndex } from '../../src/core/plan/target-index.js';
import { aCollection, anIndex, ID_INDEX } from './core-builders.js';
import { fates, planOf, TARGETS } from './core-plan-builders.js';

function planned(
  transform: CollectionTransform,
  facts: Partial<CollectionFacts>,
  change: Partial<PlanInput> = {},
): Plan['collections'][number] {
  const [found] = planOf([aCollection('shop.orders', facts)], {
    targetCluster: TARGETS.mongodb,
    method: 'direct-copy',
    transforms: { 'shop.orders': transform },
    ...change,
  }).collections;
  if (!found) throw new Error('the collection is not in the plan');
  return found;
}

const indexed = (transform: CollectionTransform, ...indexes: readonly IndexFacts[]) =>
  planned(transform, { indexes: [ID_INDEX, ...indexes] });

function refusal(make: () => unknown): unknown {
  try {
    make();
    return 'taken';
  } catch (error) {
    return MigrationError.is(error, 'bad-plan') ? error.facts : error;
  }
}

describe('the indexes of a collection that is transformed', () => {
  it('get the new names of their fields, wherever these stand, and keep their own', () => {
    const collection = indexed(
      { rename: [{ from: 'a', to: 'z' }] },
      anIndex({ key: [['a', 1]] }),
      anIndex({
        name: 'deep',
        key: [
          ['b', 1],
          ['a.x', -1],
        ],
      }),
      anIndex({ name: 'like', key: [['ab', 1]] }),
      anIndex({ name: 'all', key: [['a.$**', 1]] }),
      anIndex({
        name: 'part',
        key: [['b', 1]],
        partialFilterExpression: { $or: [{ 'a.y': { $gt: 1 } }, { b: { $exists: true } }] },
      }),
      anIndex({
        name: 'words',
        key: [
          ['_fts', 'text'],
          ['_ftsx', 1],
        ],
        otherOptions: { weights: { a: 2, b: 1 }, language_override: 'a', default_language: 'german' },
      }),
    );
    expect(fates(collection)).toEqual({
      a_1: 'rewrite after-data field-renamed',
      deep: 'rewrite after-data field-renamed',
      like: 'create after-data',
      all: 'rewrite after-data field-renamed',
      part: 'rewrite after-data field-renamed',
      words: 'rewrite after-data field-renamed',
    });
    const made = Object.fromEntries(
      collection.indexes.flatMap((one) => {
        const index = targetIndex(one, 'mongodb');
        return index ? [[index.name, index]] : [];
      }),
    );
    expect(made['a_1']?.key).toEqual([['z', 1]]);
    expect(made['deep']?.key).toEqual([
      ['b', 1],
      ['z.x', -1],
    ]);
    expect(made['all']?.key).toEqual([['z.$**', 1]]);
    expect(made['part']?.partialFilterExpression).toEqual({ $or: [{ 'z.y': { $gt: 1 } }, { b: { $exists: true } }] });
    expect(made['words']).toMatchObject({
      key: [
        ['_fts', 'text'],
        ['_ftsx', 1],
      ],
      otherOptions: { weights: { z: 2, b: 1 }, language_override: 'z', default_language: 'german' },
    });
  });

  it('stay behind with a field, and where they make no sense any more', () => {
    const collection = indexed(
      {
        drop: ['gone', 'again'],
        rename: [{ from: 'a', to: 'b' }],
        set: [
          { field: 'again', when: 'always', value: 1 },
          { field: 'tenant', when: 'always', copyOf: '_id' },
        ],
      },
      anIndex({ key: [['gone.x', 1]] }),
      anIndex({ name: 'part', key: [['c', 1]], partialFilterExpression: { gone: 1 } }),
      anIndex({
        name: 'words',
        key: [
          ['_fts', 'text'],
          ['_ftsx', 1],
        ],
        otherOptions: { weights: { gone: 1 } },
      }),
      anIndex({ key: [['again', 1]] }),
      anIndex({ name: 'one', key: [['again', 1]], unique: true }),
      anIndex({ name: 'own', key: [['tenant', 1]], unique: true }),
      anIndex({
        name: 'both',
        key: [
          ['a', 1],
          ['b', 1],
        ],
      }),
      anIndex({ key: [['a', -1]] }),
      anIndex({ key: [['b', -1]] }),
    );
    expect(fates(collection)).toEqual({
      'gone.x_1': 'skip field-dropped',
      part: 'skip field-dropped',
      words: 'skip field-dropped',
      again_1: 'create after-data',
      one: 'skip unique-constant',
      own: 'create after-data',
      both: 'skip fields-merged',
      'a_-1': 'skip duplicate-by-key',
      'b_-1': 'create after-data',
    });
  });

  it('are what they are without a transform, and with one that is about other fields', () => {
    const path = fc.constantFrom('a', 'a.b', 'c', 'd.e', '$**', '_ts');
    const index = fc
      .record({
        key: fc.uniqueArray(fc.tuple(path, fc.constantFrom(1, -1, 'hashed')), {
          minLength: 1,
          maxLength: 3,
          selector: ([p]) => p,
        }),
        unique: fc.boolean(),
        sparse: fc.boolean(),
      })
      .map((i) => anIndex(i));
    fc.assert(
      fc.property(
        fc.array(index, { maxLength: 4 }),
        fc.constantFrom(...Object.values(TARGETS)),
        (indexes, targetCluster) => {
          const of = (transform: CollectionTransform) =>
            planned(transform, { indexes: [ID_INDEX, ...indexes] }, { targetCluster }).indexes;
          expect(of({ drop: ['x'], set: [{ field: 'y', when: 'always', value: 1 }] })).toEqual(of({}));
        },
      ),
    );
  });
});

describe('a shard key and a transform', () => {
  const ru = { targetCluster: TARGETS.ru };

  it('agree: a renamed field shards by its new name, a set one where the source has none', () => {
    const renamed = planned({ rename: [{ from: 'a', to: 'z' }] }, { shardKey: [['a', 1]] }, ru);
    expect(renamed.shardKey).toEqual([['z', 'hashed']]);
    const set = planned(
      { set: [{ field: 'region', when: 'always', value: 'eu' }] },
      {},
      { ...ru, shardKeys: { 'shop.orders': 'region' } },
    );
    expect(set.shardKey).toEqual([['region', 'hashed']]);
    const dropped = planned({ drop: ['a'] }, { shardKey: [['a', 1]] }, ru);
    expect(dropped.shardKey).toBeUndefined();
    expect(dropped.droppedOptions).toEqual([{ option: 'shardKey', why: 'shard-key-field-dropped' }]);
  });

  it('are refused where documents would not have the field that was asked for', () => {
    const wish = (transform: CollectionTransform, path: string): unknown =>
      refusal(() => planned(transform, {}, { ...ru, shardKeys: { 'shop.orders': path } }));
    expect(wish({ rename: [{ from: 'a', to: 'z' }] }, 'a.b')).toEqual({
      reason: 'shard-key-lost',
      namespace: 'shop.orders',
      field: 'a',
      to: 'z',
    });
    expect(wish({ drop: ['a'] }, 'a')).toEqual({ reason: 'shard-key-lost', namespace: 'shop.orders', field: 'a' });
    expect(wish({ drop: ['a'], set: [{ field: 'a', when: 'always', value: 1 }] }, 'a')).toBe('taken');
  });
});

describe('a plan with a transform', () => {
  it('is for the direct copy only, as a read concern is', () => {
    const facts = { indexes: [ID_INDEX] };
    expect(refusal(() => planned({ drop: ['a'] }, facts, { method: 'dump-restore' }))).toEqual({
      reason: 'transform-needs-direct-copy',
      namespace: 'shop.orders',
      method: 'dump-restore',
    });
    const withConcern = { method: 'dump-restore', transforms: {}, readConcern: 'majority' } as const;
    expect(refusal(() => planned({}, facts, withConcern))).toEqual({
      reason: 'read-concern-needs-direct-copy',
      method: 'dump-restore',
    });
  });

  it('tells an unknown namespace, and a view', () => {
    const view = aCollection('shop.open', { type: 'view', options: { view: { on: 'orders', pipeline: [] } } });
    const made = (name: string): unknown =>
      refusal(() =>
        planOf([aCollection('shop.orders'), view], {
          targetCluster: TARGETS.mongodb,
          method: 'direct-copy',
          transforms: { [name]: { drop: ['a'] } },
        }),
      );
    expect(made('shop.order')).toMatchObject({ reason: 'setting-unknown', namespace: 'shop.order' });
    expect(made('shop.order')).toHaveProperty('near', expect.arrayContaining(['shop.orders']));
    expect(made('shop.open')).toEqual({ reason: 'transform-of-view', namespace: 'shop.open' });
  });

  it('leaves views on changed fields to their owner, and a validator off', () => {
    const view = aCollection('shop.open', { type: 'view', options: { view: { on: 'orders', pipeline: [] } } });
    const orders = aCollection('shop.orders', { options: { validator: { a: 1 }, validationLevel: 'strict' } });
    const made = (transform: CollectionTransform): Plan =>
      planOf([orders, view], {
        targetCluster: TARGETS.mongodb,
        method: 'direct-copy',
        transforms: { 'shop.orders': transform },
      });
    const renamed = made({ rename: [{ from: 'a', to: 'z' }] });
    expect(renamed.notMigrated).toEqual([{ source: view.ns, why: 'view-fields-changed' }]);
    expect(renamed.collections[0]?.options).toEqual({});
    expect(renamed.collections[0]?.droppedOptions).toEqual([{ option: 'validator', why: 'validator-fields-changed' }]);
    const filtered = made({ filter: { a: 1 } });
    expect(filtered.notMigrated).toEqual([]);
    expect(filtered.collections[0]?.options).toEqual({ validator: { a: 1 }, validationLevel: 'strict' });
  });

  it('says how much arrives, where that was looked at', () => {
    const arriving = { 'shop.orders': { documents: 3, logicalBytes: 30 } };
    expect(planned({ filter: { a: 1 } }, { documents: 100 }, { arriving })).toMatchObject({
      documents: 3,
      logicalBytes: 30,
    });
  });
});
