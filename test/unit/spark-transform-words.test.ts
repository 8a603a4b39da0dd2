/** What is said of the mode `transform`, wherever a plan is told of: nothing that only the mode `raw` does. */
import { describe, expect, it } from 'vitest';
import { findingLines } from '../../src/cli/findings-text.js';
import { planLines } from '../../src/cli/plan-text.js';
import { asCarriedOut, resumesBy } from '../../src/core/plan/carried-out.js';
import { asPlanned } from '../../src/core/assess/as-planned.js';
import type { Finding } from '../../src/core/model/finding.js';
import type { SparkHandoff } from '../../src/core/model/handoff.js';
import type { Plan } from '../../src/core/model/plan.js';
import { journalSnapshot } from '../../src/engine/progress/journal-snapshot.js';
import { RunProgress } from '../../src/engine/progress/run-progress.js';
import { parseSnapshot } from '../../src/engine/progress/snapshot-check.js';
import { sparkArtefacts } from '../../src/handoff/spark/spark-artefacts.js';
import { planProblems } from '../../src/host/plans/plan-check.js';
import { stateSentence, stepName } from '../../src/host/runs/run-words.js';
import { viewOf } from '../../src/host/wizard/view/view-of.js';
import type { WizardView } from '../../src/protocol/wizard.js';
import { handoffNoteSentence } from '../../src/words/handoff-notes.js';
import { handoffPace } from '../../src/words/handoffs.js';
import { goingOnSentence, runStateSentence } from '../../src/words/runs.js';
import { nextSteps, verdictHeadline } from '../../src/words/verdicts.js';
import { aCollection, anInventory, aSample } from './core-builders.js';
import { planOf } from './core-plan-builders.js';
import { modelOf, readState, t } from './host-wizard-builders.js';
import { assessed, large } from './plan-findings-builders.js';

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

  it('is told of where its plan file is open, in the place of what does not count, and of documents that it fails at', () => {
    const told = (mode: SparkHandoff['mode']): string => {
      const plan = planIn(mode, { conflictPolicy: 'overwrite', verification: { depth: 'counts' } });
      const mixed: Finding = { ...large('shop.orders'), rule: 'mixed-id-types', remedy: 'nothing-to-do' };
      const findings = [large('shop.orders'), { ...mixed, params: { types: 'int, string' } }];
      const problems = planProblems(JSON.stringify(plan), () => plan, assessed(plan, { findings }));
      return problems.flatMap(({ message, fixes }) => [message, ...fixes.map(({ label }) => `[${label}]`)]).join('\n');
    };
    expect(told('raw')).toContain('[Compare every document]');
    expect(told('raw')).toContain("[Keep the target's document]");
    expect(told('raw')).toContain('else they are kept aside as dead letters');
    expect(told('raw')).toContain('All of them are copied and checked');
    const transform = told('transform');
    expect(transform).toContain('whatever the plan says of conflicts and verification');
    expect(transform).toContain('[Copy byte for byte (mode raw)]');
    expect(transform).toContain('or make such documents smaller; the job fails at one that the target refuses.');
    expect(transform).toContain('DataFrames make one type of them');
    expect(transform).not.toMatch(/dead letter|Compare every|Keep the target's|copied and checked/);
  });

  it('is told of in the findings of the wizard and of the command line, too', () => {
    const rows = (mode: SparkHandoff['mode']): string => JSON.stringify(wizardIn(mode).findings.rows);
    expect(rows('raw')).toContain('else they are kept aside as dead letters');
    expect(rows('transform')).toContain('the job fails at one that the target refuses');
    const lines = (mode: SparkHandoff['mode']): string =>
      findingLines(asPlanned([large('shop.orders')], planIn(mode)), 400).join('\n');
    expect(lines('raw')).toContain('else they are kept aside as dead letters');
    expect(lines('transform')).toContain('the job fails at one that the target refuses');
  });

  it('is never said to go on where it was, nor to copy nothing twice', () => {
    const states = ['paused', 'failed-resumable', 'copying'] as const;
    const said = (mode: SparkHandoff['mode']): string => {
      const by = resumesBy(planIn(mode).handoff);
      const rechecked = { done: 0, of: 5 };
      return [
        ...states.flatMap((state) => [runStateSentence({ state, ...by }), stateSentence({ state, ...by }, t)]),
        goingOnSentence({ rechecked, ...by }),
        stepName({ state: 'copying', rechecked, ...by }, t),
        ...['paused-by-user', 'stopped-by-user'].flatMap((id) => {
          const state = id === 'paused-by-user' ? ('paused' as const) : ('failed-resumable' as const);
          return verdictHeadline({ state, reasons: [{ id, params: {} }], ...by });
        }),
      ].join(' ');
    };
    const goesOn = /copied twice|goes on where|copied counts|[Cc]hecking what/g;
    expect(said('raw').match(goesOn)).not.toBeNull();
    expect(said('transform').match(goesOn)).toBeNull();
    expect(said('transform').match(/every collection is read and written again/g)).toHaveLength(6);
    const plan = planIn('transform');
    const facts = { runId: 'r', at: 0, createdAt: 0, deadLetters: {}, rates: [], commandLines: [] };
    const snapshot = journalSnapshot(plan, undefined, { ...facts, state: 'planned' });
    expect(snapshot.resumesBy).toBe('beginning-again');
    expect(parseSnapshot(JSON.stringify(snapshot))).toEqual(snapshot);
    expect(new RunProgress({ plan, runId: 'r', startedAt: 0 }, () => 0).snapshot(new Map()).resumesBy).toBe(
      'beginning-again',
    );
  });

  it('is resumed by beginning again, the mode raw by another job once its own has come to an end, which is told first', () => {
    const steps = (mode: SparkHandoff['mode'] | undefined, ...ids: readonly string[]): string => {
      const reasons = ids.map((id) => ({ id, params: { ns: 'shop.orders', side: 'source', answersAgain: true } }));
      const by = mode === undefined ? {} : resumesBy(planIn(mode).handoff);
      return nextSteps({ state: 'failed-resumable', reasons, ...by }).join(' ');
    };
    expect(steps('raw', 'verification-differs')).toMatch(/another job, which reads every collection again: it leaves/);
    expect(steps('raw', 'index-failed')).toContain('starts another job');
    expect(steps('transform', 'index-failed')).toContain('reads and writes every collection again');
    expect(steps('transform', 'documents-missing')).toContain('every collection is read and written again');
    expect(steps('transform', 'connection-lost')).not.toContain('what has arrived counts');
    // A job that has not come to its end goes on.
    expect(steps('raw', 'connection-lost')).toContain('what has arrived counts');
    expect(steps(undefined, 'verification-differs', 'index-failed', 'documents-missing')).not.toContain('job');
  });

  it('begins again after a failure, which the mode raw does not', () => {
    const steps = (task: string): string =>
      nextSteps({ state: 'failed-resumable', reasons: [{ id: 'spark-run-ended', params: { task } }] }).join(' ');
    expect(steps('copy')).toContain('ranges that are copied stay so');
    expect(steps('transform')).toContain('read and written again');
  });
});
