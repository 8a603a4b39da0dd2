import type { Plan } from '../../model/plan.js';
import { planId } from '../../plan/plan-id.js';
import type { JsonPath, PlanEdit, PlanFix } from './plan-finding.js';

/** The plan with the fix's edits in it, and with the id of what it says now. */
export function applyFix(plan: Plan, fix: Pick<PlanFix, 'edits'>): Plan {
  const changed = fix.edits.reduce<unknown>((value, edit) => put(value, edit.at, edit), plan) as Plan;
  return { ...changed, id: planId(changed) };
}

function put(value: unknown, [step, ...rest]: JsonPath, edit: PlanEdit): unknown {
  if (step === undefined) return edit.value;
  if (Array.isArray(value)) return value.map((one: unknown, i) => (i === step ? put(one, rest, edit) : one));
  const { [step]: old, ...others } = (value ?? {}) as Readonly<Record<string | number, unknown>>;
  const next = put(old, rest, edit);
  return next === undefined ? others : { ...(value as object), [step]: next };
}
