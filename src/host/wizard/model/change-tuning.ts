/** What changes where somebody types a number or chooses a throughput. */
import type { Throughput } from '../../../core/model/facts.js';
import { ruPerSecond } from '../../../core/model/units.js';
import type { SingleThroughputKind, TuningFieldId } from '../../../protocol/wizard.js';
import { boundsOf, isWithin } from './tuning-bounds.js';
import { isThere, type WizardState } from './wizard-state.js';
import { without } from './without.js';

export function setTuning(state: WizardState, field: TuningFieldId, typed: number): WizardState {
  // What JSON cannot hold (and -0, which it loses) would not survive a reload.
  if (!Number.isFinite(typed)) return state;
  const value = typed === 0 ? 0 : typed;
  const bounds = boundsOf(field, state.throughput, state.target?.facts);
  if (!isWithin(bounds, value)) return { ...state, refused: { ...state.refused, [field]: value } };
  const refused = without(state.refused, field);
  const isFirstRate = field === 'ruPerSecond' && state.throughput === 'unsaid';
  return {
    ...state,
    tuning: { ...state.tuning, [field]: value },
    refused,
    // What is raised is agreed to anew.
    ...(field === 'raiseRuPerSecond' ? { consent: false } : {}),
    ...(isFirstRate ? { throughput: 'manual' as const } : {}),
  };
}

/** A number that was said for one kind may be out of the other's bounds. */
export function setThroughput(state: WizardState, kind: WizardState['throughput']): WizardState {
  const { ruPerSecond } = state.tuning;
  const fits =
    ruPerSecond !== undefined && kind !== 'unsaid' && isWithin(boundsOf('ruPerSecond', kind, undefined), ruPerSecond);
  return {
    ...state,
    throughput: kind,
    // A serverless account has no throughput to give to one collection.
    collectionThroughput: kind === 'serverless' ? {} : state.collectionThroughput,
    tuning: fits ? state.tuning : without(state.tuning, 'ruPerSecond'),
    refused: without(state.refused, 'ruPerSecond'),
  };
}

/** A number out of bounds changes nothing: who asks has the bounds. */
export function setCollectionThroughput(
  state: WizardState,
  ns: string,
  kind: SingleThroughputKind,
  rate: number,
): WizardState {
  if (!isThere(state, ns) || state.throughput === 'serverless') return state;
  const throughput = throughputOf(kind, rate);
  if (kind !== 'common' && !throughput) return state;
  const others = Object.entries(state.collectionThroughput).filter(([name]) => name !== ns);
  const entries = throughput ? [...others, [ns, throughput] as const] : others;
  return { ...state, collectionThroughput: Object.fromEntries(entries) };
}

function throughputOf(kind: SingleThroughputKind, rate: number): Throughput | undefined {
  switch (kind) {
    case 'common':
      return undefined;
    case 'shared':
      return { kind };
    case 'manual':
    case 'autoscale':
      if (!isWithin(boundsOf('ruPerSecond', kind, undefined), rate)) return undefined;
      return kind === 'manual' ? { kind, ruPerSecond: ruPerSecond(rate) } : { kind, maxRuPerSecond: ruPerSecond(rate) };
  }
}

export function resetTuning(state: WizardState, field: TuningFieldId): WizardState {
  const tuning = without(state.tuning, field);
  const refused = without(state.refused, field);
  const backToUnsaid =
    field === 'ruPerSecond' && state.throughput === 'manual' && state.tuning.ruPerSecond !== undefined;
  return { ...state, tuning, refused, ...(backToUnsaid ? { throughput: 'unsaid' as const } : {}) };
}
