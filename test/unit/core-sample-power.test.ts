import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplePower } from '../../src/core/scan/sample-power.js';
import { countBand, shareBand } from '../../src/core/scan/share-band.js';
import { seededRandom } from '../support/seeded-random.js';

describe('what a sample can miss', () => {
  it('is about three in so many documents, and what is missed is missed by one sample in twenty', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (documents) => {
        const { missedShare } = samplePower(documents, 1e9);
        expect((1 - missedShare) ** documents).toBeCloseTo(0.05, 9);
        if (documents > 100) expect(missedShare * documents).toBeCloseTo(3, 1);
      }),
    );
  });

  it('is nothing where all were looked at, and anything where none was', () => {
    expect(samplePower(10, 10)).toMatchObject({ missedShare: 0, missedDocuments: 0 });
    expect(samplePower(0, 10)).toMatchObject({ missedShare: 1, missedDocuments: 10 });
    expect(samplePower(10_000, 1_000_000)).toMatchObject({ missedDocuments: 300 });
  });

  it('is refused for what is no count', () => {
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => samplePower(bad, 1)).toThrow('bad-number');
  });
});

describe('the band of a share', () => {
  /** Documents of which a part is hot; hot ones may be larger. */
  const population = (hotShare: number, hotBytes: number): { readonly hot: boolean; readonly bytes: number }[] => {
    const random = seededRandom(11);
    return Array.from({ length: 50_000 }, (_, i) => {
      const hot = i < hotShare * 50_000;
      return { hot, bytes: Math.ceil((hot ? hotBytes : 1_000) * (0.2 + 3 * random() ** 4)) };
    });
  };
  const sums = (part: readonly { readonly bytes: number }[]): Parameters<typeof shareBand>[1] => ({
    documents: part.length,
    bytes: part.reduce((sum, one) => sum + one.bytes, 0),
    squaredBytes: part.reduce((sum, one) => sum + one.bytes ** 2, 0),
  });

  it.each([
    [93, 0.5, 1_000],
    [93, 0.3, 5_000],
    [93, 0.02, 1_000],
    // Ten documents that hold a sixth of all bytes.
    [90, 0.01, 20_000],
    [93, 0.0005, 1_000],
  ])('holds the true share in at least %i of 100 samples: %f of the documents, of %i bytes', (least, share, bytes) => {
    const all = population(share, bytes);
    const truth = sums(all.filter((one) => one.hot)).bytes / sums(all).bytes;
    const random = seededRandom(7);
    let held = 0;
    const rounds = 400;
    for (let round = 0; round < rounds; round += 1) {
      const drawn = Array.from(
        { length: 1_000 },
        () => all[Math.floor(random() * all.length)] ?? { hot: false, bytes: 1 },
      );
      const [low, high] = shareBand(sums(drawn.filter((one) => one.hot)), sums(drawn));
      if (low <= truth && truth <= high) held += 1;
    }
    expect(held / rounds).toBeGreaterThanOrEqual(least / 100);
  });

  it('holds the share that was seen, lies in 0 to 1, and widens by what may have been missed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 5, max: 1e6 })), { minLength: 1 }), (drawn) => {
        const all = drawn.map(([hot, bytes]) => ({ hot, bytes }));
        const hot = sums(all.filter((one) => one.hot));
        const [low, high] = shareBand(hot, sums(all));
        const share = hot.bytes / sums(all).bytes;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(share);
        expect(high).toBeGreaterThanOrEqual(share);
        expect(high).toBeLessThanOrEqual(1);
        expect(shareBand({ ...hot, missed: 1000 }, sums(all))[1]).toBeGreaterThanOrEqual(high);
      }),
    );
  });

  it.each([
    [0, 0, 0.0037],
    [1, 0.00003, 0.0056],
    [10, 0.0048, 0.0184],
    [500, 0.469, 0.531],
    [1000, 0.9963, 1],
  ])('of %i among 1000 documents is about that of Clopper and Pearson', (hits, low, high) => {
    const found = countBand(hits, 1_000);
    expect(Math.abs(found[0] - low)).toBeLessThan(0.002);
    expect(Math.abs(found[1] - high)).toBeLessThan(0.002);
  });
});
