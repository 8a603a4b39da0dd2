import { asPlanned } from '../../../core/assess/as-planned.js';
import type { PriceList } from '../../../core/cost/price-list.js';
import { decideFindings, expectedCopy, type Decisions } from '../../../core/decide/decide.js';
import type { Assessment } from '../../../core/model/assessment.js';
import type { MigrationError } from '../../../core/model/error.js';
import type { ClusterFacts, ClusterInventory, Throughput } from '../../../core/model/facts.js';
import type { Handoff } from '../../../core/model/handoff.js';
import type { MethodId } from '../../../core/model/method.js';
import {
  formatNamespace,
  renameNamespace,
  type Namespace,
  type NamespaceSelection,
} from '../../../core/model/namespace.js';
import type {
  ClusterReference,
  CopyCeilings,
  Plan,
  PlannedCollection,
  TextTravel,
  Tuning,
} from '../../../core/model/plan.js';
import type { CarriedBy } from '../../../core/plan/carried-out.js';
import { isHandedOff } from '../../../core/plan/handoff-fields.js';
import { draftPlan, selectedCollections } from '../../../core/plan/make-plan.js';
import { planRaises, type PlannedRaises, type RaiseWish } from '../../../core/plan/plan-raises.js';
import { planId } from '../../../core/plan/plan-id.js';
import { describeTarget, type TargetDescription } from '../../../core/plan/target.js';
import { dataCollections } from '../../../core/size/totals.js';
import type { Trial } from '../../../core/size/trial.js';
import { BYTES_PER_MB } from '../../../words/ceilings.js';
import type { Translate } from '../../translate.js';
import { handoffOf, type HandoffState } from './handoff.js';
import { asideOver, lookedAt } from './looked-at.js';
import { paceOf, throughputOf, type Pace, type WizardSettings } from './pace.js';
import { isSourceRead, isTargetRead } from './reach.js';
import { attempt, remembered, stable } from './remember.js';
import { fingerprint, renameProblems, selectionOf } from './selection.js';
import type { Choices, Measurement, WizardState } from './wizard-state.js';

/** A plan before it is kept: its id is made when somebody wants it, see {@link planOf}. */
export type PlanDraft = Omit<Plan, 'id'>;

/** What follows from the state. */
export interface Derived {
  readonly selection?: NamespaceSelection;
  readonly renameProblems: ReadonlyMap<string, string>;
  readonly target?: TargetDescription;
  /** Measured with what is selected now. */
  readonly measured?: Measurement;
  /** Tried with what is selected now. */
  readonly trial?: Trial;
  /** Throughput is to be raised, and what the target has given is not known yet: these names are to be asked for. */
  readonly wantsGiven?: { readonly names: readonly Namespace[]; readonly of: string };
  /** What raising the throughput comes to. */
  readonly raises?: PlannedRaises;
  readonly decisions?: Decisions;
  /** Where the chosen method is carried out elsewhere. */
  readonly handoff?: HandoffState;
  readonly plan?: PlanDraft;
  /** Why there is no plan although everything has been read. */
  readonly failure?: MigrationError;
}

export interface DeriveInput {
  readonly state: WizardState;
  readonly settings: WizardSettings;
  readonly reference: (clusterId: string) => ClusterReference | undefined;
  /** The latest of the chosen source. */
  readonly assessment?: Assessment | undefined;
  /** Absent until they are read, and where they could not be. */
  readonly prices?: PriceList | undefined;
  readonly t: Translate;
}

type FindingsInput = Parameters<typeof decideFindings>[0] & { readonly recommended: MethodId };

type PlannedInput = Pick<Plan, 'notMigrated'> & CarriedBy & { readonly decisions: Decisions };

/** As long as there is no plan. */
const NONE: Plan['notMigrated'] = [];

type PlanParts = Pick<
  Choices,
  'collectionThroughput' | 'shardKeys' | 'capabilities' | 'conflictPolicy' | 'verification' | 'readPreference'
> & {
  readonly leftOutIndexes: Choices['leftOutIndexes'];
  readonly deadLetterOver: Choices['keptAside'];
  readonly transforms: Choices['transforms'] | undefined;
  readonly readConcern: Choices['readConcern'] | undefined;
  readonly inventory: ClusterInventory;
  readonly cluster: ClusterFacts;
  readonly selection: NamespaceSelection;
  readonly tuning: Tuning | undefined;
  readonly throughput: Throughput | undefined;
  readonly method: MethodId;
  readonly text: TextTravel | undefined;
  readonly handoff: Handoff | undefined;
  readonly ceilings: CopyCeilings;
  readonly raise: RaiseWish | undefined;
  readonly source: ClusterReference;
  readonly target: ClusterReference;
};

/** The chosen method, else the recommended one, else the one that always is. */
export function methodOf(
  chosen: MethodId | undefined,
  decisions: Pick<Decisions, 'recommendation'> | undefined,
): MethodId {
  return chosen ?? decisions?.recommendation.recommended ?? 'direct-copy';
}

function draftOf(parts: PlanParts): PlanDraft {
  const { inventory, tuning, cluster, selection, source, target, method, throughput } = parts;
  if (!tuning) throw new Error('a tuning follows from the facts of a target');
  return draftPlan({
    inventory,
    source,
    target,
    targetCluster: cluster,
    targetCapabilities: parts.capabilities,
    method,
    selection,
    tuning,
    // Replaced when it is saved; the plan's id does not hang on it.
    createdAt: inventory.readAt,
    conflictPolicy: parts.conflictPolicy,
    verification: { depth: parts.verification },
    readPreference: parts.readPreference,
    ...(parts.leftOutIndexes === undefined ? {} : { leftOutIndexes: parts.leftOutIndexes }),
    ...(parts.deadLetterOver === undefined ? {} : { deadLetterOver: parts.deadLetterOver }),
    ...(parts.transforms === undefined ? {} : { transforms: parts.transforms }),
    ...(parts.readConcern === undefined ? {} : { readConcern: parts.readConcern }),
    ...(throughput === undefined ? {} : { throughput }),
    collectionThroughput: parts.collectionThroughput,
    shardKeys: parts.shardKeys,
    ...(parts.text === undefined ? {} : { text: parts.text }),
    ...(parts.handoff === undefined ? {} : { handoff: parts.handoff }),
    ceilings: parts.ceilings,
    ...(parts.raise === undefined ? {} : { raise: parts.raise }),
  });
}

/** Who wants JSON files gets them in the run's folder. CSV has to be told its fields, which only the command line asks for. */
const THROUGH_FILES: TextTravel = { format: 'json', files: { use: 'both' } };

function textOf(method: MethodId, { wishes }: Pick<Choices, 'wishes'>): TextTravel | undefined {
  return method === 'export-import' && wishes.wantsFiles === 'json' ? THROUGH_FILES : undefined;
}

/** Zero is no limit. */
function ceilingsOf({ tuning }: Pick<Choices, 'tuning'>): CopyCeilings {
  const {
    maxRuPerSecond: ru = 0,
    maxMbPerSecond: mb = 0,
    maxDocumentsPerSecond: documents = 0,
    sourceConnections,
  } = tuning;
  return {
    ...(ru > 0 ? { ruPerSecond: ru } : {}),
    ...(mb > 0 ? { bytesPerSecond: mb * BYTES_PER_MB } : {}),
    ...(documents > 0 ? { documentsPerSecond: documents } : {}),
    ...(sourceConnections === undefined ? {} : { sourceConnections }),
  };
}

/** Names on the target that data goes to. */
function targetNames(inventory: ClusterInventory, selection: NamespaceSelection): readonly Namespace[] {
  return dataCollections(selectedCollections(inventory, selection)).map(({ ns }) => renameNamespace(selection, ns));
}

function chosenMethod({ method }: WizardState): { method?: MethodId } {
  return method === undefined ? {} : { method };
}

/** How long the copy takes says something only where changes are to be followed meanwhile, and changes with every number that is typed. */
function onlineOf(
  { wishes: { online } }: WizardState,
  method: MethodId,
  pace: Pace,
): Pick<FindingsInput, 'online' | 'expectedCopyMs'> {
  if (!online) return {};
  const expectedCopyMs = expectedCopy(method, pace);
  return { online, ...(expectedCopyMs === undefined ? {} : { expectedCopyMs }) };
}

/** The plan with its id, and made now. */
export function planOf(draft: PlanDraft, now: number): Plan {
  const dated = { ...draft, createdAt: new Date(now).toISOString() };
  return { ...dated, id: planId(dated) };
}

/** Settings of single collections name what takes part; one that was left out meanwhile keeps its setting for later. */
function ofSelected<T>(
  settings: Readonly<Record<string, T>>,
  selected: ReadonlySet<string>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => selected.has(name)));
}

/** A deriver keeps the last answer of each part: for 10,000 collections each takes long enough to be felt at every key. */
export function createDeriver(): (input: DeriveInput) => Derived {
  const targetFor = remembered(
    attempt(({ facts, capabilities }: { facts: ClusterFacts; capabilities: Choices['capabilities'] }) =>
      describeTarget(facts, capabilities),
    ),
  );
  const selectionFor = remembered(
    (i: { inventory: ClusterInventory; selected: readonly string[]; renames: Choices['renames']; isWhole: boolean }) =>
      selectionOf(i.inventory, i.selected, i.renames, i.isWhole),
  );
  const problemsFor = remembered(
    (i: {
      inventory: ClusterInventory;
      selected: readonly string[];
      renames: Choices['renames'];
      target: TargetDescription | undefined;
      t: Translate;
    }) => renameProblems(i.inventory, i.selected, i.renames, i.target?.kind, i.t),
  );
  const fingerprintFor = remembered(({ selected }: { selected: readonly string[] }) => fingerprint(selected));
  const throughputsFor = remembered((i: { all: Choices['collectionThroughput']; selected: readonly string[] }) =>
    ofSelected(i.all, new Set(i.selected)),
  );
  const shardKeysFor = remembered((i: { all: Choices['shardKeys']; selected: readonly string[] }) =>
    ofSelected(i.all, new Set(i.selected)),
  );
  const transformsFor = remembered((i: { all: NonNullable<Choices['transforms']>; selected: readonly string[] }) =>
    ofSelected(i.all, new Set(i.selected)),
  );
  const asideFor = remembered((i: { all: NonNullable<Choices['keptAside']>; target: TargetDescription }) =>
    asideOver(i.all, i.target),
  );
  const namesFor = remembered((i: { inventory: ClusterInventory; selection: NamespaceSelection; targetId: string }) => {
    const names = targetNames(i.inventory, i.selection);
    return { names, of: fingerprint([i.targetId, ...names.map(formatNamespace)]) };
  });
  const raisesFor = remembered((i: { collections: readonly PlannedCollection[]; raise: RaiseWish }) =>
    planRaises(i.collections, i.raise),
  );
  const raiseFor = remembered((i: { ruPerSecond: number; target: RaiseWish['target'] }): RaiseWish => ({
    ruPerSecond: i.ruPerSecond,
    target: i.target,
  }));
  const ceilingsFor = stable<CopyCeilings>();
  const lookedAtFor = remembered(lookedAt);
  const paceFor = remembered(attempt(paceOf));
  const decisionsFor = remembered((i: { pace: Pace; findings: Decisions['findings'] }): Decisions => ({
    ...i.pace,
    findings: i.findings,
  }));
  const findingsFor = remembered((i: FindingsInput) => decideFindings(i, i.recommended));
  const asPlannedFor = remembered(({ decisions, ...plan }: PlannedInput): Decisions => ({
    ...decisions,
    findings: asPlanned(decisions.findings, plan),
  }));
  const handoffFor = remembered(handoffOf);
  const betweenFor = stable<readonly [string, string]>();
  const planFor = remembered(attempt(draftOf));
  const settingsFor = stable<WizardSettings>();
  const throughputFor = stable<Throughput | undefined>();
  const sourceFor = stable<ClusterReference | undefined>();
  const targetReferenceFor = stable<ClusterReference | undefined>();

  return ({ state, settings, reference, assessment, prices, t }) => {
    const { source, selected, sourceId, targetId } = state;
    const cluster = state.target && isTargetRead(state) ? state.target.facts : undefined;
    const described = cluster && targetFor({ facts: cluster, capabilities: state.capabilities });
    const target = described?.value;
    const known: Pick<Derived, 'target' | 'failure'> = {
      ...(target ? { target } : {}),
      ...(described?.error ? { failure: described.error } : {}),
    };
    if (!source || !isSourceRead(state) || !selected) return { ...known, renameProblems: new Map() };
    const { inventory } = source;
    const problems = problemsFor({ inventory, selected, renames: state.renames, target, t });
    const isWhole = source.databases === undefined;
    const selection = selectionFor({ inventory, selected, renames: state.renames, isWhole });
    const measured = state.measured?.of === fingerprintFor({ selected }) ? state.measured : undefined;
    const trial = state.tried?.of === fingerprintFor({ selected }) ? state.tried.trial : undefined;
    const base: Derived = {
      ...known,
      selection,
      renameProblems: problems,
      ...(measured ? { measured } : {}),
      ...(trial ? { trial } : {}),
    };
    if (!cluster || !target || selected.length === 0 || problems.size > 0) return base;
    const collectionThroughput = throughputsFor({ all: state.collectionThroughput, selected });
    const shardKeys = shardKeysFor({ all: state.shardKeys, selected });
    const looked = lookedAtFor({ assessment });
    const pace = paceFor({
      inventory,
      cluster,
      target,
      selection,
      settings: settingsFor(settings),
      throughput: state.throughput,
      tuning: state.tuning,
      wishes: state.wishes,
      collectionThroughput,
      shardKeys,
      measured,
      trial,
      account: state.target?.azure?.account,
      prices,
      looked,
    });
    if (!pace.value) return { ...base, failure: pace.error };
    const method = methodOf(state.method, pace.value);
    const { recommended } = pace.value.recommendation;
    const findings = findingsFor({
      inventory,
      selection,
      target,
      shardKeys,
      recommended,
      ...chosenMethod(state),
      ...looked,
      ...onlineOf(state, method, pace.value),
    });
    const decisions = decisionsFor({ pace: pace.value, findings });
    const from = sourceFor(sourceId === undefined ? undefined : reference(sourceId));
    const to = targetReferenceFor(targetId === undefined ? undefined : reference(targetId));
    if (!from || !to) return { ...base, decisions };
    const elsewhere = isHandedOff(method)
      ? handoffFor({
          kind: method,
          said: state.handoff,
          inventory,
          selection,
          target,
          tuning: pace.value.tuning,
          wishes: state.wishes,
          between: betweenFor([from.name, to.name]),
          azure: state.target?.azure,
        })
      : undefined;
    const told: Derived = {
      ...base,
      decisions,
      ...(elsewhere ? { handoff: elsewhere.state } : {}),
    };
    if (elsewhere?.failure) {
      const planned = asPlannedFor({ decisions, notMigrated: NONE, method, handoff: undefined });
      return { ...told, decisions: planned, failure: elsewhere.failure };
    }
    const wanted = method === 'direct-copy' && target.kind === 'cosmos-ru' ? (state.tuning.raiseRuPerSecond ?? 0) : 0;
    const asked = wanted > 0 ? namesFor({ inventory, selection, targetId: targetId ?? '' }) : undefined;
    if (asked && state.given?.of !== asked.of) return { ...told, wantsGiven: asked };
    const raise =
      wanted > 0 && state.given ? raiseFor({ ruPerSecond: wanted, target: state.given.throughput }) : undefined;
    const made = planFor({
      inventory,
      cluster,
      selection,
      tuning: pace.value.tuning,
      throughput: target.kind === 'cosmos-ru' ? throughputFor(throughputOf(state)) : undefined,
      collectionThroughput,
      shardKeys,
      capabilities: state.capabilities,
      conflictPolicy: state.conflictPolicy,
      verification: state.verification,
      readPreference: state.readPreference,
      leftOutIndexes: state.leftOutIndexes,
      deadLetterOver: state.keptAside && asideFor({ all: state.keptAside, target }),
      transforms: state.transforms && transformsFor({ all: state.transforms, selected }),
      readConcern: state.readConcern,
      method,
      text: textOf(method, state),
      handoff: elsewhere?.made,
      ceilings: ceilingsFor(ceilingsOf(state)),
      raise,
      source: from,
      target: to,
    });
    if (!made.value) return { ...told, failure: made.error };
    const raises = raise ? raisesFor({ collections: made.value.collections, raise }) : undefined;
    const { notMigrated, handoff } = made.value;
    const planned = asPlannedFor({ decisions, notMigrated, method, handoff });
    return { ...told, decisions: planned, plan: made.value, ...(raises ? { raises } : {}) };
  };
}
