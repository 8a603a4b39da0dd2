import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Document } from 'bson';
import type { RawElement } from '../../../src/core/bson/raw-document.js';
import type { BackendLink } from './backend-link.js';
import { ThroughputPool, type Offer } from './budget.js';
import { isIdIndex, termCounter, type IndexDefinition, type TermCounter } from './index-terms.js';
import type { Settings } from './options.js';
import { partitionsAtCreation } from './provisioning.js';
import { elementAtPath, hashValue, rawPath, type RawPath } from './raw-path.js';
import { CommandRefusal } from './refusal.js';

/** What the stand-in knows of one collection beyond what the mongod behind it keeps. */
export class CollectionState {
  private readonly shardPath: RawPath | undefined;
  private definitions: readonly IndexDefinition[] = [];
  private counter: TermCounter = () => 0;

  constructor(
    readonly db: string,
    readonly name: string,
    readonly shardKey: string | undefined,
    readonly pool: ThroughputPool,
    /** True where the pool is the database's. */
    readonly shared: boolean,
  ) {
    this.shardPath = shardKey === undefined ? undefined : rawPath(shardKey);
  }

  get indexes(): readonly IndexDefinition[] {
    return this.definitions;
  }

  set indexes(definitions: readonly IndexDefinition[]) {
    this.definitions = definitions;
    this.counter = termCounter(definitions);
  }

  /** Index terms of the document at `start`. */
  terms(buffer: Buffer, start: number): number {
    return this.counter(buffer, start);
  }

  /** The physical partition of the document at `start`; undefined where it lacks the shard key. */
  partitionOf(buffer: Buffer, start: number): number | undefined {
    if (!this.shardPath) return 0;
    const element = elementAtPath(buffer, start, this.shardPath);
    return element ? this.partitionFor(buffer, element) : undefined;
  }

  /** The physical partition of one shard key value. */
  partitionFor(buffer: Buffer, element: RawElement): number {
    return hashValue(buffer, element) % this.pool.partitions;
  }

  /** The shard key's value in the document at `start`, type byte first; undefined where there is none. */
  shardValue(buffer: Buffer, start: number): Buffer | undefined {
    const element = this.shardPath ? elementAtPath(buffer, start, this.shardPath) : undefined;
    return element
      ? Buffer.concat([Buffer.of(element.type), buffer.subarray(element.valueStart, element.valueEnd)])
      : undefined;
  }
}

interface SavedPool {
  readonly offer: Offer;
  readonly partitions: number;
  readonly highestEver: number;
}

interface SavedState {
  readonly databases: Readonly<Record<string, SavedPool>>;
  readonly collections: readonly { db: string; name: string; shardKey?: string; pool?: SavedPool }[];
}

function saved(pool: ThroughputPool): SavedPool {
  return { offer: pool.offer, partitions: pool.partitions, highestEver: pool.highestEver };
}

export function namespaceKey(db: string, name: string): string {
  return `${db}.${name}`;
}

/** Databases and collections with their throughput. Whether they exist is the mongod's to say. */
export class Catalog {
  readonly databases = new Map<string, ThroughputPool>();
  private readonly collections = new Map<string, CollectionState>();
  /** Collections whose indexes were read from the backend. */
  private readonly loaded = new WeakMap<CollectionState, Promise<void>>();
  private readonly overrides = new Map<string, number>();

  constructor(private readonly settings: Settings) {
    if (settings.stateFile !== undefined) this.restore(settings.stateFile);
  }

  /** The collection's state; made with default throughput where nothing is known, as an implicit creation does. */
  async collection(link: BackendLink, db: string, name: string): Promise<CollectionState> {
    const state = this.collections.get(namespaceKey(db, name)) ?? this.register(db, name, undefined, undefined);
    let loading = this.loaded.get(state);
    if (!loading) {
      loading = this.reloadIndexes(link, state);
      this.loaded.set(state, loading);
      loading.catch(() => this.loaded.delete(state));
    }
    await loading;
    return state;
  }

  register(db: string, name: string, shardKey: string | undefined, offer: Offer | undefined): CollectionState {
    const now = this.settings.clock.now();
    const sharedPool = offer === undefined ? this.databases.get(db) : undefined;
    const override = this.overrides.get(namespaceKey(db, name));
    const own: Offer = offer ?? { kind: 'manual', ruPerSecond: override ?? this.settings.ruPerSecond };
    const pool = sharedPool ?? new ThroughputPool(own, partitionsAtCreation(own, shardKey !== undefined), now);
    const state = new CollectionState(db, name, shardKey, pool, sharedPool !== undefined);
    this.collections.set(namespaceKey(db, name), state);
    this.save();
    return state;
  }

  /** Reads the indexes from the backend, which alone knows what became of a createIndexes. */
  async reloadIndexes(link: BackendLink, state: CollectionState): Promise<void> {
    try {
      const reply = await link.command(state.db, { listIndexes: state.name, cursor: { batchSize: 1000 } });
      const batch = (reply['cursor'] as { firstBatch: Document[] }).firstBatch;
      state.indexes = batch.map((index) => ({
        name: String(index['name']),
        key: index['key'] as Record<string, unknown>,
        unique: index['unique'] === true,
      }));
    } catch (error) {
      if (!(error instanceof CommandRefusal)) throw error;
      state.indexes = [];
    }
  }

  forget(db: string, name: string): void {
    this.collections.delete(namespaceKey(db, name));
    this.save();
  }

  forgetDatabase(db: string): void {
    this.databases.delete(db);
    for (const [key, state] of this.collections) if (state.db === db) this.collections.delete(key);
    this.save();
  }

  /** Sets a rate past all rules: a knob for tests, on the partitions that there are. */
  setRuPerSecond(namespace: string, ruPerSecond: number): void {
    const state = this.collections.get(namespace);
    if (state) {
      const now = this.settings.clock.now();
      state.pool.scale({ kind: state.pool.offer.kind, ruPerSecond }, state.pool.partitions, now, 0);
      this.save();
    } else {
      this.overrides.set(namespace, ruPerSecond);
    }
  }

  /** Throws where the collection does not exist: the storm of a test would not take place. */
  refuseNext(namespace: string, operations: number): void {
    const state = this.collections.get(namespace);
    if (!state) throw new Error(`no collection ${namespace}`);
    state.pool.refuseNext(operations);
  }

  save(): void {
    if (this.settings.stateFile === undefined) return;
    const state: SavedState = {
      databases: Object.fromEntries([...this.databases].map(([db, pool]) => [db, saved(pool)])),
      collections: [...this.collections.values()].map((one) => ({
        db: one.db,
        name: one.name,
        ...(one.shardKey === undefined ? {} : { shardKey: one.shardKey }),
        ...(one.shared ? {} : { pool: saved(one.pool) }),
      })),
    };
    const next = `${this.settings.stateFile}.next`;
    writeFileSync(next, JSON.stringify(state));
    renameSync(next, this.settings.stateFile);
  }

  private restore(file: string): void {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return;
    }
    const now = this.settings.clock.now();
    const state = JSON.parse(text) as SavedState;
    const revive = (pool: SavedPool): ThroughputPool =>
      new ThroughputPool(pool.offer, pool.partitions, now, pool.highestEver);
    for (const [db, pool] of Object.entries(state.databases)) this.databases.set(db, revive(pool));
    for (const one of state.collections) {
      const pool = one.pool ? revive(one.pool) : this.databases.get(one.db);
      if (!pool) continue;
      const revived = new CollectionState(one.db, one.name, one.shardKey, pool, one.pool === undefined);
      this.collections.set(namespaceKey(one.db, one.name), revived);
    }
  }
}

/** True where the index would serve a sort on these fields: a leading part of it, all directions alike or all turned round. */
export function servesSort(index: IndexDefinition, sort: readonly (readonly [string, unknown])[]): boolean {
  const key = Object.entries(index.key);
  if (sort.length === 1 && !isIdIndex(index) && key[0]?.[0] === '$**') return true;
  if (sort.length > 1 && key.length !== sort.length) return false;
  const direction = (value: unknown): number => (Number(value) < 0 ? -1 : 1);
  let turned: number | undefined;
  for (let i = 0; i < sort.length; i += 1) {
    const wanted = sort[i];
    const have = key[i];
    if (!wanted || !have || wanted[0] !== have[0]) return false;
    const relation = direction(wanted[1]) * direction(have[1]);
    turned ??= relation;
    if (relation !== turned) return false;
  }
  return true;
}
