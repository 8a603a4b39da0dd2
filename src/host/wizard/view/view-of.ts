import type { WizardView } from '../../../protocol/wizard.js';
import { createDeriver, type Derived } from '../model/derive.js';
import { rememberedBy } from '../model/remember.js';
import { ruPerDocumentOf } from './charge.js';
import { endpointsView } from './endpoints-view.js';
import { findingsView } from './findings-view.js';
import { methodsView } from './methods-view.js';
import { namespacesView } from './namespaces-view.js';
import { nextProblem, reachableNow } from './next-problem.js';
import { reviewView } from './review-view.js';
import { sizeView } from './size-view.js';
import { tuningView } from './tuning-view.js';
import type { StepInput, WizardModel } from './wizard-model.js';

export interface Viewer {
  derive(model: WizardModel): Derived;
  view(model: WizardModel): WizardView;
}

/** A viewer remembers what it made last, part by part; what it answers is what {@link viewOf} answers. */
export function createViewer(): Viewer {
  const derive = createDeriver();
  const namespaces = rememberedBy(({ state, derived }: StepInput) => {
    const { source, sourceId, selected, renames, shardKeys } = state;
    return [source, sourceId, selected, renames, shardKeys, derived.renameProblems, derived.target?.kind];
  }, namespacesView);
  const size = rememberedBy((input: StepInput) => {
    const { state, derived } = input;
    return [state.source, derived.selection, derived.target?.kind, ruPerDocumentOf(input)];
  }, sizeView);
  const findings = rememberedBy(({ state, derived, assessment }: StepInput) => {
    const { shardKeys, leftOutIndexes, keptAside, method } = state;
    const { decisions, selection, target, plan } = derived;
    return [
      decisions?.findings,
      ...[selection, target?.kind, plan?.method, assessment],
      ...[shardKeys, leftOutIndexes, keptAside, method],
    ];
  }, findingsView);
  const review = rememberedBy(({ state, derived }: StepInput) => {
    const { saved, consent } = state;
    return [derived.plan, derived.decisions, saved, consent];
  }, reviewView);
  return {
    derive,
    view(model) {
      const input: StepInput = { ...model, derived: derive(model) };
      const reachable = reachableNow(input);
      const whyNot = nextProblem(input, reachable);
      const { state, busy, revision } = model;
      return {
        revision,
        step: state.step,
        reachable,
        ...(whyNot === undefined ? {} : { nextProblem: whyNot }),
        ...(busy === undefined ? {} : { busy }),
        ...(state.problem === undefined ? {} : { problem: state.problem }),
        endpoints: endpointsView(input),
        namespaces: namespaces(input),
        size: size(input),
        findings: findings(input),
        methods: methodsView(input),
        tuning: tuningView(input),
        review: review(input),
      };
    },
  };
}

/** The whole wizard, as it is to be drawn. Pure: the same model, the same view. */
export function viewOf(model: WizardModel): WizardView {
  return createViewer().view(model);
}
