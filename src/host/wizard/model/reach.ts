import { WIZARD_STEPS, type WizardStep } from '../../../protocol/wizard.js';
import { renameProblems } from './selection.js';
import type { WizardState } from './wizard-state.js';

/** The reading counts only for the cluster that is chosen. */
export function isSourceRead(state: WizardState): boolean {
  return state.source !== undefined && state.source.clusterId === state.sourceId;
}

export function isTargetRead(state: WizardState): boolean {
  return state.target !== undefined && state.target.clusterId === state.targetId;
}

/**
 * Whether a step can be gone to. An earlier one always; a later one as soon as what it shows can be had: the first step that needs a reading can be
 * gone to before it, and starts it.
 */
export function isReachable(state: WizardState, step: WizardStep): boolean {
  const bothChosen = state.sourceId !== undefined && state.targetId !== undefined;
  const somethingSelected = isSelectionGood(state);
  switch (step) {
    case 'endpoints':
      return true;
    case 'namespaces':
      return bothChosen;
    case 'size':
    case 'findings':
      return bothChosen && somethingSelected;
    case 'method':
    case 'tuning':
    case 'review':
      return bothChosen && somethingSelected && isTargetRead(state);
  }
}

function isSelectionGood(state: WizardState): boolean {
  const { selected, source } = state;
  if (!source || !isSourceRead(state) || selected === undefined || selected.length === 0) return false;
  return renameProblems(source.inventory, selected, state.renames, undefined, (message) => message).size === 0;
}

/** The present step, or the last one before it that can be shown. */
export function nearestReachable(state: WizardState): WizardStep {
  const upTo = WIZARD_STEPS.slice(0, WIZARD_STEPS.indexOf(state.step) + 1);
  return upTo.findLast((step) => isReachable(state, step)) ?? 'endpoints';
}

export function reachableSteps(state: WizardState): readonly WizardStep[] {
  return WIZARD_STEPS.filter((step) => isReachable(state, step));
}
