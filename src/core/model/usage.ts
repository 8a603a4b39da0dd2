import type { Namespace } from './namespace.js';
import type { ReadingGap } from './reading.js';

/** Operations per second, averaged over `seconds`. */
export interface OperationRates {
  readonly insert: number;
  readonly query: number;
  readonly update: number;
  readonly delete: number;
  readonly getmore: number;
  readonly command: number;
  readonly seconds: number;
  /** `since-start`: the server's counters over its uptime; `watched`: the difference of two readings. */
  readonly by: 'since-start' | 'watched';
}

export type FeatureKind =
  'stage' | 'expression' | 'accumulator' | 'query-operator' | 'update-operator' | 'command' | 'option';

/** Where a use was seen: counted by the server since its start, in a profiled operation, in a line of a log, in an entry of the oplog. */
export type FeatureEvidence = 'server-counters' | 'profiler' | 'log' | 'oplog';

/** Something of MongoDB's language that is in use on the source. Names only: no value of any document or query is kept. */
export interface FeatureUse {
  readonly kind: FeatureKind;
  /** As it is written: `$lookup`, `mapReduce`, `collation`. */
  readonly name: string;
  readonly count: number;
  readonly evidence: FeatureEvidence;
  /** Profiler and logs know it, counters do not. */
  readonly ns?: Namespace;
}

/** How operations name a field of a collection. */
export interface FieldUse {
  readonly ns: Namespace;
  /** Dotted path without array positions. */
  readonly path: string;
  /** Queries that compare it with one value (or a list of them). */
  readonly equality: number;
  /** Queries that use it otherwise. */
  readonly otherwise: number;
  /** Updates that change it. */
  readonly updated: number;
  /** Sorts that name it. */
  readonly sorted: number;
}

/** A sort of several fields that was seen: RU accounts want a compound index for each. */
export interface SortUse {
  readonly ns: Namespace;
  readonly key: readonly (readonly [string, number])[];
  readonly count: number;
}

export interface NamespaceRates {
  readonly ns: Namespace;
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
}

export interface OplogFacts {
  /** Milliseconds between the oldest and the newest entry. */
  readonly windowMs: number;
  readonly sizeBytes: number;
  /** Written per second over the window. */
  readonly bytesPerSecond: number;
}

export interface ClientUse {
  /** As drivers introduce themselves: `nodejs`, `PyMongo`. */
  readonly driver: string;
  readonly version: string;
  readonly connections: number;
  /** `appName`, where one is set. */
  readonly application?: string;
}

export interface MachineFacts {
  readonly logicalCores?: number;
  readonly memoryBytes?: number;
  /** WiredTiger: how large its cache may be, and how full it is. */
  readonly cacheMaxBytes?: number;
  readonly cacheUsedBytes?: number;
  /** Bytes read into the cache and written from it per second since the server's start, also where operations were watched. */
  readonly cacheReadBytesPerSecond?: number;
  readonly cacheWrittenBytesPerSecond?: number;
}

/** What the source is used for, as far as the user may see it. */
export interface SourceUsage {
  /** ISO date. */
  readonly readAt: string;
  /** Seconds that the counters cover; absent where there are none. */
  readonly uptimeSeconds?: number;
  /** Whose counters they are. A secondary's tell reads that it answered itself, and writes as it applied them. */
  readonly countersOf?: 'primary' | 'secondary' | 'standalone' | 'router';
  readonly rates?: OperationRates;
  readonly connections?: { readonly current: number; readonly active?: number };
  readonly transactionsCommitted?: number;
  readonly retriedWrites?: number;
  readonly openChangeStreams?: number;
  readonly oplog?: OplogFacts;
  readonly machine?: MachineFacts;
  /** Members that hold data, replica sets only. */
  readonly dataBearingMembers?: number;
  readonly shards?: number;
  /** Users of all databases, where they may be seen; none is migrated. */
  readonly users?: number;
  readonly namespaces: readonly NamespaceRates[];
  /** Documents of an insert on average: the server counts inserts by namespace, and documents for all of them together. */
  readonly documentsPerInsert?: number;
  readonly features: readonly FeatureUse[];
  readonly fields: readonly FieldUse[];
  readonly sorts: readonly SortUse[];
  readonly clients: readonly ClientUse[];
  /** What was looked at beside the counters: operations in profiler collections, lines of log files, oplog entries. */
  readonly looked: {
    readonly profiled: number;
    readonly logged: number;
    readonly oplogEntries: number;
    /** Names that were not kept, because there were too many of them. */
    readonly leftOut?: number;
  };
  readonly gaps: readonly ReadingGap[];
}
