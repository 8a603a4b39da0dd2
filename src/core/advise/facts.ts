import type { ClusterFacts, ClusterInventory, CollectionFacts } from '../model/facts.js';
import type { MethodId, Reason } from '../model/method.js';
import { EVERYTHING, type NamespaceSelection } from '../model/namespace.js';
import { bytes, GIB, TIB, type Bytes } from '../model/units.js';
import { selectedCollections } from '../plan/make-plan.js';
import type { TargetDescription } from '../plan/target.js';
import { largestDocument } from '../size/limits.js';
import type { Trial } from '../size/trial.js';
import { dataCollections, idTypesSeen, migrationCharge, totalSize } from '../size/totals.js';

/** Sizes up to which (not including it) a family of methods is advised. 1 GB is 1024³ bytes, as the tools count. */
interface AdviceSettings {
  readonly nativeToolsUpTo: Bytes;
  readonly servicesUpTo: Bytes;
}

/** Microsoft's guidance: native tools below 10 GB, migration services below 1 TB, Spark beyond. Source: learn.microsoft.com/azure/cosmos-db/mongodb/pre-migration-steps. */
export const DEFAULT_ADVICE_SETTINGS: AdviceSettings = {
  nativeToolsUpTo: bytes(10 * GIB),
  servicesUpTo: bytes(TIB),
};

export interface AdviceWishes {
  /** The source keeps being written to while the data moves. */
  readonly online?: boolean;
  readonly ownsStudio3t?: boolean;
  readonly wantsFiles?: 'json' | 'csv';
}

export interface AdviceInput {
  /** Of the source. */
  readonly inventory: ClusterInventory;
  readonly target: TargetDescription;
  /** Default: everything. */
  readonly selection?: NamespaceSelection;
  readonly wishes?: AdviceWishes;
  /** RU targets: throughput that the collections will have while data is written. */
  readonly targetRuPerSecond?: number;
  readonly serverless?: boolean;
  /** RU targets: a measured charge, in place of the published table. */
  readonly ruPerDocument?: number;
  /** A direct copy that was tried for a few seconds. */
  readonly trial?: Trial;
  readonly settings?: Partial<AdviceSettings>;
  /** Methods that this version of the product carries out itself. Default: `direct-copy` and `dump-restore`. */
  readonly available?: ReadonlySet<MethodId>;
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
  /** True where the target meters writes: any fast writer is refused at times. */
  readonly metered: boolean;
  /** Collections whose sample holds a document that the target refuses. */
  readonly tooLargeIn: number;
  readonly mixedIdsIn: number;
  /** Collections that a direct copy can only read from the first document to the last. */
  readonly inOneGo: number;
  readonly trial?: Trial;
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

export function adviceFacts(input: AdviceInput): AdviceFacts {
  const collections = dataCollections(selectedCollections(input.inventory, input.selection ?? EVERYTHING));
  const settings = { ...DEFAULT_ADVICE_SETTINGS, ...input.settings };
  const total = totalSize(collections);
  const metered = input.target.kind === 'cosmos-ru';
  const measured = input.ruPerDocument;
  const charge = metered
    ? migrationCharge(collections, measured === undefined ? {} : { ruPerDocument: measured })
    : undefined;
  const limit = largestDocument(input.target);
  const ownBands = input.settings !== undefined && Object.keys(input.settings).length > 0;
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
    metered,
    tooLargeIn: collections.filter((c) => (c.sample?.largestBytes ?? 0) > limit).length,
    mixedIdsIn: collections.filter((c) => idTypesSeen(c).length > 1).length,
    inOneGo: collections.filter(isReadInOneGo).length,
    ...(input.trial === undefined ? {} : { trial: input.trial }),
    assumptions: [
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
