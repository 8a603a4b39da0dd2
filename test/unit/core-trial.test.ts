import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MigrationError } from '../../src/core/model/error.js';
import { GIB, KIB } from '../../src/core/model/units.js';
import { estimateDuration, type DurationInput } from '../../src/core/size/duration.js';
import { trialPace, type Trial, type TrialSample } from '../../src/core/size/trial.js';

const second = (documents: number, ms = 1000): TrialSample => ({ ms, documents, bytes: documents * KIB });
const ids = (input: DurationInput): string[] => estimateDuration(input).assumptions.map(({ id }) => id);
const direct = (change: Partial<DurationInput> = {}): DurationInput => ({
  method: 'direct-copy',
  documents: 1_048_576,
  logicalBytes: GIB,
  ...change,
});

const sample = fc.record({
  ms: fc.integer({ min: 1, max: 3000 }),
  documents: fc.nat(1_000_000),
  bytes: fc.nat(100_000_000),
});
const samples = fc.array(sample, { maxLength: 8 });
const trials: fc.Arbitrary<Trial> = fc.record(
  { ns: fc.constant('shop.orders'), read: samples, copied: samples, heldByRequestUnits: fc.boolean() },
  { requiredKeys: ['ns'] },
);

describe('the pace of a trial', () => {
  it('is its mean, from its slowest to its fastest second', () => {
    const copied = [second(10_000), second(20_000), second(30_000)];
    expect(trialPace({ ns: 'shop.orders', copied })).toEqual({
      kind: 'copied',
      documentsPerSecond: { low: 10_000, expected: 20_000, high: 30_000 },
      averageBytes: KIB,
      ms: 3000,
    });
  });

  it('is spread by a tenth where all seconds are alike, and not by a moment at its end', () => {
    const { documentsPerSecond } = trialPace({ ns: 'a.b', copied: [second(1000), second(1000), second(0, 10)] }) ?? {};
    expect(documentsPerSecond?.low).toBeCloseTo((2000 / 2.01) * 0.9);
    expect(documentsPerSecond?.high).toBeCloseTo((2000 / 2.01) * 1.1);
  });

  it('is that of reading where request units held up the writing, and none where it was too short', () => {
    const read = [second(50_000)];
    expect(trialPace({ ns: 'a.b', read, copied: [second(80)], heldByRequestUnits: true })).toMatchObject({
      kind: 'read',
      documentsPerSecond: { expected: 50_000 },
    });
    expect(trialPace({ ns: 'a.b', copied: [second(5000, 400)] })).toBeUndefined();
    expect(trialPace({ ns: 'a.b' })).toBeUndefined();
  });

  it('is refused for what is no sample', () => {
    for (const odd of [{ ms: -1 }, { documents: Number.NaN }, { bytes: Number.POSITIVE_INFINITY }]) {
      expect(() => trialPace({ ns: 'a.b', copied: [{ ...second(1), ...odd }] })).toThrow(MigrationError);
    }
  });
});

describe('the duration of a direct copy that was tried', () => {
  it('is what the trial says, for documents of its size', () => {
    const copied = [second(8192), second(8192)];
    expect(estimateDuration(direct({ trial: { ns: 'a.b', copied } })).expected).toBeCloseTo(2000 + 128_000);
    expect(ids(direct({ trial: { ns: 'a.b', copied } }))).toEqual(['speed-measured-here', 'bound-by-copying']);
  });

  it('is not taken for that of much smaller documents, which go faster', () => {
    const large = { ns: 'a.b', copied: [{ ms: 5000, documents: 5 * 600, bytes: 5 * 60 * 1_048_576 }] };
    const small = direct({ documents: 10_000_000, logicalBytes: 1_000_000_000, trial: large });
    // At 600 documents a second, as the large ones went, it would be four hours.
    expect(estimateDuration(small).expected).toBeLessThan(300_000);
  });

  it('is bound by request units all the same: the slower of both counts', () => {
    const trial = { ns: 'a.b', read: [second(100_000)], copied: [second(80)], heldByRequestUnits: true };
    const metered = direct({ trial, totalRu: 5_000_000, ruPerSecond: 1000 });
    expect(estimateDuration(metered).low).toBe(5_001_000);
    expect(ids(metered)).toEqual(['reading-measured-here', 'trial-held-by-request-units', 'bound-by-throughput']);
    const slowSource = direct({
      trial: { ns: 'a.b', read: [second(100), second(100)] },
      totalRu: 5_000_000,
      ruPerSecond: 1_000_000,
    });
    expect(estimateDuration(slowSource).expected).toBeCloseTo(2000 + 10_485_760);
  });

  it('is no shorter for having only read fast, and is assumed where the trial was too short', () => {
    const assumed = estimateDuration(direct());
    const read = estimateDuration(direct({ trial: { ns: 'a.b', read: [second(10_000_000)] } }));
    expect([read.low, read.expected, read.high]).toEqual([assumed.low, assumed.expected, assumed.high]);
    const short = direct({ trial: { ns: 'a.b', copied: [second(3, 20)] } });
    expect(estimateDuration(short).expected).toBe(assumed.expected);
    expect(ids(short)).toEqual(['trial-too-short', 'speed-measured-elsewhere', 'bound-by-copying']);
  });

  it('is in order, finite, and no shorter for more', () => {
    const amount = fc.double({ min: 0, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(trials, amount, amount, amount, (trial, documents, logicalBytes, totalRu) => {
        const input = direct({ documents, logicalBytes, totalRu, ruPerSecond: 4000, trial });
        const once = estimateDuration(input);
        const twice = estimateDuration({ ...input, documents: documents * 2, logicalBytes: logicalBytes * 2 });
        expect(once.low <= once.expected && once.expected <= once.high).toBe(true);
        expect(once.low >= 0 && Number.isFinite(once.high)).toBe(true);
        for (const key of ['low', 'expected', 'high'] as const) {
          expect(twice[key]).toBeGreaterThanOrEqual(once[key]);
          expect(once[key]).toBeGreaterThanOrEqual((totalRu / 4000) * 1000);
        }
      }),
    );
  });
});
