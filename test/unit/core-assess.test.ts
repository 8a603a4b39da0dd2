import { describe, expect, it } from 'vitest';
import { assess, type AssessInput } from '../../src/core/assess/assess.js';
import type { Rule } from '../../src/core/assess/rule.js';
import { RULES } from '../../src/core/assess/rules.js';
import type { CollectionFacts } from '../../src/core/model/facts.js';
import { bytes, GIB, MIB } from '../../src/core/model/units.js';
import { isAtLeast } from '../../src/core/plan/target.js';
import { INDEX_WHYS } from '../../src/core/plan/whys.js';
import { FEATURE_CASES, FEATURES_ELSEWHERE, OLD_TARGETS } from './core-assess-feature-cases.js';
import { findingSentence } from '../../src/words/findings.js';
import {
  aFieldScan,
  aScan,
  mongodb,
  MONGODB,
  of,
  RU,
  RU_ALL,
  VCORE,
  withIndexes,
  type Cases,
} from './assess-builders.js';
import { DOCUMENT_CASES } from './assess-cases/documents.js';
import { INDEX_USE_CASES } from './assess-cases/index-use.js';
import { INDEX_CASES } from './assess-cases/indexes.js';
import { OPTION_CASES } from './assess-cases/options.js';
import { SHARD_KEY_CASES } from './assess-cases/shard-keys.js';
import { SOURCE_CASES } from './assess-cases/source.js';
import { aCollection, anIndex, aSample } from './core-builders.js';

const CASES: Cases = {
  ...INDEX_CASES,
  ...INDEX_USE_CASES,
  ...OPTION_CASES,
  ...DOCUMENT_CASES,
  ...SHARD_KEY_CASES,
  ...SOURCE_CASES,
  ...FEATURE_CASES,
};
const SAMPLE = aSample().sample as NonNullable<CollectionFacts['sample']>;
const view = aCollection('shop.open', { type: 'view', options: { view: { on: 'orders', pipeline: [] } } });
/** What a target refuses that takes what is in the cases. */
const ELSEWHERE: readonly AssessInput[] = [
  withIndexes(VCORE, anIndex({ partialFilterExpression: { $or: [{ a: 1 }, { b: 1 }] } })),
  withIndexes(VCORE, anIndex({ unique: true, partialFilterExpression: { $or: [{ a: 1 }, { b: 1 }] } })),
  withIndexes(RU, ...Array.from({ length: 501 }, (_, i) => anIndex({ key: [[`f${i}`, 1]] }))),
  withIndexes(VCORE, anIndex({ key: Array.from({ length: 33 }, (_, i) => [`f${i}`, 1] as const) })),
  withIndexes(VCORE, anIndex({ name: 'one' }), anIndex({ name: 'other' })),
  of(RU, aCollection(`shop.${'x'.repeat(256)}`)),
  ...FEATURES_ELSEWHERE,
];
const rulesOf = (input: AssessInput): string[] => assess(input).findings.map((f) => f.rule);
const failing = (): never => {
  throw new Error('no such field');
};
/** As the versions of a rule are written. */
const numbers = (version: string): number[] => version.split('.').map(Number);

describe('assessment', () => {
  it('has a case for every rule, and a rule for every reason that an index is changed', () => {
    expect(Object.keys(CASES).sort()).toEqual(RULES.map((r) => r.id).sort());
    for (const why of INDEX_WHYS) expect(RULES.map((r) => r.id)).toContain(`index-${why}`);
  });

  for (const [rule, [fires, doesNot]] of Object.entries(CASES)) {
    it(`${rule} fires where it applies and only there`, () => {
      expect(rulesOf(fires)).toContain(rule);
      expect(rulesOf(doesNot)).not.toContain(rule);
    });
  }

  it('says of every rule truly which targets and versions it is about', () => {
    const versions = ['4.0.0', '4.2.0', '4.4.0', '5.3.0', '6.0.0', '7.0.0'];
    const retrying = { ...RU, capabilities: new Set([...RU.capabilities, 'EnableMongoRetryableWrites' as const]) };
    const targets = [RU, RU_ALL, retrying, VCORE, ...OLD_TARGETS, ...versions.map(mongodb)];
    const firedOn = new Map<string, Set<string>>();
    for (const input of [...Object.values(CASES).flat(), ...ELSEWHERE]) {
      for (const target of targets) {
        for (const id of new Set(rulesOf({ ...input, target }))) {
          const { targets: named, targetVersions, sourceVersions } = RULES.find((r) => r.id === id) ?? {};
          expect(`${id} on ${(named ?? [target.kind]).join(' ')}`).toContain(target.kind);
          firedOn.set(id, (firedOn.get(id) ?? new Set()).add(target.kind));
          for (const [range, version] of [
            [targetVersions?.[target.kind], target.versionArray],
            [sourceVersions, input.inventory.cluster.versionArray],
          ] as const) {
            if (range?.from !== undefined) expect(isAtLeast(version, numbers(range.from))).toBe(true);
            if (range?.before !== undefined) expect(isAtLeast(version, numbers(range.before))).toBe(false);
          }
        }
      }
    }
    const fired = RULES.map(({ id }) => [id, [...(firedOn.get(id) ?? [])].sort()]);
    expect(Object.fromEntries(fired)).toEqual(
      Object.fromEntries(RULES.map(({ id, targets: named = [] }) => [id, [...named].sort()])),
    );
  });

  it('says of every rule truly what it cannot do without', () => {
    for (const { id, looksAt } of RULES) {
      const { scans, usage, ...metadata } = CASES[id]?.[0] ?? of(RU);
      const withScans: AssessInput = { ...metadata, ...(scans ? { scans } : {}) };
      const withUsage: AssessInput = { ...metadata, ...(usage ? { usage } : {}) };
      if (looksAt === 'scan') expect(rulesOf(withUsage), id).not.toContain(id);
      if (looksAt === 'usage') expect(rulesOf(withScans), id).not.toContain(id);
      if (looksAt === 'metadata' && !scans) expect(rulesOf(metadata), id).toContain(id);
    }
  });

  it('finds nothing on a plain collection, whether it was scanned or not', () => {
    for (const target of [RU, VCORE, MONGODB]) {
      const input = of(target, aCollection('shop.orders', { indexes: [anIndex()] }));
      expect(assess(input).findings).toEqual([]);
      expect(assess({ ...input, scans: [aScan()] }).findings).toEqual([]);
    }
  });

  it('counts what a scan has counted, and says whether it has seen everything', () => {
    const found = (mode: 'sample' | 'full', stopped: boolean) =>
      assess({
        ...of(RU, aCollection('shop.orders', { sample: { ...SAMPLE, largestBytes: bytes(4 * MIB) } })),
        scans: [
          aScan({
            mode,
            largestBytes: 3 * MIB,
            sizes: [
              { upTo: 2 * MIB, documents: 97, bytes: 1 },
              { upTo: 3 * MIB, documents: 2, bytes: 1 },
              { upTo: null, documents: 1, bytes: 1 },
            ],
            gaps: stopped ? [{ purpose: 'data-sample', reason: 'time-limit' }] : [],
          }),
        ],
      }).findings[0]?.params;
    const seen = { bytes: 4 * MIB, count: 3, looked: 100, of: 1000 };
    expect(found('sample', false)).toEqual({ ...seen, full: false });
    expect(found('full', false)).toEqual({ ...seen, full: true });
    expect(found('full', true)).toEqual({ ...seen, full: false });
  });

  it('gives no count where the scan has counted by other bounds', () => {
    const scan = aScan({ largestBytes: 17 * MIB, sizes: [{ upTo: null, documents: 100, bytes: 1 }] });
    const [finding] = assess({ ...of(VCORE, aCollection('shop.orders')), scans: [scan] }).findings;
    expect(finding).toMatchObject({ rule: 'document-over-16mb', params: { bytes: 17 * MIB, looked: 100 } });
    expect(finding?.params).not.toHaveProperty('count');
  });

  it('takes no document for one without its shard key that was read before the field was followed', () => {
    const orders = aCollection('shop.orders', { shardKey: [['region', 1]] });
    const missing = (unseen: number) =>
      assess({ ...of(RU, orders), scans: [aScan({ fields: [aFieldScan('region', { present: 90, unseen })] })] })
        .findings.filter(({ rule }) => rule === 'shard-key-missing')
        .map(({ params }) => params['count']);
    expect([missing(0), missing(7), missing(10)]).toEqual([[10], [3], []]);
  });

  it('bounds the largest logical partition where a sample was drawn at random', () => {
    const orders = aCollection('shop.orders', { shardKey: [['region', 1]], logicalBytes: bytes(100 * GIB) });
    const top = [{ documents: 0.3, bytes: 0.3, band: [0.25, 0.5] as const }];
    const scans = [aScan({ fields: [aFieldScan('region', { top })] })];
    const [finding] = assess({ ...of(RU, orders), scans }).findings;
    expect(finding).toMatchObject({
      rule: 'logical-partition-over-20gb',
      params: { bytes: 30 * GIB, lowBytes: 25 * GIB, highBytes: 50 * GIB },
    });
    expect(finding && findingSentence(finding)).toContain(
      '30 GB of the documents, with 95 % certainty between 25 GB and 50 GB',
    );
  });

  it('puts blockers first and looks only at what is selected', () => {
    const series = aCollection('other.series', { type: 'timeseries' });
    const input = of(RU, aSample({ idTypes: { int: 1, date: 1 } }), view, aCollection('other.x y'), series);
    const everything = assess(input).findings.map((f) => f.severity);
    expect(everything).toEqual(['blocker', 'warning', 'info', 'info']);
    const selection = { include: ['shop.*'], exclude: ['shop.open'], rename: [] };
    expect(assess({ ...input, selection }).findings.map((f) => f.rule)).toEqual(['mixed-id-types']);
  });

  it('judges a name as it will be on the target', () => {
    const rename = [{ from: 'shop.a$b', to: 'shop.ab' }];
    const input = of(VCORE, aCollection('shop.a$b'));
    expect(assess({ ...input, selection: { include: [], exclude: [], rename } }).findings).toEqual([]);
  });

  it('goes on where a rule fails, whichever, keeps what all others found, and says which failed', () => {
    for (const { id } of RULES) {
      const fires = CASES[id]?.[0] ?? of(RU);
      // Something that others find as well.
      const { inventory } = fires;
      const collections = [...inventory.collections, aSample({ largestBytes: 17 * MIB }), view];
      const input = { ...fires, inventory: { ...inventory, collections } };
      const whole = assess(input);
      expect(whole.failedRules, id).toEqual([]);
      expect(
        whole.findings.map(({ rule }) => rule),
        id,
      ).toContain(id);
      const broken = RULES.map((rule): Rule => (rule.id === id ? { ...rule, check: failing } : rule));
      expect(assess(input, broken), id).toEqual({
        findings: whole.findings.filter(({ rule }) => rule !== id),
        failedRules: [{ rule: id, message: 'no such field' }],
      });
    }
  });

  it('asks no rule about a target or a version that it is not about', () => {
    for (const target of [RU, VCORE, MONGODB, ...OLD_TARGETS]) {
      const about = RULES.filter(({ targets, targetVersions, sourceVersions }) => {
        const { from, before } = targetVersions?.[target.kind] ?? {};
        const older = from !== undefined && !isAtLeast(target.versionArray, numbers(from));
        const newer = before !== undefined && isAtLeast(target.versionArray, numbers(before));
        return (targets ?? [target.kind]).includes(target.kind) && !older && !newer && !sourceVersions;
      });
      const asked: string[] = [];
      const listening = RULES.filter(({ sourceVersions }) => !sourceVersions).map((rule): Rule => {
        const check = (): [] => {
          asked.push(rule.id);
          return [];
        };
        return { ...rule, check };
      });
      assess(of(target), listening);
      expect(asked).toEqual(about.map(({ id }) => id));
    }
  });
});
