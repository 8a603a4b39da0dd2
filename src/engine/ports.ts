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
  /** The server's default where it is left out. */
  readonly readConcern?: string;
}

/** A connected cluster, as the engine uses it. Closing is the creator's job. Errors are MigrationError (`connection-lost`, `missing-privilege`, `command-failed` with `serverCode`, ...). */
export interface ClusterSession {
  readonly facts: ClusterFacts;
  /** Runs one command and returns the decoded reply (plain JavaScript values, bson classes where there is none). Rejects on ok:0. */
  command(
    db: string,
    command: Document,
    options?: { signal?: AbortSignal; readPreference?: string },
  ): Promise<Document>;
  /** Reads documents without decoding them, batch by batch, in server order. */
  findRaw(ns: Namespace, find: RawFind, signal?: AbortSignal): AsyncIterable<RawBatch>;
  /**
   * Puts one document by its raw bytes in the place of the one with its `_id`, exactly (also a top-level Timestamp(0,0), by `$literal`);
   * inserts it where there is none. `shardKey`: paths whose values go into the query, which sharded collections want.
   */
  replaceRaw(ns: Namespace, document: Buffer, options?: { shardKey?: readonly string[] }): Promise<void>;
  /**
   * Inserts documents by their raw bytes, in as many commands as the target's limits need. Refusals of single documents are told in
   * `writeErrors` (index into `documents`), not thrown; a document over the target's size limit is told there without being sent.
   */
  insertRaw(
    ns: Namespace,
    documents: readonly Buffer[],
    options: { ordered: boolean; signal?: AbortSignal },
  ): Promise<RawInsertResult>;
}

export interface RawWriteError {
  /** Index into the documents of the call. */
  readonly index: number;
  /** The server's code, 11000 for a duplicate key; 10334 (BSONObjectTooLarge) where it was not sent for its size. */
  readonly code: number;
  /** Redacted text of the server. */
  readonly message: string;
}

export interface RawInsertResult {
  readonly inserted: number;
  readonly writeErrors: readonly RawWriteError[];
}

/** RU targets: what only they can do. */
export interface CosmosRuSession {
  getCollection(ns: Namespace): Promise<{ exists: boolean; shardKey?: string; throughput?: Throughput } | undefined>;
  createCollection(ns: Namespace, options: { shardKey?: string; throughput?: Throughput }): Promise<void>;
  lastRequestCharge(): Promise<number>;
}
