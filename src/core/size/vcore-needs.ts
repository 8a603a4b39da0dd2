/** What a source needs of a vCore cluster: memory, cores, disk and its operations per second. */
import type { IndexTranslation } from '../model/assessment.js';
import type { Estimate } from '../model/estimate.js';
import { findByNamespace } from '../model/by-namespace.js';
import type { CollectionFacts } from '../model/facts.js';
import { KIB } from '../model/units.js';
import type { SourceUsage } from '../model/usage.js';
import { assume } from './assumption-ids.js';
import { add, band, estimate, times } from './bands.js';
import { averageAssumption, operationsCountedBy, peakAssumption, peakOf } from './peak.js';
import { keptShare } from './ru-storage.js';
import { SIZE_SOURCES } from './sources.js';
import { FULL_SHARE } from './vcore-tiers.js';

export interface VcoreNeeds {
  /** Bytes that are in use. */
  readonly workingSet: Estimate;
  /** False: it is a guess. */
  readonly isWorkingSetMeasured: boolean;
  /** Bytes on disk, without headroom. */
  readonly storage: Estimate;
  readonly iops?: Estimate;
  /** Cores for the load; undefined where nothing is known of it. */
  readonly cores?:
    | { readonly wanted: number; readonly by: 'source' }
    | {
        readonly wanted: number;
        readonly by: 'load';
        /** On average; what the busiest time has over that; operations per second of a core; share of it that is used. */
        readonly from: Readonly<Record<'operationsPerSecond' | 'peak' | 'perCore' | 'share', number>>;
      };
}

/** Share of the documents that are in use, where no cache tells: the recent ones of most applications. Judged. */
const HOT_SHARE = { low: 0.1, expected: 0.25, high: 0.6 } as const;
/** WiredTiger begins to throw pages out at this share of its cache. Source: mongodb.com/docs/manual/core/wiredtiger (eviction_target). */
const CACHE_FULL = 0.8;
/** What may be in use beyond a cache that is full. Judged. */
const BEYOND_FULL_CACHE = 2;
/** The engine keeps an index in larger entries than WiredTiger, which cuts common beginnings off. Judged. */
const INDEX_PER_INDEX = { low: 1, expected: 1.5, high: 3 } as const;
/** Operations per second that a core does with simple reads and writes. Judged, after Microsoft's 1,000 RU/s of a core. */
const OPERATIONS_OF_A_CORE = 1_000;
/** Bytes of one operation on the disk: a page of the engine, what is read ahead, and a page of WiredTiger. */
const OPERATION_BYTES = { smallest: 8 * KIB, usual: 16 * KIB, largest: 32 * KIB } as const;

/** Estimates of what the whole source needs, all shards together. */
export function vcoreNeeds(
  collections: readonly CollectionFacts[],
  indexes: readonly IndexTranslation[],
  usage: SourceUsage | undefined,
): VcoreNeeds {
  const sum = (of: (c: CollectionFacts) => number): number => collections.reduce((total, c) => total + of(c), 0);
  const logical = sum((c) => c.logicalBytes);
  const stored = sum((c) => c.storageBytes);
  const index = sum((c) => c.indexBytes * keptShare(c, findByNamespace(indexes, c.ns)?.indexes));
  const cores = coresFor(usage);
  const iops = iopsFor(collections, usage);
  return {
    workingSet: workingSet(logical, index, usage),
    isWorkingSetMeasured: (usage?.machine?.cacheUsedBytes ?? 0) > 0,
    storage: storageOnDisk(logical, stored, index),
    ...(iops ? { iops } : {}),
    ...(cores ? { cores } : {}),
  };
}

function workingSet(logical: number, index: number, usage: SourceUsage | undefined): Estimate {
  const all = logical + index;
  const used = usage?.machine?.cacheUsedBytes;
  const most = usage?.machine?.cacheMaxBytes;
  if (used !== undefined && used > 0) {
    const ofAll = Math.min(all, used * Math.max(1, usage?.shards ?? 1));
    const isFull = most !== undefined && used >= most * CACHE_FULL;
    const high = isFull ? Math.min(all, ofAll * BEYOND_FULL_CACHE) : ofAll;
    // What is cached includes what was read once: indexes and nothing else is the least.
    return estimate('bytes', band(Math.min(index, ofAll), ofAll, high), [
      assume(isFull ? 'working-set-cache-full' : 'working-set-cache', 'measured', { bytes: used }, 'serverStatus'),
    ]);
  }
  return estimate('bytes', add(times(HOT_SHARE, logical), { low: index, expected: index, high: index }), [
    assume('working-set-share', 'judged', { share: HOT_SHARE.expected, high: HOT_SHARE.high }),
  ]);
}

function storageOnDisk(logical: number, stored: number, index: number): Estimate {
  // The engine compresses large documents only: between what the source makes of them and what they are.
  const least = Math.min(stored, logical);
  const documents = band(least, (least + logical) / 2, logical);
  return estimate('bytes', add(documents, times(INDEX_PER_INDEX, index)), [
    assume('vcore-compression', 'judged', { ratio: least > 0 ? logical / least : 1 }),
    assume('vcore-index-size', 'judged', { expected: INDEX_PER_INDEX.expected, high: INDEX_PER_INDEX.high }),
  ]);
}

function operationsPerSecond(usage: SourceUsage): { readonly reads: number; readonly writes: number } | undefined {
  if (usage.namespaces.length > 0) {
    const sum = (of: 'readsPerSecond' | 'writesPerSecond'): number =>
      usage.namespaces.reduce((total, one) => total + one[of], 0);
    return { reads: sum('readsPerSecond'), writes: sum('writesPerSecond') };
  }
  const { rates } = usage;
  return rates && { reads: rates.query + rates.getmore, writes: rates.insert + rates.update + rates.delete };
}

/** By the load at its busiest, no more than the source has; by the source's alone where there is no load to be seen. */
function coresFor(usage: SourceUsage | undefined): VcoreNeeds['cores'] {
  const machine = usage?.machine?.logicalCores;
  const owned = machine === undefined ? undefined : machine * Math.max(1, usage?.shards ?? 1);
  const load = usage && operationsPerSecond(usage);
  if (load) {
    const from = {
      operationsPerSecond: load.reads + load.writes,
      peak: peakOf(operationsCountedBy(usage)).expected,
      perCore: OPERATIONS_OF_A_CORE,
      share: FULL_SHARE,
    };
    const busiest = (from.operationsPerSecond * from.peak) / from.perCore;
    const wanted = Math.max(1, Math.ceil(busiest / from.share));
    return { wanted: owned === undefined ? wanted : Math.min(owned, wanted), by: 'load', from };
  }
  return owned === undefined ? undefined : { wanted: owned, by: 'source' };
}

function iopsFor(collections: readonly CollectionFacts[], usage: SourceUsage | undefined): Estimate | undefined {
  const read = usage?.machine?.cacheReadBytesPerSecond;
  const written = usage?.machine?.cacheWrittenBytesPerSecond;
  if (read !== undefined && written !== undefined) {
    const moved = read + written;
    const { smallest, usual, largest } = OPERATION_BYTES;
    // Counted since the start, also where operations were watched: what is written reaches the disk a checkpoint at a time, which may fall between two readings.
    const of = times(band(moved / largest, moved / usual, moved / smallest), peakOf('since-start'));
    return estimate('operations-per-second', of, [
      assume('iops-by-cache', 'measured', { bytesPerSecond: moved, operationBytes: usual }, 'serverStatus'),
      peakAssumption('since-start'),
    ]);
  }
  const load = usage && operationsPerSecond(usage);
  if (!load) return undefined;
  const documents = Math.max(
    1,
    collections.reduce((sum, c) => sum + c.documents, 0),
  );
  const indexes = collections.reduce((sum, c) => sum + c.indexes.length * c.documents, 0) / documents;
  // Each write changes its document, its entries and the log; many writes of a second share a page.
  const by = operationsCountedBy(usage);
  const of = times(band(load.writes, load.writes * (2 + indexes), load.writes * 2 * (2 + indexes)), peakOf(by));
  return estimate('operations-per-second', of, [
    assume('iops-by-writes', 'judged', { writesPerSecond: load.writes, indexes }, SIZE_SOURCES.vcoreScaling),
    averageAssumption(usage),
    peakAssumption(by),
  ]);
}
