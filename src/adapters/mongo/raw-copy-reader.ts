/** Reads a range by find and getMore, reply by reply, the next one always on its way. */
import { setTimeout as delay } from 'node:timers/promises';
import { Long, type Document } from 'bson';
import type { ClientSession, MongoClient } from 'mongodb';
import { MigrationError } from '../../core/model/error.js';
import type { Namespace } from '../../core/model/namespace.js';
import type { DocumentBatch } from '../../engine/copy/batch.js';
import type { RangeReader, ReadOptions } from '../../engine/copy/ports.js';
import { BSON_TYPE, findElement } from '../../core/bson/raw-document.js';
import { catchUp, causally } from './catch-up.js';
import type { DataConnection } from './data-connection.js';
import { lostCursor } from './errors.js';
import { openCopyReply, type CopyReply } from './raw-copy-reply.js';
import { borrowConnection, exchangeCommand, runCommand } from './run-command.js';
import type { SessionParts } from './session.js';
import { withDeadline } from './silence.js';
import { throughThrottle } from './throttle.js';

/** A server keeps a reply to 16 MB whatever is asked for; more documents than this in one are never worth it. */
const MOST_DOCUMENTS = 50_000;
/** With a filter a server may be looking at many documents before it has a reply full of those that match: so many times as patient. */
const FILTERING = 10;
/** Ending a cursor takes a round trip. Judged: being polite is worth no longer wait. */
const CLOSE_MS = 2_000;
/** Documents differ in size: with so much more than was asked for, most replies find room without being moved. */
const REPLY_ROOM = 1.25;

export class RawRangeReader implements RangeReader {
  readonly #parts: SessionParts;
  readonly #ns: Namespace;
  readonly #options: ReadOptions;
  readonly #first: Document;
  #client: MongoClient | undefined;
  #session: ClientSession | undefined;
  /** Undefined where the driver's own have to do. */
  #connection: DataConnection | undefined;
  #cursorId = 0n;
  #collection: string;
  #pending: Promise<CopyReply> | undefined;
  #averageBytes: number;
  #ended = false;

  /** `find`: the command without its batch size. */
  constructor(parts: SessionParts, ns: Namespace, find: Document, options: ReadOptions) {
    this.#parts = parts;
    this.#ns = ns;
    this.#first = find;
    this.#options = options;
    this.#collection = ns.coll;
    this.#averageBytes = Math.max(16, options.averageBytes);
  }

  async next(): Promise<DocumentBatch | undefined> {
    while (!this.#ended) {
      const pending = this.#pending ?? this.#open();
      this.#pending = undefined;
      let reply: CopyReply;
      try {
        reply = await pending;
      } catch (error) {
        this.#ended = true;
        throw lostCursor(error, `${this.#ns.db}.${this.#ns.coll}`);
      }
      this.#cursorId = reply.cursorId;
      if (reply.namespace !== '') this.#collection = reply.namespace.slice(this.#ns.db.length + 1);
      const { batch } = reply;
      if (batch.count > 0) this.#averageBytes = batch.bytes / batch.count;
      if (reply.cursorId === 0n) this.#ended = true;
      else this.#pending = this.#more();
      if (batch.count > 0) return batch;
    }
    return undefined;
  }

  async close(): Promise<void> {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending) {
      this.#cursorId = await pending.then(
        ({ cursorId, batch }) => {
          batch.release();
          return cursorId;
        },
        () => this.#cursorId,
      );
    }
    this.#ended = true;
    const session = this.#session;
    this.#session = undefined;
    // Politeness, which a server that does not answer must not hold up.
    const closing = this.#kill(session).then(() => session?.endSession());
    await Promise.race([closing.catch(() => undefined), delay(CLOSE_MS, undefined, { ref: false })]);
    if (this.#connection) this.#parts.dataConnections.giveBack(this.#readPreference, this.#connection);
    this.#connection = undefined;
  }

  async #kill(session: ClientSession | undefined): Promise<void> {
    const client = this.#client;
    if (!client || this.#cursorId === 0n) return;
    const kill = { killCursors: this.#collection, cursors: [Long.fromBigInt(this.#cursorId)] };
    this.#cursorId = 0n;
    await client
      .db(this.#ns.db)
      .command(kill, session ? { session } : {})
      .catch(() => undefined);
  }

  async #open(): Promise<CopyReply> {
    const { readConcern, signal } = this.#options;
    this.#client = await this.#parts.clientFor(this.#readPreference);
    this.#connection = await borrowConnection(this.#parts, this.#readPreference, signal);
    // A cursor's commands must carry the same session, or the server refuses the getMore.
    this.#session = this.#parts.hasSessions() ? this.#client.startSession() : undefined;
    if (this.#readPreference !== 'primary' && this.#session) await catchUp(this.#parts, this.#session, signal);
    const concern = readConcern === undefined ? {} : { readConcern: { level: readConcern } };
    return this.#ask(causally({ ...this.#first, ...concern }, this.#session));
  }

  #more(): Promise<CopyReply> {
    const asked = this.#ask({ getMore: Long.fromBigInt(this.#cursorId), collection: this.#collection });
    asked.catch(() => undefined);
    return asked;
  }

  async #ask(command: Document): Promise<CopyReply> {
    const client = this.#client;
    if (!client) throw new MigrationError('internal', { reason: 'reader-closed' });
    const { signal, replyBytes, filter } = this.#options;
    const batchSize = Math.max(1, Math.min(MOST_DOCUMENTS, Math.round(replyBytes / this.#averageBytes)));
    const limited = { ...command, batchSize };
    const silenceMs = this.#parts.silenceMs * (filter === undefined ? 1 : FILTERING);
    return throughThrottle(
      this.#parts,
      () => withDeadline(signal, silenceMs, (either) => this.#exchange(client, limited, batchSize, either)),
      signal,
    );
  }

  async #exchange(client: MongoClient, command: Document, expected: number, signal: AbortSignal): Promise<CopyReply> {
    const { db } = this.#ns;
    const options = { session: this.#session, readPreference: this.#readPreference, signal };
    if (!this.#connection) {
      const reply = await runCommand(this.#parts, client, db, command, { ...options, raw: true });
      return openCopyReply(reply.cursor as Uint8Array, expected);
    }
    const expectedBytes = this.#options.replyBytes * REPLY_ROOM;
    const { body, release } = await exchangeCommand(this.#parts, this.#connection, db, command, {
      ...options,
      expectedBytes,
    });
    const cursor = findElement(body, 'cursor');
    if (cursor?.type !== BSON_TYPE.document) throw new MigrationError('connection-lost', { reason: 'no-cursor' });
    return openCopyReply(body.subarray(cursor.valueStart, cursor.valueEnd), expected, release);
  }

  get #readPreference(): string {
    return this.#options.readPreference ?? 'primary';
  }
}
