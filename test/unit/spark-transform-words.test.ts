/** What is said of the mode `transform`, wherever a plan is told of: nothing that only the mode `raw` does. */
import { describe, expect, it } from 'vitest';
import { planLines } from '../../src/cli/plan-text.js';
import { asCarriedOut } from '../../src/core/plan/carried-out.js';
import type { SparkHandoff } from '../../src/core/model/handoff.js';
import type { Plan } from '../../src/core/model/plan.js';
import { sparkArtefacts } from '../../src/handoff/spark/spark-artefacts.js';
import { viewOf } from '../../src/host/wizard/view/view-of.js';
import type { WizardView } from '../../src/protocol/wizard.js';
import { handoffNoteSentence } from '../../src/words/handoff-notes.js';
import { handoffPace } from '../../src/words/handoffs.js';
import { nextSteps } from '../../src/words/verdicts.js';
import { aCollection, anInventory, aSample } from './core-builders.js';
import { planOf } from './core-plan-builders.js';
import { modelOf, readState } from './host-wizard-builders.js';

const HANDOFF: SparkHandoff = {
  kind: 'spark-databricks',
  secretScope: 'migration',
  mode: 'transform',
  cluster: { nodeType: 'odd', workers: 2, runtime: '15.4.x-scala2.12' },
};
/** Of what the mode `raw` alone does. */
const RAW_ONLY = /range|dead letter[^s]|byte|sent again|batch|divide/i;

const planIn = (mode: SparkHandoff['mode'], more: Partial<Plan> = {}): Plan => ({
  ...planOf([aCollection('shop.orders', { documents: 10 })]),
  method: 'spark-databricks',
  handoff: { ...HANDOFF, mode },
  ...more,
});

function wizardIn(mode: SparkHandoff['mode']): WizardView {
  const large = aCollection('shop.orders', {
    documents: 10,
    ...(({ sample }) => (sample ? { sample } : {}))(aSample({ largestBytes: 3_000_000 })),
  });
  const state = readState(
    anInventory([large]),
    'ru',
    { type: 'choose-method', id: 'spark-databricks' },
    { type: 'set-handoff', field: 'mode', value: mode },
    { type: 'go', step: 'review' },
  );
  return viewOf(modelOf(state));
}

describe('the mode transform', () => {
  it('replaces and counts, whatever the plan says; the mode raw does as it says', () => {
    const said = { conflictPolicy: 'skip', verification: { depth: 'full' } } as const;
    expect(asCarriedOut(planIn('raw', said))).toEqual(said);
    expect(asCarriedOut(planIn('transform', said))).toEqual({
      conflictPolicy: 'overwrite',
      verification: { depth: 'counts' },
    });
  });

  it('is told so in the plan of the command line', () => {
    const told = (mode: SparkHandoff['mode']): string => planLines(planIn(mode), 200).join('\n');
    expect(told('raw')).toMatch(/verification +every byte of every document/);
    expect(told('transform')).toMatch(/verification +counts only/);
    expect(told('transform')).toMatch(/conflicts +the source's document replaces/);
  });

  it('keeps no pace', () => {
    expect(handoffPace(HANDOFF, planIn('transform', { targetKind: 'cosmos-ru' }))).toMatch(
      /^not kept by request units/,
    );
    expect(handoffPace(HANDOFF, planIn('transform', { targetKind: 'mongodb' }))).toMatch(/^not kept/);
  });

  it('has files whose notes tell of no ranges, tasks and batches', () => {
    const notes = (mode: SparkHandoff['mode']): string =>
      sparkArtefacts(planIn(mode)).notes.map(handoffNoteSentence).join(' ');
    expect(notes('raw')).toMatch(RAW_ONLY);
    expect(notes('transform')).not.toMatch(RAW_ONLY);
    expect(notes('transform')).toContain('only counts');
  });

  it('is told in the wizard where it is chosen and where the plan is reviewed', () => {
    const [raw, transform] = [wizardIn('raw'), wizardIn('transform')];
    const notes = ({ tuning }: WizardView): string => tuning.handoff?.notes.join(' ') ?? '';
    expect(notes(raw)).toContain('dead letter');
    expect(notes(transform)).toContain('deploy the bundle yourself');
    const kept = ({ endpoints }: WizardView): string => endpoints.notes.join(' ');
    expect(kept(raw)).toContain('compared and kept');
    expect(kept(transform)).toContain('are replaced');
    const left = ({ review }: WizardView): string => review.notMigrated.map(({ text }) => text).join(' ');
    expect(left(raw)).toContain('kept aside as dead letters');
    expect(left(transform)).toContain('at which the job fails');
    expect(raw.review.actions.join(' ')).toContain('byte by byte');
    expect(transform.review.actions.join(' ')).not.toMatch(RAW_ONLY);
  });

  it('begins again after a failure, which the mode raw does not', () => {
    const steps = (task: string): string =>
      nextSteps({ state: 'failed-resumable', reasons: [{ id: 'spark-run-ended', params: { task } }] }).join(' ');
    expect(steps('copy')).toContain('ranges that are copied stay so');
    expect(steps('transform')).toContain('read and written again');
  });
});
