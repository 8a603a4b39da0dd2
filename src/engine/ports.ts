/** What the engine needs of the world. Adapters implement these; the engine never sees the driver, a socket or a file. */
import type { Document } from 'bson';
import type { ClusterFacts, Throughput } from '../core/model/facts.js';
import type { Namespace } from '../core/model/namespace.js';

/** Time, injectable so that no test sleeps. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** An answer to one command whose documents are not decoded. */
export interface RawBatch {
  /** Documents one after another, as they came. */
  readonly documents: readonly Buffer[];
}

export interface RawFind {
  readonly filter?: Document;
  readonly sort?: Document;
  readonly projection?: Document;
  readonly hint?: Document | string;
  readonly min?: Document;
  readonly max?: Document;
  readonly limit?: number;
  readonly batchSize?: number;
  readonly readPreference?: string;
}

/** A connected cluster, as the engine uses it. Closing is the creator's job. Errors are MigrationError (`connection-lost`, `missing-privilege`, `command-failed` with `serverCode`, ...). */
export interface ClusterSession {
  readonly facts: ClusterFacts;
  /** Runs one command and returns the decoded reply (plain JavaScript values, bson classes where there is none). Rejects on ok:0. */
  command(db: string, command: Document, options?: { signal?: AbortSignal; readPreference?: string }): Promise<Document>;
  /** Reads documents without decoding them, batch by batch, in server order. */
  findRaw(ns: Namespace, find: RawFind, signal?: AbortSignal): AsyncIterable<RawBatch>;
  /** Replaces one document by its raw bytes, exactly (also top-level Timestamp(0,0), by `$literal`). */
  replaceRaw(ns: Namespace, document: Buffer): Promise<void>;
}

/** RU targets: what only they can do. */
export interface CosmosRuSession {
  getCollection(ns: Namespace): Promise<{ exists: boolean; shardKey?: string; throughput?: Throughput } | undefined>;
  createCollection(ns: Namespace, options: { shardKey?: string; throughput?: Throughput }): Promise<void>;
  lastRequestCharge(): Promise<number>;
}
