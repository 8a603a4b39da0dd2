/**
 * What was read of the clusters, kept for as long as the window lives and shared by the tree, the commands and the wizard. Every reading is done once
 * however many ask for it, is given up when nobody waits for it any more, and is told as it goes.
 */
import { MigrationError } from '../../core/model/error.js';
import type { AzureThroughput } from '../../core/model/azure-account.js';
import type { ClusterFacts, ClusterInventory } from '../../core/model/facts.js';
import { EVERYTHING, isSystemNamespace, SYSTEM_DATABASES } from '../../core/model/namespace.js';
import type { ConnectedCluster, HostAdapters } from '../adapters.js';
import type { ClusterProfile } from '../clusters/cluster-profile.js';
import {
  ClusterRecord,
  mergeInventories,
  type ClusterEntry,
  type CollectionEntry,
  type DatabaseEntry,
  type DatabaseRecord,
  type MutableStage,
  type Stage,
} from './cluster-record.js';
import { SharedWork } from './shared-work.js';

export interface CatalogPorts {
  readonly clusters: {
    get(id: string): ClusterProfile | undefined;
    noteSeen(id: string, seen: Pick<ClusterProfile, 'kind' | 'version'>): Promise<void>;
  };
  readonly connections: {
    with<T>(clusterId: string, signal: AbortSignal, use: (cluster: ConnectedCluster) => Promise<T>): Promise<T>;
  };
  adapters(): Promise<
    Pick<HostAdapters, 'listDatabases' | 'listCollections' | 'readDatabaseSizes' | 'readCollections'>
  >;
  readonly log: { warn(message: string): void };
}

/** Whose row has changed: a cluster's, a database's or a collection's. */
export interface CatalogChange {
  readonly clusterId: string;
  readonly db?: string;
  readonly coll?: string;
}

/** An RU account is charged for being looked at: few reads at a time leave its users their share. */
const RU_CONCURRENCY = 2;
const CONCURRENCY = 8;
const IDLE: ClusterEntry = { listing: { state: 'idle' }, sizes: { state: 'idle' }, databases: undefined };

export class ClusterCatalog {
  readonly #ports: CatalogPorts;
  readonly #records = new Map<string, ClusterRecord>();
  readonly #work = new Map<string, SharedWork>();
  readonly #listeners = new Set<(change: CatalogChange) => void>();
  #targetId: string | undefined;

  constructor(ports: CatalogPorts) {
    this.#ports = ports;
  }

  /** Changes come one by one, many in a row; who draws them gathers them. */
  onDidChange(listener: (change: CatalogChange) => void): { dispose(): void } {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  cluster(clusterId: string): ClusterEntry {
    return this.#records.get(clusterId) ?? IDLE;
  }

  facts(clusterId: string): ClusterFacts | undefined {
    return this.#records.get(clusterId)?.facts;
  }

  database(clusterId: string, db: string): DatabaseEntry | undefined {
    return this.#records.get(clusterId)?.database(db);
  }

  collection(clusterId: string, db: string, coll: string): CollectionEntry | undefined {
    return this.#records.get(clusterId)?.database(db)?.collection(coll);
  }

  inventory(clusterId: string): ClusterInventory | undefined {
    return this.#records.get(clusterId)?.inventory;
  }

  /** The target that was chosen last; undefined before one was. */
  get lastTarget(): string | undefined {
    return this.#targetId;
  }

  useTarget(clusterId: string): void {
    if (this.#targetId === clusterId) return;
    this.#targetId = clusterId;
    this.#changed({ clusterId });
  }

  /** Facts that somebody else's connection has shown: what could not be read before can be tried again. */
  putFacts(clusterId: string, facts: ClusterFacts): void {
    const record = this.#record(clusterId);
    this.#noteFacts(clusterId, record, facts);
    for (const stage of [record.listing, record.sizes])
      if (stage.state === 'failed') setStage(stage, { state: 'idle' });
    this.#changed({ clusterId });
  }

  /** What Azure says of the throughput of all of an account's databases and collections. */
  putThroughput(clusterId: string, throughput: readonly AzureThroughput[]): void {
    this.#record(clusterId).throughput = new Map(throughput.map((one) => [one.budget, one]));
    this.#changed({ clusterId });
  }

  /** A size analysis, of everything or of a selection: what it did not look at stays as it was known. */
  putInventory(clusterId: string, inventory: ClusterInventory): void {
    const record = this.#record(clusterId);
    this.#noteFacts(clusterId, record, inventory.cluster);
    record.inventory = mergeInventories(record.inventory, inventory);
    const partly = new Set(inventory.skipped.filter((s) => s.reason === 'not-selected').map((s) => s.ns.db));
    const seen = new Set([...inventory.collections, ...inventory.failed].map(({ ns }) => ns.db));
    for (const db of [...seen, ...partly]) if (!SYSTEM_DATABASES.has(db)) record.ensureDatabase(db);
    for (const db of seen) {
      if (partly.has(db)) continue;
      // Everything in it was looked at: what is not there any more goes.
      this.#abandon(`${stageKey(clusterId, db)}/`);
      const own = inventory.collections.filter(({ ns }) => ns.db === db);
      record.database(db)?.setListed(own);
    }
    for (const facts of inventory.collections) record.database(facts.ns.db)?.setFacts(facts);
    for (const failed of inventory.failed) {
      if (failed.ns.coll !== '*') record.database(failed.ns.db)?.setFailed(failed);
    }
    const unread = new Set(inventory.failed.filter(({ ns }) => ns.coll === '*').map(({ ns }) => ns.db));
    for (const db of seen) {
      const database = record.database(db);
      if (!database || partly.has(db) || unread.has(db)) continue;
      setStage(database.listing, { state: 'ready' });
      setStage(database.statistics, { state: 'ready' });
    }
    setStage(record.listing, { state: 'ready' });
    this.#changed({ clusterId });
  }

  /** Connects where that is needed, and lists the databases. Does nothing where they are known. */
  loadDatabases(clusterId: string, signal: AbortSignal): Promise<void> {
    const record = this.#record(clusterId);
    const key = stageKey(clusterId);
    return this.#load(record.listing, `${key}/listing`, { clusterId }, signal, async (own) => {
      const { listDatabases } = await this.#ports.adapters();
      await this.#ports.connections.with(clusterId, own, async (cluster) => {
        this.#noteFacts(clusterId, record, cluster.facts);
        const names = await listDatabases(cluster, EVERYTHING, reading(own));
        if (own.aborted) return;
        const gone = record.setListed(names.filter((db) => !SYSTEM_DATABASES.has(db)));
        for (const db of gone) this.#abandon(`${stageKey(clusterId, db)}/`);
      });
    });
  }

  /** Lists the databases, then tells how large each is: nobody waits for the sizes. */
  async loadSizes(clusterId: string, signal: AbortSignal): Promise<void> {
    await this.loadDatabases(clusterId, signal);
    const record = this.#record(clusterId);
    await this.#load(record.sizes, `${stageKey(clusterId)}/sizes`, { clusterId }, signal, async (own) => {
      const { readDatabaseSizes } = await this.#ports.adapters();
      const names = (record.databases ?? []).map(({ db }) => db);
      if (names.length === 0) return;
      await this.#ports.connections.with(clusterId, own, (cluster) =>
        readDatabaseSizes(cluster, names, {
          signal: own,
          onRead: (size) => {
            if (own.aborted) return;
            record.database(size.db)?.setSize(size);
            this.#changed({ clusterId, db: size.db });
          },
        }),
      );
    });
  }

  /** The names of a database's collections. Does nothing where they are known. */
  loadCollections(clusterId: string, db: string, signal: AbortSignal): Promise<void> {
    const database = this.#record(clusterId).ensureDatabase(db);
    const change = { clusterId, db };
    return this.#load(database.listing, `${stageKey(clusterId, db)}/listing`, change, signal, async (own) => {
      const { listCollections } = await this.#ports.adapters();
      await this.#ports.connections.with(clusterId, own, async (cluster) => {
        const listed = await listCollections(cluster, db, reading(own));
        if (own.aborted) return;
        database.setListed(listed.filter(({ ns }) => !isSystemNamespace(ns)));
      });
    });
  }

  /** Lists a database's collections, then tells numbers and indexes of each; those that are known already are not read again. */
  async loadStatistics(clusterId: string, db: string, signal: AbortSignal): Promise<void> {
    await this.loadCollections(clusterId, db, signal);
    const database = this.#record(clusterId).ensureDatabase(db);
    const change = { clusterId, db };
    await this.#load(database.statistics, `${stageKey(clusterId, db)}/statistics`, change, signal, async (own) => {
      const { readCollections } = await this.#ports.adapters();
      const wanted = (database.collections ?? []).filter(({ ns }) => !database.fresh.has(ns.coll));
      if (wanted.length === 0) return;
      const read = (cluster: ConnectedCluster): Promise<void> =>
        readCollections(cluster, wanted, {
          signal: own,
          sampleSize: 0,
          ruThroughput: true,
          concurrency: cluster.facts.kind === 'cosmos-ru' ? RU_CONCURRENCY : CONCURRENCY,
          onRead: (facts) => this.#told(own, change, database, facts.ns.coll, () => database.setFacts(facts)),
          onFailed: (failed) => this.#told(own, change, database, failed.ns.coll, () => database.setFailed(failed)),
        });
      await this.#ports.connections.with(clusterId, own, read);
    });
  }

  #told(own: AbortSignal, change: CatalogChange, database: DatabaseRecord, coll: string, put: () => void): void {
    if (own.aborted || !database.collection(coll)) return;
    put();
    this.#changed({ ...change, coll });
  }

  /** Asks for a new reading: of everything, a cluster, a database or a collection. What is known stays until it has come. */
  invalidate(what: Partial<CatalogChange> = {}): void {
    const { clusterId, db, coll } = what;
    const ids = clusterId === undefined ? [...this.#records.keys()] : [clusterId];
    for (const id of ids) {
      const record = this.#records.get(id);
      if (!record) continue;
      const databases = db === undefined ? (record.databases ?? []) : [record.database(db)];
      if (db === undefined) {
        this.#abandon(`${stageKey(id)}/`);
        setStage(record.listing, { state: 'idle' });
        setStage(record.sizes, { state: 'idle' });
      }
      for (const database of databases) if (database) this.#invalidateDatabase(id, database, coll);
      this.#changed({ clusterId: id, ...(db === undefined ? {} : { db }), ...(coll === undefined ? {} : { coll }) });
    }
  }

  #invalidateDatabase(clusterId: string, database: DatabaseRecord, coll: string | undefined): void {
    const key = stageKey(clusterId, database.db);
    if (coll === undefined) {
      this.#abandon(`${key}/`);
      setStage(database.listing, { state: 'idle' });
      database.fresh.clear();
    } else {
      this.#abandon(`${key}/statistics`);
      database.fresh.delete(coll);
    }
    setStage(database.statistics, { state: 'idle' });
  }

  /** Drops what was read of clusters that are gone or that connect elsewhere now. */
  reconcile(): void {
    for (const [clusterId, record] of this.#records) {
      const profile = this.#ports.clusters.get(clusterId);
      if (profile && originOf(profile) === record.origin) continue;
      this.#records.delete(clusterId);
      this.#abandon(`${stageKey(clusterId)}/`);
      if (this.#targetId === clusterId) this.#targetId = undefined;
      this.#changed({ clusterId });
    }
  }

  dispose(): void {
    this.#listeners.clear();
    this.#abandon('');
  }

  #record(clusterId: string): ClusterRecord {
    let record = this.#records.get(clusterId);
    if (!record) {
      const profile = this.#ports.clusters.get(clusterId);
      record = new ClusterRecord(profile ? originOf(profile) : '');
      this.#records.set(clusterId, record);
    }
    return record;
  }

  #noteFacts(clusterId: string, record: ClusterRecord, facts: ClusterFacts): void {
    record.facts = facts;
    const profile = this.#ports.clusters.get(clusterId);
    if (!profile || (profile.kind === facts.kind && profile.version === facts.version)) return;
    this.#ports.clusters.noteSeen(clusterId, { kind: facts.kind, version: facts.version }).catch((error: unknown) => {
      this.#ports.log.warn(`what ${profile.name} is could not be noted: ${nameOf(error)}`);
    });
  }

  async #load(
    stage: MutableStage,
    key: string,
    change: CatalogChange,
    signal: AbortSignal,
    work: (own: AbortSignal) => Promise<void>,
  ): Promise<void> {
    if (stage.state === 'ready') return;
    let shared = this.#work.get(key);
    if (!shared) {
      setStage(stage, { state: 'loading' });
      this.#changed(change);
      const forget = (): void => {
        if (this.#work.get(key) === shared) this.#work.delete(key);
      };
      shared = new SharedWork(
        async (own) => {
          try {
            await work(own);
            if (!own.aborted) setStage(stage, { state: 'ready' });
          } catch (error) {
            if (own.aborted) throw error;
            const known = MigrationError.is(error) ? error : new MigrationError('internal', { reason: nameOf(error) });
            setStage(stage, { state: 'failed', error: known });
            throw known;
          } finally {
            if (!own.aborted) {
              forget();
              this.#changed(change);
            }
          }
        },
        () => {
          forget();
          if (stage.state === 'loading') setStage(stage, { state: 'idle' });
        },
      );
      this.#work.set(key, shared);
    }
    await shared.join(signal);
  }

  #abandon(prefix: string): void {
    for (const [key, shared] of [...this.#work]) if (key.startsWith(prefix)) shared.abandon();
  }

  #changed(change: CatalogChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** @see ClusterCatalog */
export function createClusterCatalog(ports: CatalogPorts): ClusterCatalog {
  return new ClusterCatalog(ports);
}

function setStage(stage: MutableStage, next: Stage): void {
  stage.state = next.state;
  if (next.error) stage.error = next.error;
  else delete stage.error;
}

/** Names are encoded, so that a slash always parts levels. */
function stageKey(clusterId: string, db?: string): string {
  const cluster = encodeURIComponent(clusterId);
  return db === undefined ? cluster : `${cluster}/${encodeURIComponent(db)}`;
}

function originOf(profile: ClusterProfile): string {
  return JSON.stringify([profile.uri, profile.tlsCAFile, profile.tlsCertificateKeyFile]);
}

function reading(signal: AbortSignal): { readonly readPreference: string; readonly signal: AbortSignal } {
  return { readPreference: 'secondaryPreferred', signal };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
