/** Bodies for the classic Database Migration Service, api-version 2025-06-30 (definitions `MongoDbMigrationSettings` and what it is made of). */
import type { DmsHandoff } from '../../core/model/handoff.js';
import type { Plan, PlannedCollection } from '../../core/model/plan.js';

export interface MongoDbConnectionInfo {
  readonly type: 'MongoDbConnectionInfo';
  /** A connection string, an address of a blob container with a signature, or a template's parameter. */
  readonly connectionString: string;
}

interface CollectionSettings {
  /** Its default is true, which lets the service drop the collection. */
  readonly canDelete: false;
  readonly targetRUs?: number;
  readonly shardKey?: {
    readonly fields: readonly { readonly name: string; readonly order: 'Forward' | 'Reverse' | 'Hashed' }[];
    readonly isUnique: boolean;
  };
}

export interface MongoDbMigrationSettings {
  readonly source: MongoDbConnectionInfo;
  readonly target: MongoDbConnectionInfo;
  readonly replication: 'OneTime' | 'Continuous';
  readonly boostRUs?: number;
  readonly throttling: { readonly maxParallelism: number };
  readonly databases: Readonly<
    Record<string, { readonly targetRUs?: number; readonly collections: Readonly<Record<string, CollectionSettings>> }>
  >;
}

export interface DmsTaskBody {
  readonly properties:
    | { readonly taskType: 'Connect.MongoDb'; readonly input: MongoDbConnectionInfo }
    | { readonly taskType: 'Validate.MongoDb' | 'Migrate.MongoDb'; readonly input: MongoDbMigrationSettings };
}

/** Bounds of `boostRUs`, RU/s. Source: the description of the property. */
const BOOST = { least: 10_000, most: 1_000_000 };

export function connectTask(connectionString: string): DmsTaskBody {
  return { properties: { taskType: 'Connect.MongoDb', input: connectionInfo(connectionString) } };
}

export function connectionInfo(connectionString: string): MongoDbConnectionInfo {
  return { type: 'MongoDbConnectionInfo', connectionString };
}

export function settingsTask(
  taskType: 'Validate.MongoDb' | 'Migrate.MongoDb',
  input: MongoDbMigrationSettings,
): DmsTaskBody {
  return { properties: { taskType, input } };
}

/** What the classic service is told of the collections, for an RU target; `dmsPlan` has found that it can do it. */
export function migrationSettings(
  plan: Plan,
  handoff: DmsHandoff,
  collections: readonly PlannedCollection[],
  ends: { readonly source: string; readonly target: string },
): MongoDbMigrationSettings {
  // By own keys alone: a database may be called like something that every object inherits.
  const databases = new Map<string, PlannedCollection[]>();
  for (const c of collections) databases.set(c.source.db, [...(databases.get(c.source.db) ?? []), c]);
  const boost = Math.max(0, ...(plan.throughputRaises ?? []).map((r) => ruOf(r.raiseTo) ?? 0));
  return {
    source: connectionInfo(ends.source),
    target: connectionInfo(ends.target),
    replication: handoff.replication === 'continuous' ? 'Continuous' : 'OneTime',
    ...(boost === 0 ? {} : { boostRUs: Math.min(Math.max(boost, BOOST.least), BOOST.most) }),
    throttling: { maxParallelism: Math.max(1, plan.tuning.parallelCollections) },
    databases: Object.fromEntries(
      [...databases].map(([db, inside]) => [
        db,
        {
          // 0: no throughput of the database's own. Where collections share it, what is there is left alone.
          ...(inside.some((c) => c.throughput?.kind === 'shared') ? {} : { targetRUs: 0 }),
          collections: Object.fromEntries(inside.map((c) => [c.source.coll, collectionSettings(c)])),
        },
      ]),
    ),
  };
}

function collectionSettings(c: PlannedCollection): CollectionSettings {
  const targetRUs = c.throughput && c.throughput.kind === 'manual' ? ruOf(c.throughput) : undefined;
  return {
    canDelete: false,
    ...(targetRUs === undefined ? {} : { targetRUs }),
    ...(c.shardKey && c.shardKey.length > 0
      ? { shardKey: { fields: c.shardKey.map(([name, order]) => ({ name, order: orderOf(order) })), isUnique: false } }
      : {}),
  };
}

function orderOf(order: number | string): 'Forward' | 'Reverse' | 'Hashed' {
  if (order === 'hashed') return 'Hashed';
  return Number(order) < 0 ? 'Reverse' : 'Forward';
}

function ruOf(throughput: { readonly kind: string; readonly ruPerSecond?: number; readonly maxRuPerSecond?: number }) {
  return throughput.kind === 'manual' ? throughput.ruPerSecond : throughput.maxRuPerSecond;
}
