import { describe, expect, it } from 'vitest';
import { advise } from '../../src/core/advise/advise.js';
import { DEFAULT_ADVICE_SETTINGS, type AdviceInput } from '../../src/core/advise/facts.js';
import { REASON_IDS } from '../../src/core/advise/reason-ids.js';
import type { ClusterFacts } from '../../src/core/model/facts.js';
import type { MethodId, Reason, Recommendation } from '../../src/core/model/method.js';
import { bytes, GIB, MIB, TIB } from '../../src/core/model/units.js';
import { describeTarget } from '../../src/core/plan/target.js';
import { expectGolden } from '../golden/expect-golden.js';
import { aCluster, aCollection, anInventory, aSample, aVersion } from './core-builders.js';

const RU = describeTarget(aCluster({ kind: 'cosmos-ru', ...aVersion('4.2.0') }));
const VCORE = describeTarget(aCluster({ kind: 'cosmos-vcore', ...aVersion('7.0.0') }));
const MONGODB = describeTarget(aCluster({ ...aVersion('7.0.0') }));
const EVERY: ReadonlySet<MethodId> = new Set<MethodId>([
  'dump-restore',
  'export-import',
  'studio-3t',
  'direct-copy',
  'dms',
  'data-factory',
  'spark-databricks',
]);

function input(size: number, change: Partial<AdviceInput> = {}, source: Partial<ClusterFacts> = {}): AdviceInput {
  const data = aCollection('shop.orders', { documents: Math.ceil(size / 1024), logicalBytes: bytes(size) });
  return {
    inventory: anInventory([data], { cluster: aCluster(source) }),
    target: RU,
    targetRuPerSecond: 10_000,
    ...change,
  };
}

const text = (reason: Reason): string =>
  [reason.weight, reason.id, ...Object.entries(reason.params).map(([name, value]) => `${name}=${value}`)].join(' ');

function readable({ ranked, recommended, assumptions }: Recommendation): unknown {
  return {
    recommended,
    ranked: ranked.map((r) => ({
      method: `${r.rank}. ${r.method}${r.possible ? '' : ' (not possible)'}`,
      score: r.score,
      hours: [r.durationMs.low, r.durationMs.expected, r.durationMs.high].map((ms) => Number((ms / 3.6e6).toFixed(3))),
      reasons: r.reasons.map(text),
      needs: r.needs.map((n) => n.id),
    })),
    assumptions: assumptions.map(text),
  };
}

const old = aVersion('4.0.28');
const large = (): AdviceInput => {
  const base = input(5 * GIB);
  const sampled = aSample({ largestBytes: 3 * MIB, idTypes: { objectId: 90, string: 10 } });
  return { ...base, inventory: anInventory([...base.inventory.collections, sampled]) };
};

const CASES: Readonly<Record<string, AdviceInput>> = {
  'empty-source': { inventory: anInventory([]), target: RU, targetRuPerSecond: 400 },
  '10gb-minus-1': input(10 * GIB - 1, {}, old),
  '10gb': input(10 * GIB, {}, old),
  '10gb-plus-1': input(10 * GIB + 1, {}, old),
  '1tb-minus-1': input(TIB - 1, {}, old),
  '1tb': input(TIB, {}, old),
  '1tb-plus-1': input(TIB + 1, {}, old),
  'services-source-4.2': input(100 * GIB, {}, aVersion('4.2.24')),
  'services-vcore': input(100 * GIB, { target: VCORE }),
  'services-mongodb': input(100 * GIB, { target: MONGODB }),
  'native-vcore': input(GIB, { target: VCORE }),
  'native-mongodb': input(GIB, { target: MONGODB }),
  'online-source-4.0': input(100 * GIB, { wishes: { online: true } }, old),
  'online-source-6.0': input(100 * GIB, { wishes: { online: true } }),
  'online-standalone': input(GIB, { wishes: { online: true } }, { topology: 'standalone', ...old }),
  'large-documents-and-mixed-ids': large(),
  serverless: input(100 * GIB, { serverless: true, targetRuPerSecond: 5000 }, old),
  'studio-owned': input(GIB, { wishes: { ownsStudio3t: true } }),
  'json-wanted': input(GIB, { wishes: { wantsFiles: 'json' } }),
  'csv-wanted': input(GIB, { wishes: { wantsFiles: 'csv' } }),
  'throughput-unknown': { inventory: input(GIB).inventory, target: RU },
  'charge-measured': input(GIB, { ruPerDocument: 10 }),
  'source-3.2': input(GIB, {}, aVersion('3.2.22')),
};

describe('advice', () => {
  for (const [name, facts] of Object.entries(CASES)) {
    it(`is as reviewed: ${name}`, () => {
      expectGolden(`advice-${name}`, readable(advise(facts)));
    });
  }

  const first = (facts: AdviceInput): MethodId | undefined => advise(facts).ranked[0]?.method;

  it("changes its first choice exactly at Microsoft's bounds", () => {
    expect(DEFAULT_ADVICE_SETTINGS).toEqual({ nativeToolsUpTo: 10 * GIB, servicesUpTo: TIB });
    expect(first(input(10 * GIB - 1, {}, old))).toBe('direct-copy');
    expect(first(input(10 * GIB, {}, old))).toBe('dms');
    expect(first(input(TIB - 1, {}, old))).toBe('dms');
    expect(first(input(TIB, {}, old))).toBe('spark-databricks');
  });

  it('changes its first choice exactly at overridden bounds', () => {
    const settings = { nativeToolsUpTo: bytes(1000), servicesUpTo: bytes(2000) };
    const at = (size: number): MethodId | undefined => first(input(size, { settings }, old));
    expect([999, 1000, 1999, 2000].map(at)).toEqual(['direct-copy', 'dms', 'dms', 'spark-databricks']);
  });

  it('puts the direct copy before the native tools, with reasons that they do not have, whatever the facts', () => {
    for (const facts of Object.values(CASES)) {
      const { ranked } = advise(facts);
      const [direct, tools] = (['direct-copy', 'dump-restore'] as const).map((id) =>
        ranked.find((r) => r.method === id),
      );
      if (!direct || !tools) throw new Error('not ranked');
      expect(direct.possible).toBe(tools.possible);
      if (direct.possible) expect(direct.rank).toBeLessThan(tools.rank);
      const own = direct.reasons.filter(({ id }) => !tools.reasons.some((r) => r.id === id)).map(({ id }) => id);
      expect(own).toEqual(
        expect.arrayContaining(['resumes-within-ranges', 'checks-the-target-only', 'needs-no-other-program']),
      );
      expect(direct.needs.map(({ id }) => id)).not.toContain('need-database-tools');
      // Where request units set the pace nobody is faster than they allow.
      expect(own.includes('faster-than-the-tools')).toBe(facts.target.kind !== 'cosmos-ru');
    }
  });

  it('says where a direct copy cannot read in ranges', () => {
    const capped = aCollection('shop.log', { options: { capped: { sizeBytes: bytes(1_000_000) } } });
    const told = (facts: AdviceInput): string[] =>
      (advise(facts).ranked.find((r) => r.method === 'direct-copy')?.reasons ?? []).map(text);
    expect(told({ inventory: anInventory([capped]), target: VCORE })).toContain('- reads-some-in-one-go collections=1');
    expect(told(input(GIB, { target: VCORE }, { kind: 'cosmos-vcore' }))).toContain('- source-knows-no-ranges');
    expect(told(input(GIB, { target: VCORE })).join()).not.toMatch(/in-one-go|no-ranges/);
  });

  it('goes by a trial for the direct copy alone, and says that it was measured', () => {
    const trial = { ns: 'shop.orders', copied: [{ ms: 5000, documents: 5000, bytes: 5_000 * 1024 }] };
    const facts = input(GIB, { target: MONGODB });
    const [assumed, tried] = [advise(facts), advise({ ...facts, trial })];
    const expected = (advice: Recommendation, id: MethodId): number =>
      advice.ranked.find((r) => r.method === id)?.durationMs.expected ?? 0;
    expect(expected(tried, 'direct-copy')).toBeCloseTo(2000 + 1024 * 1024, -2);
    expect(expected(tried, 'dump-restore')).toBe(expected(assumed, 'dump-restore'));
    expect(tried.assumptions.map(({ id }) => id)).toContain('speed-measured-here');
    expect(tried.assumptions.map(({ id }) => id)).not.toContain('speed-measured-elsewhere');
    expect(assumed.assumptions.map(({ id }) => id)).toContain('speed-measured-elsewhere');
  });

  it('recommends the best possible one of all', () => {
    for (const facts of Object.values(CASES)) {
      const advice = advise(facts);
      const best = advice.ranked.find((r) => r.possible);
      expect(advice.recommended).toBe(best?.method);
    }
  });

  it('ranks every method once, possible ones first, each with reasons, needs and hours in order', () => {
    for (const facts of Object.values(CASES)) {
      const { ranked, assumptions } = advise(facts);
      expect(new Set(ranked.map((r) => r.method))).toEqual(EVERY);
      expect(ranked.map((r) => r.rank)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      expect([...ranked].sort((a, b) => Number(b.possible) - Number(a.possible))).toEqual(ranked);
      for (const r of ranked) {
        expect(r.reasons.some((reason) => reason.weight === '!')).toBe(!r.possible);
        expect(r.needs.length).toBeGreaterThan(0);
        expect(r.durationMs.low <= r.durationMs.expected && r.durationMs.expected <= r.durationMs.high).toBe(true);
        for (const reason of [...r.reasons, ...r.needs, ...assumptions]) expect(REASON_IDS).toContain(reason.id);
      }
    }
  });

  it('counts only what is selected', () => {
    const both = anInventory([
      aCollection('shop.small', { logicalBytes: bytes(GIB) }),
      aCollection('shop.huge', { logicalBytes: bytes(2 * TIB) }),
    ]);
    expect(first({ inventory: both, target: RU })).toBe('spark-databricks');
    const selection = { include: ['shop.small'], exclude: [], rename: [] };
    expect(first({ inventory: both, target: RU, selection })).toBe('direct-copy');
  });
});
