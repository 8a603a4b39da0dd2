import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, GIB, KIB, TIB } from '../../src/core/model/units.js';
import { VCORE_DISKS, VCORE_TIERS } from '../../src/core/size/vcore-tiers.js';
import { sizeForRu } from '../../src/core/size/ru-sizing.js';
import { sizeForVcore } from '../../src/core/size/vcore-sizing.js';
import { aCollection } from './core-builders.js';
import { aUsage, largeArchive, ruTarget, skewedEvents } from './size-sources.js';

const ids = (reasons: readonly { readonly id: string; readonly weight: string }[]): readonly string[] =>
  reasons.map(({ id, weight }) => `${weight}${id}`);

function aSource(logicalBytes: number, usage = aUsage()) {
  const stored = { storageBytes: bytes(logicalBytes / 3), indexBytes: bytes(logicalBytes / 20) };
  return {
    collections: [aCollection('shop.a', { documents: 1e6, logicalBytes: bytes(logicalBytes), ...stored })],
    usage,
  };
}

const cached = (gib: number) => aUsage({ machine: { cacheUsedBytes: gib * GIB, cacheMaxBytes: 400 * GIB } });

describe('sizing of a vCore cluster', () => {
  it('holds what is in use in memory and the data on its disk with room to spare, whatever the source', () => {
    const amount = fc.integer({ min: 1, max: 40_000 }).map((gib) => gib * GIB);
    fc.assert(
      fc.property(amount, fc.integer({ min: 1, max: 1_500 }), fc.boolean(), (logical, cacheGib, highAvailability) => {
        const sizing = sizeForVcore({ ...aSource(logical, cached(cacheGib)), highAvailability });
        const tier = VCORE_TIERS.find(({ name }) => name === sizing.tier);
        if (!tier) throw new Error(sizing.tier);
        expect(tier.memoryGib * 0.75 * sizing.shards).toBeGreaterThanOrEqual(sizing.workingSet.expected / GIB - 1e-6);
        expect(sizing.storageGib * 0.7 * sizing.shards).toBeGreaterThanOrEqual(sizing.storage.expected / GIB - 1e-6);
        expect(VCORE_DISKS.map(({ gib }) => gib)).toContain(sizing.storageGib);
        if (tier.isBurstable) expect([sizing.highAvailability, sizing.shards]).toEqual([false, 1]);
        if (highAvailability) expect(sizing.highAvailability).toBe(true);
        for (const { tier: name, reasons } of sizing.alternatives) {
          expect(name).not.toBe(sizing.tier);
          expect(reasons.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('takes the smallest tier that does: the next smaller one lacks something', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 190 }), (cacheGib) => {
        const { tier, alternatives } = sizeForVcore(aSource(4 * TIB, cached(cacheGib)));
        const at = VCORE_TIERS.findIndex(({ name }) => name === tier);
        const smaller = alternatives.find(({ tier: name }) => name === VCORE_TIERS[at - 1]?.name);
        expect(ids(smaller?.reasons ?? []).some((id) => id.startsWith('-smaller-lacks'))).toBe(true);
      }),
    );
  });

  it('splits what is measured to be in use over shards, and does not for a guess', () => {
    const measured = sizeForVcore(aSource(3 * TIB, cached(600)));
    expect(measured).toMatchObject({ tier: 'M200', shards: 4 });
    expect(ids(measured.reasons)).toContain('+shards-for-memory');
    const guessed = sizeForVcore(largeArchive());
    expect(guessed.shards).toBe(1);
    expect(ids(guessed.reasons)).toEqual(expect.arrayContaining(['-memory-exceeded', '-working-set-guessed']));
  });

  it('splits what is larger than a shard should hold, and says when a cluster cannot be so large', () => {
    const large = sizeForVcore(aSource(12 * TIB));
    expect(large.shards).toBe(3);
    expect(ids(large.reasons)).toContain('+shards-for-size');
    expect(ids(sizeForVcore(aSource(80 * TIB)).reasons)).toContain('!too-many-shards');
  });

  it('gives small sources without high availability a burstable tier, and all others none', () => {
    const small = aSource(2 * GIB);
    expect(sizeForVcore({ ...small, highAvailability: false })).toMatchObject({ tier: 'M20', highAvailability: false });
    expect(sizeForVcore(small)).toMatchObject({ tier: 'M30', highAvailability: true });
  });

  it('grows the disk for its operations, and says what only the preview of faster disks gives', () => {
    const events = sizeForVcore(skewedEvents());
    expect(ids(events.reasons)).toContain('+disk-for-iops');
    const busy = (moved: number) =>
      ids(
        sizeForVcore({
          ...skewedEvents(),
          usage: aUsage({ machine: { cacheReadBytesPerSecond: moved, cacheWrittenBytesPerSecond: moved } }),
        }).reasons,
      );
    expect(busy(75_000_000)).toContain('-iops-need-premium-v2');
    expect(busy(750_000_000)).toContain('-iops-beyond-tiers');
  });

  it('takes the busiest time of operations as the RU account does, watched or counted since the start', () => {
    const { usage, ...source } = skewedEvents();
    for (const [by, peak] of [
      ['watched', 1.5],
      ['since-start', 3],
    ] as const) {
      const { rates, machine } = usage;
      if (!rates || !machine) throw new Error('no rates');
      const counted = { ...usage, rates: { ...rates, by, seconds: 900_000 }, machine: { logicalCores: 64 } };
      const ru = sizeForRu({ ...source, target: ruTarget, usage: counted });
      const vcore = sizeForVcore({ ...source, usage: counted });
      const load = vcore.reasons.find(({ id }) => id === 'cores-for-load')?.params;
      expect(load).toMatchObject({ peak, wanted: Math.ceil((1_660 * peak) / 1_000 / 0.7) });
      expect((ru.steadyByRates?.expected ?? 0) / (ru.averageByRates?.expected ?? 1)).toBeCloseTo(peak, 6);
      for (const { assumptions } of [ru.steady, vcore.iops ?? ru.steady]) {
        const over = assumptions.find(({ id }) => id === 'peak-over-average')?.params;
        expect(over).toEqual({ expected: peak, high: 2 * peak, by });
      }
      expect(vcore.iops?.assumptions.map(({ id }) => id)).toContain('iops-by-writes');
      expect(vcore.iops?.assumptions.map(({ id }) => id)).toContain('rates-averaged');
    }
  });

  it('takes the bytes of the cache for what they are, an average since the start, also where operations were watched', () => {
    const { usage } = skewedEvents();
    const of = (change: object) => sizeForVcore({ ...skewedEvents(), usage: { ...usage, ...change } });
    const { iops } = of({});
    expect(usage.rates?.by).toBe('watched');
    expect(iops?.expected).toBeCloseTo((3 * 23_000_000) / (16 * KIB), 6);
    expect(iops?.assumptions.map(({ id, params }) => [id, params['by']])).toEqual([
      ['iops-by-cache', undefined],
      ['peak-over-average', 'since-start'],
    ]);
    // In a server's first hour they tell of its start, or of the data that was put into it.
    const young = of({ uptimeSeconds: 124 }).iops;
    expect(young?.assumptions.map(({ id }) => id)).toContain('iops-by-writes');
    expect(of({ uptimeSeconds: 3_600 }).iops).toEqual(iops);
  });

  it('rules out more collections than a cluster takes', () => {
    const collections = Array.from({ length: 1001 }, (_, i) => aCollection(`shop.c${i}`));
    expect(ids(sizeForVcore({ collections }).reasons)).toContain('!too-many-collections');
  });

  it('advises the largest tier while a large source is copied, and not for a small one', () => {
    expect(ids(sizeForVcore(skewedEvents()).reasons)).toContain('+larger-while-copying');
    expect(ids(sizeForVcore(aSource(GIB)).reasons)).not.toContain('+larger-while-copying');
  });
});
