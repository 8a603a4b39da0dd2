/** Sends inserts: documents as they came in one OP_MSG section, refusals told and not thrown. */
import type { Document } from 'bson';
import type { MongoClient } from 'mongodb';
import { MigrationError } from '../../core/model/error.js';
import type { Namespace } from '../../core/model/namespace.js';
import { redact } from '../../core/model/redact.js';
import type { DocumentBatch } from '../../engine/copy/batch.js';
import type { CopyWriter, InsertReply, WriteRefusal } from '../../engine/copy/ports.js';
import { isServerAway } from './errors.js';
import { runCommand } from './run-command.js';
import type { SessionParts } from './session.js';
import { withDeadline } from './silence.js';

/** What an insert carries. */
export interface InsertPayload {
  /** The value of the command's `documents`; undefined where none of them can be sent. */
  readonly documents: unknown;
  /** Index in the batch of each document that is sent; left out where all are. */
  readonly indexes?: readonly number[];
  /** Documents that this way of sending cannot carry unchanged. */
  readonly unsendable?: readonly WriteRefusal[];
}

export interface WriterParts extends Pick<SessionParts, 'secrets' | 'hasCredentials' | 'silenceMs'> {
  /** Of its own where charges are asked for: they are told per connection. */
  readonly client: MongoClient;
  /** Fields that every insert has beside its documents. */
  readonly fields: Document;
  readonly payload: (batch: DocumentBatch) => InsertPayload;
  readonly now: () => number;
  readonly close: () => Promise<void>;
}

export class RawCopyWriter implements CopyWriter {
  constructor(private readonly parts: WriterParts) {}

  async insert(
    ns: Namespace,
    batch: DocumentBatch,
    options: { readonly charge: boolean; readonly signal: AbortSignal },
  ): Promise<InsertReply> {
    const { client, fields, payload, now, silenceMs } = this.parts;
    const { documents, indexes, unsendable = [] } = payload(batch);
    if (documents === undefined) return { kind: 'answered', inserted: 0, refusals: unsendable, latencyMs: 0 };
    const command = { insert: ns.coll, ordered: false, ...fields, documents };
    const started = now();
    try {
      const reply = await withDeadline(options.signal, silenceMs, (signal) =>
        runCommand(this.parts, client, ns.db, command, { signal }),
      );
      const latencyMs = now() - started;
      this.#checkAcknowledged(reply, ns);
      const charge = options.charge ? await this.#charge(ns.db, options.signal) : undefined;
      return {
        kind: 'answered',
        inserted: Number(reply.n ?? 0),
        refusals: [...unsendable, ...this.#refusals(reply, indexes)],
        latencyMs,
        ...(charge === undefined ? {} : { charge }),
      };
    } catch (error) {
      const refused = commandRefusal(error);
      if (!refused) throw error;
      const latencyMs = now() - started;
      const charge = options.charge ? await this.#charge(ns.db, options.signal) : undefined;
      return { kind: 'refused', ...refused, latencyMs, ...(charge === undefined ? {} : { charge }) };
    }
  }

  close(): Promise<void> {
    return this.parts.close();
  }

  /** A target that does not tell is not asked twice by its pacer; what matters is that the insert's own reply is not lost over it. */
  async #charge(db: string, signal: AbortSignal): Promise<number | undefined> {
    try {
      const reply = await withDeadline(signal, this.parts.silenceMs, (either) =>
        runCommand(this.parts, this.parts.client, db, { getLastRequestStatistics: 1 }, { signal: either }),
      );
      const charge: unknown = reply.RequestCharge;
      return typeof charge === 'number' ? charge : undefined;
    } catch {
      return undefined;
    }
  }

  #refusals(reply: Document, indexes: readonly number[] | undefined): WriteRefusal[] {
    const told = Array.isArray(reply.writeErrors) ? (reply.writeErrors as Document[]) : [];
    return told.map((error) => ({
      index: indexes?.[Number(error.index)] ?? Number(error.index),
      code: Number(error.code ?? 0),
      message: redact(String(error.errmsg ?? ''), this.parts.secrets),
    }));
  }

  /** What was written may be rolled back, or was not written for a reason that is not in the document: the same as no answer. */
  #checkAcknowledged(reply: Document, ns: Namespace): void {
    const writeErrors = (reply.writeErrors ?? []) as Document[];
    const away = writeErrors.find((error) => isServerAway(Number(error.code)));
    const failed = (reply.writeConcernError as Document | undefined) ?? away;
    if (!failed) return;
    throw new MigrationError('connection-lost', {
      reason: failed === away ? 'server-away' : 'write-concern',
      serverCode: Number(failed.code ?? 0),
      namespace: `${ns.db}.${ns.coll}`,
      message: redact(String(failed.errmsg ?? ''), this.parts.secrets),
    });
  }
}

/** The server's own word about the command, where it gave one. */
function commandRefusal(error: unknown): { readonly code: number; readonly message: string } | undefined {
  if (!MigrationError.is(error) || error.code === 'connection-lost') return undefined;
  const { serverCode, message } = error.facts;
  if (typeof serverCode !== 'number') return undefined;
  return { code: serverCode, message: typeof message === 'string' ? message : '' };
}
