import type { AzureThroughput } from '../../core/model/azure-account.js';
import type { MigrationError } from '../../core/model/error.js';
import type {
  ClusterFacts,
  ClusterInventory,
  CollectionFacts,
  CollectionOptions,
  CollectionType,
  FailedNamespace,
} from '../../core/model/facts.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';

/** How far one reading is. `idle`: not asked for, or asked for again; what an earlier reading gave is still there. */
export interface Stage {
  readonly state: 'idle' | 'loading' | 'ready' | 'failed';
  /** Of a failed one. */
  readonly error?: MigrationError;
}

/** What is known of a collection: its name first, its numbers later. */
export interface CollectionEntry {
  readonly ns: Namespace;
  readonly type: CollectionType;
  readonly options: CollectionOptions;
  readonly facts?: CollectionFacts;
  /** Its numbers could not be read. */
  readonly failed?: FailedNamespace;
}

/** Sums over a database. */
export interface DatabaseTotals {
  readonly logicalBytes: number;
  readonly storageBytes: number;
  readonly indexBytes: number;
  readonly documents: number;
  /** Views left out. */
  readonly collections: number;
}

export interface DatabaseEntry {
  readonly db: string;
  readonly totals: DatabaseTotals | undefined;
  /** The names of its collections. */
  readonly listing: Stage;
  /** Their numbers. */
  readonly statistics: Stage;
  /** By name; absent until they were listed once. */
  readonly collections: readonly CollectionEntry[] | undefined;
}

export interface ClusterEntry {
  readonly facts?: ClusterFacts;
  /** The names of its databases. */
  readonly listing: Stage;
  readonly sizes: Stage;
  readonly databases: readonly DatabaseEntry[] | undefined;
  /** Everything that size analyses have read, the latest reading of each namespace. */
  readonly inventory?: ClusterInventory;
  /** As Azure told it, by budget. */
  readonly throughput?: ReadonlyMap<string, AzureThroughput>;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
export type MutableStage = Mutable<Stage>;

/** Made on first use: it costs as much as reading a module does. */
let collator: Intl.Collator | undefined;

/** As people sort: upper and lower case side by side, `c2` before `c10`. */
export function compareNames(a: string, b: string): number {
  return (
    (collator ??= new Intl.Collator('en', { numeric: true, sensitivity: 'variant' })).compare(a, b) ||
    (a < b ? -1 : a > b ? 1 : 0)
  );
}

/** A database as the catalog keeps it. */
export class DatabaseRecord implements DatabaseEntry {
  readonly listing: MutableStage = { state: 'idle' };
  readonly statistics: MutableStage = { state: 'idle' };
  /** Collections whose numbers are those of the latest listing. */
  readonly fresh = new Set<string>();
  #byName: Map<string, CollectionEntry> | undefined;
  #names: readonly string[] | undefined;
  #sorted: readonly CollectionEntry[] | undefined;
  #size: DatabaseTotals | undefined;
  #totals: DatabaseTotals | undefined;

  constructor(readonly db: string) {}

  get collections(): readonly CollectionEntry[] | undefined {
    if (!this.#byName) return undefined;
    this.#names ??= [...this.#byName.keys()].sort(compareNames);
    this.#sorted ??= this.#names.flatMap((name) => this.#byName?.get(name) ?? []);
    return this.#sorted;
  }

  /** The sum over its collections where all have been read, else what the server says of the whole. */
  get totals(): DatabaseTotals | undefined {
    if (this.statistics.state !== 'ready') return this.#size ?? this.#totals;
    return (this.#totals ??= sumOf(this.collections ?? []));
  }

  collection(coll: string): CollectionEntry | undefined {
    return this.#byName?.get(coll);
  }

  setSize(size: DatabaseTotals): void {
    this.#size = size;
  }

  /** Names of a new listing; numbers known of a collection that is still of the same type stay until they are read again. */
  setListed(listed: readonly Pick<CollectionEntry, 'ns' | 'type' | 'options'>[]): void {
    const earlier = this.#byName;
    this.#byName = new Map(
      listed.map(({ ns, type, options }): [string, CollectionEntry] => {
        const known = earlier?.get(ns.coll);
        const facts = known?.facts?.type === type ? { facts: known.facts } : {};
        return [ns.coll, { ns, type, options, ...facts }];
      }),
    );
    this.fresh.clear();
    this.#names = undefined;
    this.#forgetDerived();
  }

  setFacts(facts: CollectionFacts): void {
    const { ns, type, options } = facts;
    this.#put({ ns, type, options, facts });
  }

  setFailed(failed: FailedNamespace): void {
    const { type = 'collection', options = {} } = this.collection(failed.ns.coll) ?? {};
    this.#put({ ns: failed.ns, type, options, failed });
  }

  #put(entry: CollectionEntry): void {
    const { coll } = entry.ns;
    this.#byName ??= new Map();
    if (!this.#byName.has(coll)) this.#names = undefined;
    this.#byName.set(coll, entry);
    this.fresh.add(coll);
    this.#forgetDerived();
  }

  #forgetDerived(): void {
    this.#sorted = undefined;
    this.#totals = undefined;
  }
}

function sumOf(collections: readonly CollectionEntry[]): DatabaseTotals {
  const totals = { logicalBytes: 0, storageBytes: 0, indexBytes: 0, documents: 0, collections: 0 };
  for (const { type, facts } of collections) {
    if (type === 'view') continue;
    totals.collections += 1;
    totals.logicalBytes += facts?.logicalBytes ?? 0;
    totals.storageBytes += facts?.storageBytes ?? 0;
    totals.indexBytes += facts?.indexBytes ?? 0;
    totals.documents += facts?.documents ?? 0;
  }
  return totals;
}

/** A cluster as the catalog keeps it. */
export class ClusterRecord implements ClusterEntry {
  facts?: ClusterFacts;
  inventory?: ClusterInventory;
  throughput?: ReadonlyMap<string, AzureThroughput>;
  readonly listing: MutableStage = { state: 'idle' };
  readonly sizes: MutableStage = { state: 'idle' };
  #byName: Map<string, DatabaseRecord> | undefined;
  #sorted: readonly DatabaseRecord[] | undefined;

  /** `origin`: what the connection was when this was read; another one means another cluster. */
  constructor(readonly origin: string) {}

  get databases(): readonly DatabaseRecord[] | undefined {
    this.#sorted ??= this.#byName && [...this.#byName.values()].sort((a, b) => compareNames(a.db, b.db));
    return this.#sorted;
  }

  database(db: string): DatabaseRecord | undefined {
    return this.#byName?.get(db);
  }

  /** Returns the databases that are gone. */
  setListed(names: readonly string[]): readonly string[] {
    const earlier = this.#byName ?? new Map<string, DatabaseRecord>();
    this.#byName = new Map(names.map((db) => [db, earlier.get(db) ?? new DatabaseRecord(db)]));
    this.#sorted = undefined;
    return [...earlier.keys()].filter((db) => !this.#byName?.has(db));
  }

  ensureDatabase(db: string): DatabaseRecord {
    this.#byName ??= new Map();
    let record = this.#byName.get(db);
    if (!record) {
      record = new DatabaseRecord(db);
      this.#byName.set(db, record);
      this.#sorted = undefined;
    }
    return record;
  }
}

/** One inventory of two: what the newer one did not look at stays as the older one has it. */
export function mergeInventories(older: ClusterInventory | undefined, newer: ClusterInventory): ClusterInventory {
  const left = new Set(newer.skipped.filter((s) => s.reason === 'not-selected').map((s) => formatNamespace(s.ns)));
  if (!older || left.size === 0) return newer;
  const kept = <T extends { readonly ns: Namespace }>(items: readonly T[]): T[] =>
    items.filter(({ ns }) => left.has(formatNamespace(ns)));
  const collections = kept(older.collections);
  const failed = kept(older.failed);
  for (const { ns } of [...collections, ...failed]) left.delete(formatNamespace(ns));
  return {
    ...newer,
    collections: sorted([...newer.collections, ...collections]),
    failed: sorted([...newer.failed, ...failed]),
    skipped: newer.skipped.filter((s) => s.reason !== 'not-selected' || left.has(formatNamespace(s.ns))),
  };
}

function sorted<T extends { readonly ns: Namespace }>(items: T[]): T[] {
  const named = items.map((item) => ({ item, name: formatNamespace(item.ns) }));
  return named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)).map(({ item }) => item);
}
