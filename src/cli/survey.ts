/** What `recommend` and `plan` both start from: the source's sizes, the target's rules, and the charge of an insert. */
import { MigrationError } from '../core/model/error.js';
import type { ClusterFacts, ClusterInventory } from '../core/model/facts.js';
import { formatNamespace, renameNamespace, type NamespaceSelection } from '../core/model/namespace.js';
import type { CollectionTransform, Plan } from '../core/model/plan.js';
import { selectedCollections } from '../core/plan/make-plan.js';
import type { TargetThroughput } from '../core/plan/plan-raises.js';
import { checkSelection } from '../core/plan/plan-checks.js';
import { assumedTarget, describeTarget, type TargetDescription, type TargetKind } from '../core/plan/target.js';
import { dataCollections } from '../core/size/totals.js';
import type { Trial } from '../core/size/trial.js';
import { tryTransform, type TransformTrial } from '../engine/copy/try-transform.js';
import type { MeasuredCharge } from '../adapters/mongo/measure-charge.js';
import { clusterOptions, isGiven } from './cluster-options.js';
import { connectBoth, connectTo, resolveCluster, type ResolvedCluster } from './clusters.js';
import type { CommandContext, ConnectedCluster } from './context.js';
import { measuredCharge } from './measured-charge.js';
import { inventoryProgress } from './progress-note.js';
import { selectionFrom } from './selection-options.js';
import { triedCopy, type TrialKind } from './tried-copy.js';
import { targetWishes, type TargetOptions, type TargetWishes } from './target-options.js';
import { transformsFrom, type TransformOptions } from './transform-options.js';

export interface SurveyOptions extends TargetOptions, TransformOptions {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly rename?: readonly string[];
  /** RU targets: whether a probe may measure; undefined: ask where somebody can answer. */
  readonly measure?: boolean;
  /** A direct copy is tried: into a scratch collection, or by reading alone. */
  readonly trial?: TrialKind;
  readonly readPreference?: Plan['readPreference'];
  readonly targetKind?: TargetKind;
  /** RU targets: what each collection has there is wanted, too. */
  readonly raiseThroughput?: string;
  readonly preSplit?: boolean;
}

export interface CsvFields {
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly unnameable: readonly string[];
}

export interface Survey {
  readonly source: Pick<ResolvedCluster, 'reference'>;
  readonly inventory: ClusterInventory;
  readonly selection: NamespaceSelection;
  readonly wishes: TargetWishes;
  readonly target: TargetDescription;
  /** Absent where only the target's kind was named. */
  readonly targetCluster?: { readonly resolved: Pick<ResolvedCluster, 'reference'>; readonly facts: ClusterFacts };
  /** CSV: the fields of each collection, `db.coll` on the source, and those that a sample shows but no list can name. */
  readonly csv?: CsvFields;
  /** What is to be changed on the way, by source namespace, and how much of it arrives. */
  readonly transforms: Readonly<Record<string, CollectionTransform>>;
  readonly arriving: Readonly<Record<string, TransformTrial>>;
  /** Measured by inserting, with the user's consent. */
  readonly measured?: MeasuredCharge;
  readonly trial?: Trial;
  /** Read where it was asked for. */
  readonly targetThroughput?: TargetThroughput;
}

/**
 * Connects, reads sizes, and measures the charge of an insert where that is allowed. Connections are closed again.
 * @throws MigrationError of connecting, of bad options, and `bad-plan` for a selection that the source does not have.
 */
export async function survey(
  options: Readonly<Record<string, unknown>> & SurveyOptions,
  context: CommandContext,
): Promise<Survey> {
  const selection = selectionFrom(options);
  const wishes = targetWishes(options);
  const transforms = transformsFrom(options);
  const wanted = clusterOptions('target', options);
  const tried = { selection, trial: options.trial, readPreference: options.readPreference };
  const source = await resolveCluster('source', clusterOptions('source', options), context);
  if (options.targetKind !== undefined && !isGiven('target', wanted, context.env)) {
    await using connected = await connectTo(source, context);
    const inventory = await readSource(connected, selection, context);
    checkSelection(inventory, { selection, ...wishes });
    const target = assumedTarget(options.targetKind, wishes.capabilities);
    const trial = await triedCopy({ source: connected, target: undefined, ...tried, inventory }, context);
    return {
      source,
      inventory,
      selection,
      wishes,
      target,
      transforms: {},
      arriving: {},
      ...(trial === undefined ? {} : { trial }),
    };
  }
  const resolved = await resolveCluster('target', wanted, context);
  const both = await connectBoth(source, resolved, context);
  await using from = both.source;
  await using to = both.target;
  const target = describeTarget(to.facts, wishes.capabilities);
  if (wishes.throughput !== undefined && target.kind !== 'cosmos-ru') {
    throw new MigrationError('bad-option', { option: '--throughput', reason: 'ru-only', target: target.kind });
  }
  const inventory = await readSource(from, selection, context);
  checkSelection(inventory, { selection, ...wishes, transforms });
  const arriving = await tryTransforms(transforms, inventory, from, options, context);
  const trial = await triedCopy({ source: from, target: to, ...tried, inventory }, context);
  const measured =
    target.kind === 'cosmos-ru'
      ? await measuredCharge({ source: from, target: to, inventory, selection, consent: options.measure }, context)
      : undefined;
  return {
    source,
    inventory,
    selection,
    wishes,
    target,
    targetCluster: { resolved, facts: to.facts },
    transforms,
    arriving,
    ...(measured === undefined ? {} : { measured }),
    ...(trial === undefined ? {} : { trial }),
    ...(options.raiseThroughput === undefined && !options.preSplit
      ? {}
      : { targetThroughput: await throughputOf(to, inventory, selection, context) }),
  };
}

function throughputOf(
  target: ConnectedCluster,
  inventory: ClusterInventory,
  selection: NamespaceSelection,
  { adapters, interruption }: CommandContext,
): Promise<TargetThroughput> {
  const names = dataCollections(selectedCollections(inventory, selection)).map(({ ns }) =>
    renameNamespace(selection, ns),
  );
  return adapters.readTargetThroughput(target, names, interruption.signal);
}

export async function readSource(
  cluster: ConnectedCluster,
  selection: NamespaceSelection,
  context: CommandContext,
): Promise<ClusterInventory> {
  return context.adapters.readInventory(cluster, {
    selection,
    signal: context.interruption.signal,
    onProgress: inventoryProgress(context),
  });
}

/** Every transform on the source itself. Views have nothing to try: the plan refuses them. */
async function tryTransforms(
  transforms: Readonly<Record<string, CollectionTransform>>,
  inventory: ClusterInventory,
  from: ConnectedCluster,
  { readPreference }: SurveyOptions,
  context: CommandContext,
): Promise<Readonly<Record<string, TransformTrial>>> {
  const { signal } = context.interruption;
  const arriving: Record<string, TransformTrial> = {};
  for (const { ns, type, options, documents, logicalBytes } of inventory.collections) {
    const name = formatNamespace(ns);
    const transform = Object.hasOwn(transforms, name) ? transforms[name] : undefined;
    if (!transform || type !== 'collection') continue;
    context.output.note(`Looking at what of ${name} arrives ...`);
    arriving[name] = await tryTransform({ source: ns, transform, options }, { documents, logicalBytes }, from.session, {
      signal,
      ...(readPreference === undefined ? {} : { readPreference }),
    });
  }
  return arriving;
}
