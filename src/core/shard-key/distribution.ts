import { SCAN_BUCKETS } from '../model/scan.js';

/**
 * Shares of the bytes on each of `partitions` physical partitions, largest first: values go by their hash, each partition has an equal part of the hashes, as on
 * an RU account (learn.microsoft.com/azure/cosmos-db/partitioning-overview). The hash is ours, so that which partition is the fullest is chance, but not how full
 * it gets. Empty where nothing was counted. More partitions than {@link SCAN_BUCKETS} are not told apart.
 */
export function distributionOver(bucketBytes: readonly number[], partitions: number): readonly number[] {
  const count = Math.max(1, Math.min(Math.floor(partitions), SCAN_BUCKETS));
  const shares = new Array<number>(count).fill(0);
  const total = bucketBytes.reduce((sum, bytes) => sum + bytes, 0);
  if (!(total > 0)) return [];
  bucketBytes.forEach((bytes, bucket) => {
    const partition = Math.floor((bucket * count) / bucketBytes.length);
    shares[partition] = (shares[partition] ?? 0) + bytes / total;
  });
  return shares.sort((a, b) => b - a);
}

/**
 * How much partitions differ in size when values of these shares are dealt out at random: standard deviation over mean, sqrt((P - 1) x sum of squared shares).
 */
export function expectedImbalance(top: readonly number[], distinct: number, partitions: number): number {
  return Math.sqrt(Math.max(1, partitions - 1) * concentration(top, distinct));
}

/** Sum of the squared shares: 1 for one value, 1/n for n equal ones. `distinct` values have what the `top` ones leave. */
export function concentration(top: readonly number[], distinct: number): number {
  const squares = top.reduce((sum, share) => sum + share * share, 0);
  const rest = Math.max(0, 1 - top.reduce((sum, share) => sum + share, 0));
  return squares + (rest * rest) / Math.max(1, distinct - top.length);
}
