import { WIZARD_STEPS, type WizardStep } from '../../../protocol/wizard.js';
import { errorWords } from '../../../words/errors.js';
import { isSourceRead, isTargetRead, reachableSteps } from '../model/reach.js';
import type { StepInput } from './wizard-model.js';

/** The step that is shown, and those that can be gone to: what the state allows, and where there is a plan to look at. */
export function reachableNow(input: StepInput): readonly WizardStep[] {
  const { derived, state } = input;
  return reachableSteps(state).filter((step) => {
    // Who is there stays there, while something is read anew and where an answer has left no plan.
    if (step === state.step) return true;
    if (step === 'method' || step === 'tuning') return derived.decisions !== undefined;
    if (step === 'review') return derived.plan !== undefined;
    if (step === 'size' || step === 'findings') return derived.renameProblems.size === 0;
    return true;
  });
}

/** Why the next step cannot be gone to, or there is no plan at the last one; undefined where neither is so. */
export function nextProblem(input: StepInput, reachable: readonly WizardStep[]): string | undefined {
  const { state, derived, busy, t } = input;
  const next = WIZARD_STEPS[WIZARD_STEPS.indexOf(state.step) + 1];
  if (derived.wantsGiven && (next === undefined || next === 'review')) {
    return busy
      ? t("The target's throughput is being read.")
      : t("The target's throughput has not been read yet. Read it again.");
  }
  if (next === undefined ? derived.plan !== undefined : reachable.includes(next)) return undefined;
  if (state.sourceId === undefined) return t('Choose a source.');
  if (state.targetId === undefined) return t('Choose a target.');
  if (!isSourceRead(state)) {
    return busy ? t('The source is being read.') : t('The source has not been read yet. Read it again.');
  }
  if ((state.selected?.length ?? 0) === 0) return t('Select at least one collection.');
  if (derived.renameProblems.size > 0) return t('Correct the new names first.');
  if (!isTargetRead(state)) {
    return busy ? t('The target is being read.') : t('The target has not been read yet. Read it again.');
  }
  if (derived.failure) {
    const { happened, why } = errorWords(derived.failure);
    return [happened, why].filter((text) => text !== '').join(' ');
  }
  return t('A cluster is not there any more: choose it again.');
}
