import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MigrationError } from '../../src/core/model/error.js';
import { TUNING_IDS } from '../../src/core/tune/explanations.js';
import { IN_FLIGHT_BYTES } from '../../src/core/tune/limits.js';
import { tune, type TuneInput } from '../../src/core/tune/tune.js';
import { MIN_WRITE_LATENCY_MS, type RuTuneInput } from '../../src/core/tune/tune-ru.js';
import type { ServerTuneInput } from '../../src/core/tune/tune-server.js';

const worked: RuTuneInput = {
  target: 'ru',
  ruPerSecond: 10_000,
  sharing: 'per-collection',
  ruPerDocument: 10,
  latencyMs: 100,
  collections: 1,
  averageDocumentBytes: 1024,
};

const amount = (max: number): fc.Arbitrary<number> => fc.double({ min: 1e-3, max, noNaN: true });
const ruInput: fc.Arbitrary<RuTuneInput> = fc.record({
  target: fc.constant('ru' as const),
  ruPerSecond: amount(1e6),
  sharing: fc.constantFrom('per-collection' as const, 'shared' as const),
  ruPerDocument: amount(1e4),
  latencyMs: fc.double({ min: 0, max: 1e4, noNaN: true }),
  collections: fc.integer({ min: 0, max: 10_000 }),
  averageDocumentBytes: fc.double({ min: 0, max: 16_777_216, noNaN: true }),
  partitions: fc.integer({ min: 1, max: 100 }),
  evenSpread: fc.boolean(),
});
const serverInput: fc.Arbitrary<ServerTuneInput> = fc.record({
  target: fc.constantFrom('vcore' as const, 'mongodb' as const),
  latencyMs: fc.double({ min: 0, max: 1e4, noNaN: true }),
  collections: fc.integer({ min: 0, max: 10_000 }),
  averageDocumentBytes: fc.double({ min: 0, max: 16_777_216, noNaN: true }),
  logicalCores: fc.integer({ min: 1, max: 512 }),
  maxWriteBatchSize: fc.integer({ min: 1, max: 100_000 }),
  maxMessageSizeBytes: fc.integer({ min: 1024, max: 48_000_000 }),
});

describe('tuning for an RU target', () => {
  it("gives Microsoft's worked example: batch 24 and 4 workers", () => {
    const tuning = tune(worked);
    expect([tuning.batchSize, tuning.insertionWorkers]).toEqual([24, 4]);
  });

  it('gives a batch below 24 where a second of throughput holds fewer documents', () => {
    expect(tune({ ...worked, ruPerSecond: 400, ruPerDocument: 30, latencyMs: 1000 })).toMatchObject({
      batchSize: 13,
      insertionWorkers: 1,
    });
  });

  it('makes the batch smaller where the formula gives less than one worker', () => {
    const tuning = tune({ ...worked, ruPerSecond: 1000, latencyMs: 50 });
    expect([tuning.batchSize, tuning.insertionWorkers]).toEqual([5, 1]);
    expect(tuning.explanation.map((n) => n.id)).toContain('batch-below-one-worker');
  });

  it('never goes below one document of one worker', () => {
    expect(tune({ ...worked, ruPerSecond: 400, ruPerDocument: 1250 })).toMatchObject({
      batchSize: 1,
      insertionWorkers: 1,
    });
  });

  it("counts on one partition's share where the writes do not spread", () => {
    const skewed = tune({ ...worked, ruPerSecond: 50_000, partitions: 5, evenSpread: false });
    expect([skewed.batchSize, skewed.insertionWorkers]).toEqual([24, 4]);
    expect(tune({ ...worked, ruPerSecond: 50_000, partitions: 5 }).insertionWorkers).toBe(20);
  });

  it('divides shared throughput by the collections copied at once, and leaves throughput of their own alone', () => {
    const shared = tune({ ...worked, sharing: 'shared', collections: 10 });
    const own = tune({ ...worked, collections: 10 });
    expect([shared.parallelCollections, shared.insertionWorkers]).toEqual([4, 1]);
    expect([own.parallelCollections, own.insertionWorkers]).toEqual([4, 4]);
  });

  it('never has more under way than the budget allows for one latency, except for a single document', () => {
    fc.assert(
      fc.property(ruInput, (input) => {
        const t = tune(input);
        const latency = Math.max(input.latencyMs, MIN_WRITE_LATENCY_MS) / 1000;
        const sharers = input.sharing === 'shared' ? t.parallelCollections : 1;
        const budget = input.ruPerSecond / (input.evenSpread ? 1 : (input.partitions ?? 1));
        const rate = (t.batchSize * t.insertionWorkers * sharers * input.ruPerDocument) / latency;
        const single = t.batchSize === 1 && t.insertionWorkers === 1 && sharers === 1;
        expect(single || rate <= budget * (1 + 1e-9)).toBe(true);
      }),
    );
  });
});

describe('tuning for a target that is not metered', () => {
  const near: ServerTuneInput = {
    target: 'mongodb',
    latencyMs: 1,
    collections: 1,
    averageDocumentBytes: 1024,
    logicalCores: 2,
    maxWriteBatchSize: 100_000,
    maxMessageSizeBytes: 48_000_000,
  };

  it('uses the batch of the tool and a worker for each core and for what travels', () => {
    expect(tune(near)).toMatchObject({ batchSize: 1000, insertionWorkers: 3 });
    expect(tune({ ...near, latencyMs: 100 }).insertionWorkers).toBe(7);
  });

  it('keeps a batch within the write batch limit, the message and the memory of all under way', () => {
    fc.assert(
      fc.property(serverInput, (input) => {
        const t = tune(input);
        const bytes = t.batchSize * input.averageDocumentBytes;
        expect(t.batchSize).toBeLessThanOrEqual(input.maxWriteBatchSize);
        expect(t.batchSize === 1 || bytes <= Math.min(47_000_000, input.maxMessageSizeBytes)).toBe(true);
        expect(t.batchSize === 1 || bytes * t.insertionWorkers * t.parallelCollections <= IN_FLIGHT_BYTES).toBe(true);
      }),
    );
  });
});

describe('tuning for any target', () => {
  const whole = fc.option(fc.integer({ min: 1, max: 500 }), { nil: undefined });
  const fixedNumbers = fc
    .record({ batchSize: whole, insertionWorkers: whole, parallelCollections: whole })
    .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));

  it('takes numbers that the user has chosen as they are', () => {
    fc.assert(
      fc.property(fc.oneof(ruInput, serverInput), fixedNumbers, (input, fixed) => {
        const t = tune({ ...input, fixed });
        expect(t).toMatchObject(fixed);
        const notes = t.explanation.map(({ id }) => id);
        expect(notes.includes('batch-by-user')).toBe('batchSize' in fixed);
        expect(notes.includes('workers-by-user')).toBe('insertionWorkers' in fixed);
        expect(notes.includes('parallel-by-user')).toBe('parallelCollections' in fixed);
        if (Object.keys(fixed).length === 0) expect(t).toEqual(tune(input));
      }),
    );
  });

  it('refuses a chosen number that is not whole or less than one', () => {
    for (const batchSize of [0, -1, 1.5, NaN, Infinity]) {
      const input = fc.sample(ruInput, 1)[0];
      expect(() => tune({ ...(input ?? ({} as never)), fixed: { batchSize } })).toThrow('bad-number');
    }
  });

  const anyPositive = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true });
  const absurd = ruInput.chain((input) =>
    fc.record({ ruPerSecond: anyPositive, ruPerDocument: anyPositive, latencyMs: anyPositive }).map((odd) => ({
      ...input,
      ...odd,
    })),
  );
  const anyInput: fc.Arbitrary<TuneInput> = fc.oneof(ruInput, serverInput, absurd);

  it('is whole numbers of at least 1, with an explanation that is known', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const t = tune(input);
        for (const value of [t.batchSize, t.insertionWorkers, t.parallelCollections]) {
          expect(Number.isInteger(value) && value >= 1).toBe(true);
        }
        expect(t.explanation.length).toBeGreaterThan(0);
        for (const { id, params } of t.explanation) {
          expect(TUNING_IDS).toContain(id);
          for (const value of Object.values(params)) expect(Number.isFinite(value)).toBe(true);
        }
      }),
    );
  });

  it('refuses every number that is not finite or has the wrong sign', () => {
    const bad = fc.constantFrom(NaN, Infinity, -Infinity, -1);
    fc.assert(
      fc.property(anyInput, bad, fc.nat(), (input, value, pick) => {
        const fields = Object.entries(input).flatMap(([name, v]) => (typeof v === 'number' ? [name] : []));
        const field = fields[pick % fields.length] ?? '';
        let thrown: unknown;
        try {
          tune({ ...input, [field]: value });
        } catch (error) {
          thrown = error;
        }
        expect(MigrationError.is(thrown, 'bad-number') && thrown.facts['name'] === field).toBe(true);
      }),
    );
  });
});
