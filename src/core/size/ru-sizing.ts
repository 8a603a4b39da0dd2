/** What a source takes on an RU account: charges, throughput for the migration and for everyday life, partitions, and what a boost leaves behind. */
import type { IndexTranslation, RuCollectionSizing, RuSizing } from '../model/assessment.js';
import type { Estimate } from '../model/estimate.js';
import { MigrationError } from '../model/error.js';
import { findByNamespace } from '../model/by-namespace.js';
import type { CollectionFacts } from '../model/facts.js';
import { formatNamespace } from '../model/namespace.js';
import type { CollectionScan } from '../model/scan.js';
import { GIB, MIB } from '../model/units.js';
import type { SourceUsage } from '../model/usage.js';
import { planShardKey } from '../plan/options.js';
import { PARTITION_RU_PER_SECOND } from '../plan/throughput-raise.js';
import type { TargetDescription } from '../plan/target.js';
import { assume } from './assumption-ids.js';
import { AssumptionLists } from './assumption-lists.js';
import { add, atLeast, band, estimate, exactly, times, type Band } from './bands.js';
import { collectionCharges, type CollectionCharges } from './collection-charges.js';
import { dataCollections } from './collection-shape.js';
import { SPEEDS } from './duration.js';
import { everydayUsage, tooShortToSizeBy } from './everyday-usage.js';
import { scanOf } from './index-terms.js';
import { MAX_UNSHARDED_RU_BYTES } from './limits.js';
import { budgetSizing, decideBudget, preSplitOf, type DecidedBudget } from './ru-boost.js';
import { partitionsFor, ruBudgets, type BudgetMember } from './ru-budgets.js';
import { ruStorage } from './ru-storage.js';
import { throughputEstimates } from './ru-throughput.js';
import { SIZE_SOURCES } from './sources.js';
import { collectionLoad } from './steady-load.js';
import { tableFactor, type MeasuredInsert, type TableFactor } from './table-factor.js';
import { unionOf } from './union-of.js';

export interface RuSizingInput {
  /** Of the source; views and time series among them are left out. */
  readonly collections: readonly CollectionFacts[];
  readonly indexes: readonly IndexTranslation[];
  readonly scans?: readonly CollectionScan[];
  readonly usage?: SourceUsage;
  readonly target: TargetDescription;
  /** Shard keys on the target, path by `db.coll` of the source. */
  readonly shardKeys?: Readonly<Record<string, string>>;
  /** Absent: what a direct copy takes by itself, an hour at least, as far as the partitions that the data need give so much. */
  readonly wishedCopyMs?: number;
  readonly measured?: MeasuredInsert;
}

const HOUR_MS = 3_600_000;
/** A physical partition is full at 50 GB; after an ingestion 30 to 45 GB each are recommended. Source: see `throughput-raise`. */
const FULL_PARTITION = 50 * GIB;
const EMPTIER_PARTITION = 30 * GIB;

interface Sized {
  readonly collection: CollectionFacts;
  readonly charges: CollectionCharges;
  readonly migration: Band;
  readonly storage: Estimate;
  readonly steady: Estimate | undefined;
  readonly member: BudgetMember;
}

/**
 * Sizes an RU account.
 * @throws MigrationError `bad-number` for a wished time or a measured charge that is not above 0.
 */
export function sizeForRu(input: RuSizingInput): RuSizing {
  const { wishedCopyMs } = input;
  if (wishedCopyMs !== undefined && !(wishedCopyMs > 0 && Number.isFinite(wishedCopyMs)))
    throw new MigrationError('bad-number', { name: 'wishedCopyMs', value: String(wishedCopyMs) });
  const factor = tableFactor(input);
  const usage = everydayUsage(input.usage);
  const countedSeconds = tooShortToSizeBy(input.usage);
  const lists = new AssumptionLists();
  const sized = dataCollections(input.collections).map((collection) =>
    sizeCollection(collection, { ...input, usage }, factor, lists),
  );
  const wishedMs = input.wishedCopyMs ?? usualCopyMs(sized);
  const budgets = ruBudgets(sized.map(({ member }) => member)).map((budget) =>
    decideBudget(budget, wishedMs, input.wishedCopyMs !== undefined),
  );
  const about = unionOf(sized.map(({ charges }) => charges.insert.assumptions));
  const throughput = throughputEstimates({
    loads: sized,
    budgets,
    wishedMs,
    isSaid: input.wishedCopyMs !== undefined,
    about,
    ...(usage ? { usage } : {}),
    ...(countedSeconds === undefined ? {} : { countedSeconds }),
  });
  const own = new Map(
    budgets.flatMap((decided) => {
      const [member, ...others] = decided.budget.members;
      return member && others.length === 0 ? [[member, decided] as const] : [];
    }),
  );
  return {
    collections: sized.map((one) => collectionSizing(one, own, lists)),
    budgets: budgets.map(budgetSizing),
    migration: estimate('ru', add(...sized.map((s) => s.migration)), [
      ...about,
      assume('index-build-charge', 'judged', {}, SIZE_SOURCES.indexing),
    ]),
    verification: estimate(
      'ru',
      add(...sized.map(({ collection, charges }) => times(charges.pointRead, collection.documents))),
      unionOf(sized.map(({ charges }) => charges.pointRead.assumptions)),
    ),
    ...throughput,
    preSplit: budgets.flatMap(preSplitOf),
    storage: estimate('bytes', add(...sized.map((s) => s.storage)), unionOf(sized.map((s) => s.storage.assumptions))),
  };
}

function sizeCollection(
  collection: CollectionFacts,
  input: Omit<RuSizingInput, 'usage'> & { readonly usage: SourceUsage | undefined },
  factor: TableFactor,
  lists: AssumptionLists,
): Sized {
  const { indexes, scans, target, shardKeys, usage } = input;
  const scan = scanOf(collection.ns, scans);
  const translation = findByNamespace(indexes, collection.ns);
  const storage = ruStorage(collection, translation?.indexes, lists);
  const planned = planShardKey(collection, target, shardKeys?.[formatNamespace(collection.ns)]).shardKey;
  const isSharded = planned !== undefined || storage.expected > MAX_UNSHARDED_RU_BYTES;
  const charges = collectionCharges({
    collection,
    translations: indexes,
    factor,
    partitions: isSharded ? partitionsFor(storage.expected) : 0,
    ...(scan ? { scan } : {}),
    lists,
  });
  const migration = times(add(charges.insert, charges.build), collection.documents);
  const steady = usage && collectionLoad({ collection, charges }, usage, lists);
  const member = {
    collection,
    target: translation?.target ?? collection.ns,
    isSharded,
    storage,
    migration,
    ...(steady ? { steady } : {}),
  };
  return { collection, charges, migration, storage, steady, member };
}

function collectionSizing(
  one: Sized,
  budgets: ReadonlyMap<BudgetMember, DecidedBudget>,
  lists: AssumptionLists,
): RuCollectionSizing {
  const { collection, charges, migration, storage, steady, member } = one;
  const own = budgets.get(member);
  const made = own?.made?.partitions ?? Math.ceil((own?.copy.expected ?? 0) / PARTITION_RU_PER_SECOND);
  const partitions = member.isSharded
    ? atLeast(
        band(
          Math.ceil(storage.low / FULL_PARTITION),
          partitionsFor(storage.expected),
          Math.ceil(storage.high / EMPTIER_PARTITION),
        ),
        Math.max(1, made),
      )
    : exactly(1);
  return {
    ns: collection.ns,
    insert: charges.insert,
    insertWithIndexes: charges.insertWithIndexes,
    pointRead: charges.pointRead,
    query: charges.query,
    replace: charges.replace,
    remove: charges.remove,
    migration: lists.estimate('ru', migration, [
      ...charges.insert.assumptions,
      assume('index-build-charge', 'judged', {}, SIZE_SOURCES.indexing),
    ]),
    ...(steady ? { steady } : {}),
    storage,
    partitions: lists.estimate('partitions', partitions, [
      assume('partition-size', 'published', {}, SIZE_SOURCES.scaling),
    ]),
  };
}

/** What a direct copy takes where request units do not hold it up, and no less than the hour that is billed. */
function usualCopyMs(sized: readonly Sized[]): number {
  const { documents, mebibytes } = SPEEDS['direct-copy'];
  const sum = (of: (c: CollectionFacts) => number): number =>
    sized.reduce((all, { collection }) => all + of(collection), 0);
  const seconds = Math.max(
    sum((c) => c.documents) / documents.expected,
    sum((c) => c.logicalBytes) / (mebibytes.expected * MIB),
  );
  return Math.max(HOUR_MS, seconds * 1000);
}
