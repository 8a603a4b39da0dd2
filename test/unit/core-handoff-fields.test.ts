import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Handoff } from '../../src/core/model/handoff.js';
import {
  HANDOFF_FIELDS,
  HANDOFF_PATTERNS,
  handoffFields,
  handoffValues,
  isHandedOff,
  makeHandoff,
  type HandoffFacts,
  type HandoffValues,
} from '../../src/core/plan/handoff-fields.js';
import { sparkWorkers } from '../../src/core/plan/spark-workers.js';
import { GIB, requestUnits, ruPerSecond as ruPerSecondOf, TIB } from '../../src/core/model/units.js';
import {
  handoffFieldExplanation,
  handoffFieldLabel,
  handoffLines,
  handoffProblemSentence,
} from '../../src/words/handoffs.js';

const KINDS: readonly Handoff['kind'][] = ['spark-databricks', 'data-factory', 'dms', 'studio-3t'];
const facts = (change: Partial<HandoffFacts> = {}): HandoffFacts => ({
  subject: 'shop',
  between: ['old', 'new'],
  targetKind: 'cosmos-ru',
  documents: 1000,
  logicalBytes: 1_000_000,
  ...change,
});
const RU_GROUP = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/dms';
const ACCOUNT = '/subscriptions/s/resourceGroups/g/providers/Microsoft.DocumentDB/mongoClusters/c';
const SAID: HandoffValues = {
  subscriptionId: '0f000000-0000-4000-8000-00000000000f',
  resourceGroup: 'rg',
  location: 'westeurope',
  subnetId: RU_GROUP,
  targetResourceId: ACCOUNT,
};
const schema = JSON.parse(readFileSync(new URL('../../media/plan.schema.json', import.meta.url), 'utf8')) as {
  readonly definitions: Record<string, { readonly properties?: Record<string, { readonly pattern?: string }> }>;
};
const validate = new Ajv({ strict: false }).compile({
  ...schema.definitions,
  definitions: schema.definitions,
  oneOf: ['sparkHandoff', 'dataFactoryHandoff', 'dmsHandoff', 'studio3tHandoff'].map((name) => ({
    $ref: `#/definitions/${name}`,
  })),
});
const problems = (kind: Handoff['kind'], said: HandoffValues, change: Partial<HandoffFacts> = {}) =>
  handoffFields(kind, said, facts(change)).flatMap(({ id, problem }) => (problem ? [[id, problem]] : []));

describe('the settings of a hand-off', () => {
  it('have names that Azure and the schema take, whatever the database is called', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KINDS),
        fc.string({ unit: 'grapheme', maxLength: 90 }),
        fc.constantFrom('cosmos-ru' as const, 'cosmos-vcore' as const),
        fc.nat(1e12),
        (kind, subject, targetKind, logicalBytes) => {
          const made = makeHandoff(kind, SAID, facts({ subject, targetKind, logicalBytes }));
          expect(made.kind).toBe('made');
          expect(made.kind === 'made' && validate(made.handoff)).toBe(true);
        },
      ),
    );
  });

  it('ask for what only a person knows, and for nothing else', () => {
    const azure = ['subscriptionId', 'resourceGroup', 'location'].map((id) => [id, 'missing']);
    expect(problems('spark-databricks', {})).toEqual([]);
    expect(problems('studio-3t', {})).toEqual([]);
    expect(problems('data-factory', {})).toEqual(azure);
    expect(problems('dms', {})).toEqual([...azure, ['subnetId', 'missing']]);
    expect(problems('dms', {}, { targetKind: 'cosmos-vcore' })).toEqual([...azure, ['targetResourceId', 'missing']]);
  });

  it('are refused one by one, with a sentence that tells what they may be', () => {
    expect(problems('spark-databricks', { workers: '0', workspaceUrl: 'adb.example', secretScope: 'a b' })).toEqual([
      ['workspaceUrl', 'malformed'],
      ['secretScope', 'malformed'],
      ['workers', 'malformed'],
    ]);
    expect(
      problems('data-factory', { ...SAID, factory: '-a', storageAccount: 'Big', location: 'West Europe' }),
    ).toEqual([
      ['location', 'malformed'],
      ['factory', 'malformed'],
      ['storageAccount', 'malformed'],
    ]);
    expect(problems('dms', { ...SAID, replication: 'continuous' }, { targetKind: 'cosmos-vcore' })).toEqual([
      ['replication', 'continuous-needs-ru'],
    ]);
    expect(problems('dms', { ...SAID, replication: 'continuous', fromDump: 'yes' })).toEqual([
      ['replication', 'dump-has-no-changes'],
    ]);
    expect(problems('dms', { ...SAID, fromDump: 'yes' }, { targetKind: 'cosmos-vcore' })).toEqual([
      ['fromDump', 'dump-needs-ru'],
    ]);
    const wrong = handoffFields('studio-3t', { port: '80' }, facts());
    expect(wrong.map(handoffProblemSentence)).toEqual([
      '"80" cannot be used. Where Studio 3T finds the target on this machine. From 1,024 to 65,535.',
    ]);
  });

  it('come back from a plan as they were said', () => {
    for (const kind of KINDS) {
      const made = makeHandoff(kind, { ...SAID, workspaceUrl: 'https://adb-1.azuredatabricks.net' }, facts());
      if (made.kind !== 'made') throw new Error(`${kind} is not made`);
      expect(makeHandoff(kind, handoffValues(made.handoff), facts({ subject: 'another', logicalBytes: 1e14 }))).toEqual(
        made,
      );
      expect(handoffLines(made.handoff).length).toBeGreaterThan(0);
    }
  });

  it('follow changes by default where the target lets them, and read a dump where the source is too new', () => {
    const value = (id: string, change: Partial<HandoffFacts>): string | undefined =>
      handoffFields('dms', SAID, facts(change)).find((field) => field.id === id)?.value;
    expect(value('replication', { online: true })).toBe('continuous');
    expect(value('replication', { online: true, targetKind: 'cosmos-vcore' })).toBe('one-time');
    expect(value('replication', { online: true, tooNewForService: true })).toBe('one-time');
    expect(value('fromDump', { tooNewForService: true })).toBe('yes');
  });

  it('say the same patterns as the schema', () => {
    const inSchema = new Map<string, string>();
    for (const name of ['azurePlace', 'sparkHandoff', 'dataFactoryHandoff', 'dmsHandoff']) {
      for (const [field, { pattern }] of Object.entries(schema.definitions[name]?.properties ?? {})) {
        if (pattern !== undefined) inSchema.set(field, pattern);
      }
    }
    const shared = [...inSchema].filter(([field]) => Object.hasOwn(HANDOFF_PATTERNS, field));
    expect(shared.length).toBeGreaterThan(7);
    // A slash is written with a backslash in a regular expression of JavaScript alone.
    const plain = (pattern: string): string => pattern.replaceAll('\\/', '/');
    for (const [field, pattern] of shared) {
      const own = HANDOFF_PATTERNS[field as keyof typeof HANDOFF_PATTERNS]?.source ?? '';
      expect([field, plain(own)]).toEqual([field, plain(pattern)]);
    }
  });

  it('are all named and explained', () => {
    for (const id of HANDOFF_FIELDS) expect(`${handoffFieldLabel(id)}${handoffFieldExplanation(id)}`).not.toBe('');
    expect(isHandedOff('direct-copy')).toBe(false);
    expect(KINDS.every(isHandedOff)).toBe(true);
  });
});

describe('the workers of a Spark job', () => {
  it('grow with the data, and stop where the throughput of the target is used up', () => {
    const workers = (logicalBytes: number, ruPerSecond?: number): number =>
      sparkWorkers(
        facts({
          logicalBytes,
          documents: logicalBytes / 1024,
          ...(ruPerSecond === undefined
            ? {}
            : { tuning: { ruPerSecond: ruPerSecondOf(ruPerSecond), ruPerDocument: requestUnits(10) } }),
        }),
      );
    expect([GIB, TIB, 10 * TIB, 1000 * TIB].map((size) => workers(size))).toEqual([2, 3, 25, 64]);
    expect(workers(10 * TIB, 100_000)).toBe(2);
    expect(workers(10 * TIB, 1_000_000)).toBe(5);
  });
});
