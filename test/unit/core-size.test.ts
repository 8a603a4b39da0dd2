import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MigrationError } from '../../src/core/model/error.js';
import { bytes, GIB, KIB, MIB } from '../../src/core/model/units.js';
import { insertCharge, readCharge } from '../../src/core/size/charges.js';
import { estimateDuration, estimateVerification } from '../../src/core/size/duration.js';
import { migrationCharge, totalSize, verificationCharge } from '../../src/core/size/totals.js';
import { aCollection, anIndex, ID_INDEX } from './core-builders.js';

describe('request charges', () => {
  it("are Microsoft's at its own sizes and examples", () => {
    expect([1, 2, 64, 1024, 2048].map((kib) => insertCharge(kib * KIB))).toEqual([4.95, 6.29, 22.67, 625, 1250]);
    expect([1, 64, 2048].map((kib) => readCharge(kib * KIB))).toEqual([1, 4.76, 291.8]);
    expect(insertCharge(KIB, 10)).toBeCloseTo(6.95, 10);
  });

  it('lie between the neighbours of the table, and are never below that of 1 KB', () => {
    expect(insertCharge(0)).toBe(4.95);
    expect(insertCharge(3 * KIB)).toBeCloseTo(6.48, 10);
    expect(insertCharge(4 * MIB)).toBeCloseTo(2500, 10);
  });

  it('grow with size and with indexed terms', () => {
    const size = fc.double({ min: 0, max: 16 * MIB, noNaN: true });
    fc.assert(
      fc.property(size, size, fc.nat(1000), (a, b, terms) => {
        const [small, large] = [Math.min(a, b), Math.max(a, b)];
        expect(insertCharge(small)).toBeLessThanOrEqual(insertCharge(large));
        expect(readCharge(small)).toBeLessThanOrEqual(readCharge(large));
        expect(insertCharge(small, terms)).toBeGreaterThanOrEqual(insertCharge(small));
      }),
    );
  });

  it('are refused for what is no size', () => {
    for (const size of [-1, NaN, Infinity]) {
      expect(() => insertCharge(size)).toThrow(MigrationError);
      expect(() => insertCharge(1, size)).toThrow(MigrationError);
    }
  });

  it('of a migration are those of its documents with their indexes, and of a check those of reading them', () => {
    const indexed = aCollection('shop.a', { documents: 100, indexes: [ID_INDEX, anIndex(), anIndex({ name: 'b' })] });
    const view = aCollection('shop.v', { type: 'view', documents: 1_000_000 });
    expect(migrationCharge([indexed, view]).total).toBeCloseTo(100 * 5.35, 8);
    expect(migrationCharge([indexed], { ruPerDocument: 10 }).total).toBe(1000);
    expect(verificationCharge([indexed, view])).toBe(100);
  });
});

describe('totals', () => {
  it('sum what holds documents', () => {
    const total = totalSize([
      aCollection('shop.a', { documents: 10, logicalBytes: bytes(1000) }),
      aCollection('shop.b', { documents: 0, logicalBytes: bytes(0) }),
      aCollection('shop.v', { type: 'view', documents: 7 }),
    ]);
    expect(total).toMatchObject({ collections: 2, documents: 10, logicalBytes: 1000, averageBytes: 100 });
    expect(total).not.toHaveProperty('largestSampledBytes');
    expect(totalSize([]).averageBytes).toBe(0);
  });
});

describe('durations', () => {
  const facts = { documents: 1_000_000, logicalBytes: GIB };

  it('follow the throughput where the charge is what takes longest', () => {
    const slow = estimateDuration({ method: 'dump-restore', ...facts, totalRu: 5_000_000, ruPerSecond: 1000 });
    expect(slow.low).toBe(5_001_000);
    expect(slow.assumptions.map((a) => a.id)).toContain('bound-by-throughput');
    const fast = estimateDuration({ method: 'dump-restore', ...facts, totalRu: 5_000_000, ruPerSecond: 1_000_000 });
    expect(fast.assumptions.map((a) => a.id)).toContain('bound-by-copying');
    expect(fast.expected).toBe(42_000);
  });

  it('are in order, finite, and longer for more', () => {
    const amount = fc.double({ min: 0, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(amount, amount, amount, fc.double({ min: 1, max: 1e6, noNaN: true }), (documents, size, ru, rate) => {
        const input = { documents, logicalBytes: size, totalRu: ru, ruPerSecond: rate };
        const short = estimateVerification(input);
        const long = estimateVerification({ ...input, documents: documents * 2, logicalBytes: size * 2 });
        expect(short.low <= short.expected && short.expected <= short.high).toBe(true);
        expect(Number.isFinite(short.high) && short.low >= 0).toBe(true);
        expect(long.expected).toBeGreaterThanOrEqual(short.expected);
      }),
    );
  });

  it('are refused for what is no figure', () => {
    const input = { method: 'dms', ...facts, totalRu: 1, ruPerSecond: 400 } as const;
    for (const odd of [{ documents: NaN }, { logicalBytes: -1 }, { ruPerSecond: 0 }, { totalRu: Infinity }]) {
      expect(() => estimateDuration({ ...input, ...odd })).toThrow(MigrationError);
    }
  });
});
