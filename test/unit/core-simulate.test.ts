import { serialize } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SimulatedRun } from '../../src/core/model/assessment.js';
import type { CollectionFacts } from '../../src/core/model/facts.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { CollectionScan } from '../../src/core/model/scan.js';
import { bytes, GIB, ruPerSecond } from '../../src/core/model/units.js';
import { describeTarget } from '../../src/core/plan/target.js';
import { CollectionScanner } from '../../src/core/scan/collection-scanner.js';
import { SIMULATION_ASSUMPTIONS } from '../../src/core/simulate/assumption-ids.js';
import { simulationInput, type SimulationFacts } from '../../src/core/simulate/from-facts.js';
import { simulateCopy } from '../../src/core/simulate/simulate-copy.js';
import { simulationAssumption } from '../../src/words/simulation.js';
import { aCluster, aCollection, anIndex, aVersion, ID_INDEX } from './core-builders.js';

const RU = describeTarget(aCluster({ kind: 'cosmos-ru', ...aVersion('7.0.0') }));
const VCORE = describeTarget(aCluster({ kind: 'cosmos-vcore', ...aVersion('7.0.0') }));
const manual = (figure: number) => ({ kind: 'manual', ruPerSecond: ruPerSecond(figure) }) as const;

function run(facts: Partial<SimulationFacts> & { readonly collections: readonly CollectionFacts[] }): SimulatedRun {
  const input = simulationInput({
    source: aCluster(),
    target: RU,
    throughput: manual(1_000),
    parallelCollections: 4,
    ...facts,
  });
  if (!input) throw new Error('no throughput');
  return simulateCopy(input);
}

const orders = (documents: number, more: Partial<CollectionFacts> = {}): CollectionFacts =>
  aCollection('shop.orders', { documents, ...more });

/** Of a random sample of a much larger collection. */
function scanOf(documents: number, value: (i: number) => unknown): CollectionScan {
  const scanner = new CollectionScanner({ indexes: [] });
  for (let i = 0; i < documents; i += 1) scanner.add(Buffer.from(serialize({ _id: i, c: value(i) })));
  return scanner.scan({
    ns: { db: 'shop', coll: 'orders' },
    mode: 'sample',
    of: documents * 1_000,
    drawn: 'random',
    gaps: [],
  });
}

describe('a simulated copy', () => {
  it('takes what documents cost by what their collection is given, and a start', () => {
    const { durationMs, limitedBy, utilisation } = run({ collections: [orders(1_000_000)] });
    // 4.95 RU for each document of 1 KB (understand-request-unit-consumption).
    expect(durationMs.expected / 1000).toBeGreaterThan(4_950);
    expect(durationMs.expected / 1000).toBeLessThan(4_950 * 1.01 + 5);
    expect(limitedBy).toBe('request-units');
    expect(utilisation).toBeCloseTo(0.99, 1);
  });

  it('is bounded by what a source that is far away gives, and by the way, where nothing is metered', () => {
    const large = [orders(10_000_000)];
    expect(run({ collections: large, target: VCORE }).limitedBy).toBe('target');
    const heavy = orders(100_000, { logicalBytes: bytes(100 * GIB) });
    expect(run({ collections: [heavy], target: VCORE }).limitedBy).toBe('network');
    const far = run({ collections: [heavy], target: VCORE, source: aCluster({ latencyMs: 2_000 as never }) });
    expect(far.limitedBy).toBe('source');
  });

  it('waits for the partition that one value of the shard key fills', () => {
    const shared = { collections: [orders(5_000_000)], throughput: manual(30_000), shardKeys: { 'shop.orders': 'c' } };
    const even = run(shared);
    const hot = run({ ...shared, scans: [scanOf(2_000, (i) => (i % 10 < 6 ? 'hot' : i))] });
    expect(hot.limitedBy).toBe('hot-partition');
    // 60 % and a fifth of the rest, on a fifth of the throughput.
    expect(hot.durationMs.expected / even.durationMs.expected).toBeCloseTo(0.68 * 5, 0);
    expect(hot.utilisation).toBeCloseTo(1 / (0.68 * 5), 1);
    // Other partitions, the same value.
    const more = run({
      ...shared,
      throughput: manual(60_000),
      scans: [scanOf(2_000, (i) => (i % 10 < 6 ? 'hot' : i))],
    });
    expect(more.durationMs.expected / even.durationMs.expected).toBeCloseTo((0.64 * 10) / 2, 0);
  });

  it('takes for even what a sample shows of an even key, on however many partitions', () => {
    const large = { documents: 50_000_000, logicalBytes: bytes(5_000 * GIB) };
    const facts = { collections: [orders(large.documents, large)], shardKeys: { 'shop.orders': 'c' } };
    for (const throughput of [manual(30_000), manual(600_000)]) {
      const unread = run({ ...facts, throughput });
      const read = run({ ...facts, throughput, scans: [scanOf(1_000, (i) => i)] });
      expect(read.durationMs.expected).toBe(unread.durationMs.expected);
      expect(read.durationMs.assumptions.map(({ id }) => id)).toContain('simulated-spread-measured');
      expect(read.durationMs.high).toBeGreaterThan(read.durationMs.expected);
    }
  });

  it('knows a skewed key nearly as well by its heaviest values, which are all that is kept of most fields', () => {
    const kept = (scan: CollectionScan): CollectionScan => ({
      ...scan,
      fields: scan.fields.map((field) => ({ ...field, bucketBytes: [], top: field.top.slice(0, 2) })),
    });
    const facts = {
      collections: [orders(5_000_000)],
      throughput: manual(30_000),
      shardKeys: { 'shop.orders': 'c' },
    };
    const even = run(facts).durationMs;
    // Which of several values lie together is chance, which one hash decides and the other way reckons with.
    const values: readonly (readonly [name: string, value: (i: number) => unknown, off: number])[] = [
      ['one of each', (i) => i, 0],
      ['a hot one', (i) => (i % 10 < 6 ? 'hot' : i), 0.02],
      ['two hot ones', (i) => (i % 10 < 6 ? `hot ${i % 2}` : i), 0.2],
      ['eight in all', (i) => i % 8, 0.25],
    ];
    for (const [name, value, off] of values) {
      const scan = scanOf(2_000, value);
      const [whole, part] = [scan, kept(scan)].map((one) => run({ ...facts, scans: [one] }).durationMs);
      if (!whole || !part) throw new Error('not simulated');
      expect(part.assumptions, name).toEqual(whole.assumptions);
      if (name === 'one of each') expect(part.expected).toBe(even.expected);
      else expect(part.expected, name).toBeGreaterThan(1.4 * even.expected);
      expect(Math.abs(part.expected / whole.expected - 1), name).toBeLessThanOrEqual(off);
      expect(part.low <= whole.expected && whole.expected <= part.high, name).toBe(true);
    }
    const arrays = kept(scanOf(100, (i) => [i]));
    expect(run({ ...facts, scans: [arrays] }).durationMs.assumptions.map(({ id }) => id)).toContain(
      'simulated-spread-even',
    );
  });

  it('tells in its bounds that two heavy values may lie together or apart', () => {
    const shared = { collections: [orders(5_000_000)], throughput: manual(30_000), shardKeys: { 'shop.orders': 'c' } };
    const { durationMs } = run({ ...shared, scans: [scanOf(2_000, (i) => (i % 10 < 6 ? `hot ${i % 2}` : i))] });
    const even = run(shared).durationMs;
    const ratio = (ms: number): number => ms / even.expected / 5;
    expect(ratio(durationMs.expected)).toBeLessThan(0.45);
    expect(ratio(durationMs.high)).toBeGreaterThan(0.68);
  });

  it('tells what comes after the data by itself', () => {
    const plain = run({ collections: [orders(1_000_000)] });
    const indexed = run({ collections: [orders(1_000_000, { indexes: [ID_INDEX, anIndex({ name: 'a_1' })] })] });
    expect(plain.phases?.copyMs).toEqual(plain.durationMs);
    expect(plain.phases?.indexesMs.expected).toBe(0);
    // 0.2 RU for each document, at 1,000 RU/s.
    expect(indexed.phases?.indexesMs.expected).toBeCloseTo(200_000, -2);
    // Their charges are known no better than those of the inserts, which may be of smaller documents as the service measures them.
    const large = orders(1_000_000, {
      logicalBytes: bytes(10_000_000_000),
      indexes: [ID_INDEX, anIndex({ name: 'a_1' })],
    });
    const { phases } = run({ collections: [large] });
    for (const after of [phases?.indexesMs, phases?.verificationMs]) {
      expect(after?.low).toBeLessThan(0.95 * (after?.expected ?? 0));
      expect(after?.high).toBeGreaterThan(1.05 * (after?.expected ?? 0));
    }
    expect(indexed.durationMs.expected).toBe(plain.durationMs.expected);
    // 1 RU for reading each.
    expect(plain.phases?.verificationMs.expected).toBeGreaterThanOrEqual(1_000_000);
    const counts = run({ collections: [orders(1_000_000)], verification: 'counts' });
    expect(counts.phases?.verificationMs.expected).toBeLessThan(1_000);
  });

  it('says nothing of an RU target whose throughput nobody said', () => {
    const facts = { source: aCluster(), target: RU, collections: [orders(10)] };
    expect(simulationInput(facts)).toBeUndefined();
    expect(simulationInput({ ...facts, throughput: { kind: 'shared' } })).toBeUndefined();
    expect(simulationInput({ ...facts, throughput: { kind: 'shared' }, ruPerSecond: 400 })?.budgets).toEqual({
      'shop.': { ruPerSecond: 400, partitions: 1 },
    });
  });

  it('refuses figures that are none', () => {
    const input = simulationInput({
      source: aCluster(),
      target: RU,
      throughput: manual(400),
      collections: [orders(10)],
    });
    if (!input) throw new Error('no throughput');
    const [first] = input.collections;
    const bad = (change: object) => () => simulateCopy({ ...input, collections: [{ ...first, ...change } as never] });
    for (const change of [
      { documents: -1 },
      { bytes: Number.NaN },
      { writeRu: { low: 1, expected: Infinity, high: 1 } },
    ])
      expect(bad(change)).toThrow(MigrationError);
    expect(() => simulateCopy({ ...input, budgets: { a: { ruPerSecond: 0, partitions: 1 } } })).toThrow(MigrationError);
  });

  const collectionOf = fc.record({
    documents: fc.integer({ min: 0, max: 50_000_000 }),
    size: fc.integer({ min: 20, max: 2_000_000 }),
    capped: fc.boolean(),
  });
  const factsOf = fc
    .record({
      collections: fc.array(collectionOf, { maxLength: 30 }),
      ru: fc.integer({ min: 4, max: 5_000 }),
      sharded: fc.boolean(),
      kind: fc.constantFrom('manual', 'autoscale', 'shared', 'serverless', 'vcore'),
      latencyMs: fc.integer({ min: 0, max: 500 }),
      parallelCollections: fc.integer({ min: 1, max: 8 }),
    })
    .map(({ collections, ru, sharded, kind, latencyMs, parallelCollections }) => (factor: number): SimulationFacts => {
      const rate = ruPerSecond(ru * 100 * factor);
      const throughput = { kind, ruPerSecond: rate, maxRuPerSecond: rate } as never;
      return {
        collections: collections.map(({ documents, size, capped }, i) =>
          aCollection(`shop.c${i}`, {
            documents,
            logicalBytes: bytes(documents * size),
            ...(capped ? { options: { capped: { sizeBytes: bytes(1) } } } : {}),
            ...(sharded ? { shardKey: [['k', 'hashed']] as const } : {}),
          }),
        ),
        source: aCluster({ latencyMs: latencyMs as never }),
        target: kind === 'vcore' ? VCORE : RU,
        parallelCollections,
        ruPerSecond: rate,
        ...(kind === 'vcore' ? {} : { throughput }),
      };
    });

  it('ends, in order, with every document, for any facts', () => {
    fc.assert(
      fc.property(factsOf, (facts) => {
        const input = simulationInput(facts(1));
        if (!input) throw new Error('no throughput');
        const simulated = simulateCopy(input);
        const { durationMs, course, utilisation, slowest, phases } = simulated;
        for (const e of [durationMs, phases?.indexesMs, phases?.verificationMs]) {
          if (!e) throw new Error('no phase');
          expect(Number.isFinite(e.high)).toBe(true);
          expect(0 <= e.low && e.low <= e.expected && e.expected <= e.high).toBe(true);
        }
        const all = input.collections.reduce((sum, { documents }) => sum + documents, 0);
        expect(course).toHaveLength(21);
        expect(course.at(-1)?.documents).toBeCloseTo(all, 0);
        expect([...course].sort((a, b) => a.documents - b.documents)).toEqual(course);
        expect(utilisation).toBeGreaterThanOrEqual(0);
        expect(utilisation).toBeLessThanOrEqual(1);
        for (const { durationMs: took } of slowest) expect(took).toBeLessThanOrEqual(durationMs.expected + 1);
        expect(simulateCopy(input)).toEqual(simulated);
      }),
      { numRuns: 200 },
    );
  });

  it('is not slower with twice the throughput', () => {
    fc.assert(
      fc.property(factsOf, (facts) => {
        const [once, twice] = [simulationInput(facts(1)), simulationInput(facts(2))];
        if (!once || !twice) throw new Error('no throughput');
        const [slow, fast] = [simulateCopy(once), simulateCopy(twice)].map((r) => r.durationMs.expected);
        // Who ends first decides who helps whom, and more partitions are filled less evenly.
        expect(fast ?? NaN).toBeLessThanOrEqual((slow ?? NaN) * 1.1 + 1);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    [1_000, 200],
    [10_000, 2_000],
  ])('costs little: %i collections in %i ms of processor time', (count, most) => {
    const collections = Array.from({ length: count }, (_, i) =>
      aCollection(`shop.c${i}`, { documents: (i % 97) * 10_000, indexes: [ID_INDEX, anIndex()], shardKey: [['k', 1]] }),
    );
    const input = simulationInput({ source: aCluster(), target: RU, throughput: manual(20_000), collections });
    if (!input) throw new Error('no throughput');
    // The first time compiles.
    simulateCopy(input);
    const before = process.cpuUsage();
    simulateCopy(input);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(most);
  });

  it('has a sentence for all that it takes for granted', () => {
    const params = { readers: 2, latencyMs: 1, ruPerDocument: 5, collections: 3, ruPerSecond: 5_000 };
    for (const id of SIMULATION_ASSUMPTIONS) {
      const sentence = simulationAssumption({ id, params });
      expect(sentence).toMatch(/^[A-Z0-9].*\.$/);
      expect(sentence).not.toMatch(/undefined|NaN/);
      expect(sentence).not.toContain(id);
    }
  });
});
