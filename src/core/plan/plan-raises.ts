/** Throughput raised while a whole plan is copied: budget by budget, with what must be told first. */
import type { Throughput } from '../model/facts.js';
import { formatNamespace } from '../model/namespace.js';
import type { OfferedThroughput, Plan, PlannedCollection } from '../model/plan.js';
import { planThroughputRaise, type RaiseDecision, type RaiseInput } from './throughput-raise.js';

/** What an RU target has been given, as it tells itself. */
export interface TargetThroughput {
  /** By `db.coll` on the target; what is not there is left out. */
  readonly collections: Readonly<Record<string, Throughput>>;
  /** Of databases whose collections share theirs. */
  readonly databases: Readonly<Record<string, Throughput>>;
  /** RU/s that Azure raises each to without splitting partitions, by budget (`db.coll`, `db.`), as far as it was asked. */
  readonly atOnce?: Readonly<Record<string, number>>;
}

export interface RaiseWish {
  /** What the user is ready to pay for while it is copied: of each collection, and of each database whose collections share it. */
  readonly ruPerSecond: number;
  /** New collections come into being with the partitions that their data needs, whatever throughput that takes for a moment. */
  readonly preSplit?: boolean;
  readonly target: TargetThroughput;
}

export interface PlannedRaises {
  readonly raises: readonly RaiseDecision[];
  /** `db.coll` on the target, of which nobody knows what to put it back to: their throughput is left alone. */
  readonly unknown: readonly string[];
}

/** Decides for every budget that the collections of a plan are written from. Those that have as much as is wanted, or can have no more, are left alone. */
export function planRaises(
  collections: readonly PlannedCollection[],
  { ruPerSecond, preSplit, target }: RaiseWish,
): PlannedRaises {
  const budgets = new Map<string, RaiseInput>();
  const unknown: string[] = [];
  for (const planned of collections) {
    if (planned.options.view) continue;
    const ns = formatNamespace(planned.target);
    const found = target.collections[ns];
    const wished = found ?? planned.throughput;
    const isShared = wished?.kind === 'shared';
    const kept = offered(isShared ? target.databases[planned.target.db] : wished);
    if (!kept) {
      unknown.push(ns);
      continue;
    }
    const budget = isShared ? `${planned.target.db}.` : ns;
    const earlier = budgets.get(budget);
    const atOnce = target.atOnce?.[budget];
    budgets.set(budget, {
      budget,
      kept,
      wantedRuPerSecond: ruPerSecond,
      bytes: (earlier?.bytes ?? 0) + planned.logicalBytes,
      canSplit: isShared || planned.shardKey !== undefined,
      ...(preSplit ? { preSplit } : {}),
      ...(isShared || found ? { existing: atOnce === undefined ? {} : { atOnce } } : {}),
    });
  }
  return {
    raises: [...budgets.values()].flatMap((input) => planThroughputRaise(input) ?? []),
    unknown,
  };
}

function offered(throughput: Throughput | undefined): OfferedThroughput | undefined {
  return throughput?.kind === 'manual' || throughput?.kind === 'autoscale' ? throughput : undefined;
}

/** What single collections have while a plan is carried out, by their name on the source, where it raises them. */
export function raisedThroughput({
  collections,
  throughputRaises = [],
}: Pick<Plan, 'collections' | 'throughputRaises'>): Readonly<Record<string, OfferedThroughput>> {
  const raised = new Map(throughputRaises.map(({ budget, raiseTo }) => [budget, raiseTo]));
  return Object.fromEntries(
    collections.flatMap(({ source, target }) => {
      const to = raised.get(formatNamespace(target));
      return to ? [[formatNamespace(source), to]] : [];
    }),
  );
}
