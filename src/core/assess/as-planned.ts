import type { Finding } from '../model/finding.js';
import { formatNamespace } from '../model/namespace.js';
import type { Plan } from '../model/plan.js';
import { viewRecreated } from './rules/view-recreated.js';

/**
 * Findings of a source as far as a plan bears them out. That a view is made again is no longer said of one that the plan leaves behind, because of new names, of
 * fields that are changed or of what is not selected: the plan itself says why.
 */
export function asPlanned(
  findings: readonly Finding[],
  { notMigrated }: Pick<Plan, 'notMigrated'>,
): readonly Finding[] {
  const left = new Set(notMigrated.map(({ source }) => formatNamespace(source)));
  if (left.size === 0) return findings;
  return findings.filter(({ rule, ns }) => rule !== viewRecreated.id || !ns || !left.has(formatNamespace(ns)));
}
