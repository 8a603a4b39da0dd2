import { TARGET_WISHES } from '../../src/core/model/target-wishes.js';
import { describe, expect, it } from 'vitest';
import {
  adviseTarget,
  TARGET_REASON_IDS,
  type ServiceKind,
  type TargetChoiceInput,
} from '../../src/core/advise/target-choice.js';
import type { CostEstimate } from '../../src/core/model/assessment.js';
import type { Finding } from '../../src/core/model/finding.js';
import type { SourceUsage } from '../../src/core/model/usage.js';
import { bytes, GIB, MIB, TIB } from '../../src/core/model/units.js';
import { targetChoiceSentence, targetReasonSentence } from '../../src/words/target-choice.js';
import { expectGolden } from '../golden/expect-golden.js';
import { aCollection, anIndex, anInventory, aSample } from './core-builders.js';

const finding = (severity: Finding['severity']): Finding => ({
  rule: 'r',
  severity,
  params: {},
  remedy: 'x',
  source: 's',
});
const USAGE: SourceUsage = {
  readAt: '2026-01-02T03:04:05.000Z',
  namespaces: [],
  features: [],
  fields: [],
  sorts: [],
  clients: [],
  looked: { profiled: 0, logged: 0, oplogEntries: 0 },
  gaps: [],
};
const feature = (name: string): SourceUsage['features'][number] => ({
  kind: 'stage',
  name,
  count: 5,
  evidence: 'server-counters',
});

function cost(low: number, high: number): CostEstimate {
  const amount = { unit: 'money-per-month', low, expected: (low + high) / 2, high, assumptions: [] } as const;
  const option = { id: 'ru-manual', possible: true, why: [], monthly: amount, migration: amount, lines: [] } as const;
  return { currency: 'USD', pricesAsOf: '2026-01-01', pricesFrom: 'x', options: [option] };
}

function input(change: Partial<TargetChoiceInput> = {}): TargetChoiceInput {
  const inventory = anInventory([aCollection('shop.orders', { logicalBytes: bytes(100 * GIB), shardKey: [['c', 1]] })]);
  return { ru: { findings: [] }, vcore: { findings: [] }, inventory, usage: USAGE, ...change };
}

const RU = 'cosmos-ru';
const VCORE = 'cosmos-vcore';
const of = (...collections: Parameters<typeof anInventory>[0]) => ({ inventory: anInventory(collections) });

const CASES: readonly (readonly [string, Partial<TargetChoiceInput>, ServiceKind, string])[] = [
  ['nothing against it', {}, RU, '+ no-blockers'],
  ['a blocker', { ru: { findings: [finding('blocker')] } }, RU, '- blockers'],
  ['many more warnings', { vcore: { findings: [1, 2, 3].map(() => finding('warning')) } }, VCORE, '- more-warnings'],
  ['large documents', of(aSample({ largestBytes: 3 * MIB })), RU, '- documents-over-2mb'],
  [
    'a large collection without a key',
    of(aCollection('a.b', { logicalBytes: bytes(21 * GIB) })),
    RU,
    '- needs-shard-keys',
  ],
  [
    'a hot partition',
    { ru: { findings: [], expectedRun: { limitedBy: 'hot-partition' } as never } },
    RU,
    '- hot-partition',
  ],
  ['transactions', { usage: { ...USAGE, transactionsCommitted: 3 } }, RU, '- transactions-across-collections'],
  ['transactions', { usage: { ...USAGE, transactionsCommitted: 3 } }, VCORE, '+ transactions-as-known'],
  [
    'a text index',
    of(aCollection('a.b', { indexes: [anIndex({ key: [['t', 'text']] })] })),
    RU,
    '- text-search-unsupported',
  ],
  ['text search', { usage: { ...USAGE, features: [feature('$text')] } }, VCORE, '+ text-search'],
  ['joins', { usage: { ...USAGE, features: [feature('$lookup')] } }, VCORE, '+ joins-in-use'],
  ['joins', { usage: { ...USAGE, features: [feature('$lookup')] } }, RU, '- joins-charged-by-read'],
  [
    'point reads',
    {
      usage: {
        ...USAGE,
        fields: [{ ns: { db: 'a', coll: 'b' }, path: '_id', equality: 990, otherwise: 10, updated: 0, sorted: 0 }],
      },
    },
    RU,
    '+ point-reads-prevail',
  ],
  [
    'a clear difference of cost',
    { ru: { findings: [], cost: cost(10, 20) }, vcore: { findings: [], cost: cost(30, 40) } },
    RU,
    '+ cheaper',
  ],
  [
    'costs that overlap',
    { ru: { findings: [], cost: cost(10, 35) }, vcore: { findings: [], cost: cost(30, 40) } },
    VCORE,
    '+ cost-alike',
  ],
  ['a cost that is not known', { ru: { findings: [], cost: cost(10, 35) } }, VCORE, '+ cost-unknown'],
  ['little data', of(aCollection('a.b')), VCORE, '+ little-data'],
  [
    'very much data',
    of(aCollection('a.b', { logicalBytes: bytes(5 * TIB), shardKey: [['c', 1]] })),
    RU,
    '+ spreads-without-end',
  ],
  ['writes in several regions', { wants: ['global-writes'] }, RU, '+ global-writes'],
  ['writes in several regions', { wants: ['global-writes'] }, VCORE, '- regions-for-reading'],
  ['load that comes and goes', { wants: ['elastic'] }, RU, '+ elastic'],
  ['load that comes and goes', { wants: ['elastic'] }, VCORE, '- scaled-by-hand'],
  ['a promised latency', { wants: ['low-latency'] }, RU, '+ latency-promised'],
];

const said = (given: TargetChoiceInput): readonly string[] =>
  adviseTarget(given).reasons.map(({ target, reason }) => `${target} ${reason.weight} ${reason.id}`);

describe('the choice of a service', () => {
  it.each(CASES)('weighs %s', (_, change, target, reason) => {
    expect(said(input(change))).toContain(`${target} ${reason}`);
  });

  it('weighs nothing that is not there', () => {
    const plain = said(input());
    for (const [, , target, reason] of CASES.slice(1).filter(([, , , r]) => r !== '+ cost-unknown'))
      expect(plain).not.toContain(`${target} ${reason}`);
    expect(adviseTarget(input()).advised).toBe('either');
  });

  it('knows no reason that no case has', () => {
    const { ru, vcore, inventory } = input();
    const unread = { ru, vcore, inventory };
    const seen = new Set(
      [...said(unread), ...CASES.flatMap(([, change]) => said(input(change)))].map((s) => s.split(' ')[2]),
    );
    expect([...seen].sort()).toEqual([...TARGET_REASON_IDS].sort());
  });

  it('is the other one where one has blockers, whatever else speaks for it', () => {
    const wants = TARGET_WISHES;
    expect(adviseTarget(input({ wants })).advised).toBe(RU);
    expect(adviseTarget(input({ wants, ru: { findings: [finding('blocker')] } })).advised).not.toBe(RU);
  });

  const TYPICAL: Readonly<Record<string, Partial<TargetChoiceInput>>> = {
    'lift-and-shift': {
      ...of(
        aCollection('shop.orders', { logicalBytes: bytes(12 * GIB), indexes: [anIndex({ key: [['t', 'text']] })] }),
      ),
      usage: { ...USAGE, transactionsCommitted: 12, features: [feature('$lookup'), feature('$facet')] },
      ru: { findings: [finding('blocker'), finding('warning')], cost: cost(50, 120) },
      vcore: { findings: [finding('warning')], cost: cost(100, 140) },
    },
    'key-value-worldwide': {
      usage: {
        ...USAGE,
        fields: [{ ns: { db: 'a', coll: 'b' }, path: '_id', equality: 9_900, otherwise: 100, updated: 0, sorted: 0 }],
      },
      wants: ['global-writes', 'elastic'],
      ru: { findings: [], cost: cost(300, 500) },
      vcore: { findings: [], cost: cost(400, 600) },
    },
    'nothing-known': { ...of(aCollection('a.b', { documents: 0 })), ...{ usage: undefined as never } },
  };

  it.each(Object.entries(TYPICAL))('is as reviewed: %s', (name, change) => {
    const choice = adviseTarget(input(change));
    expectGolden(`target-choice-${name}`, {
      advised: choice.advised,
      sentence: targetChoiceSentence(choice),
      reasons: choice.reasons.map((one) => `${one.target} ${one.reason.weight} ${targetReasonSentence(one)}`),
    });
  });

  it('has a sentence for each reason', () => {
    const params = {
      count: 3,
      collections: 2,
      limitBytes: 1,
      sizeBytes: 2,
      names: '$lookup',
      percent: 99,
      low: 1,
      high: 2,
      otherLow: 3,
      otherHigh: 4,
      currency: 'USD',
    };
    for (const id of TARGET_REASON_IDS) {
      const sentence = targetReasonSentence({ target: RU, reason: { id, params, weight: '+' } });
      expect(sentence).toMatch(/^[A-Z0-9].*\.$/);
      expect(sentence).not.toMatch(/undefined|NaN/);
      expect(sentence).not.toBe(id);
    }
  });
});
