import type { StepInput } from './wizard-model.js';

/** RU of an insert as the user says it or as it was measured; undefined: the published table. */
export function ruPerDocumentOf({ state, derived }: StepInput): number | undefined {
  return state.tuning.ruPerDocument ?? derived.measured?.ruPerDocument;
}
