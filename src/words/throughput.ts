/** What raising throughput for a copy means, in sentences: told before it is done. */
import type { RaiseEffect } from '../core/plan/throughput-raise.js';
import { formatCountOf, formatRuPerSecond } from './sizes.js';
import { figureOf } from '../core/plan/throughput-raise.js';
import type { ThroughputRaise } from '../core/model/plan.js';

/** A budget is `db.coll`, or `db.` where a database's collections share it. */
function nameOf(budget: string): string {
  return budget.endsWith('.') ? `Database ${budget.slice(0, -1)}` : budget;
}

/** One sentence for each thing that the user must know first. */
export function raiseEffectSentence(effect: RaiseEffect): string {
  const name = nameOf(effect.params.budget);
  switch (effect.id) {
    case 'raise-billed':
      return `${name} is raised to ${formatRuPerSecond(effect.params.raised)} while it is copied. Each hour that this touches is billed so.`;
    case 'raise-made-higher':
      return `${name} is made with ${formatRuPerSecond(effect.params.made)}, so that it comes into being with its partitions, and lowered to ${formatRuPerSecond(effect.params.raised)} at once. That hour is billed at the higher figure.`;
    case 'raise-floor':
      return `${name} can then never be set below ${formatRuPerSecond(effect.params.floor)} again.`;
    case 'raise-partitions':
      return `${name} gets ${formatCountOf(effect.params.partitions, 'physical partition')} for good: afterwards each has ${formatRuPerSecond(effect.params.each)} of its throughput.`;
    case 'raise-clamped': {
      const known = effect.params.assumed ? 'as far as its throughput tells, ' : '';
      return `${name} is raised to ${formatRuPerSecond(effect.params.raised)}, not ${formatRuPerSecond(effect.params.wanted)}: ${known}more would need its partitions to split, which takes hours.`;
    }
    case 'raise-kept-higher':
      return `${name} stays at ${formatRuPerSecond(effect.params.restored)} afterwards: ${formatRuPerSecond(effect.params.kept)} is below its new minimum.`;
  }
}

/** What a plan does with a budget, in a line. */
export function raiseSentence({ budget, createWith, raiseTo, restoreTo }: ThroughputRaise): string {
  if (createWith && figureOf(createWith) > figureOf(raiseTo))
    return `${nameOf(budget)} is made with ${formatRuPerSecond(figureOf(createWith))} for the sake of its partitions, copied into at ${formatRuPerSecond(figureOf(raiseTo))}, and put back to ${formatRuPerSecond(figureOf(restoreTo))} whatever becomes of the run.`;
  return `${nameOf(budget)} is raised to ${formatRuPerSecond(figureOf(raiseTo))} while it is copied, and put back to ${formatRuPerSecond(figureOf(restoreTo))} whatever becomes of the run.`;
}

/** Of a collection that is left alone, since nobody knows what to put it back to. */
export function unknownThroughputSentence(ns: string): string {
  return `${ns} is not raised: it is not said what it has afterwards.`;
}
