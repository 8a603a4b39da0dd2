import type { Finding } from '../model/finding.js';
import { formatNamespace } from '../model/namespace.js';
import type { Plan } from '../model/plan.js';
import { carrierOf, type CarriedBy } from '../plan/carried-out.js';
import { viewRecreated } from './rules/view-recreated.js';

/**
 * Findings of a source as far as a plan bears them out. That a view is made again is no longer said of one that the plan leaves behind, because of new names, of
 * fields that are changed or of what is not selected: the plan itself says why. Each says how documents go, as {@link carriedOutBy}.
 */
export function asPlanned(
  findings: readonly Finding[],
  plan: Pick<Plan, 'notMigrated'> & CarriedBy,
): readonly Finding[] {
  const left = new Set(plan.notMigrated.map(({ source }) => formatNamespace(source)));
  const told =
    left.size === 0
      ? findings
      : findings.filter(({ rule, ns }) => rule !== viewRecreated.id || !ns || !left.has(formatNamespace(ns)));
  return carrierOf(plan) === undefined ? told : told.map((finding) => carriedOutBy(finding, plan));
}

/** The finding with the parameter `carrier` where who copies does something else with documents than this product ({@link carrierOf}): words go by it. */
export function carriedOutBy(finding: Finding, plan: CarriedBy): Finding {
  const carrier = carrierOf(plan);
  return carrier === undefined ? finding : { ...finding, params: { ...finding.params, carrier } };
}
