import { describe, expect, it } from 'vitest';
import { bytes, ruPerSecond } from '../../src/core/model/units.js';
import { planRaises, raisedThroughput } from '../../src/core/plan/plan-raises.js';
import { aCollection } from './core-builders.js';
import { planOf } from './core-plan-builders.js';

const manual = (rate: number) => ({ kind: 'manual' as const, ruPerSecond: ruPerSecond(rate) });
const none = { collections: {}, databases: {} };
const raise = { ruPerSecond: 10_000, target: none };

describe('throughput raised for a whole plan', () => {
  const collections = [aCollection('shop.a'), aCollection('shop.b'), aCollection('shop.v', { type: 'view' })];

  it('is put back to what was said of new collections, and to what those have that are there', () => {
    const plan = planOf(collections, {
      method: 'direct-copy',
      throughput: manual(1000),
      raise: { ...raise, target: { ...none, collections: { 'shop.b': manual(700) } } },
    });
    expect(plan.throughputRaises?.map(({ budget, restoreTo }) => [budget, restoreTo])).toEqual([
      ['shop.a', manual(1000)],
      ['shop.b', manual(700)],
    ]);
  });

  it('is raised once for collections that share it, by what their database has', () => {
    const plan = planOf(collections, { method: 'direct-copy', throughput: { kind: 'shared' } });
    const { raises, unknown } = planRaises(plan.collections, {
      ...raise,
      target: { ...none, databases: { shop: manual(2000) } },
    });
    expect(raises.map((decided) => decided.raise.budget)).toEqual(['shop.']);
    expect(unknown).toEqual([]);
  });

  it('goes as far as Azure raises a budget at once, of what is there', () => {
    const plan = planOf(collections, { method: 'direct-copy', throughput: manual(1000) });
    const { raises } = planRaises(plan.collections, {
      ruPerSecond: 100_000,
      target: {
        ...none,
        collections: { 'shop.b': manual(1000) },
        // Of shop.a it was said before the collection was dropped.
        atOnce: { 'shop.a': 60_000, 'shop.b': 30_000 },
      },
    });
    const to = raises.map(({ raise: { budget, raiseTo } }) => [budget, raiseTo]);
    expect(to).toEqual([
      ['shop.a', manual(10_000)],
      ['shop.b', manual(30_000)],
    ]);
  });

  it('is left alone where nobody knows what to put it back to, and where another method copies', () => {
    const plan = planOf(collections, { method: 'direct-copy', raise });
    expect(plan).not.toHaveProperty('throughputRaises');
    expect(planRaises(plan.collections, raise).unknown).toEqual(['shop.a', 'shop.b']);
    const native = planOf(collections, { method: 'dump-restore', throughput: manual(1000), raise });
    expect(native).not.toHaveProperty('throughputRaises');
    const enough = planOf([aCollection('shop.a', { logicalBytes: bytes(10) })], {
      method: 'direct-copy',
      throughput: manual(10_000),
      raise,
    });
    expect(enough).not.toHaveProperty('throughputRaises');
  });

  it('is what a copy goes at meanwhile, by the names of the source', () => {
    const plan = planOf(collections, {
      method: 'direct-copy',
      throughput: manual(1000),
      selection: { include: [], exclude: [], rename: [{ from: 'shop.a', to: 'store.x' }] },
      raise,
    });
    expect(raisedThroughput(plan)).toEqual({ 'shop.a': manual(10_000), 'shop.b': manual(10_000) });
  });
});
