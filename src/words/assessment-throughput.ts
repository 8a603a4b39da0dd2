/** What is to be set on an RU account, and when: by how its throughput is paid for, as far as that was said. */
import { autoscaleMaximum } from '../core/cost/ru-cost.js';
import type { RuSizing, TargetAssessment } from '../core/model/assessment.js';
import type { Throughput } from '../core/model/facts.js';
import { formatNamespace } from '../core/model/namespace.js';
import { PARTITION_RU_PER_SECOND } from '../core/plan/throughput-raise.js';
import { sectionName, type AssessmentPart } from './assessment-pointers.js';
import { estimateText, expectedText } from './estimates.js';
import { formatRuPerSecond } from './sizes.js';

/** What `--throughput` names for all collections. */
type Paid = Throughput['kind'] | undefined;

export interface ThroughputTasks {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** Nothing for a serverless account, whose throughput nobody sets. */
export function throughputTasks(
  { ru }: Pick<TargetAssessment, 'ru'>,
  throughput: Throughput | undefined,
  part: AssessmentPart,
): ThroughputTasks {
  const paid = throughput?.kind;
  if (!ru || paid === 'serverless') return { before: [], after: [] };
  const where = sectionName('Throughput of an RU account', part);
  const forCopy = `Give the collections ${expectedText(ru.migrationThroughput)} altogether for the copy${MAXIMA[wayOf(paid)]}, each as ${where} says.`;
  return {
    before: [...ru.preSplit.map((split) => createTask(split, paid)), forCopy],
    after: [everyday(ru, paid)],
  };
}

/** A database that shares may have either. */
function wayOf(paid: Paid): 'manual' | 'autoscale' | 'either' {
  return paid === 'manual' || paid === 'autoscale' ? paid : 'either';
}

const MAXIMA = {
  manual: '',
  autoscale: ' as maxima of autoscale, in whole thousands',
  either: ' (autoscale: as maxima, in whole thousands)',
} as const;

/** Autoscale makes a partition for so many RU/s of its maximum, manual throughput for fewer: see `throughput-raise`. */
function createTask(
  { ns, partitions, createWithRuPerSecond, raiseToRuPerSecond }: RuSizing['preSplit'][number],
  paid: Paid,
): string {
  const maximum = formatRuPerSecond(partitions * PARTITION_RU_PER_SECOND);
  const manual = formatRuPerSecond(createWithRuPerSecond);
  const made = {
    manual,
    autoscale: `a maximum of ${maximum}`,
    either: `${manual} (autoscale: a maximum of ${maximum})`,
  }[wayOf(paid)];
  return `Create ${formatNamespace(ns)} with ${made}, so that it begins with ${partitions} partitions, then set it to ${formatRuPerSecond(raiseToRuPerSecond)}.`;
}

function everyday(ru: RuSizing, paid: Paid): string {
  const { budgets = [], steady, floorAfterBoost } = ru;
  const isRaised = budgets.some(({ boost, createWith }) => boost !== undefined || createWith !== undefined);
  const stays = !isRaised && expectedText(ru.migrationThroughput) === expectedText(steady);
  const [verb, to] = stays ? ['Leave', 'at'] : ['Set', 'to'];
  // The same that the cost of a month is reckoned with.
  const maxima = `${formatRuPerSecond(autoscaleMaximum(ru).expected)} altogether`;
  const manual = `${estimateText(steady)}; less than ${expectedText(floorAfterBoost)} cannot be set after the copy.`;
  return {
    manual: `${verb} the throughput ${to} ${manual}`,
    autoscale: `${verb} the maxima of autoscale ${to} ${maxima}.`,
    either: `${verb} manual throughput ${to} ${manual} With autoscale, ${verb.toLowerCase()} the maxima ${to} ${maxima}.`,
  }[wayOf(paid)];
}
