/** What reading documents has shown of how a shard key spreads them over the partitions of a budget. */
import type { CollectionScan, FieldScan } from '../model/scan.js';
import { concentration, distributionOver } from '../shard-key/distribution.js';
import { distinctInAll, heaviestShares } from '../shard-key/population.js';
import type { Band } from '../size/trial.js';
import { fullestShare } from './partition-load.js';

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
  if (most === undefined || shares.length !== partitions) return spreadByValues(field, scan, partitions);
  const chiSquared = shares.reduce((sum, share) => sum + (scan.documents * (share - even) ** 2) / even, 0);
  if (scan.documents < scan.of && isChance(chiSquared, partitions)) return { fullest: { low: even, high: most } };
  return { shares, fullest: fullestOf(field, scan, shares) };
}

/**
 * Without the buckets, which only the largest collections have, and an assessment that was kept for likely shard keys alone: by the heaviest values and by how many there are. The fullest partition gets
 * the heaviest one and an even part of the rest, or, where that is more, what chance gives it of as many equal values as are as concentrated.
 */
function spreadByValues(field: FieldScan, scan: CollectionScan, partitions: number): PartitionSpread | undefined {
  const heaviest = heaviestShares(field, scan);
  const [first = 0, second = 0] = heaviest;
  // Arrays and documents are no shard key.
  if (first <= 0 || field.types['array'] || field.types['object']) return undefined;
  const even = 1 / partitions;
  const seen = concentration(heaviest, field.distinct.values);
  if (scan.documents < scan.of && isChance(scan.documents * (partitions - 1) * seen, partitions)) {
    return { fullest: { low: even, high: fullestShare(partitions, 1 / seen) } };
  }
  const inAll = concentration(heaviest, distinctInAll(field, scan).values);
  const most = Math.max(first + (1 - first) * even, fullestShare(partitions, 1 / inAll));
  const shares = sharesWith(most, partitions);
  const { high } = fullestOf(field, scan, shares);
  // At best the second one lies elsewhere.
  return { shares, fullest: { low: Math.max(even, first + (1 - first - second) * even - errorOf(most, scan)), high } };
}

/** Whether documents that were drawn at random out of an even spread may differ so much from it. */
function isChance(chiSquared: number, partitions: number): boolean {
  const degrees = partitions - 1;
  return chiSquared < degrees + BEYOND_CHANCE * Math.sqrt(2 * degrees);
}

/** The heaviest value alone among an even rest, or beside the next one. */
function fullestOf(field: FieldScan, scan: CollectionScan, shares: readonly number[]): Pick<Band, 'low' | 'high'> {
  const [first = 0, second = 0] = heaviestShares(field, scan);
  const alone = first + (1 - first) / shares.length;
  const both = first + second + (1 - first - second) / shares.length;
  const [most = 0] = shares;
  const error = errorOf(most, scan);
  return {
    low: Math.max(1 / shares.length, Math.min(most, alone) - error),
    high: Math.min(1, Math.max(most, both) + error),
  };
}

/** Two standard errors of a share that was seen in a sample. */
function errorOf(share: number, { documents, of }: CollectionScan): number {
  return documents < of ? 2 * Math.sqrt((share * (1 - share)) / documents) : 0;
}

/** One partition with `fullest`, and the others with even parts of the rest. */
export function sharesWith(fullest: number, partitions: number): readonly number[] {
  return Array.from({ length: partitions }, (_, p) => (p === 0 ? fullest : (1 - fullest) / (partitions - 1)));
}
