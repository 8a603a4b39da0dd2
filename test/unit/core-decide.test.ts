import { describe, expect, it } from 'vitest';
import { decide, type DecideInput } from '../../src/core/decide/decide.js';
import { EVERYTHING } from '../../src/core/model/namespace.js';
import { bytes, ruPerSecond } from '../../src/core/model/units.js';
import { describeTarget } from '../../src/core/plan/target.js';
import { aCluster, aCollection, anInventory } from './core-builders.js';
import { TARGETS } from './core-plan-builders.js';

const cluster = { ...aCluster(), ...TARGETS.ru };
const BASE: DecideInput = {
  inventory: anInventory([aCollection('shop.orders', { documents: 3_000_000, logicalBytes: bytes(3e9) })]),
  selection: EVERYTHING,
  target: describeTarget(cluster, []),
  targetCluster: cluster,
};

function expectedMs(input: Partial<DecideInput>): number {
  const { recommendation } = decide({ ...BASE, ...input });
  return recommendation.ranked.find(({ method }) => method === recommendation.recommended)?.durationMs.expected ?? NaN;
}

describe('how long it takes', () => {
  it('is reckoned with what a collection without a shard key can have, whatever was asked for', () => {
    const most = expectedMs({ throughput: { kind: 'manual', ruPerSecond: ruPerSecond(10_000) } });
    const asked = { throughput: { kind: 'manual', ruPerSecond: ruPerSecond(100_000) } } as const;
    expect(expectedMs(asked)).toBe(most);
    expect(expectedMs({ ...asked, shardKeys: { 'shop.orders': 'customer' } })).toBeLessThan(most / 2);
  });

  it('is told for the least throughput, too, as long as none was said', () => {
    const { leastThroughputMs, recommendation } = decide(BASE);
    const least = { throughput: { kind: 'manual', ruPerSecond: ruPerSecond(400) } } as const;
    expect(leastThroughputMs?.get(recommendation.recommended)).toBe(expectedMs(least));
    expect(decide({ ...BASE, ...least })).not.toHaveProperty('leastThroughputMs');
    expect(decide({ ...BASE, throughput: { kind: 'shared' } })).not.toHaveProperty('leastThroughputMs');
    const vcore = { ...aCluster(), ...TARGETS.vcore };
    expect(decide({ ...BASE, target: describeTarget(vcore, []), targetCluster: vcore })).not.toHaveProperty(
      'leastThroughputMs',
    );
  });

  it('is bound by the same request units whoever writes: no other method is promised sooner than the direct copy', () => {
    const throughput = { kind: 'manual', ruPerSecond: ruPerSecond(1_000) } as const;
    const { ranked } = decide({ ...BASE, throughput }).recommendation;
    const direct = ranked.find(({ method }) => method === 'direct-copy')?.durationMs;
    expect(direct?.high).toBeGreaterThan(direct?.expected ?? NaN);
    for (const { method, durationMs } of ranked) {
      for (const figure of ['low', 'expected', 'high'] as const) {
        expect(durationMs[figure], `${method} ${figure}`).toBeGreaterThanOrEqual(direct?.[figure] ?? NaN);
      }
    }
  });

  it('is known for collections that hold nothing', () => {
    const inventory = anInventory([aCollection('shop.orders', { documents: 0, logicalBytes: bytes(0) })]);
    const throughput = { kind: 'manual', ruPerSecond: ruPerSecond(400) } as const;
    expect(decide({ ...BASE, inventory, throughput }).ruPerSecond).toBe(400);
  });
});
