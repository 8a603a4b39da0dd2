/** How one throughput is set: what its collections are made with, what it has while they are copied, and what stays afterwards. */
import type { RuBudgetSizing, RuSizing } from '../model/assessment.js';
import { ruPerSecond } from '../model/units.js';
import {
  CREATION_RU_PER_PARTITION,
  figureOf,
  floorOf,
  PARTITION_RU_PER_SECOND,
  planThroughputRaise,
  type RaiseDecision,
} from '../plan/throughput-raise.js';
import { assume } from './assumption-ids.js';
import { atLeast, atMost, band, estimate, type Band } from './bands.js';
import { RU_USE } from './duration.js';
import { copyDuration, copyThroughput, partitionsFor, steadyThroughput, type RuBudget } from './ru-budgets.js';
import { SIZE_SOURCES } from './sources.js';

export interface DecidedBudget {
  readonly budget: RuBudget;
  readonly wishedMs: number;
  readonly everyday: Band;
  /** RU/s while it is copied: what the wish comes to. */
  readonly copy: Band;
  /** RU/s that it is made with where it needs several partitions, and how many it gets. */
  readonly made?: { readonly createWith: number; readonly partitions: number };
  readonly least: Band;
}

/** @param isSaid the user has said how long it may take; otherwise no more is set than the partitions give that the data need */
export function decideBudget(budget: RuBudget, wishedMs: number, isSaid: boolean): DecidedBudget {
  const needed = partitionsFor(budget.storage.expected);
  const wished = copyThroughput(budget, wishedMs);
  // Nobody has said how long: as fast as the partitions allow that the data need anyway.
  const copy = isSaid ? wished : atMost(wished, needed * PARTITION_RU_PER_SECOND);
  const everyday = steadyThroughput(budget);
  const splits = budget.members.some((m) => m.isSharded) && needed > 1;
  const raise = splits
    ? planThroughputRaise({
        budget: budget.name,
        kept: { kind: 'manual', ruPerSecond: ruPerSecond(everyday.expected) },
        wantedRuPerSecond: Math.max(copy.expected, needed * CREATION_RU_PER_PARTITION),
        bytes: budget.storage.expected,
        canSplit: true,
      })
    : undefined;
  const made = raise && madeWith(raise, needed);
  const highest = (at: keyof Band): number => Math.max(copy[at], everyday[at], made?.createWith ?? 0);
  const least = band(
    floorOf('manual', budget.storage.low, highest('low')),
    floorOf('manual', budget.storage.expected, highest('expected')),
    floorOf('manual', budget.storage.high, highest('high')),
  );
  return { budget, wishedMs, everyday, copy: atLeast(copy, everyday), least, ...(made ? { made } : {}) };
}

function madeWith({ raise, effects }: RaiseDecision, needed: number): DecidedBudget['made'] {
  if (!raise.createWith) return undefined;
  const effect = effects.find(({ id }) => id === 'raise-partitions');
  const partitions = effect?.id === 'raise-partitions' ? effect.params.partitions : needed;
  return { createWith: figureOf(raise.createWith), partitions };
}

export function budgetSizing({ budget, everyday, copy, least, made }: DecidedBudget): RuBudgetSizing {
  const steady = Math.max(everyday.expected, least.expected);
  return {
    budget: budget.name,
    collections: budget.members.length,
    storageBytes: budget.storage.expected,
    steady,
    ...(made ? { createWith: made.createWith } : {}),
    ...(copy.expected > steady ? { boost: copy.expected } : {}),
    least: least.expected,
  };
}

/** Only of a collection that gets several partitions. */
export function preSplitOf({ budget, copy, made }: DecidedBudget): RuSizing['preSplit'] {
  const [member] = budget.members;
  if (!made || !member) return [];
  return [
    {
      ns: member.target,
      partitions: made.partitions,
      createWithRuPerSecond: made.createWith,
      raiseToRuPerSecond: copy.expected,
      durationMs: estimate('milliseconds', copyDuration(budget, copy.expected), [
        assume('copy-pace-use', 'judged', { expected: RU_USE.expected, low: RU_USE.low }),
        assume('partition-size', 'published', {}, SIZE_SOURCES.scaling),
      ]),
    },
  ];
}
