/** Reads what an assessment needs of a source, and makes it. Part of both composition roots; nothing is written anywhere. */
import { readMongodLogs } from '../adapters/files/mongod-log.js';
import type { ConnectedCluster } from '../adapters/mongo/connect.js';
import { gently } from '../adapters/mongo/gentle-cluster.js';
import { readInventory } from '../adapters/mongo/inventory.js';
import { readUsage } from '../adapters/mongo/read-usage.js';
import type { AssessmentInput } from '../core/assess/assessment-input.js';
import { makeAssessment } from '../core/assess/make-assessment.js';
import type { Assessment } from '../core/model/assessment.js';
import type { ClusterFacts, ClusterInventory } from '../core/model/facts.js';
import type { Namespace, NamespaceSelection } from '../core/model/namespace.js';
import type { PlannedRead, ReadingGap } from '../core/model/reading.js';
import type { CollectionScan } from '../core/model/scan.js';
import type { SourceUsage } from '../core/model/usage.js';
import { selectedCollections } from '../core/plan/make-plan.js';
import { plannedReads } from '../core/scan/planned-reads.js';
import { loadReads, usageReads } from '../core/usage/usage-reads.js';
import { dataCollections } from '../core/size/totals.js';
import { withLogs } from '../core/usage/merge-usage.js';
import type { Clock } from '../engine/ports.js';
import { scanCollections } from '../engine/scan/scan-collection.js';

export interface AssessProgress {
  readonly phase: 'inventory' | 'usage' | 'watch' | 'scan';
  /** Collections; of `watch`, seconds. */
  readonly done: number;
  readonly total: number;
  readonly ns?: Namespace;
}

export type Pace = 'adaptive' | 'gentle' | 'full';

export interface ReadingOptions {
  readonly selection: NamespaceSelection;
  readonly scan: 'sample' | 'full' | 'none';
  /** Documents of each collection in a sample. */
  readonly sampleSize?: number;
  /** Watch the counters for so long, in place of their average since the server's start. */
  readonly watchSeconds?: number;
  readonly profiler?: boolean;
  /** Paths of log files. */
  readonly logs?: readonly string[];
  /** Fields to be looked at besides those of indexes and the top-level ones, such as wished shard keys. */
  readonly paths?: readonly string[];
  readonly readPreference?: 'primary' | 'primaryPreferred' | 'secondary' | 'secondaryPreferred' | 'nearest';
  /**
   * `adaptive`: gently, and at full speed while the server says that nobody else uses it; `gentle`: gently throughout; `full`: as fast as it goes. Default: `adaptive`.
   */
  readonly pace?: Pace;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: AssessProgress) => void;
}

/** What was read, and when; the rest of an assessment is computed from it. */
export type SourceReadings = Pick<AssessmentInput, 'madeAt' | 'inventory' | 'scans' | 'usage' | 'reads' | 'gaps'>;

/**
 * Reads sizes, use and documents of a source. What cannot be read is a gap, never an error.
 * @throws MigrationError `missing-privilege` where not even databases can be listed, `connection-lost`, `cancelled`, `file-failed` for a log file.
 */
export async function readForAssessment(cluster: ConnectedCluster, options: ReadingOptions): Promise<SourceReadings> {
  const { selection, signal, readPreference, onProgress, pace = 'adaptive' } = options;
  const gentle = pace === 'full' ? undefined : gently(cluster, { adaptive: pace === 'adaptive' });
  const source = gentle ?? cluster;
  const inventory = await readInventory(source, {
    selection,
    ...(signal ? { signal } : {}),
    ...(readPreference ? { readPreference } : {}),
    onProgress: ({ done, total, ns }) => onProgress?.({ phase: 'inventory', done, total, ns }),
  });
  const usage = await usageOf(source, options);
  const { scans, gaps } = await scansOf(source, inventory, options, gentle?.pace.workingClock ?? source.clock);
  return {
    madeAt: new Date(source.clock.now()).toISOString(),
    inventory,
    scans,
    usage,
    reads: readsOf({ facts: source.facts, authenticated: source.connectionString.username !== undefined }, options),
    gaps,
  };
}

/** Every command that reading with these options may send, told before it is sent. */
export function readsOf(
  { facts, authenticated }: { readonly facts: ClusterFacts; readonly authenticated: boolean },
  { scan, sampleSize, watchSeconds, profiler, readPreference, pace = 'adaptive' }: Omit<ReadingOptions, 'selection'>,
): readonly PlannedRead[] {
  return plannedReads({
    cluster: facts,
    authenticated,
    ...(readPreference ? { readPreference } : {}),
    ...(scan === 'none' ? {} : { scan: { mode: scan, ...(sampleSize === undefined ? {} : { sampleSize }) } }),
    usage: [
      ...(pace === 'adaptive' ? loadReads(facts) : []),
      ...usageReads({
        source: facts,
        ...(watchSeconds === undefined ? {} : { watchSeconds }),
        ...(profiler === undefined ? {} : { profiler }),
      }),
    ],
  });
}

async function usageOf(
  source: ConnectedCluster,
  { signal, onProgress, watchSeconds, profiler, logs = [] }: ReadingOptions,
): Promise<SourceUsage> {
  onProgress?.({ phase: 'usage', done: 0, total: 1 });
  const usage = await readUsage(source, {
    ...(signal ? { signal } : {}),
    ...(watchSeconds === undefined ? {} : { watchSeconds }),
    ...(profiler === undefined ? {} : { profiler }),
    ...(onProgress && watchSeconds !== undefined
      ? { onWatch: (done: number) => onProgress({ phase: 'watch', done, total: watchSeconds }) }
      : {}),
  });
  onProgress?.({ phase: 'usage', done: 1, total: 1 });
  if (logs.length === 0) return usage;
  const read = await readMongodLogs(logs, signal ? { signal } : {});
  return withLogs(usage, read, usage.readAt);
}

async function scansOf(
  source: ConnectedCluster,
  inventory: ClusterInventory,
  { selection, scan: mode, sampleSize, paths, readPreference, signal, onProgress }: ReadingOptions,
  clock: Clock,
): Promise<{ scans: readonly CollectionScan[]; gaps: readonly ReadingGap[] }> {
  const collections = dataCollections(selectedCollections(inventory, selection));
  if (mode === 'none') return { scans: [], gaps: [{ purpose: 'data-sample', reason: 'not-asked' }] };
  let done = 0;
  const scans = await scanCollections(source.session, collections, {
    mode,
    clock,
    ...(sampleSize === undefined ? {} : { sampleSize }),
    ...(paths === undefined ? {} : { paths }),
    ...(readPreference === undefined ? {} : { readPreference }),
    ...(signal ? { signal } : {}),
    onScan: ({ ns }) => onProgress?.({ phase: 'scan', done: ++done, total: collections.length, ns }),
  });
  return { scans, gaps: [] };
}

export type AssessSourceOptions = ReadingOptions &
  Pick<
    AssessmentInput,
    | 'name'
    | 'targets'
    | 'prices'
    | 'wishes'
    | 'settings'
    | 'wants'
    | 'regions'
    | 'throughput'
    | 'collectionThroughput'
    | 'shardKeys'
    | 'wishedCopyMs'
    | 'earlier'
  >;

/** Reads and makes the assessment in one go. @throws MigrationError as {@link readForAssessment}. */
export async function assessSource(source: ConnectedCluster, options: AssessSourceOptions): Promise<Assessment> {
  return makeAssessment({ ...options, ...(await readForAssessment(source, options)) });
}
