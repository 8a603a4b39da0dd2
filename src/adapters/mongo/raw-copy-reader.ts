/** Reads a range by find and getMore, reply by reply, the next one always on its way. */
import { setTimeout as delay } from 'node:timers/promises';
import { Long, type Document } from 'bson';
import type { ClientSession, MongoClient } from 'mongodb';
import { MigrationError } from '../../core/model/error.js';
import type { Namespace } from '../../core/model/namespace.js';
import type { DocumentBatch } from '../../engine/copy/batch.js';
import type { RangeReader, ReadOptions } from '../../engine/copy/ports.js';
import { lostCursor } from './errors.js';
import { openCopyReply, type CopyReply } from './raw-copy-reply.js';
import { runCommand } from './run-command.js';
import type { SessionParts } from './session.js';
import { throughThrottle } from './throttle.js';

/** A server keeps a reply to 16 MB whatever is asked for; more documents than this in one are never worth it. */
const MOST_DOCUMENTS = 50_000;
/** A server that has not answered for so long does not: the range is read on over another connection. */
const SILENCE_MS = 120_000;
/** With a filter it may be looking at many documents before it has a reply full of those that match. */
const FILTERING_MS = 10 * SILENCE_MS;
const CLOSE_MS = 2_000;

export class RawRangeReader implements RangeReader {
  readonly #parts: SessionParts;
  readonly #ns: Namespace;
  readonly #options: ReadOptions;
  readonly #first: Document;
  #client: MongoClient | undefined;
  #session: ClientSession | undefined;
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
        (reply) => reply.cursorId,
        () => this.#cursorId,
      );
    }
    this.#ended = true;
    const session = this.#session;
    this.#session = undefined;
    // Politeness, which a server that does not answer must not hold up.
    const closing = this.#kill(session).then(() => session?.endSession());
    await Promise.race([closing.catch(() => undefined), delay(CLOSE_MS, undefined, { ref: false })]);
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
    const { readPreference = 'primary', readConcern } = this.#options;
    this.#client = await this.#parts.clientFor(readPreference);
    // A cursor's commands must carry the same session, or the server refuses the getMore.
    this.#session = this.#parts.hasSessions() ? this.#client.startSession() : undefined;
    const concern = readConcern === undefined ? {} : { readConcern: { level: readConcern } };
    return this.#ask({ ...this.#first, ...concern });
  }

  #more(): Promise<CopyReply> {
    const asked = this.#ask({ getMore: Long.fromBigInt(this.#cursorId), collection: this.#collection });
    asked.catch(() => undefined);
    return asked;
  }

  async #ask(command: Document): Promise<CopyReply> {
    const client = this.#client;
    if (!client) throw new MigrationError('internal', { reason: 'reader-closed' });
    const { signal, replyBytes, filter, readPreference = 'primary' } = this.#options;
    const batchSize = Math.max(1, Math.min(MOST_DOCUMENTS, Math.round(replyBytes / this.#averageBytes)));
    const session = this.#session;
    const reply = await throughThrottle(
      this.#parts,
      () =>
        withDeadline(
          signal,
          (either) =>
            runCommand(
              this.#parts,
              client,
              this.#ns.db,
              { ...command, batchSize },
              { raw: true, session, readPreference, signal: either },
            ),
          filter === undefined ? SILENCE_MS : FILTERING_MS,
        ),
      signal,
    );
    return openCopyReply(reply.cursor as Uint8Array, batchSize);
  }
}

/** Calls `work` off when nothing has come for so long: to the caller that is a lost connection. */
export async function withDeadline<T>(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  silenceMs = SILENCE_MS,
): Promise<T> {
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => stop.abort(new MigrationError('connection-lost', { reason: 'silence' })), silenceMs);
  try {
    return await work(stop.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
