/** What is said of documents that the target refuses, or holds already, by who copies: where a plan is looked at, in the wizard and on the command line. */
import { describe, expect, it } from 'vitest';
import { findingLines } from '../../src/cli/findings-text.js';
import { planLines } from '../../src/cli/plan-text.js';
import { findingsOfPlan } from '../../src/core/assess/plan-findings.js';
import { asPlanned } from '../../src/core/assess/as-planned.js';
import type { Finding } from '../../src/core/model/finding.js';
import type { Plan } from '../../src/core/model/plan.js';
import { planProblems } from '../../src/host/plans/plan-check.js';
import { viewOf } from '../../src/host/wizard/view/view-of.js';
import type { WizardView } from '../../src/protocol/wizard.js';
import { REMEDIES } from '../../src/words/remedies.js';
import { remedySentence } from '../../src/words/findings.js';
import { planFindingSentence, planRemedySentence } from '../../src/words/plan-findings.js';
import { aCollection, anInventory, aSample } from './core-builders.js';
import { planOf } from './core-plan-builders.js';
import { modelOf, readState } from './host-wizard-builders.js';
import { assessed, large } from './plan-findings-builders.js';

const AZURE = { subscriptionId: '00000000-0000-0000-0000-000000000000', resourceGroup: 'g', location: 'westeurope' };
const HANDOFFS = {
  dms: { kind: 'dms', azure: AZURE, service: 's', project: 'p', replication: 'one-time' },
  'data-factory': { kind: 'data-factory', azure: AZURE, factory: 'f', storage: { account: 'a', container: 'c' } },
  'studio-3t': { kind: 'studio-3t', port: 27_717 },
} as const satisfies Partial<Record<Plan['method'], NonNullable<Plan['handoff']>>>;
type Method = keyof typeof HANDOFFS;

const planBy = (method: Method): Plan =>
  planOf([aCollection('shop.orders', { documents: 10 })], { method, handoff: HANDOFFS[method] });

const mixedIds: Finding = {
  ...large('shop.orders'),
  rule: 'mixed-id-types',
  remedy: 'nothing-to-do',
  params: { types: 'int, string' },
};

function wizardBy(method: Method | 'direct-copy', ...said: Parameters<typeof readState>[2][]): WizardView {
  const { sample } = aSample({ largestBytes: 3_000_000 });
  const orders = aCollection('shop.orders', { documents: 10, ...(sample ? { sample } : {}) });
  const chosen = { type: 'choose-method', id: method } as const;
  return viewOf(modelOf(readState(anInventory([orders]), 'ru', chosen, ...said, { type: 'go', step: 'review' })));
}

const SAID = Object.entries({
  ...AZURE,
  subnetId: `/subscriptions/${AZURE.subscriptionId}/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s`,
}).map(([field, value]) => ({ type: 'set-handoff', field, value }) as const);
const KEPT = 'else they are kept aside as dead letters';
const NOT_KEPT = 'the service keeps none that the target refuses, and without them the run does not complete';

describe('a document that the target refuses', () => {
  it('becomes no dead letter where DMS copies, whatever is to be done about it', () => {
    const remedies = Object.entries(REMEDIES).flatMap(([id, known]) => (typeof known === 'string' ? [] : [id]));
    expect(remedies.length).toBeGreaterThan(0);
    for (const remedy of remedies) {
      const [said] = asPlanned([{ ...large('shop.orders'), remedy }], planBy('dms'));
      expect(said && remedySentence(said)).toContain(NOT_KEPT);
    }
  });

  it('is told of so where a plan file is open, and on the command line', () => {
    const told = (method: Method): string => {
      const plan = planBy(method);
      const problems = planProblems(
        JSON.stringify(plan),
        () => plan,
        assessed(plan, { findings: [large('shop.orders')] }),
      );
      const lines = findingLines(asPlanned([large('shop.orders')], plan), 400);
      return [...problems.map(({ message }) => message), ...lines].join('\n');
    };
    expect(told('dms').split(NOT_KEPT)).toHaveLength(3);
    expect(told('dms')).not.toContain('dead letter');
    // Data Factory's are found by bisection, and Studio 3T writes through the relay.
    for (const method of ['data-factory', 'studio-3t'] as const) expect(told(method).split(KEPT)).toHaveLength(3);
  });

  it('is told of so in the wizard, where the method was chosen and where the plan is reviewed', () => {
    const rows = (view: WizardView): string => JSON.stringify(view.findings.rows);
    const left = ({ review }: WizardView): string => review.notMigrated.map(({ text }) => text).join(' ');
    const dms = wizardBy('dms', ...SAID);
    expect(rows(dms)).toContain(NOT_KEPT);
    expect(left(dms)).toContain('which the service does not keep');
    expect(JSON.stringify([dms.findings, dms.review])).not.toContain('dead letter');
    expect(dms.tuning.handoff?.notes.join(' ')).toContain('keeps no document that the target refuses');
    for (const method of ['studio-3t', 'direct-copy'] as const) {
      expect(rows(wizardBy(method))).toContain(KEPT);
      expect(left(wizardBy(method))).toContain('kept aside as dead letters');
    }
  });

  it('is told of so before everything is said that the service needs', () => {
    const unfinished = wizardBy('dms');
    expect(unfinished.tuning.handoff?.fields.some(({ problem }) => problem !== undefined)).toBe(true);
    expect(JSON.stringify(unfinished.findings.rows)).toContain(NOT_KEPT);
  });
});

describe('several types of _id', () => {
  it('are said to be copied only by what is known to copy them', () => {
    const told = (method: Method): string => findingLines(asPlanned([mixedIds], planBy(method)), 400).join('\n');
    expect(told('data-factory')).toContain('All of them are copied and checked');
    for (const method of ['dms', 'studio-3t'] as const) {
      expect(told(method)).toContain('Whether all of them are brought is not documented');
      expect(told(method)).not.toContain('copied and checked');
    }
  });
});

describe('documents that are on the target already', () => {
  const ENDS = 'ends the run before anything is copied';
  const told = (method: Method, conflictPolicy: Plan['conflictPolicy']): string =>
    planLines({ ...planBy(method), conflictPolicy }, 400).join('\n');

  it('keep Data Factory and DMS from beginning, unless the plan lets them be replaced', () => {
    for (const method of ['dms', 'data-factory'] as const)
      for (const policy of ['fail', 'skip', 'dead-letter'] as const) expect(told(method, policy)).toContain(ENDS);
    expect(told('data-factory', 'overwrite')).toContain("the source's document replaces one");
    expect(told('dms', 'overwrite')).toContain('only the comparison afterwards tells');
    expect(told('studio-3t', 'skip')).toContain("the target's document stays");
  });

  it('have no more choices in the wizard than come to something else, and none are said to be left as they are', () => {
    const offered = (view: WizardView): readonly string[] => view.tuning.conflicts.choices.map(({ value }) => value);
    const dms = wizardBy('dms', ...SAID);
    expect(offered(dms)).toEqual(['fail', 'overwrite']);
    expect(dms.review.actions.join(' ')).not.toContain('equal content are left');
    expect(offered(wizardBy('dms', ...SAID, { type: 'set-conflicts', value: 'skip' }))).toEqual(['skip', 'overwrite']);
    expect(offered(wizardBy('direct-copy'))).toHaveLength(4);
  });

  it('have no more ways out where a plan file is open', () => {
    const fixes = (method: Method): readonly unknown[] =>
      findingsOfPlan({ ...planBy(method), conflictPolicy: 'overwrite' }).flatMap(({ finding, fixes: offered }) =>
        offered.flatMap(({ id, params }) => (id === 'set-conflict-policy' ? [[finding.rule, params['policy']]] : [])),
      );
    expect(fixes('dms')).toEqual([['plan-copies-over-documents', 'fail']]);
    expect(fixes('data-factory')).toEqual([['plan-upserts', 'fail']]);
    expect(fixes('studio-3t')).toEqual(['fail', 'dead-letter', 'skip'].map((policy) => ['plan-overwrites', policy]));
  });

  it('say where a plan file is open what overwriting comes to', () => {
    const told = (method: Method): string =>
      findingsOfPlan({ ...planBy(method), conflictPolicy: 'overwrite' })
        .filter(({ at }) => at[0] === 'conflictPolicy')
        .map(({ finding }) => `${planFindingSentence(finding)} ${planRemedySentence(finding)}`)
        .join();
    expect(told('dms')).toContain('only the comparison afterwards tells');
    expect(told('dms')).not.toContain('to keep the documents');
    expect(told('data-factory')).not.toContain('to keep the documents');
    expect(told('studio-3t')).toContain('to keep the documents');
  });
});
