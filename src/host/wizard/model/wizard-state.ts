import type { AdviceWishes } from '../../../core/advise/facts.js';
import type { ClusterFacts, ClusterInventory, Throughput } from '../../../core/model/facts.js';
import type { MethodId } from '../../../core/model/method.js';
import { formatNamespace, renameNamespace, type NamespaceSelection } from '../../../core/model/namespace.js';
import type {
  CollectionTransform,
  ConflictPolicy,
  Plan,
  ReadConcern,
  VerificationPlan,
} from '../../../core/model/plan.js';
import type { TargetThroughput } from '../../../core/plan/plan-raises.js';
import { isLeftOutByUser } from '../../../core/plan/whys.js';
import { figureOf } from '../../../core/plan/throughput-raise.js';
import type { Trial } from '../../../core/size/trial.js';
import { BYTES_PER_MB } from '../../../words/ceilings.js';
import { handoffValues, type HandoffValues } from '../../../core/plan/handoff-fields.js';
import type { AccountCapability } from '../../../core/plan/target.js';
import type { TuningFieldId, WizardStep } from '../../../protocol/wizard.js';
import type { AzureOrigin } from '../../clusters/cluster-profile.js';
import type { WizardSeed } from '../../services.js';

export const STATE_VERSION = 2;

/** What was read of the source. It counts as long as the cluster is the same one under the same address. */
export interface SourceReading {
  readonly clusterId: string;
  readonly uri: string;
  readonly inventory: ClusterInventory;
  /** Absent: all of it was read. */
  readonly databases?: readonly string[];
}

export interface TargetReading {
  readonly clusterId: string;
  readonly uri: string;
  readonly facts: ClusterFacts;
  /** Where it was found in Azure, if it was. */
  readonly azure?: AzureOrigin;
}

/** A charge that was measured; it holds for the documents it was measured with. */
export interface Measurement {
  readonly ruPerDocument: number;
  readonly latencyMs: number;
  readonly samples: number;
  /** Fingerprint of what was selected then. */
  readonly of: string;
}

/** A direct copy that was tried with what was selected then. */
export interface Tried {
  readonly trial: Trial;
  readonly of: string;
}

/** What an RU target has given to collections and databases: of these names, on this target. */
export interface Given {
  readonly throughput: TargetThroughput;
  readonly of: string;
}

export interface Problem {
  readonly happened: string;
  readonly why: string;
  readonly todo: string;
}

/** What is read from clusters: large, and it can be read again. */
export interface Readings {
  readonly source?: SourceReading;
  readonly target?: TargetReading;
}

/** What the user has chosen, and where they are. Plain JSON without a secret, as all of the state. */
export interface Choices {
  readonly version: typeof STATE_VERSION;
  readonly step: WizardStep;
  readonly sourceId?: string;
  readonly targetId?: string;
  /** Patterns to select by as soon as the source has been read. */
  readonly wanted?: readonly string[];
  /** Names on the source; absent until the source has been read. */
  readonly selected?: readonly string[];
  /** As typed, by name on the source: what cannot be a name stays here and is told of. */
  readonly renames: Readonly<Record<string, string>>;
  readonly measured?: Measurement;
  readonly tried?: Tried;
  readonly given?: Given;
  /** What matters to the user; the ranking goes by it. */
  readonly wishes: AdviceWishes;
  readonly method?: MethodId;
  /** As typed, of whichever method: what several ask for is said once. */
  readonly handoff?: HandoffValues;
  readonly tuning: Partial<Readonly<Record<TuningFieldId, number>>>;
  /** Typed and out of bounds: shown with the reason, never used. */
  readonly refused: Partial<Readonly<Record<TuningFieldId, number>>>;
  /** RU targets: all of a new collection's but the number that stands in `tuning.ruPerSecond`. */
  readonly throughput: Throughput['kind'] | 'unsaid';
  /** Of single collections, by name on the source. */
  readonly collectionThroughput: Readonly<Record<string, Throughput>>;
  readonly shardKeys: Readonly<Record<string, string>>;
  /** Indexes that are not wanted, by name on the source. */
  readonly leftOutIndexes?: Readonly<Record<string, readonly string[]>>;
  /** Collections whose large documents are kept aside without being sent: above so many bytes, 0 for what the target takes. */
  readonly keptAside?: Readonly<Record<string, number>>;
  readonly capabilities: readonly AccountCapability[];
  readonly conflictPolicy: ConflictPolicy;
  readonly verification: VerificationPlan['depth'];
  readonly readPreference: Plan['readPreference'];
  /** Of a plan file that was opened, by name on the source: kept as they are. */
  readonly transforms?: Readonly<Record<string, CollectionTransform>>;
  readonly readConcern?: ReadConcern;
  /** The yes to the blockers that there are now. */
  readonly consent: boolean;
  /** Where the plan was saved last, and which one. */
  readonly saved?: { readonly path: string; readonly planId: string };
  /** A plan file that this was filled in from. */
  readonly openedFrom?: string;
  readonly problem?: Problem;
}

export type WizardState = Choices & Readings;

export function initialState(seed: WizardSeed = {}): WizardState {
  return {
    version: STATE_VERSION,
    step: 'endpoints',
    ...(seed.sourceId === undefined ? {} : { sourceId: seed.sourceId }),
    ...(seed.targetId === undefined ? {} : { targetId: seed.targetId }),
    ...(seed.include === undefined || seed.include.length === 0 ? {} : { wanted: seed.include }),
    renames: {},
    wishes: {},
    tuning: {},
    refused: {},
    throughput: 'unsaid',
    collectionThroughput: {},
    shardKeys: {},
    capabilities: [],
    conflictPolicy: 'fail',
    verification: 'full',
    readPreference: 'primary',
    consent: false,
  };
}

/** Databases that patterns speak of, or undefined where they may mean any. */
export function databasesOf(patterns: readonly string[] | undefined): readonly string[] | undefined {
  if (patterns === undefined) return undefined;
  const databases = new Set<string>();
  for (const pattern of patterns) {
    const db = pattern.split('.', 1)[0] ?? '';
    if (db.replaceAll('\\*', '').includes('*')) return undefined;
    databases.add(db.replaceAll('\\*', '*'));
  }
  return [...databases];
}

/** The choices that a plan file stands for; the clusters are those that were found for its references. */
export function stateOfPlan(
  plan: Plan,
  found: { readonly sourceId?: string; readonly targetId?: string; readonly path: string },
): WizardState {
  const names = plan.collections.map(({ source }) => `${source.db}.${source.coll}`);
  const selection: NamespaceSelection = { include: [], exclude: [], rename: [] };
  const renames = plan.collections.flatMap(({ source, target }) => {
    const unchanged = renameNamespace(selection, source);
    return unchanged.db === target.db && unchanged.coll === target.coll
      ? []
      : [[`${source.db}.${source.coll}`, `${target.db}.${target.coll}`] as const];
  });
  const data = plan.collections.filter((c) => !c.options.view);
  const common = commonThroughput(data);
  const rate =
    common?.kind === 'manual' ? common.ruPerSecond : common?.kind === 'autoscale' ? common.maxRuPerSecond : undefined;
  const { tuning } = plan;
  return {
    ...initialState({
      ...(found.sourceId === undefined ? {} : { sourceId: found.sourceId }),
      ...(found.targetId === undefined ? {} : { targetId: found.targetId }),
    }),
    wanted: names.map((name) => name.replaceAll('*', '\\*')),
    renames: Object.fromEntries(renames),
    method: plan.method,
    tuning: {
      ...(rate === undefined ? {} : { ruPerSecond: rate }),
      ...(tuning.ruPerDocument === undefined ? {} : { ruPerDocument: tuning.ruPerDocument }),
      latencyMs: tuning.latencyMs,
      batchSize: tuning.batchSize,
      insertionWorkers: tuning.insertionWorkers,
      parallelCollections: tuning.parallelCollections,
      ...directNumbers(plan),
    },
    throughput: common?.kind ?? 'unsaid',
    collectionThroughput: Object.fromEntries(
      data.flatMap(({ source, throughput }) =>
        throughput && JSON.stringify(throughput) !== JSON.stringify(common)
          ? [[`${source.db}.${source.coll}`, throughput] as const]
          : [],
      ),
    ),
    shardKeys:
      plan.targetKind === 'cosmos-ru'
        ? Object.fromEntries(
            data.flatMap(({ source, shardKey }) =>
              shardKey?.[0] ? [[`${source.db}.${source.coll}`, shardKey[0][0]] as const] : [],
            ),
          )
        : {},
    conflictPolicy: plan.conflictPolicy,
    verification: plan.verification.depth,
    readPreference: plan.readPreference,
    ...settledOf(data),
    ...(data.some(({ transform }) => transform) ? { transforms: transformsOf(data) } : {}),
    ...(plan.handoff === undefined ? {} : { handoff: handoffValues(plan.handoff) }),
    ...(plan.readConcern === undefined ? {} : { readConcern: plan.readConcern }),
    openedFrom: found.path,
  };
}

/** What was decided about findings. */
function settledOf(data: Plan['collections']): Pick<WizardState, 'leftOutIndexes' | 'keptAside'> {
  const leftOut = data.flatMap(({ source, indexes }) => {
    const names = indexes.flatMap(({ index, fate }) =>
      fate.kind === 'skip' && isLeftOutByUser(fate.why) ? [index.name] : [],
    );
    return names.length === 0 ? [] : [[formatNamespace(source), names] as const];
  });
  const aside = data.flatMap(({ source, deadLetterOver }) =>
    deadLetterOver === undefined ? [] : [[formatNamespace(source), deadLetterOver] as const],
  );
  return {
    ...(leftOut.length > 0 ? { leftOutIndexes: Object.fromEntries(leftOut) } : {}),
    ...(aside.length > 0 ? { keptAside: Object.fromEntries(aside) } : {}),
  };
}

function transformsOf(data: Plan['collections']): Readonly<Record<string, CollectionTransform>> {
  return Object.fromEntries(
    data.flatMap(({ source, transform }) => (transform ? [[`${source.db}.${source.coll}`, transform] as const] : [])),
  );
}

/** Limits, and how far throughput was to be raised at most. */
function directNumbers({ ceilings = {}, throughputRaises = [] }: Plan): WizardState['tuning'] {
  const { ruPerSecond, bytesPerSecond, documentsPerSecond, sourceConnections } = ceilings;
  const raise = Math.max(0, ...throughputRaises.map(({ raiseTo }) => figureOf(raiseTo)));
  return {
    ...(ruPerSecond === undefined ? {} : { maxRuPerSecond: ruPerSecond }),
    ...(bytesPerSecond === undefined ? {} : { maxMbPerSecond: bytesPerSecond / BYTES_PER_MB }),
    ...(documentsPerSecond === undefined ? {} : { maxDocumentsPerSecond: documentsPerSecond }),
    ...(sourceConnections === undefined ? {} : { sourceConnections }),
    ...(raise > 0 ? { raiseRuPerSecond: raise } : {}),
  };
}

/** What most collections have; none where one has none, as a single one can be given one, but not be deprived of it. */
function commonThroughput(data: Plan['collections']): Throughput | undefined {
  const counts = new Map<string, { readonly throughput: Throughput; count: number }>();
  for (const { throughput } of data) {
    if (!throughput) return undefined;
    const key = JSON.stringify(throughput);
    const entry = counts.get(key) ?? { throughput, count: 0 };
    entry.count += 1;
    counts.set(key, entry);
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)[0]?.throughput;
}

/** Whether the source has a collection of that name, as far as it was read. */
export function isThere({ source }: Pick<WizardState, 'source'>, name: string): boolean {
  return source?.inventory.collections.some((c) => formatNamespace(c.ns) === name) ?? false;
}
