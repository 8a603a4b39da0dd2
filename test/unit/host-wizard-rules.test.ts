import { serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import ourPrices from '../../media/prices.json';
import type { AssessmentInput } from '../../src/core/assess/assessment-input.js';
import { makeAssessment } from '../../src/core/assess/make-assessment.js';
import { priceList, type PriceFile } from '../../src/core/cost/price-list.js';
import { decide } from '../../src/core/decide/decide.js';
import type { AzureRuAccount } from '../../src/core/model/azure-account.js';
import type { Assessment } from '../../src/core/model/assessment.js';
import type { Recommendation } from '../../src/core/model/method.js';
import { EVERYTHING } from '../../src/core/model/namespace.js';
import { ruPerSecond } from '../../src/core/model/units.js';
import type { SourceUsage } from '../../src/core/model/usage.js';
import { assumedTarget, describeTarget } from '../../src/core/plan/target.js';
import { CollectionScanner } from '../../src/core/scan/collection-scanner.js';
import { originOf } from '../../src/host/azure/account-rows.js';
import { viewOf } from '../../src/host/wizard/view/view-of.js';
import type { WizardModel } from '../../src/host/wizard/view/wizard-model.js';
import { createDeriver } from '../../src/host/wizard/model/derive.js';
import type { WizardState } from '../../src/host/wizard/model/wizard-state.js';
import type { ClusterInventory } from '../../src/core/model/facts.js';
import { isWizardMessage } from '../../src/protocol/guards/wizard.js';
import { WIZARD_PROTOCOL, type WizardIntent } from '../../src/protocol/wizard.js';
import { keptAssessment } from '../../src/words/assessment-json.js';
import { demoInput } from './assessment-facts.js';
import { aCluster } from './core-builders.js';
import { TARGETS } from './core-plan-builders.js';
import { modelOf, readState, SETTINGS, SMALL } from './host-wizard-builders.js';
import { aUsage } from './size-sources.js';

const HOUR = 3_600_000;
const REPLICATED: ClusterInventory = {
  ...SMALL,
  cluster: { ...SMALL.cluster, topology: 'replica-set', version: '4.0.28', versionArray: [4, 0, 28] },
};
const ONLINE: WizardIntent = { type: 'set-wish', id: 'online', value: 'yes' };

function assessmentOf(usage: Partial<SourceUsage>, inventory = REPLICATED): Assessment {
  return makeAssessment(demoInput({ inventory, scans: [], usage: aUsage(usage) }));
}

/** Rules of the wizard's findings, with their parameters. */
function found(state: WizardState, assessment?: Assessment): ReadonlyMap<string, unknown> {
  const model = modelOf(state, assessment ? { assessment } : {});
  const findings = createDeriver()(model).decisions?.findings ?? [];
  return new Map(findings.map(({ rule, params }) => [rule, params]));
}

const oplogOf = (windowMs: number): Partial<SourceUsage> => ({
  oplog: { windowMs, sizeBytes: 1_000_000, bytesPerSecond: 1 },
});

describe("the wizard's findings", () => {
  it('warn of an oplog that does not reach back as far as the copy takes, where changes are to be followed', () => {
    const short = assessmentOf(oplogOf(60_000));
    expect(found(readState(REPLICATED, 'ru', ONLINE), short).get('online-oplog-too-short')).toMatchObject({
      windowMs: 60_000,
    });
    expect(found(readState(REPLICATED, 'ru'), short).has('online-oplog-too-short')).toBe(false);
    expect(found(readState(REPLICATED, 'ru', ONLINE)).has('online-oplog-too-short')).toBe(false);
    expect(
      found(readState(REPLICATED, 'ru', ONLINE), assessmentOf(oplogOf(9_000 * HOUR))).has('online-oplog-too-short'),
    ).toBe(false);
  });

  it('take the time of the method that is chosen, with the least throughput as long as none is said', () => {
    const usage = assessmentOf(oplogOf(1_000));
    const expectedMs = (...then: readonly WizardIntent[]): number =>
      Number(
        (
          found(readState(REPLICATED, 'ru', ONLINE, ...then), usage).get('online-oplog-too-short') as {
            expectedMs: number;
          }
        ).expectedMs,
      );
    const unsaid = expectedMs();
    const said = expectedMs(
      { type: 'set-throughput', value: 'manual' },
      { type: 'set-tuning', field: 'ruPerSecond', value: 10_000 },
    );
    expect(said).toBeLessThan(unsaid / 5);
    expect(expectedMs({ type: 'choose-method', id: 'spark-databricks' })).not.toBe(unsaid);
  });

  it('warn of a standalone server whose changes nobody can follow', () => {
    const alone = { ...SMALL, cluster: { ...SMALL.cluster, topology: 'standalone' } } as const;
    expect(found(readState(alone, 'ru', ONLINE)).has('online-standalone')).toBe(true);
    expect(found(readState(alone, 'ru')).has('online-standalone')).toBe(false);
  });

  it('warn of a collection without a shard key whose load needs more than a partition gives', () => {
    const busy = assessmentOf({
      namespaces: [{ ns: { db: 'shop', coll: 'orders' }, readsPerSecond: 100, writesPerSecond: 5_000 }],
      rates: { insert: 5_000, update: 0, delete: 0, query: 100, getmore: 0, command: 0, seconds: 60, by: 'watched' },
    });
    const needed = found(readState(REPLICATED, 'ru'), busy).get('unsharded-over-10000-ru');
    const reckoned = busy.targets[0]?.findings.find(({ rule }) => rule === 'unsharded-over-10000-ru');
    expect(reckoned).toBeDefined();
    expect(needed).toEqual(reckoned?.params);
    const sharded = readState(REPLICATED, 'ru', { type: 'set-shard-key', ns: 'shop.orders', path: 'customer' });
    expect(found(sharded, busy).has('unsharded-over-10000-ru')).toBe(false);
    expect(found(readState(REPLICATED, 'ru')).has('unsharded-over-10000-ru')).toBe(false);
  });
});

describe("the wizard's methods", () => {
  const costTexts = (state: WizardState, change: Partial<WizardModel>): readonly (string | undefined)[] =>
    viewOf(modelOf(state, change)).methods.cards.map(({ costText }) => costText);
  const prices = priceList(ourPrices as PriceFile);
  const said: readonly WizardIntent[] = [
    { type: 'set-throughput', value: 'manual' },
    { type: 'set-tuning', field: 'ruPerSecond', value: 10_000 },
  ];

  const cluster = { ...aCluster(), ...TARGETS.ru };
  /** Most orders are of one customer, and the source is written to a lot. */
  const busy = (change: Partial<AssessmentInput> = {}): Assessment => {
    const scanner = new CollectionScanner({ indexes: [] });
    for (let i = 0; i < 1_000; i += 1)
      scanner.add(Buffer.from(serialize({ _id: i, number: i, customer: i % 10 < 6 ? 'large' : i })));
    const ns = { db: 'shop', coll: 'orders' };
    return makeAssessment(
      demoInput({
        inventory: REPLICATED,
        scans: [scanner.scan({ ns, mode: 'sample', of: 2_000_000, drawn: 'random', gaps: [] })],
        usage: aUsage({
          ...oplogOf(60_000),
          rates: { insert: 900, update: 5, delete: 0, query: 9, getmore: 0, command: 0, seconds: 60, by: 'watched' },
        }),
        targets: [{ description: describeTarget(cluster, []), cluster }],
        settings: {},
        ...change,
      }),
    );
  };
  const sharded = (by: string): readonly WizardIntent[] => [
    ONLINE,
    { type: 'set-throughput', value: 'manual' },
    { type: 'set-tuning', field: 'ruPerSecond', value: 30_000 },
    { type: 'set-shard-key', ns: 'shop.orders', path: by },
  ];
  const recommendationOf = (state: WizardState, assessment?: Assessment): Recommendation | undefined =>
    createDeriver()(modelOf(state, { assessment })).decisions?.recommendation;

  it('are ranked by the newest assessment of the source as it ranks them itself, load and skew included', () => {
    for (const by of ['customer', 'number', 'unread']) {
      const assessment = busy({
        wishes: { online: true },
        throughput: { kind: 'manual', ruPerSecond: ruPerSecond(30_000) },
        shardKeys: { 'shop.orders': by },
      });
      const { ranked = [], ...rest } = assessment.targets[0]?.recommendation ?? {};
      const wanted = { ...rest, ranked: ranked.map(({ cost: _withoutPrices, ...method }) => method) };
      const state = readState(REPLICATED, 'ru', ...sharded(by));
      expect(recommendationOf(state, assessment)).toEqual(wanted);
      expect(recommendationOf(state)).not.toEqual(wanted);
      const reasons = ranked.flatMap((method) => method.reasons.map(({ id }) => id));
      expect(reasons).toContain('oplog-shorter-than-copy');
    }
  });

  it('take as long as the key that is chosen lets them, as far as what is kept of an assessment tells', () => {
    const kept = keptAssessment(busy());
    const hours = (by: string, assessment?: Assessment): number => {
      const { ranked = [] } = recommendationOf(readState(REPLICATED, 'ru', ...sharded(by)), assessment) ?? {};
      return ranked.find(({ method }) => method === 'direct-copy')?.durationMs.expected ?? NaN;
    };
    // 60 % and a fifth of the rest lie on one of five partitions.
    expect(hours('customer', kept) / hours('number', kept)).toBeCloseTo(0.68 * 5, 0);
    expect(hours('customer', kept) / hours('customer', busy())).toBeCloseTo(1, 1);
    expect(hours('customer')).toBeCloseTo(hours('unread'), 5);
    const told = (by: string): string =>
      viewOf(modelOf(readState(REPLICATED, 'ru', ...sharded(by)), { assessment: kept })).methods.assumptions.join(' ');
    expect(told('customer')).toContain('How the shard key of 1 collection spreads documents is from reading them.');
    expect(told('unread')).toContain('The shard key of 1 collection is taken to spread documents evenly');
  });

  it('say by which assessment they are ranked, and nothing where there is none', () => {
    const assessed = (assessment?: Assessment): string | undefined => {
      const view = viewOf(modelOf(readState(REPLICATED, 'ru'), { assessment }));
      expect(isWizardMessage({ v: WIZARD_PROTOCOL, type: 'view', view })).toBe(true);
      return view.methods.assessed;
    };
    const madeAt = '2026-11-29T14:02:03.456Z';
    const by = 'Ranked by what the assessment of 2026-11-29 14:02:03 UTC has read of';
    expect(assessed(busy({ madeAt }))).toBe(`${by} documents and of how the source is used.`);
    expect(assessed(busy({ madeAt, scans: [] }))).toBe(`${by} how the source is used.`);
    const { usage, ...documents } = busy({ madeAt });
    expect(usage).toBeDefined();
    expect(assessed(documents)).toBe(`${by} documents.`);
    expect(assessed()).toBeUndefined();
  });

  it('tell what moving the data costs, in all regions, once the throughput is said', () => {
    const state = readState(REPLICATED, 'ru', ...said);
    const view = viewOf(modelOf(state, { prices }));
    expect(isWizardMessage({ v: WIZARD_PROTOCOL, type: 'view', view })).toBe(true);
    for (const { possible, costText = '' } of view.methods.cards) {
      expect(costText).toMatch(
        possible ? /^Moving the data costs USD .* no quote\. Not in it, as no price is known: / : /^$/,
      );
    }
    const amount = (texts: readonly (string | undefined)[]): number => Number(/USD ([\d.]+)/.exec(texts[0] ?? '')?.[1]);
    const settings = { ...SETTINGS, regions: 3 };
    expect(amount(costTexts(state, { prices, settings }))).toBeCloseTo(3 * amount(costTexts(state, { prices })), 1);
  });

  it('reckon with the regions that were read of the account, until the setting says how many', () => {
    const state = readState(REPLICATED, 'ru', ...said);
    const account: AzureRuAccount = {
      ...{ kind: 'cosmos-ru', resourceId: '/x', name: 'shop', subscriptionId: 's', resourceGroup: 'g', location: 'w' },
      ...{ serverSideRetry: false, serverless: false, largeDocuments: false, retryableWrites: false },
      ...{ backup: 'unknown', capabilities: [], regions: ['a', 'b', 'c'], multipleWriteRegions: false },
      network: { publicAccess: 'open', addresses: [], virtualNetworks: 0, privateEndpoints: 0 },
    };
    if (!state.target) throw new Error('a target is needed');
    const found: WizardState = { ...state, target: { ...state.target, azure: originOf(account, undefined) } };
    const three = costTexts(state, { prices, settings: { ...SETTINGS, regions: 3 } });
    expect(costTexts(found, { prices })).toEqual(three);
    expect(three).not.toEqual(costTexts(state, { prices }));
    expect(costTexts(found, { prices, settings: { ...SETTINGS, regions: 1 } })).toEqual(costTexts(state, { prices }));
  });

  it('tell no cost of a throughput that nobody has said, and none without prices', () => {
    expect(costTexts(readState(REPLICATED, 'ru'), { prices }).filter((text) => text !== undefined)).toEqual([]);
    expect(costTexts(readState(REPLICATED, 'ru', ...said), {}).filter((text) => text !== undefined)).toEqual([]);
  });

  it('name the cluster that they write to as left out', () => {
    const [first] = costTexts(readState(REPLICATED, 'vcore'), { prices });
    expect(first).toMatch(
      /^No price is known: .* Not reckoned: the cluster that is written to, which was not sized\.$/,
    );
  });
});

describe('what the command line decides', () => {
  it('has the rules of a migration with changes, too', () => {
    const input = {
      inventory: REPLICATED,
      selection: EVERYTHING,
      target: assumedTarget('cosmos-ru'),
      usage: aUsage(oplogOf(1_000)),
    };
    const rules = (online: boolean): readonly string[] =>
      decide({ ...input, wishes: { online } }).findings.map(({ rule }) => rule);
    expect(rules(true)).toContain('online-oplog-too-short');
    expect(rules(false)).not.toContain('online-oplog-too-short');
  });
});
