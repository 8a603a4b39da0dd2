import { MigrationError } from '../model/error.js';
import type { ClusterFacts, ClusterInventory, CollectionFacts, Throughput } from '../model/facts.js';
import type { Handoff } from '../model/handoff.js';
import type { MethodId } from '../model/method.js';
import {
  formatNamespace,
  isSelected,
  isSystemNamespace,
  renameNamespace,
  SYSTEM_DATABASES,
  type Namespace,
  type NamespaceSelection,
} from '../model/namespace.js';
import type {
  ClusterReference,
  CollectionTransform,
  ConflictPolicy,
  CopyCeilings,
  NotMigrated,
  Plan,
  PlannedCollection,
  ReadConcern,
  TextTravel,
  Tuning,
  VerificationPlan,
} from '../model/plan.js';
import { bytes } from '../model/units.js';
import { checkHandoff, handoffFor } from './handoff-defaults.js';
import { planIndexes } from './index-fates.js';
import { refusedName } from './names.js';
import { planOptions, planShardKey, planThroughput } from './options.js';
import { planRaises, type RaiseWish } from './plan-raises.js';
import { checkNotSource, checkRenamedTo, checkSelection, checkTargetNames } from './plan-checks.js';
import { planId } from './plan-id.js';
import { describeTarget, type AccountCapability, type TargetDescription } from './target.js';
import { checkTransforms } from './transform-checks.js';
import { planViews } from './views.js';
import type { NotMigratedWhy } from './whys.js';

export interface PlanInput {
  readonly inventory: ClusterInventory;
  readonly source: ClusterReference;
  readonly target: ClusterReference;
  /** What the probe of the target learnt. */
  readonly targetCluster: ClusterFacts;
  /** RU targets: the account's switches, as the user says. */
  readonly targetCapabilities?: readonly AccountCapability[];
  readonly method: MethodId;
  readonly selection: NamespaceSelection;
  readonly tuning: Tuning;
  /** ISO date; core has no clock. */
  readonly createdAt: string;
  /** Default `fail`: a document of the target is never lost by default. */
  readonly conflictPolicy?: ConflictPolicy;
  /** Default `full`. */
  readonly verification?: VerificationPlan;
  /** Default `primary`: a secondary that lags would make a complete copy look incomplete. */
  readonly readPreference?: Plan['readPreference'];
  /** Direct copy: limits from the start. */
  readonly ceilings?: CopyCeilings;
  /** RU targets: how far throughput is raised while it is copied; see {@link planRaises}. */
  readonly raise?: RaiseWish;
  /** RU targets: throughput of every new collection. */
  readonly throughput?: Throughput;
  /** RU targets: throughput by source namespace `db.coll`, in place of `throughput`. */
  readonly collectionThroughput?: Readonly<Record<string, Throughput>>;
  /** RU targets: path of the shard key by source namespace `db.coll`; without one the source's own, where it is a single field. */
  readonly shardKeys?: Readonly<Record<string, string>>;
  /** `export-import`: what documents travel as, in place of canonical Extended JSON from tool to tool. */
  readonly text?: TextTravel;
  /** CSV: fields by source namespace `db.coll`. */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
  /** Direct copy: what changes on the way, by source namespace `db.coll`. */
  readonly transforms?: Readonly<Record<string, CollectionTransform>>;
  /** How much of a transformed collection arrives, by source namespace, where that was looked at. */
  readonly arriving?: Readonly<Record<string, { readonly documents: number; readonly logicalBytes: number }>>;
  /** Direct copy: of the source's reads. Default: the server's. */
  readonly readConcern?: ReadConcern;
  /** Names of indexes that are not wanted, by source namespace `db.coll`. */
  readonly leftOutIndexes?: Readonly<Record<string, readonly string[]>>;
  /** Direct copy: bytes by source namespace `db.coll`; larger documents become dead letters without having been sent. */
  readonly deadLetterOver?: Readonly<Record<string, number>>;
  /** Where another system carries it out; default: that of the method, where it has one. */
  readonly handoff?: Handoff;
}

/** Everything that takes part: selected, and not the server's own. Views and time series are included. */
export function selectedCollections(
  inventory: ClusterInventory,
  selection: NamespaceSelection,
): readonly CollectionFacts[] {
  return inventory.collections.filter((c) => !isSystemNamespace(c.ns) && isSelected(selection, c.ns));
}

/**
 * The whole migration as data: what goes where, with which options and indexes, and what does not go, each with a reason.
 * Collections come sorted by name, views after all of them in the order in which they have to be made.
 * @throws MigrationError `bad-plan` (with `reason`: `include-matches-nothing`, `rename-unknown`, `rename-twice`, `rename-collision`, `rename-to-system`,
 * `database-case-collision`, `name-refused-by-target`, `target-kind-unsupported`, `csv-needs-fields`, and those of `checkTransforms`), `bad-namespace` for an unreadable target name,
 * `source-is-target`; `handoff-missing` and `handoff-of-other-method` as {@link checkHandoff}.
 */
export function makePlan(input: PlanInput): Plan {
  const draft = draftPlan(input);
  checkHandoff(draft);
  return { ...draft, id: planId(draft) };
}

/** A plan that is only looked at: its id, over all of its content, is what takes longest. @throws MigrationError as {@link makePlan}. */
export function draftPlan(input: PlanInput): Omit<Plan, 'id'> {
  const { inventory, selection } = input;
  const target = describeTarget(input.targetCluster, input.targetCapabilities ?? []);
  checkSelection(inventory, input);
  const selected = [...selectedCollections(inventory, selection)].sort((a, b) => compare(a.ns, b.ns));
  const rename = (ns: Namespace): Namespace => renameNamespace(selection, ns);
  const notMigrated: NotMigrated[] = [...leftOutByReading(inventory, selection)];
  const data: PlannedCollection[] = [];
  const views: CollectionFacts[] = [];
  for (const collection of selected) {
    const why = unfit(collection, rename(collection.ns), target);
    checkRenamedTo(collection.ns, rename(collection.ns), why);
    if (why !== undefined) notMigrated.push({ source: collection.ns, why });
    else if (collection.type === 'view') views.push(collection);
    else data.push(planCollection(collection, rename(collection.ns), target, input));
  }
  const plannedViews = planViews(views, data, target.kind, rename);
  const intoFiles = input.text?.files?.use === 'export';
  if (intoFiles) notMigrated.push(...plannedViews.views.map(({ source }) => ({ source, why: 'view' as const })));
  const collections = intoFiles ? data.map(asFile) : [...data, ...plannedViews.views];
  notMigrated.push(...plannedViews.notMigrated);
  notMigrated.sort((a, b) => compare(a.source, b.source));
  checkTargetNames(collections);
  checkNotSource(inventory.cluster, input.targetCluster, collections);
  checkTransformed(input, collections);
  const handoff = handoffFor(input.method, input.handoff);
  return {
    version: 1,
    createdAt: input.createdAt,
    source: input.source,
    target: input.target,
    targetKind: target.kind,
    method: input.method,
    collections,
    notMigrated,
    tuning: input.tuning,
    conflictPolicy: input.conflictPolicy ?? 'fail',
    ...(input.text === undefined ? {} : { text: input.text }),
    ...(handoff === undefined ? {} : { handoff }),
    // What CSV gives back is never what was there: only the numbers of documents can agree.
    verification: input.text?.format === 'csv' ? { depth: 'counts' } : (input.verification ?? { depth: 'full' }),
    readPreference: input.readPreference ?? 'primary',
    ...(input.readConcern === undefined ? {} : { readConcern: input.readConcern }),
    ...(input.method === 'direct-copy' ? ofDirectCopy(collections, input) : {}),
  };
}

/** What no other method keeps to. */
function ofDirectCopy(
  collections: readonly PlannedCollection[],
  { ceilings = {}, raise }: PlanInput,
): Pick<Plan, 'ceilings' | 'throughputRaises'> {
  const { raises } = raise ? planRaises(collections, raise) : { raises: [] };
  return {
    ...(Object.keys(ceilings).length > 0 ? { ceilings } : {}),
    ...(raises.length > 0 ? { throughputRaises: raises.map((decided) => decided.raise) } : {}),
  };
}

/** A view has no documents of its own: what was to be changed would be forgotten without a word. @throws MigrationError `bad-plan`. */
function checkTransformed(input: PlanInput, collections: readonly PlannedCollection[]): void {
  const { inventory, method, readConcern, transforms = {} } = input;
  checkTransforms({ method, collections, ...(readConcern === undefined ? {} : { readConcern }) });
  const view = inventory.collections.find(({ ns, type }) => type === 'view' && transforms[formatNamespace(ns)]);
  if (view) throw new MigrationError('bad-plan', { reason: 'transform-of-view', namespace: formatNamespace(view.ns) });
}

function compare(a: Namespace, b: Namespace): number {
  const [x, y] = [formatNamespace(a), formatNamespace(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** `system.views` and the buckets of time series are told of by their views and time series. */
function leftOutByReading(inventory: ClusterInventory, selection: NamespaceSelection): readonly NotMigrated[] {
  const unreadable = inventory.failed.filter((f) => isSelected(selection, f.ns));
  const system = inventory.skipped.filter(
    ({ ns, reason }) =>
      reason === 'system' &&
      !SYSTEM_DATABASES.has(ns.db) &&
      isSelected(selection, ns) &&
      ns.coll !== 'system.views' &&
      !ns.coll.startsWith('system.buckets.'),
  );
  return [
    ...unreadable.map(({ ns }) => ({ source: ns, why: 'unreadable' })),
    ...system.map(({ ns }) => ({ source: ns, why: 'system' })),
  ];
}

function unfit(collection: CollectionFacts, name: Namespace, target: TargetDescription): NotMigratedWhy | undefined {
  if (collection.type === 'timeseries') {
    // mongorestore wants to make a time series itself and refuses one that is there; its buckets cannot be compared document by document.
    return target.kind === 'mongodb' ? 'timeseries-not-carried' : 'timeseries-unsupported';
  }
  return refusedName(name, target.kind);
}

function planCollection(
  collection: CollectionFacts,
  name: Namespace,
  target: TargetDescription,
  input: PlanInput,
): PlannedCollection {
  const key = formatNamespace(collection.ns);
  const transform = input.transforms?.[key];
  const options = planOptions(collection.options, target, transform);
  const shard = planShardKey(collection, target, input.shardKeys?.[key], transform);
  const size = input.arriving?.[key] ?? collection;
  const wished = target.kind === 'cosmos-ru' ? (input.collectionThroughput?.[key] ?? input.throughput) : undefined;
  const throughput = planThroughput(wished, shard.shardKey !== undefined);
  const path = target.kind === 'cosmos-ru' ? shard.shardKey?.[0]?.[0] : undefined;
  const leftOut = input.leftOutIndexes?.[key];
  const largest = input.method === 'direct-copy' ? input.deadLetterOver?.[key] : undefined;
  return {
    source: collection.ns,
    target: name,
    documents: size.documents,
    logicalBytes: bytes(size.logicalBytes),
    options: options.options,
    droppedOptions: [...options.dropped, ...shard.dropped, ...throughput.dropped],
    ...(shard.shardKey ? { shardKey: shard.shardKey } : {}),
    ...(throughput.throughput ? { throughput: throughput.throughput } : {}),
    indexes: planIndexes(collection.indexes, {
      target,
      ...(path !== undefined ? { shardKey: path } : {}),
      ...(transform ? { transform } : {}),
      ...(leftOut ? { leftOut: new Set(leftOut) } : {}),
    }),
    ...(transform ? { transform } : {}),
    ...(largest === undefined ? {} : { deadLetterOver: bytes(largest) }),
    ...csvFields(key, input),
  };
}

/** Without `_id` an import that is gone on with would bring every document again. @throws MigrationError `bad-plan` (`csv-needs-fields`) where they are not said. */
function csvFields(key: string, { text, fields }: PlanInput): { fields?: readonly string[] } {
  // Files that are there have their header.
  if (text?.format !== 'csv' || text.files?.use === 'import') return {};
  const named = fields?.[key] ?? [];
  if (named.length === 0) throw new MigrationError('bad-plan', { reason: 'csv-needs-fields', namespace: key });
  return { fields: ['_id', ...named.filter((name) => name !== '_id')] };
}

/** A file has neither options nor indexes, and is called as its collection is. */
function asFile({ source, documents, logicalBytes, fields }: PlannedCollection): PlannedCollection {
  const base = { source, target: source, documents, logicalBytes, options: {}, droppedOptions: [], indexes: [] };
  return fields === undefined ? base : { ...base, fields };
}
