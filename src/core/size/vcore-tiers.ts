/** Tiers and disks of an Azure DocumentDB (vCore) cluster, per shard. */

export interface VcoreTier {
  readonly name: string;
  readonly vcores: number;
  readonly memoryGib: number;
  /** One shard, no high availability, 128 GiB at most, and no way back to it from a larger tier. */
  readonly isBurstable: boolean;
  /** IOPS that the tier can use on Premium SSD, whatever the disk gives. */
  readonly premiumIops: number;
  /** IOPS that it can use on Premium SSD v2, a preview without high availability, by the smallest disk that gives them. */
  readonly premiumV2Iops: number;
}

/**
 * Cores and memory: learn.microsoft.com/azure/documentdb/compute-storage (2025-11-07). IOPS on Premium SSD: the smallest tier that makes full use of a disk, by the edition of that
 * page at docs.azure.cn/en-us/documentdb/compute-storage. On Premium SSD v2: learn.microsoft.com/azure/documentdb/high-performance-storage (2025-11-21), disks of 256 GiB and more.
 */
export const VCORE_TIERS: readonly VcoreTier[] = [
  tier('M10', 1, 2, 3_500, 0),
  tier('M20', 2, 4, 3_500, 0),
  tier('M25', 2, 8, 3_500, 0),
  tier('M30', 2, 8, 3_500, 3_750),
  tier('M40', 4, 16, 5_000, 6_400),
  tier('M50', 8, 32, 7_500, 12_800),
  tier('M60', 16, 64, 20_000, 25_600),
  tier('M80', 32, 128, 20_000, 51_200),
  tier('M200', 64, 256, 20_000, 80_000),
];

function tier(name: string, vcores: number, memoryGib: number, premiumIops: number, premiumV2Iops: number): VcoreTier {
  return { name, vcores, memoryGib, isBurstable: premiumV2Iops === 0, premiumIops, premiumV2Iops };
}

/** GiB of a disk and the IOPS that it gives on Premium SSD (up to 512 GiB with its bursts). Source: as of {@link VCORE_TIERS}. */
export const VCORE_DISKS: readonly { readonly gib: number; readonly iops: number }[] = [
  { gib: 32, iops: 3_500 },
  { gib: 64, iops: 3_500 },
  { gib: 128, iops: 3_500 },
  { gib: 256, iops: 3_500 },
  { gib: 512, iops: 3_500 },
  { gib: 1_024, iops: 5_000 },
  { gib: 2_048, iops: 7_500 },
  { gib: 4_095, iops: 7_500 },
  { gib: 8_192, iops: 16_000 },
  { gib: 16_384, iops: 18_000 },
  { gib: 32_767, iops: 20_000 },
];

/** Largest disk of a burstable tier. Source: as of {@link VCORE_TIERS}. */
export const LARGEST_BURSTABLE_GIB = 128;
/** Physical shards of a cluster without asking for more. Source: learn.microsoft.com/azure/documentdb/limitations. */
export const MOST_SHARDS = 10;
/** More shards are advised "over 2-4 TiB". Source: learn.microsoft.com/azure/documentdb/compute-storage. */
export const ONE_SHARD_GIB = 4_096;
/** To be scaled up at this share of processor and of disk. Source: as {@link ONE_SHARD_GIB}. */
export const FULL_SHARE = 0.7;
