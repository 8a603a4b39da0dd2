import type { CollectionOptions, IndexFacts, Throughput } from './facts.js';
import type { MethodId } from './method.js';
import type { Namespace } from './namespace.js';
import type { Bytes, Milliseconds, RequestUnits, RequestUnitsPerSecond } from './units.js';

/** Names a cluster without its secret: the connection string without a password; the password comes from `passwordFrom` at run time. */
export interface ClusterReference {
  readonly name: string;
  /** Connection string without credentials' secret part. */
  readonly uri: string;
  /** Where the secret is found when it is needed. */
  readonly passwordFrom?: { readonly env: string } | { readonly file: string } | { readonly prompt: true };
  readonly tlsCAFile?: string;
  readonly tlsCertificateKeyFile?: string;
}

export type IndexFate =
  | { readonly kind: 'create'; readonly when: 'before-data' | 'after-data' | 'after-verification' }
  | {
      readonly kind: 'rewrite';
      readonly when: 'before-data' | 'after-data' | 'after-verification';
      readonly why: string;
      readonly to: IndexFacts;
    }
  | { readonly kind: 'skip'; readonly why: string };

export interface PlannedIndex {
  readonly index: IndexFacts;
  readonly fate: IndexFate;
}

/** What to do with a document whose `_id` is on the target already with other bytes. Equal bytes are never a conflict. */
export type ConflictPolicy = 'fail' | 'skip' | 'overwrite' | 'dead-letter';

export interface PlannedCollection {
  readonly source: Namespace;
  readonly target: Namespace;
  readonly documents: number;
  readonly logicalBytes: Bytes;
  /** Options to be created on the target; what the target lacks has been dropped, each with an entry in `droppedOptions`. */
  readonly options: CollectionOptions;
  readonly droppedOptions: readonly { readonly option: string; readonly why: string }[];
  readonly shardKey?: readonly (readonly [string, number | string])[];
  readonly throughput?: Throughput;
  readonly indexes: readonly PlannedIndex[];
}

/** Throughput of one budget for the time of the copy, on an RU target. Only where the user asked for it: raising leaves lasting traces. */
export interface ThroughputRaise {
  /** `db.coll` on the target, or `db.` for a database whose collections share their throughput. */
  readonly budget: string;
  /** What a collection is made with, so that it comes into being with enough partitions; absent where it is made as planned or is there. */
  readonly createWith?: OfferedThroughput;
  readonly raiseTo: OfferedThroughput;
  /** What it is put back to, whatever becomes of the run. */
  readonly restoreTo: OfferedThroughput;
}

/** Throughput with a figure of its own. */
export type OfferedThroughput = Extract<Throughput, { kind: 'manual' | 'autoscale' }>;

export interface NotMigrated {
  readonly source: Namespace;
  readonly why: 'view' | 'timeseries-unsupported' | 'system' | 'unreadable' | (string & {});
}

export interface Tuning {
  readonly target: 'ru' | 'vcore' | 'mongodb';
  readonly batchSize: number;
  readonly insertionWorkers: number;
  readonly parallelCollections: number;
  readonly ruPerSecond?: RequestUnitsPerSecond;
  readonly ruPerDocument?: RequestUnits;
  readonly latencyMs: Milliseconds;
  readonly explanation: readonly { readonly id: string; readonly params: Readonly<Record<string, string | number>> }[];
}

export interface VerificationPlan {
  readonly depth: 'counts' | 'full';
}

/** Limits that the user has set for a direct copy; a missing one is none. */
export interface CopyCeilings {
  readonly ruPerSecond?: number;
  readonly bytesPerSecond?: number;
  readonly documentsPerSecond?: number;
  /** Ranges that are read at once. */
  readonly sourceConnections?: number;
}

/** A reviewable migration plan, the `*.migration.json` file. `version` guards its format. */
export interface Plan {
  readonly version: 1;
  readonly id: string;
  readonly createdAt: string;
  readonly source: ClusterReference;
  readonly target: ClusterReference;
  readonly targetKind: 'cosmos-ru' | 'cosmos-vcore' | 'mongodb';
  readonly method: MethodId;
  readonly collections: readonly PlannedCollection[];
  readonly notMigrated: readonly NotMigrated[];
  readonly tuning: Tuning;
  readonly conflictPolicy: ConflictPolicy;
  readonly verification: VerificationPlan;
  /** RU targets; absent: throughput is left alone. */
  readonly throughputRaises?: readonly ThroughputRaise[];
  /** Direct copy: limits from the start; others can be set while it runs. */
  readonly ceilings?: CopyCeilings;
  readonly readPreference: 'primary' | 'primaryPreferred' | 'secondary' | 'secondaryPreferred' | 'nearest';
}
