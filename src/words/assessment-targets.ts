/** What every part of an assessment's report asks of its targets. */
import type { Assessment, CostEstimate, CostOption, TargetAssessment } from '../core/model/assessment.js';
import type { Estimate } from '../core/model/estimate.js';
import type { Finding, Severity } from '../core/model/finding.js';
import type { RankedMethod } from '../core/model/method.js';
import { formatNamespace } from '../core/model/namespace.js';
import type { TargetKind } from '../core/plan/target.js';
import { add, estimate } from '../core/size/bands.js';
import { everydayUsage } from '../core/size/everyday-usage.js';

/** Short, for columns. */
const NAMES: Readonly<Record<TargetKind, string>> = {
  'cosmos-ru': 'Cosmos DB (RU)',
  'cosmos-vcore': 'Cosmos DB vCore (DocumentDB)',
  mongodb: 'MongoDB',
};

export function shortTargetName(kind: TargetKind): string {
  return NAMES[kind];
}

export function countOf(findings: readonly Finding[], severity: Severity): number {
  return findings.filter((finding) => finding.severity === severity).length;
}

export function recommendedMethod({ recommendation }: TargetAssessment): RankedMethod | undefined {
  return recommendation.ranked.find(({ method }) => method === recommendation.recommended);
}

/** As it was simulated, else as it was estimated from totals. */
export function moveDuration(target: TargetAssessment): Estimate | undefined {
  if (target.expectedRun) return target.expectedRun.durationMs;
  const method = recommendedMethod(target);
  return method && { unit: 'milliseconds', ...method.durationMs, assumptions: [] };
}

/** Moving the data, building the indexes and checking, one after the other: writes stop for all of it. Undefined where nothing was simulated. */
export function wholeRun({ expectedRun }: TargetAssessment): Estimate | undefined {
  const phases = expectedRun?.phases && Object.values(expectedRun.phases);
  return (
    phases &&
    estimate(
      'milliseconds',
      add(...phases),
      phases.flatMap(({ assumptions }) => assumptions),
    )
  );
}

/** Whether applications may write to the source while the recommended method is at work. */
export function hasToStopWrites(target: TargetAssessment): boolean {
  return recommendedMethod(target)?.needs.some(({ id }) => id === 'need-write-stop') ?? false;
}

/** Whether what has to be provisioned follows from operations that were counted; where nothing is provisioned there is nothing to know. */
export function isLoadKnown({ usage, targets }: Assessment): boolean {
  return targets.every(({ ru, vcore }) => !ru && !vcore) || everydayUsage(usage)?.rates !== undefined;
}

type PricedOption = CostOption & { readonly monthly: Estimate };

const isPriced = (option: CostOption): option is PricedOption => option.possible && option.monthly !== undefined;

/** Ways of paying in the order in which they are told everywhere: the cheapest month first, then what has no price or cannot be. */
export function orderedOptions(cost: CostEstimate): readonly CostOption[] {
  return [...pricedOptions(cost), ...cost.options.filter((option) => !isPriced(option))];
}

/** Those that are possible and have a price, the cheapest first. */
export function pricedOptions({ options }: CostEstimate): readonly PricedOption[] {
  return options.filter(isPriced).sort((a, b) => a.monthly.expected - b.monthly.expected);
}

/** Findings of each target by `db.coll`; the empty name is the whole cluster. */
export function findingsByNamespace(target: TargetAssessment): ReadonlyMap<string, readonly Finding[]> {
  const found = new Map<string, Finding[]>();
  for (const finding of target.findings) {
    const name = finding.ns ? formatNamespace(finding.ns) : '';
    const list = found.get(name) ?? [];
    list.push(finding);
    found.set(name, list);
  }
  return found;
}
