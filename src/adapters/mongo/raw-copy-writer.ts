/** Sends inserts: documents as they came in one OP_MSG section, refusals told and not thrown. */
import type { Document } from 'bson';
import type { MongoClient } from 'mongodb';
import { MigrationError } from '../../core/model/error.js';
import type { Namespace } from '../../core/model/namespace.js';
import { redact } from '../../core/model/redact.js';
import { DocumentBatch } from '../../engine/copy/batch.js';
import type { CopyWriter, InsertReply, WriteRefusal } from '../../engine/copy/ports.js';
import { readReply, type DataConnection } from './data-connection.js';
import { isServerAway } from './errors.js';
import { borrowConnection, exchangeCommand, runCommand } from './run-command.js';
import type { SessionParts } from './session.js';
import { withDeadline } from './silence.js';

const WRITES_TO = 'primary';

/** What an insert carries. */
export interface InsertPayload {
  /** The value of the command's `documents`; undefined where none of them can be sent. */
  readonly documents: unknown;
  /** Index in the batch of each document that is sent; left out where all are. */
  readonly indexes?: readonly number[];
  /** Documents that this way of sending cannot carry unchanged. */
  readonly unsendable?: readonly WriteRefusal[];
}

export interface WriterParts extends Pick<
  SessionParts,
  'secrets' | 'hasCredentials' | 'silenceMs' | 'dataConnections'
> {
  /** Of its own where charges are asked for: they are told per connection. */
  readonly client: MongoClient;
  /** Where documents are sent from where they lie; another takes its place when it is lost. Undefined where the driver sends them. */
  readonly connection: DataConnection | undefined;
  /** Fields that every insert has beside its documents. */
  readonly fields: Document;
  readonly payload: (batch: DocumentBatch) => InsertPayload;
  readonly now: () => number;
  readonly close: () => Promise<void>;
}

export class RawCopyWriter implements CopyWriter {
  #connection: DataConnection | undefined;

  constructor(private readonly parts: WriterParts) {
    this.#connection = parts.connection;
  }

  async insert(
    ns: Namespace,
    batch: DocumentBatch,
    options: { readonly charge: boolean; readonly signal: AbortSignal },
  ): Promise<InsertReply> {
    const { now, silenceMs } = this.parts;
    // The driver's way knows what it cannot carry.
    const { documents, indexes, unsendable = [] } = this.#connection ? { documents: batch } : this.parts.payload(batch);
    if (documents === undefined) return { kind: 'answered', inserted: 0, refusals: unsendable, latencyMs: 0 };
    const started = now();
    try {
      const reply = await withDeadline(options.signal, silenceMs, (signal) => this.#send(ns, documents, signal));
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
    if (this.#connection) this.parts.dataConnections.giveBack(WRITES_TO, this.#connection);
    this.#connection = undefined;
    return this.parts.close();
  }

  async #send(ns: Namespace, documents: unknown, signal: AbortSignal): Promise<Document> {
    const { client, fields } = this.parts;
    const command = { insert: ns.coll, ordered: false, ...fields };
    if (!(documents instanceof DocumentBatch))
      return runCommand(this.parts, client, ns.db, { ...command, documents }, { signal });
    return this.#exchange(ns.db, command, { documents, signal });
  }

  async #exchange(
    db: string,
    command: Document,
    options: { readonly documents?: DocumentBatch; readonly signal: AbortSignal },
  ): Promise<Document> {
    if (this.#connection?.isOpen === false) {
      this.#connection = (await borrowConnection(this.parts, WRITES_TO, options.signal)) ?? this.#connection;
    }
    if (!this.#connection) throw new MigrationError('internal', { reason: 'writer-closed' });
    const { body, release } = await exchangeCommand(this.parts, this.#connection, db, command, {
      ...options,
      readPreference: WRITES_TO,
    });
    const reply = readReply(body);
    release();
    return reply;
  }

  /** A target that does not tell is not asked twice by its pacer; what matters is that the insert's own reply is not lost over it. */
  async #charge(db: string, signal: AbortSignal): Promise<number | undefined> {
    try {
      const command = { getLastRequestStatistics: 1 };
      const reply = await withDeadline(signal, this.parts.silenceMs, (either) =>
        this.#connection
          ? this.#exchange(db, command, { signal: either })
          : runCommand(this.parts, this.parts.client, db, command, { signal: either }),
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
