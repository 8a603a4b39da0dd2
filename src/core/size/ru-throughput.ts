/** RU/s of the whole account: while it is copied, in everyday life, and at least. */
import type { RuSizing } from '../model/assessment.js';
import type { Assumption, Estimate } from '../model/estimate.js';
import type { SourceUsage } from '../model/usage.js';
import { PARTITION_RU_PER_SECOND } from '../plan/throughput-raise.js';
import { assume } from './assumption-ids.js';
import { add, atLeast, band, estimate, mapBand, type Band } from './bands.js';
import { RU_USE } from './duration.js';
import type { DecidedBudget } from './ru-boost.js';
import { MAX_UNSHARDED_RU_BYTES } from './limits.js';
import { copyDuration, partitionsFor } from './ru-budgets.js';
import { SIZE_SOURCES } from './sources.js';
import { steadyByCores, steadyByRates, type CollectionLoad } from './steady-load.js';

type Throughputs = Pick<
  RuSizing,
  'migrationThroughput' | 'steadyByRates' | 'averageByRates' | 'steadyByCores' | 'steady' | 'floorAfterBoost'
> & { readonly migrationMs: Estimate };

export interface ThroughputInput {
  readonly loads: readonly CollectionLoad[];
  readonly budgets: readonly DecidedBudget[];
  readonly usage?: SourceUsage;
  /** What the source's counters cover, where that is too short to size by. */
  readonly countedSeconds?: number;
  /** Time that the writing may take, and whether the user has said so. */
  readonly wishedMs: number;
  readonly isSaid: boolean;
  /** What the charges rest on. */
  readonly about: readonly Assumption[];
}

/** Sums over all budgets, each with what it rests on. */
export function throughputEstimates(input: ThroughputInput): Throughputs {
  const { loads, budgets, usage, countedSeconds, wishedMs, isSaid, about } = input;
  const young =
    countedSeconds === undefined
      ? []
      : [assume('counters-too-young', 'measured', { seconds: countedSeconds }, 'serverStatus')];
  const byRates = steadyByRates(loads, usage);
  const cores = usage?.machine?.logicalCores;
  const byCores = cores === undefined ? undefined : steadyByCores(cores, Math.max(1, usage?.shards ?? 1));
  const least = add(...budgets.map((b) => b.least));
  const pace = assume('copy-pace-use', 'judged', { expected: RU_USE.expected, low: RU_USE.low });
  const within = assume('copy-within', isSaid ? 'said' : 'judged', { ms: wishedMs, said: isSaid });
  const durations = budgets.map(({ budget, copy }) => copyDuration(budget, Math.max(1, copy.expected)));
  const slowest = band(
    Math.max(0, ...durations.map((d) => d.low)),
    Math.max(0, ...durations.map((d) => d.expected)),
    Math.max(0, ...durations.map((d) => d.high)),
  );
  return {
    migrationThroughput: estimate('ru-per-second', add(...budgets.map((b) => b.copy)), [
      ...about,
      within,
      pace,
      ...limitAssumptions(budgets, isSaid),
    ]),
    migrationMs: estimate('milliseconds', slowest, [...about, pace]),
    ...(byRates ? { steadyByRates: byRates.peak, averageByRates: byRates.average } : {}),
    ...(byCores ? { steadyByCores: byCores } : {}),
    steady: steadyEstimate(budgets, byRates?.peak, byCores, least, young),
    floorAfterBoost: estimate('ru-per-second', least, [
      assume('floor-after-boost', 'published', { part: 100 }, SIZE_SOURCES.limits),
    ]),
  };
}

function limitAssumptions(budgets: readonly DecidedBudget[], isSaid: boolean): readonly Assumption[] {
  const held = budgets.filter(
    ({ budget, copy, wishedMs }) => copyDuration(budget, Math.max(1, copy.expected)).expected > wishedMs * 1.01,
  );
  const large = budgets.filter(
    ({ budget }) => budget.members.some((m) => m.isSharded) && budget.storage.expected > MAX_UNSHARDED_RU_BYTES,
  );
  const limit = { budgets: held.length, ruPerSecond: PARTITION_RU_PER_SECOND };
  return [
    ...(isSaid && held.length > 0 ? [assume('unsharded-limit', 'published', limit, SIZE_SOURCES.limits)] : []),
    ...(large.length > 0
      ? [assume('sharded-as-needed', 'published', { collections: large.length }, SIZE_SOURCES.limits)]
      : []),
  ];
}

function steadyEstimate(
  budgets: readonly DecidedBudget[],
  byRates: Estimate | undefined,
  byCores: Estimate | undefined,
  least: Band,
  young: readonly Assumption[],
): Estimate {
  const everyday = add(...budgets.map((b) => atLeast(b.everyday, b.least)));
  const floor = [
    assume(
      'least-throughput',
      'published',
      { ruPerSecond: least.expected, budgets: budgets.length },
      SIZE_SOURCES.limits,
    ),
    ...(budgets.some(({ budget }) => budget.members.length > 1)
      ? [assume('shared-throughput', 'judged', {}, SIZE_SOURCES.sharedThroughput)]
      : []),
  ];
  if (byRates) {
    return estimate('ru-per-second', mapBand(atLeast(byRates, everyday), upToHundreds), [
      ...byRates.assumptions,
      ...floor,
    ]);
  }
  if (byCores) {
    const wanted = mapBand(atLeast(byCores, everyday), upToHundreds);
    return estimate('ru-per-second', { ...wanted, low: everyday.low }, [
      ...young,
      ...byCores.assumptions,
      assume('load-by-lower-bound', 'judged'),
      ...floor,
    ]);
  }
  const most = budgets.reduce((sum, b) => sum + partitionsFor(b.budget.storage.expected) * PARTITION_RU_PER_SECOND, 0);
  return estimate('ru-per-second', band(everyday.low, everyday.expected, Math.max(everyday.high, most)), [
    ...young,
    assume('load-unknown', 'judged', { most }),
    ...floor,
  ]);
}

function upToHundreds(value: number): number {
  return Math.ceil(value / 100) * 100;
}
