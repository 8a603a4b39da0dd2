/** How fast the copy may go, by what the user has said of it. */
import type { PriceList } from '../../../core/cost/price-list.js';
import { regionsOf } from '../../../core/cost/regions.js';
import { decidePace, type DecideInput, type Decisions } from '../../../core/decide/decide.js';
import { regionsOfAccount, type AzureAccountFacts } from '../../../core/model/azure-account.js';
import type { ClusterFacts, ClusterInventory, Throughput } from '../../../core/model/facts.js';
import type { NamespaceSelection } from '../../../core/model/namespace.js';
import { ruPerSecond } from '../../../core/model/units.js';
import type { TargetDescription } from '../../../core/plan/target.js';
import { AUTOSCALE_RU_PER_SECOND, MANUAL_RU_PER_SECOND } from '../../../core/size/limits.js';
import type { Trial } from '../../../core/size/trial.js';
import { bandsOf, type Settings } from '../../settings.js';
import type { Choices, Measurement } from './wizard-state.js';

/** The settings that the wizard goes by. */
export type WizardSettings = Pick<
  Settings,
  'nativeToolsUpToGb' | 'servicesUpToGb' | 'analysisParallelism' | 'insertionWorkers' | 'regions'
>;

/** What the decisions follow from, one by one, so that a change elsewhere does not make them again. */
export type PaceInput = Pick<Choices, 'throughput' | 'tuning' | 'collectionThroughput' | 'shardKeys' | 'wishes'> & {
  readonly inventory: ClusterInventory;
  readonly cluster: ClusterFacts;
  readonly target: TargetDescription;
  readonly selection: NamespaceSelection;
  readonly settings: WizardSettings;
  readonly measured: Measurement | undefined;
  readonly trial: Trial | undefined;
  readonly prices: PriceList | undefined;
  /** What the newest assessment of the source has read. */
  readonly looked: Pick<DecideInput, 'scans' | 'usage'>;
  /** Of the target, where it was found in Azure. */
  readonly account: AzureAccountFacts | undefined;
};

export type Pace = Omit<Decisions, 'findings'>;

/** With `unsaid`, a new collection gets what the account gives by itself. */
export function throughputOf(choices: Pick<Choices, 'throughput' | 'tuning'>): Throughput | undefined {
  const said = choices.tuning.ruPerSecond;
  switch (choices.throughput) {
    case 'unsaid':
      return undefined;
    case 'manual':
      return { kind: 'manual', ruPerSecond: ruPerSecond(said ?? MANUAL_RU_PER_SECOND.least) };
    case 'autoscale':
      return { kind: 'autoscale', maxRuPerSecond: ruPerSecond(said ?? AUTOSCALE_RU_PER_SECOND.least) };
    case 'shared':
    case 'serverless':
      return { kind: choices.throughput };
  }
}

export function paceOf(input: PaceInput): Pace {
  const { inventory, selection, target, cluster, tuning, measured, settings, prices, looked } = input;
  const isMetered = target.kind === 'cosmos-ru';
  const throughput = isMetered ? throughputOf(input) : undefined;
  const ruPerDocument = isMetered ? (tuning.ruPerDocument ?? measured?.ruPerDocument) : undefined;
  const latencyMs = tuning.latencyMs ?? measured?.latencyMs;
  const workers = tuning.insertionWorkers ?? settings.insertionWorkers;
  return decidePace({
    inventory,
    selection,
    target,
    targetCluster: cluster,
    ...(throughput === undefined ? {} : { throughput }),
    ...(isMetered && tuning.ruPerSecond !== undefined ? { ruPerSecond: tuning.ruPerSecond } : {}),
    collectionThroughput: input.collectionThroughput,
    shardKeys: input.shardKeys,
    insert: {
      ...(ruPerDocument === undefined ? {} : { ruPerDocument }),
      ...(latencyMs === undefined ? {} : { latencyMs }),
    },
    fixed: {
      ...(tuning.batchSize === undefined ? {} : { batchSize: tuning.batchSize }),
      ...(workers === undefined ? {} : { insertionWorkers: workers }),
      ...(tuning.parallelCollections === undefined ? {} : { parallelCollections: tuning.parallelCollections }),
    },
    ...(input.trial === undefined ? {} : { trial: input.trial }),
    ...(looked.scans === undefined ? {} : { scans: looked.scans }),
    ...(looked.usage === undefined ? {} : { usage: looked.usage }),
    wishes: input.wishes,
    ...(prices
      ? { pricing: { prices, ...regionsOf({ regions: settings.regions, account: regionsOfAccount(input.account) }) } }
      : {}),
    settings: bandsOf(settings),
  });
}
