import type { Plan } from '../../core/model/plan.js';
import type { ClusterStore } from '../services.js';
import type { Translate } from '../translate.js';
import { stateOfPlan, type WizardState } from './model/wizard-state.js';

/** A plan file as the wizard's state, with the saved clusters that it means; says which are not there. */
export function stateOfPlanFile(
  plan: Plan,
  path: string,
  clusters: Pick<ClusterStore, 'findReference'>,
  t: Translate,
): WizardState {
  const source = clusters.findReference('source', plan.source);
  const target = clusters.findReference('target', plan.target);
  const state = stateOfPlan(plan, {
    path,
    ...(source ? { sourceId: source.id } : {}),
    ...(target ? { targetId: target.id } : {}),
  });
  const missing = [...(source ? [] : [plan.source.name]), ...(target ? [] : [plan.target.name])];
  if (missing.length === 0) return state;
  return {
    ...state,
    problem: {
      happened: t('Not among the connections: {0}.', missing.join(', ')),
      why: t('A plan names its clusters without their passwords.'),
      todo: t('Add the connection, or choose another one here.'),
    },
  };
}
