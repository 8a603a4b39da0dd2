import type { PriceList } from '../../core/cost/price-list.js';
import type { Assessment } from '../../core/model/assessment.js';
import type { ClusterFacts, ClusterInventory } from '../../core/model/facts.js';
import type { ClusterReference, Plan } from '../../core/model/plan.js';
import type { Namespace, NamespaceSelection } from '../../core/model/namespace.js';
import type { TargetThroughput } from '../../core/plan/plan-raises.js';
import type { Trial } from '../../core/size/trial.js';
import type { ClusterProfile, ClusterRole } from '../clusters/cluster-profile.js';
import type { Translate } from '../translate.js';
import type { PlanDraft } from './model/derive.js';
import type { WizardSettings } from './model/pace.js';
import type { Measurement, WizardState } from './model/wizard-state.js';

export interface ReadProgress {
  readonly done: number;
  readonly total: number;
}

export type CommandLines = (plan: PlanDraft, inventory: ClusterInventory) => readonly string[];

/** What the wizard needs of the world. Every call may fail with a MigrationError; one that has a signal ends when it is aborted. */
export interface WizardPorts {
  readonly t: Translate;
  now(): number;
  settings(): WizardSettings;
  clusters(): readonly ClusterProfile[];
  /** Undefined for a cluster that is not there any more. */
  reference(clusterId: string): ClusterReference | undefined;
  /** What the cost of the methods is reckoned by, the user's own in place of the shipped ones; undefined where they could not be read, and until they are, which `changed` then tells. */
  prices(changed: () => void): PriceList | undefined;
  /** Loads what makes command lines. */
  commandLines(): Promise<CommandLines>;
  readSource(
    clusterId: string,
    options: {
      readonly selection: NamespaceSelection;
      readonly signal: AbortSignal;
      readonly onProgress: (progress: ReadProgress) => void;
    },
  ): Promise<ClusterInventory>;
  readTarget(clusterId: string, signal: AbortSignal): Promise<ClusterFacts>;
  /** Asks, as it writes to the target. */
  mayMeasure(): Promise<boolean>;
  /** Asks how a direct copy may be tried: with a scratch collection on the target, by reading alone, or not at all. */
  mayTry(): Promise<'copy' | 'read' | undefined>;
  /** Undefined where there is no document to try with. */
  tryCopy(
    request: {
      readonly sourceId: string;
      /** Absent: it is only read. */
      readonly targetId?: string;
      readonly inventory: ClusterInventory;
      readonly selection: NamespaceSelection;
      readonly readPreference: Plan['readPreference'];
    },
    signal: AbortSignal,
  ): Promise<Trial | undefined>;
  /** What an RU target has given to these collections and their databases. */
  readGiven(targetId: string, names: readonly Namespace[], signal: AbortSignal): Promise<TargetThroughput>;
  /** Undefined where there is no document to measure with. */
  measureCharge(
    request: {
      readonly sourceId: string;
      readonly targetId: string;
      readonly inventory: ClusterInventory;
      readonly selection: NamespaceSelection;
    },
    signal: AbortSignal,
  ): Promise<Omit<Measurement, 'of'> | undefined>;
  /** Undefined when nothing was added. */
  addCluster(role: ClusterRole): Promise<string | undefined>;
  targetChosen(clusterId: string): void;
  /** The latest of a source, where there is one in this window; {@link loadAssessment} brings one of an earlier window. */
  assessment(clusterId: string): Assessment | undefined;
  loadAssessment(clusterId: string): Promise<void>;
  /** Asks how deep to look, and looks; resolves when that has ended, one way or the other. */
  assess(clusterId: string): Promise<void>;
  /** Where the user wants the plan to be; undefined when they do not. */
  choosePlanPath(suggestedName: string): Promise<string | undefined>;
  /** A place of our own for plans that are started without having been saved. */
  ownPlanPath(planId: string): Promise<string>;
  writePlan(path: string, plan: Plan): Promise<void>;
  /** `kind`: whose command lines they are. */
  copyText(text: string, lines: number, kind: 'tools' | 'own'): Promise<void>;
  openLink(url: string): Promise<void>;
  /** False where it was not started, for a reason that the user has been told. */
  start(planPath: string): Promise<boolean>;
  /** Keeps the state for after a reload; never fails. */
  remember(state: WizardState): void;
  log(error: unknown): void;
}
