import type { Assessment } from '../model/assessment.js';
import type { Plan, PlannedCollection } from '../model/plan.js';
import { assessedFindings } from './plan/assessed-findings.js';
import { indexFindings } from './plan/index-findings.js';
import { planFinding, ruleFinding, type JsonPath, type PlanFinding } from './plan/plan-finding.js';
import { shardKeyFindings } from './plan/shard-key-findings.js';
import { throughputFindings, unsaidThroughput } from './plan/throughput-findings.js';
import { wholePlanFindings } from './plan/whole-plan-findings.js';

/**
 * What can be told of a plan by its own data, each with its place in the plan's JSON and the changes of the plan after which it is gone; with an assessment of its
 * source also what that has found out of what the plan moves, and its candidates for shard keys. In the order of the file. The plan has to be one that was checked.
 */
export function findingsOfPlan(plan: Plan, assessment?: Pick<Assessment, 'targets'>): readonly PlanFinding[] {
  const assessed = assessment?.targets.find(({ target }) => target.kind === plan.targetKind);
  return [
    ...unsaidThroughput(plan),
    ...wholePlanFindings(plan),
    ...(assessed ? assessedFindings(plan, assessed) : []),
    ...plan.collections.flatMap((collection, i) => {
      const at = ['collections', i];
      return [
        ...shardKeyFindings(plan, collection, at, assessed),
        ...throughputFindings(plan, collection, at),
        ...droppedOptions(collection, at),
        ...indexFindings(collection, at),
      ];
    }),
    ...plan.notMigrated.map(({ source, why }, i): PlanFinding => {
      const rule = why === 'system' ? 'plan-system-left-out' : 'plan-not-migrated';
      return { finding: planFinding(rule, { why }, source), at: ['notMigrated', i, 'source', 'coll'], fixes: [] };
    }),
  ];
}

function droppedOptions({ droppedOptions: dropped, source }: PlannedCollection, at: JsonPath): PlanFinding[] {
  return dropped.map(({ option, why }, i) => ({
    finding:
      ruleFinding(`option-${why}`, { option }, source) ?? planFinding('plan-option-dropped', { option, why }, source),
    at: [...at, 'droppedOptions', i, 'option'],
    fixes: [],
  }));
}
