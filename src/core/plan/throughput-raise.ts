/**
 * Throughput for the time of a copy: how a collection is made, how far its throughput is raised, what it is put back to, and what stays
 * for good. Source of the rules: learn.microsoft.com/azure/cosmos-db/scaling-provisioned-throughput-best-practices (2025-07-23) and concepts-limits.
 */
import type { OfferedThroughput, ThroughputRaise } from '../model/plan.js';
import { GIB, ruPerSecond } from '../model/units.js';
import { AUTOSCALE_RU_PER_SECOND, MANUAL_RU_PER_SECOND } from '../size/limits.js';

/** What a physical partition gives at most; up to there scaling is instant. */
export const PARTITION_RU_PER_SECOND = 10_000;
/** For each of these RU/s a collection with manual throughput gets a partition when it is made; with autoscale for each 10,000. */
export const CREATION_RU_PER_PARTITION = 6_000;
/** Data of one partition after an ingestion: 30 to 45 GB are recommended, 50 GB are its limit. */
export const PARTITION_BYTES = 40 * GIB;
/** Largest throughput of a collection or database without a support ticket. */
export const MOST_RU_PER_SECOND = 1_000_000;
/** The least throughput ever after is this part of the highest that there was, and this much for each GB stored. */
const FLOOR = {
  manual: { part: 100, perGib: 1, ...MANUAL_RU_PER_SECOND },
  autoscale: { part: 10, perGib: 10, ...AUTOSCALE_RU_PER_SECOND },
} as const;

export interface RaiseInput {
  /** `db.coll` on the target, or `db.` for shared throughput. */
  readonly budget: string;
  /** Throughput that it has, or is to have after the migration. */
  readonly kept: OfferedThroughput;
  /** What the user is ready to pay for while the copy runs, RU/s; 0 where nothing is to be raised. */
  readonly wantedRuPerSecond: number;
  /** A new collection is to come into being with the partitions that its data needs, though they take more throughput than the copy is to have. */
  readonly preSplit?: boolean;
  /** BSON bytes that it will hold. */
  readonly bytes: number;
  /** False for a collection without a shard key: it has one partition for ever. */
  readonly canSplit: boolean;
  /** It is there. `atOnce`: RU/s that it can be raised to without a partition being split, where Azure has said it (ARM: `instantMaximumThroughput`). */
  readonly existing?: { readonly atOnce?: number };
}

/** What the user must know before; sentences are made in `words`. RU/s throughout. */
export type RaiseEffect =
  /** Every hour in which it is raised, even for a minute, is billed at the raised figure. */
  | { readonly id: 'raise-billed'; readonly params: { readonly budget: string; readonly raised: number } }
  /** It is made with so much for the sake of its partitions, and lowered at once; the hour is billed so. */
  | {
      readonly id: 'raise-made-higher';
      readonly params: { readonly budget: string; readonly made: number; readonly raised: number };
    }
  /** From then on it cannot be set lower than this. */
  | { readonly id: 'raise-floor'; readonly params: { readonly budget: string; readonly floor: number } }
  /** Partitions are never merged; each has an even part of the throughput. */
  | {
      readonly id: 'raise-partitions';
      readonly params: { readonly budget: string; readonly partitions: number; readonly each: number };
    }
  /** More would need partitions to split, which takes hours. `assumed`: by the partitions that it must have for what it gives; it may have more. */
  | {
      readonly id: 'raise-clamped';
      readonly params: {
        readonly budget: string;
        readonly wanted: number;
        readonly raised: number;
        readonly assumed: boolean;
      };
    }
  /** What was to be kept is below the new floor. */
  | {
      readonly id: 'raise-kept-higher';
      readonly params: { readonly budget: string; readonly kept: number; readonly restored: number };
    };

export interface RaiseDecision {
  readonly raise: ThroughputRaise;
  /** To be told first. */
  readonly effects: readonly RaiseEffect[];
}

/**
 * Decides how to raise one budget, and how a collection is made that is to have its partitions from the start; undefined where what it keeps, or must keep for its
 * data, is as much as can be had or was wanted.
 */
export function planThroughputRaise(input: RaiseInput): RaiseDecision | undefined {
  const { kept, budget, existing } = input;
  const keptFigure = figureOf(kept);
  const { step, least } = FLOOR[kept.kind];
  const wanted = Math.min(MOST_RU_PER_SECOND, roundDown(input.wantedRuPerSecond, step));
  const partitions = partitionsFor(input, wanted, keptFigure);
  const atOnce = roundDown(existing?.atOnce ?? partitions * PARTITION_RU_PER_SECOND, step);
  const raised = Math.max(keptFigure, Math.min(wanted, atOnce));
  const perPartition = kept.kind === 'manual' ? CREATION_RU_PER_PARTITION : PARTITION_RU_PER_SECOND;
  const most = input.preSplit ? MOST_RU_PER_SECOND : raised;
  const creation = Math.max(least, Math.min(most, partitions * perPartition));
  const preSplits = existing === undefined && input.canSplit && creation > keptFigure;
  const highest = Math.max(raised, preSplits ? creation : 0);
  const floor = floorOf(kept.kind, input.bytes, highest);
  // With so much data it could not be put back below what it was raised to.
  if (highest <= keptFigure || highest <= floor) return undefined;

  const restored = Math.max(keptFigure, floor);
  const raiseTo = Math.max(raised, restored);
  const effects: RaiseEffect[] = [
    ...(highest > raiseTo
      ? [{ id: 'raise-made-higher', params: { budget, made: highest, raised: raiseTo } } as const]
      : []),
    ...(raiseTo > keptFigure ? [{ id: 'raise-billed', params: { budget, raised: raiseTo } } as const] : []),
    { id: 'raise-floor', params: { budget, floor } },
  ];
  if (preSplits && partitions > 1) {
    const made = Math.ceil(creation / perPartition);
    const needed = Math.max(made, Math.ceil(raiseTo / PARTITION_RU_PER_SECOND));
    const each = Math.floor(restored / needed);
    effects.push({ id: 'raise-partitions', params: { budget, partitions: needed, each } });
  }
  if (raised < wanted) {
    const assumed = existing !== undefined && existing.atOnce === undefined;
    effects.push({ id: 'raise-clamped', params: { budget, wanted, raised, assumed } });
  }
  if (restored > keptFigure) effects.push({ id: 'raise-kept-higher', params: { budget, kept: keptFigure, restored } });
  return {
    raise: {
      budget,
      ...(preSplits ? { createWith: offerOf(kept.kind, creation) } : {}),
      raiseTo: offerOf(kept.kind, raiseTo),
      restoreTo: offerOf(kept.kind, restored),
    },
    effects,
  };
}

/** RU/s of a manual throughput, the maximum of an autoscale one. */
export function figureOf(throughput: OfferedThroughput): number {
  return throughput.kind === 'manual' ? throughput.ruPerSecond : throughput.maxRuPerSecond;
}

function offerOf(kind: OfferedThroughput['kind'], figure: number): OfferedThroughput {
  return kind === 'manual' ? { kind, ruPerSecond: ruPerSecond(figure) } : { kind, maxRuPerSecond: ruPerSecond(figure) };
}

/** Partitions that it has at least, or comes into being with. */
function partitionsFor(input: RaiseInput, wanted: number, keptFigure: number): number {
  const { existing, canSplit, bytes } = input;
  // So many it must have for what it gives; it may have more.
  if (existing) return Math.max(1, Math.ceil(keptFigure / PARTITION_RU_PER_SECOND));
  if (!canSplit) return 1;
  return Math.max(1, Math.ceil(bytes / PARTITION_BYTES), Math.ceil(wanted / PARTITION_RU_PER_SECOND));
}

/** The least throughput that can be set once `highestEver` RU/s were, with so many BSON bytes in it. */
export function floorOf(kind: OfferedThroughput['kind'], bytes: number, highestEver: number): number {
  const { least, step, part, perGib } = FLOOR[kind];
  return roundUp(Math.max(least, (bytes / GIB) * perGib, highestEver / part), step);
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function roundDown(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
