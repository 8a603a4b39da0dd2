/** What the copy needs of the two clusters. Documents travel as bytes; an `_id` is its type byte and value bytes. */
import type { Document } from 'bson';
import type { Namespace } from '../../core/model/namespace.js';
import type { DocumentBatch } from './batch.js';

/** A part of a collection in `_id` order: `lower` belongs to it, `upper` does not; a missing end is open. */
export interface IdRange {
  readonly lower?: Buffer;
  readonly upper?: Buffer;
}

export interface ReadOptions {
  readonly readPreference?: string;
  /** `local`, `majority`, ...; the server's default where it is left out. */
  readonly readConcern?: string;
  /** Only documents that match. */
  readonly filter?: Document;
  /** Bytes that one reply should be about; the reader learns the documents' size as it goes. */
  readonly replyBytes: number;
  /** Documents of this size are expected at first. */
  readonly averageBytes: number;
  readonly signal: AbortSignal;
}

/** Documents of one range, reply by reply; the next reply travels while the caller works on this one. */
export interface RangeReader {
  /**
   * The next documents, never none; undefined at the end. The batch is the caller's, until it is released.
   * @throws MigrationError `connection-lost` where connection or cursor are gone: read on with another reader.
   */
  next(): Promise<DocumentBatch | undefined>;
  /** Gives connection and cursor back; never throws. */
  close(): Promise<void>;
}

/** How the documents of a collection can be read. */
export type ReadOrder =
  /** By `_id` through its index, in ranges. */
  | 'by-id'
  /** In the order that the server likes; a lost reader starts again from the first document. */
  | 'natural';

export interface CopySource {
  /** @throws MigrationError where the collection cannot be read. */
  read(ns: Namespace, order: ReadOrder, range: IdRange, options: ReadOptions): RangeReader;
  /** True where the `_id` can be told to the server as it is; others are no bounds. */
  canBound(id: Buffer): boolean;
  /** `_id`s of about `count` documents taken at random, in the server's order; undefined where the server does not let them be taken. */
  sampleIds(ns: Namespace, count: number, signal: AbortSignal): Promise<readonly Buffer[] | undefined>;
  /** `_id`s that cut the collection into parts of at most `bytes`, by `splitVector`; undefined where that is not allowed or not known. */
  splitIds(ns: Namespace, bytes: number, signal: AbortSignal): Promise<readonly Buffer[] | undefined>;
  /**
   * The `_id` that lies `skip` documents after the range's start, read from the index alone; undefined where the range is shorter. With a filter, of those that
   * match: then the server looks at the documents, too.
   */
  idAfter(
    ns: Namespace,
    range: IdRange,
    skip: number,
    signal: AbortSignal,
    filter?: Document,
  ): Promise<Buffer | undefined>;
}

export interface WriteRefusal {
  /** Index into the batch that was sent. */
  readonly index: number;
  readonly code: number;
  /** Redacted text of the server. */
  readonly message: string;
}

/** What came of one insert command. */
export type InsertReply =
  | {
      readonly kind: 'answered';
      /** Documents that the target says it wrote. */
      readonly inserted: number;
      readonly refusals: readonly WriteRefusal[];
      /** RU, where it was asked for and the target told. */
      readonly charge?: number;
      readonly latencyMs: number;
    }
  /** `ok: 0`: which documents were written is not said. */
  | {
      readonly kind: 'refused';
      readonly code: number;
      readonly message: string;
      readonly charge?: number;
      readonly latencyMs: number;
    };

/** One sender of inserts; one command at a time. */
export interface CopyWriter {
  /**
   * Inserts the documents in one unordered command. The caller keeps to {@link WriteLimits}.
   * @throws MigrationError `connection-lost` where no answer came: what was written is not known.
   */
  insert(
    ns: Namespace,
    batch: DocumentBatch,
    options: { readonly charge: boolean; readonly signal: AbortSignal },
  ): Promise<InsertReply>;
  close(): Promise<void>;
}

export interface WriteLimits {
  readonly documents: number;
  /** Of all documents of a command together. */
  readonly bytes: number;
  readonly documentBytes: number;
}

export interface CopyTarget {
  readonly limits: WriteLimits;
  /**
   * Whether an insert replaces a top-level `Timestamp(0, 0)` by the server's clock: such documents are put right afterwards.
   */
  readonly replacesEmptyTimestamps: boolean;
  openWriter(signal: AbortSignal): Promise<CopyWriter>;
  /** Stored documents that have one of these `_id`s, in any order; several of one `_id` where the target keeps it unique only within a shard key. */
  findByIds(ns: Namespace, ids: readonly Buffer[], signal: AbortSignal): Promise<readonly Buffer[]>;
  /** Puts the document in the place of the one with its `_id`, byte by byte. Returns the refusal, if any. */
  replace(
    ns: Namespace,
    document: Buffer,
    shardKey: readonly string[],
  ): Promise<Omit<WriteRefusal, 'index'> | undefined>;
}
