import type { Namespace } from './namespace.js';
import type { Bytes, Milliseconds, RequestUnitsPerSecond } from './units.js';

export type ClusterKind =
  'mongodb' | 'atlas' | 'cosmos-ru' | 'cosmos-vcore' | 'amazon-documentdb' | 'ferretdb' | 'unknown';

export type Topology = 'standalone' | 'replica-set' | 'sharded' | 'unknown';

/** How the kind was found out: from what the server said, or, where it said nothing telling, from the host's name. */
export type KindEvidence = 'server-reply' | 'host-name' | 'none';

/** What one probe learnt of a cluster. Plain data, no secrets; hosts carry no credentials. */
export interface ClusterFacts {
  readonly kind: ClusterKind;
  readonly kindEvidence: KindEvidence;
  readonly topology: Topology;
  /** As the server says it, `6.0.5`. */
  readonly version: string;
  readonly versionArray: readonly number[];
  readonly maxWireVersion: number;
  readonly hosts: readonly string[];
  readonly setName?: string;
  readonly tls: boolean;
  readonly driver: 'current' | 'legacy';
  readonly maxBsonObjectSize: Bytes;
  readonly maxMessageSizeBytes: Bytes;
  readonly maxWriteBatchSize: number;
  /** Median of a few `ping` round trips. */
  readonly latencyMs: Milliseconds;
  readonly logicalCores?: number;
  readonly storageEngine?: string;
  /** RU targets: what was read with `customAction`, by database, where it is shared. */
  readonly enterprise: boolean;
}

export type IdType =
  'objectId' | 'string' | 'int' | 'long' | 'double' | 'decimal' | 'date' | 'binary' | 'object' | (string & {});

/** Fields of a `listIndexes` entry that {@link IndexFacts} has a place for, and `ns`, which old servers add; all others are `otherOptions`. */
export const NAMED_INDEX_FIELDS: ReadonlySet<string> = new Set([
  'key',
  'name',
  'ns',
  'unique',
  'sparse',
  'hidden',
  'expireAfterSeconds',
  'partialFilterExpression',
  'collation',
  'wildcardProjection',
]);

export interface IndexFacts {
  readonly name: string;
  /** Key pattern in order: `[['a', 1], ['b', -1]]`; values may be strings such as `text`, `hashed`, `2dsphere`. */
  readonly key: readonly (readonly [string, number | string])[];
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly hidden: boolean;
  readonly expireAfterSeconds?: number;
  /** Canonical Extended JSON, plain data. */
  readonly partialFilterExpression?: Readonly<Record<string, unknown>>;
  readonly collation?: Readonly<Record<string, unknown>>;
  readonly wildcardProjection?: Readonly<Record<string, unknown>>;
  /** Everything else that the source says of the index (weights, bits, min, max, textIndexVersion ...), as canonical Extended JSON. */
  readonly otherOptions: Readonly<Record<string, unknown>>;
  readonly sizeBytes?: Bytes;
  /** Operations since `usageSince` (ISO date), where the server tells. */
  readonly usageOps?: number;
  readonly usageSince?: string;
}

export type CollectionType = 'collection' | 'view' | 'timeseries';

export interface CollectionOptions {
  readonly capped?: { readonly sizeBytes: Bytes; readonly maxDocuments?: number };
  readonly timeseries?: Readonly<Record<string, unknown>>;
  readonly view?: { readonly on: string; readonly pipeline: readonly Readonly<Record<string, unknown>>[] };
  readonly validator?: Readonly<Record<string, unknown>>;
  readonly validationLevel?: string;
  readonly validationAction?: string;
  readonly collation?: Readonly<Record<string, unknown>>;
  readonly clustered?: boolean;
  readonly changeStreamPreAndPostImages?: boolean;
  readonly expireAfterSeconds?: number;
}

export interface SampleFacts {
  readonly sampledDocuments: number;
  readonly averageBytes: Bytes;
  readonly largestBytes: Bytes;
  /** BSON types of `_id` seen in the sample, by `$type` alias, with their counts. */
  readonly idTypes: Readonly<Record<IdType, number>>;
}

export interface CollectionFacts {
  readonly ns: Namespace;
  readonly type: CollectionType;
  readonly documents: number;
  /** Uncompressed BSON bytes. */
  readonly logicalBytes: Bytes;
  readonly storageBytes: Bytes;
  readonly indexBytes: Bytes;
  readonly averageBytes: Bytes;
  readonly indexes: readonly IndexFacts[];
  readonly options: CollectionOptions;
  /** Shard key on the source (sharded clusters) or on an RU target. */
  readonly shardKey?: readonly (readonly [string, number | string])[];
  readonly sample?: SampleFacts;
  /** RU targets: provisioned throughput of this collection; absent where the database shares it. */
  readonly throughput?: Throughput;
}

export type Throughput =
  | { readonly kind: 'manual'; readonly ruPerSecond: RequestUnitsPerSecond }
  | { readonly kind: 'autoscale'; readonly maxRuPerSecond: RequestUnitsPerSecond }
  | { readonly kind: 'shared' }
  | { readonly kind: 'serverless' };

/** A namespace that could not be read: reported, never fatal. */
export interface FailedNamespace {
  readonly ns: Namespace;
  readonly code: string;
  /** Redacted text of the server. */
  readonly message: string;
}

/** Result of a size analysis. System databases and `system.*` are left out and listed in `skipped`. */
export interface ClusterInventory {
  readonly cluster: ClusterFacts;
  readonly collections: readonly CollectionFacts[];
  readonly failed: readonly FailedNamespace[];
  readonly skipped: readonly { readonly ns: Namespace; readonly reason: 'system' | 'not-selected' }[];
  /** ISO date of the reading. */
  readonly readAt: string;
}
