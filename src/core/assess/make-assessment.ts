import { adviseTarget, type ServiceFacts } from '../advise/target-choice.js';
import type { Assessment, TargetAssessment, TargetChoice } from '../model/assessment.js';
import type { ClusterInventory } from '../model/facts.js';
import { selectedCollections } from '../plan/make-plan.js';
import { assessTarget } from './assess-target.js';
import type { AssessmentInput } from './assessment-input.js';
import { compareAssessments } from './compare-assessments.js';
import { RULES } from './rules.js';
import type { Rule } from './rule.js';

/**
 * Everything that is told of a source before it is migrated, for each target. Collections that are not selected are left out of it. Rules that throw are named and end nothing.
 * @throws MigrationError `bad-number`.
 */
export function makeAssessment(input: AssessmentInput, rules: readonly Rule[] = RULES): Assessment {
  const inventory = selectedInventory(input);
  const targets = input.targets.map((target) => assessTarget(target, { ...input, inventory }, rules));
  const choice = targetChoice(targets, inventory, input);
  const assessment: Assessment = {
    version: 1,
    madeAt: input.madeAt,
    source: { name: input.name, cluster: inventory.cluster },
    inventory,
    scans: input.scans,
    ...(input.usage ? { usage: input.usage } : {}),
    ...(input.wants ? { wants: input.wants } : {}),
    ...(input.regions === undefined ? {} : { regions: input.regions }),
    ...(input.throughput === undefined ? {} : { throughput: input.throughput }),
    reads: input.reads,
    gaps: input.gaps,
    rules: rules.map(({ id }) => id),
    targets,
    ...(choice ? { choice } : {}),
  };
  return input.earlier === undefined
    ? assessment
    : { ...assessment, comparison: compareAssessments(input.earlier, assessment, rules) };
}

/** Where both services were looked at. */
function targetChoice(
  targets: readonly TargetAssessment[],
  inventory: ClusterInventory,
  { usage, wants }: AssessmentInput,
): TargetChoice | undefined {
  const ru = targets.find(({ target }) => target.kind === 'cosmos-ru');
  const vcore = targets.find(({ target }) => target.kind === 'cosmos-vcore');
  if (!ru || !vcore) return undefined;
  return adviseTarget({
    ru: { ...serviceFacts(ru), ...(ru.ru ? { sizing: ru.ru } : {}) },
    vcore: { ...serviceFacts(vcore), ...(vcore.vcore ? { sizing: vcore.vcore } : {}) },
    inventory,
    ...(usage ? { usage } : {}),
    ...(wants ? { wants } : {}),
  });
}

function serviceFacts({ findings, cost, expectedRun }: TargetAssessment): ServiceFacts {
  return { findings, ...(cost ? { cost } : {}), ...(expectedRun ? { expectedRun } : {}) };
}

function selectedInventory({ inventory, selection }: AssessmentInput): ClusterInventory {
  return { ...inventory, collections: selectedCollections(inventory, selection) };
}
