import type { CollectionOptions, IndexFacts, Throughput } from './facts.js';
import type { Handoff } from './handoff.js';
import type { MethodId } from './method.js';
import type { Namespace } from './namespace.js';
import type { Bytes, Milliseconds, RequestUnits, RequestUnitsPerSecond } from './units.js';

/** Names a cluster without its secret: the connection string without a password; the password comes from `passwordFrom` at run time. */
export interface ClusterReference {
  readonly name: string;
  /** Connection string without credentials' secret part; `file:` and a folder where text files stand in for a cluster that takes no part. */
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

/** A field that is given a value; it comes last in the document. `missing`: documents that have it keep theirs. */
export type FieldSetting = { readonly field: string; readonly when: 'always' | 'missing' } & (
  | {
      /** Extended JSON. */
      readonly value: unknown;
    }
  | {
      /** Another top-level field, by its name on the source: its value goes over byte for byte. */
      readonly copyOf: string;
    }
);

/** What a direct copy changes on the way: which documents come, and their top-level fields. Everything else keeps its bytes. */
export interface CollectionTransform {
  /** Extended JSON, with the field names of the source: only documents that match are read. */
  readonly filter?: Readonly<Record<string, unknown>>;
  /** Fields that stay behind. */
  readonly drop?: readonly string[];
  /** All at once: two fields can change places. */
  readonly rename?: readonly { readonly from: string; readonly to: string }[];
  readonly set?: readonly FieldSetting[];
}

export interface PlannedCollection {
  readonly source: Namespace;
  readonly target: Namespace;
  /** With a filter: about how many match. */
  readonly documents: number;
  readonly logicalBytes: Bytes;
  /** Options to be created on the target; what the target lacks has been dropped, each with an entry in `droppedOptions`. */
  readonly options: CollectionOptions;
  readonly droppedOptions: readonly { readonly option: string; readonly why: string }[];
  readonly shardKey?: readonly (readonly [string, number | string])[];
  readonly throughput?: Throughput;
  readonly indexes: readonly PlannedIndex[];
  /** CSV: the fields that are exported, `_id` first. */
  readonly fields?: readonly string[];
  /** Direct copy only. */
  readonly transform?: CollectionTransform;
  /** Direct copy only: documents of more bytes than this become dead letters without having been sent. */
  readonly deadLetterOver?: Bytes;
}

/** Levels that every server since 3.6 knows for reads outside of transactions. A snapshot does not last as long as a copy. */
export type ReadConcern = 'local' | 'available' | 'majority';

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

/** CSV has no types, no place for what is nested, and only the fields that are named: it never gives back what was there. */
export type TextFormat = 'json' | 'csv';

/** What documents travel as between `mongoexport` and `mongoimport`. */
export interface TextTravel {
  readonly format: TextFormat;
  /** Absent: from tool to tool. `export`: into files and no further; `import`: out of files; `both`: one after the other, and the files are kept. */
  readonly files?: {
    readonly use: 'export' | 'import' | 'both';
    /** Absolute. Absent: `files` in the run's own folder. */
    readonly folder?: string;
  };
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
  /** `export-import`; absent: canonical Extended JSON, from tool to tool. */
  readonly text?: TextTravel;
  /** Of the same kind as `method`, where that hands the copying over to another system. */
  readonly handoff?: Handoff;
  readonly verification: VerificationPlan;
  /** RU targets; absent: throughput is left alone. */
  readonly throughputRaises?: readonly ThroughputRaise[];
  /** Direct copy: limits from the start; others can be set while it runs. */
  readonly ceilings?: CopyCeilings;
  readonly readPreference: 'primary' | 'primaryPreferred' | 'secondary' | 'secondaryPreferred' | 'nearest';
  /** Of the source's reads, direct copy only; absent: the server's default. */
  readonly readConcern?: ReadConcern;
}

/** What an export-import plan's documents travel as. */
export function travelOf(plan: Pick<Plan, 'text'>): TextTravel {
  return plan.text ?? { format: 'json' };
}

/** True for the reference of a side that is a folder of text files. */
export function isFiles(reference: Pick<ClusterReference, 'uri'>): boolean {
  return reference.uri.startsWith('file:');
}
