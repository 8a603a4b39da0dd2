/** Which vCore cluster a source needs, why, and what the next smaller and larger one would lack or give. */
import type { IndexTranslation, VcoreSizing } from '../model/assessment.js';
import type { CollectionFacts } from '../model/facts.js';
import { GIB } from '../model/units.js';
import type { SourceUsage } from '../model/usage.js';
import { everydayUsage } from './everyday-usage.js';
import { assume } from './assumption-ids.js';
import { estimate } from './bands.js';
import { dataCollections } from './collection-shape.js';
import { MAX_VCORE_COLLECTIONS } from './limits.js';
import { SIZE_SOURCES } from './sources.js';
import { vcoreNeeds, type VcoreNeeds } from './vcore-needs.js';
import { vcoreReason, type VcoreReason } from './vcore-reason-ids.js';
import {
  FULL_SHARE,
  LARGEST_BURSTABLE_GIB,
  MOST_SHARDS,
  ONE_SHARD_GIB,
  VCORE_DISKS,
  VCORE_TIERS,
  type VcoreTier,
} from './vcore-tiers.js';

export interface VcoreSizingInput {
  readonly collections: readonly CollectionFacts[];
  /** Indexes that stay behind need no room. Absent: all live on. */
  readonly indexes?: readonly IndexTranslation[];
  readonly usage?: SourceUsage;
  /** Default: true, as what is migrated is in use. Without it the small, burstable tiers are looked at, too. */
  readonly highAvailability?: boolean;
}

/** Memory of a shard that may be full of data; connections, sorts and the engine itself have the rest. Judged. */
const MEMORY_SHARE = 0.75;
/** Where nothing is known of the load: what the smallest tier with high availability has. */
const LEAST_CORES = 2;
/** Data for which a larger tier while copying is worth the two changes. Judged. */
const WORTH_SCALING_GIB = 50;
const LARGEST_TIER = 'M200';

/** What one shard has to have. */
interface Wanted {
  readonly memoryGib: number;
  readonly cores: number;
  readonly diskGib: number;
  readonly iops: number;
  readonly highAvailability: boolean;
}

/** Sizes a cluster: fewest shards, then the smallest tier and disk that hold everything. No figure is refused: what no cluster can be is said as a reason of weight `!`. */
export function sizeForVcore(input: VcoreSizingInput): VcoreSizing {
  const { indexes = [], usage, highAvailability = true } = input;
  const collections = dataCollections(input.collections);
  const needs = vcoreNeeds(collections, indexes, everydayUsage(usage));
  const { shards, reasons: sharding } = shardsFor(needs);
  const wanted = wantedOf(needs, shards, highAvailability);
  const tiers = VCORE_TIERS.filter((t) => fitsRules(t, wanted, shards));
  const tier = tiers.find((t) => lacks(t, wanted).length === 0) ?? largestOf(tiers);
  const disk = diskFor(wanted, tier);
  return {
    tier: tier.name,
    shards,
    storageGib: disk.gib,
    highAvailability: highAvailability && !tier.isBurstable,
    reasons: [
      ...tierReasons(tier, wanted, needs),
      ...disk.reasons,
      ...sharding,
      vcoreReason(highAvailability && !tier.isBurstable ? 'high-availability-on' : 'high-availability-off', '+'),
      ...copyReasons(tier, needs),
      ...(collections.length > MAX_VCORE_COLLECTIONS
        ? [vcoreReason('too-many-collections', '!', { collections: collections.length, limit: MAX_VCORE_COLLECTIONS })]
        : []),
    ],
    workingSet: needs.workingSet,
    storage: estimate('bytes', needs.storage, [
      ...needs.storage.assumptions,
      assume('storage-headroom', 'published', { share: FULL_SHARE }, SIZE_SOURCES.vcoreTiers),
    ]),
    ...(needs.iops ? { iops: needs.iops } : {}),
    alternatives: alternativesTo(tier, wanted),
  };
}

function largestOf(tiers: readonly VcoreTier[]): VcoreTier {
  const largest = tiers.at(-1) ?? VCORE_TIERS.at(-1);
  if (!largest) throw new RangeError('no tier');
  return largest;
}

function wantedOf(needs: VcoreNeeds, shards: number, highAvailability: boolean): Wanted {
  return {
    memoryGib: needs.workingSet.expected / GIB / MEMORY_SHARE / shards,
    cores: (needs.cores?.wanted ?? LEAST_CORES) / shards,
    diskGib: needs.storage.expected / GIB / FULL_SHARE / shards,
    iops: (needs.iops?.expected ?? 0) / shards,
    highAvailability,
  };
}

function shardsFor(needs: VcoreNeeds): { readonly shards: number; readonly reasons: readonly VcoreReason[] } {
  const largest = largestOf(VCORE_TIERS);
  const bySize = Math.ceil(needs.storage.expected / GIB / ONE_SHARD_GIB);
  // A guess is no reason to pay for more shards: that it does not fit is said instead.
  const byMemory = needs.isWorkingSetMeasured
    ? Math.ceil(needs.workingSet.expected / GIB / (largest.memoryGib * MEMORY_SHARE))
    : 1;
  const byCores = Math.ceil((needs.cores?.wanted ?? 0) / largest.vcores);
  const wanted = Math.max(1, bySize, byMemory, byCores);
  const reasons: VcoreReason[] = [];
  if (bySize > 1) {
    const params = { shards: bySize, bytes: needs.storage.expected, limitBytes: ONE_SHARD_GIB * GIB };
    reasons.push(vcoreReason('shards-for-size', '+', params));
  }
  if (byMemory > 1) {
    const params = { shards: byMemory, bytes: needs.workingSet.expected, tier: largest.name };
    reasons.push(vcoreReason('shards-for-memory', '+', params));
  }
  if (byCores > 1) reasons.push(vcoreReason('shards-for-cores', '+', { shards: byCores, tier: largest.name }));
  if (wanted > MOST_SHARDS) reasons.push(vcoreReason('too-many-shards', '!', { shards: wanted, limit: MOST_SHARDS }));
  return { shards: wanted, reasons };
}

/** Burstable tiers have one shard, no high availability and small disks. */
function fitsRules(tier: VcoreTier, { highAvailability, diskGib }: Wanted, shards: number): boolean {
  return !tier.isBurstable || (!highAvailability && shards === 1 && diskGib <= LARGEST_BURSTABLE_GIB);
}

type Lack = 'memory' | 'cores' | 'availability' | 'disk' | 'iops';

/** IOPS decide on a tier only where a larger one gives more of them. */
function lacks(tier: VcoreTier, wanted: Wanted): readonly Lack[] {
  const most = Math.max(...VCORE_TIERS.map((t) => t.premiumIops));
  const found: Lack[] = [];
  if (tier.memoryGib < wanted.memoryGib) found.push('memory');
  if (tier.vcores < wanted.cores) found.push('cores');
  if (tier.isBurstable && wanted.highAvailability) found.push('availability');
  if (tier.isBurstable && wanted.diskGib > LARGEST_BURSTABLE_GIB) found.push('disk');
  if (tier.premiumIops < Math.min(wanted.iops, most)) found.push('iops');
  return found;
}

function tierReasons(tier: VcoreTier, wanted: Wanted, needs: VcoreNeeds): readonly VcoreReason[] {
  const memory = { tier: tier.name, memoryGib: tier.memoryGib, bytes: wanted.memoryGib * MEMORY_SHARE * GIB };
  return [
    tier.memoryGib >= wanted.memoryGib
      ? vcoreReason('memory-holds-working-set', '+', memory)
      : vcoreReason('memory-exceeded', '-', memory),
    ...(needs.isWorkingSetMeasured ? [] : [vcoreReason('working-set-guessed', '-')]),
    needs.cores
      ? vcoreReason('cores-for-load', tier.vcores >= wanted.cores ? '+' : '-', {
          tier: tier.name,
          vcores: tier.vcores,
          wanted: Math.ceil(wanted.cores),
          by: needs.cores.by,
          ...(needs.cores.by === 'load' ? needs.cores.from : {}),
        })
      : vcoreReason('cores-unknown', '-', { tier: tier.name, vcores: tier.vcores }),
    ...(tier.isBurstable ? [vcoreReason('burstable-enough', '+', { tier: tier.name })] : []),
  ];
}

function diskFor(wanted: Wanted, tier: VcoreTier): { readonly gib: number; readonly reasons: readonly VcoreReason[] } {
  const forData = VCORE_DISKS.find(({ gib }) => gib >= wanted.diskGib) ?? VCORE_DISKS.at(-1);
  const forIops = VCORE_DISKS.find(({ gib, iops }) => gib >= wanted.diskGib && iops >= wanted.iops);
  if (!forData) throw new RangeError('no disk');
  const holds = vcoreReason('disk-holds-data', '+', { gib: forData.gib, bytes: wanted.diskGib * FULL_SHARE * GIB });
  if (wanted.iops <= forData.iops) return { gib: forData.gib, reasons: [holds] };
  const params = { iops: Math.ceil(wanted.iops), gives: forData.iops, tier: tier.name, tierGives: tier.premiumV2Iops };
  if (forIops && tier.premiumIops >= wanted.iops) {
    return { gib: forIops.gib, reasons: [holds, vcoreReason('disk-for-iops', '+', { ...params, gib: forIops.gib })] };
  }
  const reason =
    tier.premiumV2Iops >= wanted.iops
      ? vcoreReason('iops-need-premium-v2', '-', params)
      : vcoreReason('iops-beyond-tiers', '-', params);
  return { gib: forData.gib, reasons: [holds, reason] };
}

function copyReasons(tier: VcoreTier, { storage }: VcoreNeeds): readonly VcoreReason[] {
  if (tier.name === LARGEST_TIER || tier.isBurstable || storage.expected < WORTH_SCALING_GIB * GIB) return [];
  return [vcoreReason('larger-while-copying', '+', { tier: LARGEST_TIER, back: tier.name })];
}

function alternativesTo(tier: VcoreTier, wanted: Wanted): VcoreSizing['alternatives'] {
  const at = VCORE_TIERS.indexOf(tier);
  const smaller = VCORE_TIERS[at - 1];
  const larger = VCORE_TIERS[at + 1];
  return [
    ...(smaller ? [{ tier: smaller.name, reasons: lackReasons(smaller, wanted) }] : []),
    ...(larger
      ? [
          {
            tier: larger.name,
            reasons: [
              vcoreReason('larger-gives-memory', '+', { memoryGib: larger.memoryGib, before: tier.memoryGib }),
              vcoreReason('larger-gives-cores', '+', { vcores: larger.vcores, before: tier.vcores }),
            ],
          },
        ]
      : []),
  ];
}

function lackReasons(tier: VcoreTier, wanted: Wanted): readonly VcoreReason[] {
  const found = lacks(tier, wanted).map((lack): VcoreReason => {
    switch (lack) {
      case 'memory':
        return vcoreReason('smaller-lacks-memory', '-', {
          memoryGib: tier.memoryGib,
          bytes: wanted.memoryGib * MEMORY_SHARE * GIB,
        });
      case 'cores':
        return vcoreReason('smaller-lacks-cores', '-', { vcores: tier.vcores, wanted: Math.ceil(wanted.cores) });
      case 'availability':
        return vcoreReason('smaller-lacks-availability', '-', { tier: tier.name });
      case 'disk':
        return vcoreReason('smaller-lacks-disk', '-', { gib: LARGEST_BURSTABLE_GIB });
      case 'iops':
        return vcoreReason('smaller-lacks-iops', '-', { gives: tier.premiumIops, iops: Math.ceil(wanted.iops) });
    }
  });
  return found.length > 0 ? found : [vcoreReason('smaller-would-do', '+', { tier: tier.name })];
}
