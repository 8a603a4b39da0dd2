/** Which collections have a throughput of their own on an RU account, and which share their database's. */
import type { CollectionFacts } from '../model/facts.js';
import { formatNamespace, type Namespace } from '../model/namespace.js';
import { floorOf, MOST_RU_PER_SECOND, PARTITION_BYTES, PARTITION_RU_PER_SECOND } from '../plan/throughput-raise.js';
import { add, atLeast, atMost, band, mapBand, NONE, type Band } from './bands.js';
import { RU_USE } from './duration.js';
import { MANUAL_RU_PER_SECOND, MAX_UNSHARDED_RU_BYTES } from './limits.js';

/** Collections that can share a database's throughput. Source: learn.microsoft.com/azure/cosmos-db/concepts-limits. */
const MOST_SHARING = 25;
/** RU/s from which a collection is better off with its own: its neighbours would feel it. Judged. */
const SHARES_BELOW = 1_000;

/** One collection as its throughput is decided. RU, RU/s, bytes on the target. */
export interface BudgetMember {
  readonly collection: CollectionFacts;
  readonly target: Namespace;
  readonly isSharded: boolean;
  readonly storage: Band;
  /** Writing everything once. */
  readonly migration: Band;
  /** Absent: nothing is known of its load. */
  readonly steady?: Band;
}

export interface RuBudget {
  /** `db.coll` on the target, or `db.` where collections share their database's throughput. */
  readonly name: string;
  readonly members: readonly BudgetMember[];
  readonly canSplit: boolean;
  readonly storage: Band;
  readonly migration: Band;
  /** RU/s of the known loads; nothing where none is known. */
  readonly steady: Band;
  /** The least that can be set with so much data, before any boost. */
  readonly least: number;
}

/**
 * Collections with little load that fit into one logical partition share their database's; each of the others has its own. A shared
 * throughput takes 25 collections, the smallest first.
 */
export function ruBudgets(members: readonly BudgetMember[]): readonly RuBudget[] {
  const budgets: RuBudget[] = [];
  for (const db of new Set(members.map(({ target }) => target.db))) {
    const own = members.filter(({ target }) => target.db === db);
    const small = own
      .filter((member) => isSmall(member))
      .sort((a, b) => a.storage.expected - b.storage.expected)
      .slice(0, MOST_SHARING);
    const sharing = small.length > 1 ? small : [];
    if (sharing.length > 0) budgets.push(budgetOf(`${db}.`, sharing));
    for (const member of own) {
      if (!sharing.includes(member)) budgets.push(budgetOf(formatNamespace(member.target), [member]));
    }
  }
  return budgets;
}

function isSmall({ steady, storage, isSharded }: BudgetMember): boolean {
  return !isSharded && storage.expected < MAX_UNSHARDED_RU_BYTES && (steady?.expected ?? 0) < SHARES_BELOW;
}

function budgetOf(name: string, members: readonly BudgetMember[]): RuBudget {
  const storage = add(...members.map((m) => m.storage));
  return {
    name,
    members,
    canSplit: members.some((m) => m.isSharded) || members.length > 1,
    storage,
    migration: add(...members.map((m) => m.migration)),
    steady: add(...members.map((m) => m.steady ?? NONE)),
    least: floorOf('manual', storage.expected, 0),
  };
}

/** RU/s to be set for everyday life: the known load in steps of 100, no less than the least. */
export function steadyThroughput({ steady, least }: RuBudget): Band {
  return atLeast(mapBand(steady, roundUp), least);
}

/** The most that a budget can have: 10,000 RU/s for each partition that its data fill, or 1,000,000. */
export function mostThroughput({ canSplit, storage, members }: RuBudget): number {
  if (!canSplit) return PARTITION_RU_PER_SECOND;
  // Collections without a shard key stay in one partition each.
  if (members.every((m) => !m.isSharded)) return partitionsFor(storage.expected) * PARTITION_RU_PER_SECOND;
  return MOST_RU_PER_SECOND;
}

export function partitionsFor(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / PARTITION_BYTES));
}

/** RU/s with which everything is written within `wishedMs`, as far as a budget can have so much. */
export function copyThroughput(budget: RuBudget, wishedMs: number): Band {
  const seconds = wishedMs / 1000;
  const { migration } = budget;
  const wanted = band(
    migration.low / (seconds * RU_USE.high),
    migration.expected / (seconds * RU_USE.expected),
    migration.high / (seconds * RU_USE.low),
  );
  return atMost(atLeast(mapBand(wanted, roundUp), budget.least), mostThroughput(budget));
}

/** Milliseconds that the writing takes at a throughput, by its charge alone. */
export function copyDuration({ migration }: RuBudget, ruPerSecond: number): Band {
  return band(
    (migration.low / (ruPerSecond * RU_USE.high)) * 1000,
    (migration.expected / (ruPerSecond * RU_USE.expected)) * 1000,
    (migration.high / (ruPerSecond * RU_USE.low)) * 1000,
  );
}

function roundUp(ruPerSecond: number): number {
  const { step } = MANUAL_RU_PER_SECOND;
  return Math.ceil(ruPerSecond / step) * step;
}
