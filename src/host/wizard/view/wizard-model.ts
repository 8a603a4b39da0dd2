import type { WizardView } from '../../../protocol/wizard.js';
import type { ClusterProfile } from '../../clusters/cluster-profile.js';
import type { Translate } from '../../translate.js';
import type { Derived, DeriveInput, PlanDraft } from '../model/derive.js';

/** Everything that a view is made of. */
export interface WizardModel extends DeriveInput {
  readonly revision: number;
  readonly clusters: readonly ClusterProfile[];
  readonly busy?: NonNullable<WizardView['busy']>;
  /** The command lines of a plan; absent until what makes them has been loaded. */
  readonly commandLines?: (plan: PlanDraft) => readonly string[];
}

/** What a step's view is made of: the model and what follows from it. */
export interface StepInput extends WizardModel {
  readonly derived: Derived;
  readonly t: Translate;
}
