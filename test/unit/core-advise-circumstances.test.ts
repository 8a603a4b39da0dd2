import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advise } from '../../src/core/advise/advise.js';
import type { AdviceInput } from '../../src/core/advise/facts.js';
import { WHAT_IF_IDS, whatWouldChange, withChange } from '../../src/core/advise/what-would-change.js';
import type { ClusterFacts } from '../../src/core/model/facts.js';
import type { MethodId, RankedMethod } from '../../src/core/model/method.js';
import type { SourceUsage } from '../../src/core/model/usage.js';
import { bytes, GIB, TIB } from '../../src/core/model/units.js';
import { describeTarget } from '../../src/core/plan/target.js';
import { sentenceFor } from '../../src/words/reasons.js';
import { whatIfSentence } from '../../src/words/what-would-change.js';
import { aCluster, aCollection, anInventory, aVersion } from './core-builders.js';

const RU = describeTarget(aCluster({ kind: 'cosmos-ru', ...aVersion('7.0.0') }));
const VCORE = describeTarget(aCluster({ kind: 'cosmos-vcore', ...aVersion('7.0.0') }));
const HOUR_MS = 3_600_000;

function input(size: number, change: Partial<AdviceInput> = {}, source: Partial<ClusterFacts> = {}): AdviceInput {
  const data = aCollection('shop.orders', { documents: Math.ceil(size / 1024), logicalBytes: bytes(size) });
  return { inventory: anInventory([data], { cluster: aCluster(source) }), target: VCORE, ...change };
}

function aUsage(change: Partial<SourceUsage> = {}): SourceUsage {
  return {
    readAt: '2026-01-02T03:04:05.000Z',
    namespaces: [],
    features: [],
    fields: [],
    sorts: [],
    clients: [],
    looked: { profiled: 0, logged: 0, oplogEntries: 0 },
    gaps: [],
    ...change,
  };
}

const rates = (writes: number): NonNullable<SourceUsage['rates']> => ({
  ...{ insert: writes, query: 0, update: 0, delete: 0, getmore: 0, command: 0 },
  ...{ seconds: 60, by: 'watched' },
});

function of(facts: AdviceInput, method: MethodId): RankedMethod {
  const found = advise(facts).ranked.find((r) => r.method === method);
  if (!found) throw new Error('not ranked');
  return found;
}

const saidOf = (facts: AdviceInput, method: MethodId): readonly string[] => {
  const { reasons, needs } = of(facts, method);
  return [...reasons, ...needs].map(({ id, weight }) => `${weight} ${id}`);
};

interface Circumstance {
  readonly what: string;
  readonly facts: AdviceInput;
  readonly method: MethodId;
  readonly says: string;
  readonly possible?: boolean;
}

const oplog = (hours: number): SourceUsage =>
  aUsage({ oplog: { windowMs: hours * HOUR_MS, sizeBytes: 1, bytesPerSecond: 1 } });
const gap = { purpose: 'oplog', reason: 'missing-privilege' } as const;
const online = { online: true } as const;
/** An RU target, for which the service follows the changes of servers like this. */
const followed = (change: Partial<AdviceInput>, source: Partial<ClusterFacts> = {}): AdviceInput =>
  input(100 * GIB, { target: RU, targetRuPerSecond: 100_000, ...change }, { ...aVersion('4.0.28'), ...source });

const CIRCUMSTANCES: readonly Circumstance[] = [
  {
    what: 'a window that is long enough',
    facts: input(GIB, { wishes: { windowHours: 8 } }),
    method: 'direct-copy',
    says: '+ fits-window',
  },
  {
    what: 'a window that the slowest case breaks',
    facts: input(100 * GIB, { wishes: { windowHours: 1.2 } }),
    method: 'direct-copy',
    says: '- may-exceed-window',
  },
  {
    what: 'a window that is too short',
    facts: input(TIB, { wishes: { windowHours: 1 } }),
    method: 'direct-copy',
    says: '- exceeds-window',
  },
  {
    what: 'a method that follows changes',
    facts: followed({ wishes: { windowHours: 1 } }),
    method: 'dms',
    says: '+ window-only-for-cutover',
  },
  {
    what: 'an oplog that is long enough',
    facts: followed({ wishes: online, usage: oplog(200) }),
    method: 'dms',
    says: '+ oplog-covers-copy',
  },
  {
    what: 'an oplog that is too short',
    facts: followed({ wishes: online, usage: oplog(1) }),
    method: 'dms',
    says: '- oplog-shorter-than-copy',
  },
  {
    what: 'an oplog that nobody read',
    facts: followed({ wishes: online }),
    method: 'dms',
    says: '- need-oplog-for-copy',
  },
  {
    what: 'many writes, which stop',
    facts: input(GIB, { usage: aUsage({ rates: rates(50) }) }),
    method: 'direct-copy',
    says: '- stops-so-many-writes',
  },
  {
    what: 'more writes than the target takes',
    facts: followed({ targetRuPerSecond: 1_000, wishes: online, writesPerSecond: 500 }),
    method: 'dms',
    says: '- writes-outrun-target',
  },
  {
    what: 'a source that Azure reaches',
    facts: input(GIB, { wishes: { network: { sourceReachableFromAzure: true } } }),
    method: 'dms',
    says: '+ reachable-from-azure',
  },
  {
    what: 'a source that Azure does not reach',
    facts: input(GIB, { wishes: { network: { sourceReachableFromAzure: false } } }),
    method: 'dms',
    says: '! not-reachable-from-azure',
    possible: false,
  },
  {
    what: 'sides that this machine does not reach',
    facts: input(GIB, { wishes: { network: { fromHere: false } } }),
    method: 'direct-copy',
    says: '! not-reachable-from-here',
    possible: false,
  },
  {
    what: 'a private endpoint, for a service',
    facts: input(GIB, { wishes: { network: { privateEndpoint: true } } }),
    method: 'dms',
    says: '- private-endpoint-needs-network',
  },
  {
    what: 'a private endpoint, for us',
    facts: input(GIB, { wishes: { network: { privateEndpoint: true } } }),
    method: 'direct-copy',
    says: '- need-machine-inside-network',
  },
  {
    what: 'people who know Spark',
    facts: input(GIB, { wishes: { skills: ['spark'] } }),
    method: 'spark-databricks',
    says: '+ skill-there',
  },
  {
    what: 'people who know no Azure',
    facts: input(GIB, { wishes: { skills: [] } }),
    method: 'dms',
    says: '- skill-missing',
  },
  {
    what: 'an RU account as the source',
    facts: input(GIB, {}, { kind: 'cosmos-ru' }),
    method: 'direct-copy',
    says: '- source-charges-for-reads',
  },
  {
    what: 'an RU account as the source, for DMS',
    facts: input(GIB, {}, { kind: 'cosmos-ru' }),
    method: 'dms',
    says: '! source-kind-unsupported',
    possible: false,
  },
  {
    what: 'Amazon DocumentDB',
    facts: input(GIB, {}, { kind: 'amazon-documentdb' }),
    method: 'dms',
    says: '- source-kind-unverified',
  },
  {
    what: 'Amazon DocumentDB, online',
    facts: followed({ wishes: online }, { kind: 'amazon-documentdb' }),
    method: 'dms',
    says: '- need-change-streams-enabled',
  },
  {
    what: 'a shared tier of Atlas',
    facts: input(GIB, { usage: aUsage({ gaps: [gap] }) }, { kind: 'atlas' }),
    method: 'direct-copy',
    says: '- atlas-shared-limits-transfer',
  },
  {
    what: 'a shared tier of Atlas, online',
    facts: input(
      GIB,
      { target: RU, targetRuPerSecond: 10_000, wishes: online, usage: aUsage({ gaps: [gap] }) },
      { kind: 'atlas', ...aVersion('4.0.28') },
    ),
    method: 'dms',
    says: '- atlas-shared-no-oplog',
  },
  {
    what: 'a serverless account',
    facts: input(GIB, { target: RU, serverless: true }, aVersion('4.0.1')),
    method: 'dms',
    says: '! serverless-unsupported',
    possible: false,
  },
  { what: 'vCore by way of DMS', facts: input(GIB), method: 'dms', says: '- preview-for-target' },
];

describe('circumstances of a migration', () => {
  it.each(CIRCUMSTANCES)('are told: $what', ({ facts, method, says, possible = true }) => {
    expect(saidOf(facts, method)).toContain(says);
    expect(of(facts, method).possible).toBe(possible);
  });

  it('count for nothing as long as nobody has said them', () => {
    const own = CIRCUMSTANCES.filter(({ what }) => what !== 'vCore by way of DMS');
    for (const { method, says } of own) expect(saidOf(input(100 * GIB), method), says).not.toContain(says);
  });

  it('put a method that follows changes before one that does not fit into the window', () => {
    const facts = followed({ wishes: { windowHours: 1 } });
    const [first] = advise(facts).ranked;
    expect(first?.method).toBe('dms');
    const direct = of(facts, 'direct-copy').reasons.find(({ id }) => id === 'exceeds-window');
    expect(sentenceFor(direct ?? { id: '', params: {} })).toMatch(/does not fit into the 1 h without writes\.$/);
  });

  it('say that a shared tier is a guess', () => {
    const shared = input(GIB, { usage: aUsage({ gaps: [gap] }) }, { kind: 'atlas' });
    expect(advise(shared).assumptions.map(({ id }) => id)).toContain('atlas-shared-assumed');
    const large = input(50 * GIB, { usage: aUsage({ gaps: [gap] }) }, { kind: 'atlas' });
    expect(advise(large).assumptions.map(({ id }) => id)).not.toContain('atlas-shared-assumed');
  });
});

const inputs = fc
  .record({
    size: fc.constantFrom(GIB, 9 * GIB, 11 * GIB, 300 * GIB, 2 * TIB),
    target: fc.constantFrom(RU, VCORE),
    version: fc.constantFrom('4.0.28', '6.0.5'),
    topology: fc.constantFrom<ClusterFacts['topology']>('standalone', 'replica-set'),
    online: fc.constantFrom(undefined, true, false),
    windowHours: fc.constantFrom(undefined, 1, 8, 100),
    skills: fc.constantFrom(undefined, [], ['azure'] as const, ['azure', 'spark'] as const),
    reach: fc.constantFrom(undefined, true, false),
    rate: fc.constantFrom(undefined, 400, 10_000),
    serverless: fc.boolean(),
  })
  .map(({ size, target, version, topology, online: isOnline, windowHours, skills, reach, rate, serverless }) =>
    input(
      size,
      {
        target,
        serverless: serverless && target === RU,
        ...(rate === undefined || target !== RU ? {} : { targetRuPerSecond: rate }),
        wishes: {
          ...(isOnline === undefined ? {} : { online: isOnline }),
          ...(windowHours === undefined ? {} : { windowHours }),
          ...(skills === undefined ? {} : { skills }),
          ...(reach === undefined ? {} : { network: { sourceReachableFromAzure: reach } }),
        },
      },
      { topology, ...aVersion(version) },
    ),
  );

const answerOf = (facts: AdviceInput): readonly (string | undefined)[] => {
  const { recommended, ranked } = advise(facts);
  return [recommended, ranked.find(({ possible }) => possible)?.method];
};

describe('what would change a recommendation', () => {
  it('changes it, each as it is told, and nothing else does', () => {
    fc.assert(
      fc.property(inputs, (facts) => {
        const told = whatWouldChange(facts);
        const before = answerOf(facts);
        for (const id of WHAT_IF_IDS) {
          const changed = withChange(facts, id);
          const after = changed ? answerOf(changed) : before;
          const whatIf = told.find((one) => one.id === id);
          expect(whatIf !== undefined, id).toBe(after.join() !== before.join());
          if (whatIf) expect([whatIf.recommended, whatIf.best]).toEqual(after);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is told in sentences, of what can be said', () => {
    const seen = new Set<string>();
    for (const facts of fc.sample(inputs, { numRuns: 400, seed: 1 }))
      for (const whatIf of whatWouldChange(facts)) {
        seen.add(whatIf.id);
        expect(whatIfSentence(whatIf)).toMatch(/^[A-Z].*: .*\.$/);
        expect(whatIfSentence(whatIf)).not.toMatch(/undefined|NaN/);
      }
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'online-wanted',
        'ten-times-the-size',
        'azure-reach-lost',
        'here-reach-lost',
        'json-wanted',
      ]),
    );
  });

  it('is what an owner of 9 GB on MongoDB 4.0 would want to know', () => {
    const facts = input(9 * GIB, { target: RU, targetRuPerSecond: 10_000 }, aVersion('4.0.28'));
    expect(whatWouldChange(facts).map(whatIfSentence)).toMatchSnapshot();
  });
});
