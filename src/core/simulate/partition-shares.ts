/** What reading documents has shown of how a shard key spreads them over the partitions of a budget. */
import type { CollectionScan, FieldScan } from '../model/scan.js';
import { distributionOver } from '../shard-key/distribution.js';
import { heaviestShares } from '../shard-key/population.js';
import type { Band } from '../size/trial.js';

export interface PartitionSpread {
  /** Share of each partition; absent where it is as even as a hash makes it. */
  readonly shares?: readonly number[];
  /** Of the fullest one, least and most: which values come to lie together is the hash's secret. */
  readonly fullest: Pick<Band, 'low' | 'high'>;
}

/** A unique value in each document: a hash spreads them, and reading them would show no more than chance. */
const ID = '_id';
/** Standard errors by which a sample has to differ from an even spread: one in a thousand does so by chance. */
const BEYOND_CHANCE = 3;

/** Undefined where nobody has looked at the key. `partitions`: at least 2. */
export function partitionSpread(
  scan: CollectionScan | undefined,
  shardKey: string,
  partitions: number,
): PartitionSpread | undefined {
  const field = scan?.fields.find(({ path }) => path === shardKey);
  if (!scan || !field || scan.documents === 0) return undefined;
  const even = 1 / partitions;
  if (shardKey === ID) return (scan.duplicateIds ?? 0) === 0 ? { fullest: { low: even, high: even } } : undefined;
  const shares = distributionOver(field.bucketBytes, partitions);
  const [most] = shares;
  if (most === undefined || shares.length !== partitions) return undefined;
  if (scan.documents < scan.of && isEvenByChance(shares, scan.documents)) return { fullest: { low: even, high: most } };
  return { shares, fullest: fullestOf(field, scan, shares) };
}

/** Whether so many documents, drawn at random out of an even spread, may look like these shares. */
function isEvenByChance(shares: readonly number[], documents: number): boolean {
  const even = 1 / shares.length;
  const degrees = shares.length - 1;
  const chiSquared = shares.reduce((sum, share) => sum + (documents * (share - even) ** 2) / even, 0);
  return chiSquared < degrees + BEYOND_CHANCE * Math.sqrt(2 * degrees);
}

/** The heaviest value alone among an even rest, or beside the next one. */
function fullestOf(field: FieldScan, scan: CollectionScan, shares: readonly number[]): Pick<Band, 'low' | 'high'> {
  const [first = 0, second = 0] = heaviestShares(field, scan);
  const alone = first + (1 - first) / shares.length;
  const both = first + second + (1 - first - second) / shares.length;
  const [most = 0] = shares;
  return { low: Math.min(most, alone), high: Math.min(1, Math.max(most, both)) };
}

/** One partition with `fullest`, and the others with even parts of the rest. */
export function sharesWith(fullest: number, partitions: number): readonly number[] {
  return Array.from({ length: partitions }, (_, p) => (p === 0 ? fullest : (1 - fullest) / (partitions - 1)));
}
