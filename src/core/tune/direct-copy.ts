/** Numbers of a direct copy that are not found while it copies. */
import type { CopyCeilings, Plan } from '../model/plan.js';
import { MIB } from '../model/units.js';

/** Less than this is no wait that a further connection could hide: a reply of some megabytes takes longer. */
const NEAR_MS = 3;

/**
 * Ranges that are read at once, each over a connection of its own, unless the user says otherwise: two keep a target busy (one gives some 400 MB/s, which is more than
 * this engine sends), and two more hide the waits of a network. `latencyMs`: of the source. `budgets`: RU targets, collections that are written at once, each from a throughput of
 * its own: one that nobody reads for would lie idle.
 */
export function sourceConnectionsFor(latencyMs: number, budgets = 1): number {
  return Math.max(budgets, latencyMs < NEAR_MS ? 2 : 4);
}

/** Ranges of a plan that are read at once, all collections together. `latencyMs`: of the source. */
export function readersFor(
  { targetKind, tuning }: Pick<Plan, 'targetKind' | 'tuning'>,
  latencyMs: number,
  ceilings: CopyCeilings,
): number {
  const budgets = targetKind === 'cosmos-ru' ? tuning.parallelCollections : 1;
  return ceilings.sourceConnections ?? sourceConnectionsFor(latencyMs, budgets);
}

/** The largest range: within the 64 to 128 MB that keep one worth its round trips and cheap to read again. */
export const RANGE_BYTES = 96 * MIB;
/** Smaller collections are cut smaller, so that several readers have something to do; less than this is not worth a reader. */
export const SMALLEST_RANGE_BYTES = 16 * MIB;
/** Less than a tenth of a second's work is faster finished by the one that reads it: a smaller part of a range is not given to another reader. */
export const SPLIT_BYTES = 16 * MIB;
/** Bytes of one reply, which goes out as one insert where the target takes so much: large enough to cost little per document, small enough for the memory of several readers. */
export const REPLY_BYTES = 3_000_000;

/** How many ranges a collection of so many bytes is worth. `readers`: ranges that are read at once; `rangeBytes`: the largest, for tests. */
export function wantedRanges(bytes: number, readers: number, rangeBytes = RANGE_BYTES): number {
  const smallest = Math.min(rangeBytes, SMALLEST_RANGE_BYTES);
  const each = Math.min(rangeBytes, Math.max(smallest, bytes / Math.max(1, 2 * readers)));
  return Math.max(1, Math.ceil(bytes / each));
}

/** Limits of a direct copy: more than any target takes, so that a slip of the finger is noticed. `mbPerSecond`: millions of bytes. */
export const MOST_CEILINGS = {
  ruPerSecond: 10_000_000,
  mbPerSecond: 100_000,
  documentsPerSecond: 100_000_000,
  sourceConnections: 256,
} as const;
