import type { MethodPricing } from '../cost/method-cost.js';
import type { SimulatedRun } from '../model/assessment.js';
import type { ClusterFacts, ClusterInventory, CollectionFacts } from '../model/facts.js';
import type { Reason } from '../model/method.js';
import { EVERYTHING, type NamespaceSelection } from '../model/namespace.js';
import type { CollectionScan } from '../model/scan.js';
import type { SourceUsage } from '../model/usage.js';
import { bytes, GIB, TIB, type Bytes } from '../model/units.js';
import { selectedCollections } from '../plan/make-plan.js';
import type { TargetDescription } from '../plan/target.js';
import { everydayUsage } from '../size/everyday-usage.js';
import { largestDocument } from '../size/limits.js';
import type { Trial } from '../size/trial.js';
import { dataCollections, idTypesSeen, migrationCharge, totalSize } from '../size/totals.js';

/** Sizes up to which (not including it) a family of methods is advised. 1 GB is 1024³ bytes, as the tools count. */
interface AdviceSettings {
  readonly nativeToolsUpTo: Bytes;
  readonly servicesUpTo: Bytes;
}

/** Where Microsoft says so of migrations that writes stop for. */
export const BANDS_SOURCE =
  'https://learn.microsoft.com/training/modules/migrate-mongodb-database-to-azure-cosmos-db/5-offline-migrations';

/** Microsoft's guidance: native tools below 10 GB, migration services below 1 TB, Spark beyond ({@link BANDS_SOURCE}). */
export const DEFAULT_ADVICE_SETTINGS: AdviceSettings = {
  nativeToolsUpTo: bytes(10 * GIB),
  servicesUpTo: bytes(TIB),
};

export interface AdviceWishes {
  /** The source keeps being written to while the data moves. */
  readonly online?: boolean;
  readonly ownsStudio3t?: boolean;
  readonly wantsFiles?: 'json' | 'csv';
  /** How long the source may be without writes, in hours. */
  readonly windowHours?: number;
  /** What is not said is not known, and counts for nothing. */
  readonly network?: {
    /** A service in Azure reaches the source. */
    readonly sourceReachableFromAzure?: boolean;
    /** Source or target is only reached from inside a network. */
    readonly privateEndpoint?: boolean;
    /** This machine reaches both sides. */
    readonly fromHere?: boolean;
  };
  /** What the people who migrate know. Absent: nobody said; empty: none of it. */
  readonly skills?: readonly Skill[];
}

export const SKILLS = ['azure', 'spark', 'command-line'] as const;
export type Skill = (typeof SKILLS)[number];

/** A year: whoever may stop writes for so long needs no plan. */
export const MOST_WINDOW_HOURS = 8_760;

export interface AdviceInput {
  /** Of the source. */
  readonly inventory: ClusterInventory;
  readonly target: TargetDescription;
  /** Default: everything. */
  readonly selection?: NamespaceSelection;
  readonly wishes?: AdviceWishes;
  /** RU targets: throughput that the collections will have while data is written. */
  readonly targetRuPerSecond?: number;
  /** RU targets: what is provisioned altogether, where a copy as a whole gets less of it. */
  readonly provisionedRuPerSecond?: number;
  readonly serverless?: boolean;
  /** RU targets: a measured charge, in place of the published table. */
  readonly ruPerDocument?: number;
  /** Data scans of the source: sizes and index entries are then counted, not guessed. */
  readonly scans?: readonly CollectionScan[];
  /** A direct copy that was tried for a few seconds. */
  readonly trial?: Trial;
  /** The direct copy as it was simulated: its duration takes the place of the estimated one. */
  readonly simulated?: SimulatedRun;
  readonly usage?: SourceUsage;
  /** Default: by `usage`. */
  readonly writesPerSecond?: number;
  /** Absent: nothing is said of what a method costs. */
  readonly pricing?: MethodPricing;
  readonly settings?: Partial<AdviceSettings>;
}

export type SizeBand = 'native' | 'services' | 'beyond';

/** What the methods decide by: computed once from the input. */
export interface AdviceFacts {
  readonly source: ClusterFacts;
  readonly target: TargetDescription;
  readonly wishes: AdviceWishes;
  readonly settings: AdviceSettings;
  readonly documents: number;
  readonly logicalBytes: Bytes;
  readonly band: SizeBand;
  readonly serverless: boolean;
  readonly totalRu?: number;
  readonly ruPerSecond?: number;
  readonly provisionedRuPerSecond?: number;
  /** True where the target meters writes: any fast writer is refused at times. */
  readonly metered: boolean;
  /** Collections whose sample holds a document that the target refuses. */
  readonly tooLargeIn: number;
  readonly mixedIdsIn: number;
  /** Collections that a direct copy can only read from the first document to the last. */
  readonly inOneGo: number;
  readonly trial?: Trial;
  readonly simulated?: SimulatedRun;
  readonly collections: number;
  /** RU of one document on average. */
  readonly ruPerDocument?: number;
  /** Inserts, updates and deletes of the source. */
  readonly writesPerSecond?: number;
  /** How far back the oplog reaches. */
  readonly oplogWindowMs?: number;
  /** A tier of Atlas that is shared with others, as far as its size and what it does not show let one think so. */
  readonly atlasShared: boolean;
  readonly assumptions: readonly Reason[];
}

function bandOf(size: number, settings: AdviceSettings): SizeBand {
  if (size < settings.nativeToolsUpTo) return 'native';
  return size < settings.servicesUpTo ? 'services' : 'beyond';
}

/** Without ranges of `_id`: no `_id` index in the order of bytes, or an order of its own that has to be kept. */
function isReadInOneGo({ options }: CollectionFacts): boolean {
  return options.capped !== undefined || options.clustered === true || options.collation !== undefined;
}

/** Largest storage of Atlas' free, shared and flex tiers: a flex cluster's, mongodb.com/docs/atlas/billing/atlas-flex-costs, counted there by data and indexes (mongodb.com/docs/atlas/reference/faq/storage), which take no less than their storage. */
const ATLAS_SHARED_BYTES = 5 * GIB;

/** No reply names the tier: small, and an oplog that may not be read, is what they have in common. */
function isAtlasShared({ kind }: ClusterFacts, storageBytes: number, usage: SourceUsage | undefined): boolean {
  if (kind !== 'atlas' || storageBytes > ATLAS_SHARED_BYTES || !usage || usage.oplog) return false;
  return usage.gaps.some(({ reason }) => reason === 'missing-privilege' || reason === 'not-supported');
}

function writesOf(usage: SourceUsage | undefined): number | undefined {
  const rates = usage?.rates;
  return rates && rates.insert + rates.update + rates.delete;
}

/** What the methods are weighed by, read off inventory, scans and usage. Bytes, documents, milliseconds and RU/s. */
export function adviceFacts(input: AdviceInput): AdviceFacts {
  const collections = dataCollections(selectedCollections(input.inventory, input.selection ?? EVERYTHING));
  const settings = { ...DEFAULT_ADVICE_SETTINGS, ...input.settings };
  const total = totalSize(collections);
  const metered = input.target.kind === 'cosmos-ru';
  const measured = input.ruPerDocument;
  const charge = metered
    ? migrationCharge(collections, {
        ...(measured === undefined ? {} : { ruPerDocument: measured }),
        ...(input.scans === undefined ? {} : { scans: input.scans }),
      })
    : undefined;
  const limit = largestDocument(input.target);
  const ownBands = input.settings !== undefined && Object.keys(input.settings).length > 0;
  const { usage, simulated } = input;
  const atlasShared = isAtlasShared(input.inventory.cluster, total.storageBytes, usage);
  const writesPerSecond = input.writesPerSecond ?? writesOf(everydayUsage(usage));
  const unknown: Reason[] =
    metered && input.targetRuPerSecond === undefined ? [{ id: 'throughput-unknown', params: {}, weight: '-' }] : [];
  return {
    source: input.inventory.cluster,
    target: input.target,
    wishes: input.wishes ?? {},
    settings,
    documents: total.documents,
    logicalBytes: total.logicalBytes,
    band: bandOf(total.logicalBytes, settings),
    serverless: input.serverless ?? false,
    ...(charge ? { totalRu: charge.total } : {}),
    ...(metered && input.targetRuPerSecond !== undefined ? { ruPerSecond: input.targetRuPerSecond } : {}),
    ...(input.provisionedRuPerSecond === undefined ? {} : { provisionedRuPerSecond: input.provisionedRuPerSecond }),
    metered,
    tooLargeIn: collections.filter((c) => (c.sample?.largestBytes ?? 0) > limit).length,
    mixedIdsIn: collections.filter((c) => idTypesSeen(c).length > 1).length,
    inOneGo: collections.filter(isReadInOneGo).length,
    ...(input.trial === undefined ? {} : { trial: input.trial }),
    ...(simulated === undefined ? {} : { simulated }),
    collections: total.collections,
    ...(charge && total.documents > 0 ? { ruPerDocument: charge.total / total.documents } : {}),
    ...(writesPerSecond === undefined ? {} : { writesPerSecond }),
    ...(usage?.oplog ? { oplogWindowMs: usage.oplog.windowMs } : {}),
    atlasShared,
    assumptions: [
      ...(atlasShared ? [{ id: 'atlas-shared-assumed', params: {}, weight: '-' } as const] : []),
      {
        id: ownBands ? 'bands-by-settings' : 'bands-by-microsoft',
        params: { nativeBytes: settings.nativeToolsUpTo, servicesBytes: settings.servicesUpTo },
        weight: '+',
      },
      ...(charge?.assumptions ?? []),
      ...unknown,
    ],
  };
}
