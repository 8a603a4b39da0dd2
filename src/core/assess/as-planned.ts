import type { Finding } from '../model/finding.js';
import { formatNamespace } from '../model/namespace.js';
import type { Plan } from '../model/plan.js';
import { isSparkTransform } from '../plan/carried-out.js';
import { viewRecreated } from './rules/view-recreated.js';

/**
 * Findings of a source as far as a plan bears them out. That a view is made again is no longer said of one that the plan leaves behind, because of new names, of
 * fields that are changed or of what is not selected: the plan itself says why. Each says how documents go, as {@link carriedOutBy}.
 */
export function asPlanned(
  findings: readonly Finding[],
  { notMigrated, handoff }: Pick<Plan, 'notMigrated' | 'handoff'>,
): readonly Finding[] {
  const left = new Set(notMigrated.map(({ source }) => formatNamespace(source)));
  const told =
    left.size === 0
      ? findings
      : findings.filter(({ rule, ns }) => rule !== viewRecreated.id || !ns || !left.has(formatNamespace(ns)));
  return isSparkTransform(handoff) ? told.map((finding) => carriedOutBy(finding, handoff)) : told;
}

/** The finding with the parameter `mode` = `transform` where documents go through DataFrames, which fail at what other ways keep aside: words go by it. */
export function carriedOutBy(finding: Finding, handoff: Plan['handoff']): Finding {
  return isSparkTransform(handoff) ? { ...finding, params: { ...finding.params, mode: 'transform' } } : finding;
}
