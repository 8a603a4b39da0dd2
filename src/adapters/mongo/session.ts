/** A connected cluster as the engine uses it: commands, and documents in and out as bytes. */
import { deserialize, Long, type Document } from 'bson';
import type { MongoClient } from 'mongodb';
import type { ClusterFacts } from '../../core/model/facts.js';
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import { redact } from '../../core/model/redact.js';
import type { ClusterSession, Clock, RawBatch, RawFind, RawInsertResult, RawWriteError } from '../../engine/ports.js';
import { catchUp, causally } from './catch-up.js';
import type { DataConnections } from './data-connections.js';
import { isServerAway, lostCursor, SERVER_CODE } from './errors.js';
import { openCursor, type RawCursorBatch } from './raw-reply.js';
import { rawSequence, selfTest } from './raw-sequence.js';
import { replaceStatement, survivesDecoding } from './raw-statement.js';
import { runCommand, type CommandOptions } from './run-command.js';
import { withDeadline } from './silence.js';
import { throughThrottle } from './throttle.js';
import { lasting } from './write-concern.js';

/** What a session works with; for this adapter's own modules. */
export interface SessionParts {
  readonly client: MongoClient;
  readonly facts: ClusterFacts;
  readonly clock: Clock;
  readonly secrets: readonly string[];
  readonly hasCredentials: boolean;
  /** Whether the server knows sessions (`logicalSessionTimeoutMinutes`); RU accounts do not. */
  readonly hasSessions: () => boolean;
  /** The client whose commands of this read preference all go to one server. */
  readonly clientFor: (readPreference: string) => Promise<MongoClient>;
  /** For documents in bulk. */
  readonly dataConnections: DataConnections;
  /** In [0, 1), for the jitter of repeats. */
  readonly random: () => number;
  /** Milliseconds after which a server that does not answer what is answered at once is taken for lost. */
  readonly silenceMs: number;
}

interface StreamOptions extends CommandOptions {
  readonly batchSize?: number;
  readonly prefetch?: boolean;
  /** Each command must be answered within this, in milliseconds; without it there is no limit. */
  readonly silenceMs?: number;
  /** A secondary is waited for until it has what the primary has. */
  readonly catchesUp?: boolean;
}

/** Commands that no server takes long for. Others, building an index above all, take as long as they take. */
const ANSWERED_SOON: ReadonlySet<string> = new Set(['count', 'update', 'hello', 'ping']);

/** @throws MigrationError `connection-lost` for a reply that is none. */
function opened(reply: Document, db: string): RawCursorBatch {
  try {
    return openCursor(reply.cursor as Uint8Array);
  } catch (error) {
    throw lostCursor(error, db);
  }
}

/** Room for the command's own fields in a message that is filled with documents. */
const MESSAGE_HEADROOM = 16 * 1024;

export class MongoSession implements ClusterSession {
  readonly facts: ClusterFacts;
  readonly parts: SessionParts;
  #readThrottles = 0;

  constructor(parts: SessionParts) {
    this.facts = parts.facts;
    this.parts = parts;
  }

  /** How many finds and getMores were answered with 16500 so far. */
  get readThrottles(): number {
    return this.#readThrottles;
  }

  async command(db: string, command: Document, options: CommandOptions = {}): Promise<Document> {
    const run = (signal = options.signal): Promise<Document> =>
      runCommand(this.parts, this.parts.client, db, command, { ...options, ...(signal ? { signal } : {}) });
    const [name = ''] = Object.keys(command);
    return ANSWERED_SOON.has(name) ? withDeadline(options.signal, this.parts.silenceMs, run) : run();
  }

  findRaw(ns: Namespace, find: RawFind, signal?: AbortSignal): AsyncGenerator<RawBatch, void, void> {
    const { readPreference, readConcern, batchSize, ...rest } = find;
    return this.streamRaw(
      ns.db,
      {
        find: ns.coll,
        ...rest,
        ...(batchSize === undefined ? {} : { batchSize }),
        ...(readConcern === undefined ? {} : { readConcern: { level: readConcern } }),
      },
      {
        ...(readPreference === undefined ? {} : { readPreference }),
        ...(batchSize === undefined ? {} : { batchSize }),
        ...(signal ? { signal } : {}),
        silenceMs: this.parts.silenceMs,
        catchesUp: (readPreference ?? 'primary') !== 'primary',
      },
    );
  }

  /**
   * Documents of any command that answers with a cursor, not decoded. `prefetch: false` asks for the next batch only when it is wanted.
   * Throttled batches (16500) are asked for again, as long as told; a lost cursor is `connection-lost` with reason `cursor-lost`.
   */
  async *streamRaw(db: string, command: Document, options: StreamOptions = {}): AsyncGenerator<RawBatch, void, void> {
    const { signal, batchSize, prefetch = true, silenceMs, catchesUp = false } = options;
    const readPreference = options.readPreference ?? 'primary';
    const client = await this.parts.clientFor(readPreference);
    // A cursor's commands must carry the same session, or the server refuses the getMore.
    const session = this.parts.hasSessions() ? client.startSession() : undefined;
    const runOptions = { session, raw: true, readPreference, ...(signal ? { signal } : {}) };
    const run = (next: Document): Promise<Document> =>
      throughThrottle(
        this.parts,
        () =>
          silenceMs === undefined
            ? runCommand(this.parts, client, db, next, runOptions)
            : withDeadline(signal, silenceMs, (either) =>
                runCommand(this.parts, client, db, next, { ...runOptions, signal: either }),
              ),
        signal,
        () => (this.#readThrottles += 1),
      );
    let cursorId = 0n;
    let collection = '';
    let pending: Promise<Document> | undefined;
    const more = (): Promise<Document> => {
      const asked = run({
        getMore: Long.fromBigInt(cursorId),
        collection,
        ...(batchSize === undefined ? {} : { batchSize }),
      });
      asked.catch(() => undefined);
      return asked;
    };
    try {
      if (catchesUp && session) await catchUp(this.parts, session, signal);
      let reply = await run(causally(command, session));
      for (;;) {
        const batch = opened(reply, db);
        cursorId = batch.cursorId;
        collection = batch.namespace.slice(db.length + 1);
        // The next batch travels while the caller works on this one.
        pending = cursorId !== 0n && prefetch ? more() : undefined;
        if (batch.documents.length > 0) yield { documents: batch.documents };
        if (cursorId === 0n) return;
        try {
          reply = await (pending ?? more());
        } catch (error) {
          cursorId = 0n;
          throw lostCursor(error, `${db}.${collection}`);
        } finally {
          pending = undefined;
        }
      }
    } finally {
      if (pending) {
        cursorId = await pending.then(
          (last) => opened(last, db).cursorId,
          () => cursorId,
        );
      }
      if (cursorId !== 0n) {
        const kill = { killCursors: collection, cursors: [Long.fromBigInt(cursorId)] };
        await client
          .db(db)
          .command(kill, session ? { session } : {})
          .catch(() => undefined);
      }
      await session?.endSession();
    }
  }

  async replaceRaw(ns: Namespace, document: Buffer, options: { shardKey?: readonly string[] } = {}): Promise<void> {
    this.#needRawWrites();
    const updates = rawSequence('updates', [replaceStatement(document, options.shardKey)]);
    // An RU account has one concern for all; elsewhere what stands in for a lost document must outlive a failover.
    const concern = this.facts.kind === 'cosmos-ru' ? {} : { writeConcern: lasting(this.facts.topology) };
    const reply = await this.command(ns.db, { update: ns.coll, ordered: true, ...concern, updates });
    const refused = this.#writeErrors(reply, [0])[0];
    if (refused && isServerAway(refused.code)) throw this.#notLasting(refused, ns);
    if (refused) {
      throw new MigrationError('command-failed', {
        serverCode: refused.code,
        command: 'update',
        namespace: formatNamespace(ns),
        message: refused.message,
      });
    }
    const failed = reply.writeConcernError as Document | undefined;
    if (!failed) return;
    const message = redact(String(failed.errmsg ?? ''), this.parts.secrets);
    throw this.#notLasting({ code: Number(failed.code ?? 0), message }, ns);
  }

  async insertRaw(
    ns: Namespace,
    documents: readonly Buffer[],
    options: { ordered: boolean; signal?: AbortSignal },
  ): Promise<RawInsertResult> {
    const raw = this.facts.driver === 'current';
    if (raw) this.#needRawWrites();
    const writeErrors: RawWriteError[] = [];
    let inserted = 0;
    for (const batch of this.#batches(documents, raw, writeErrors, options.ordered)) {
      const slices = batch.map((index) => documents[index] ?? Buffer.alloc(0));
      const payload = raw ? rawSequence('documents', slices) : slices.map((slice) => this.#decodeExactly(slice));
      const command = { insert: ns.coll, ordered: options.ordered, documents: payload };
      const reply = await this.command(ns.db, command, options.signal ? { signal: options.signal } : {});
      inserted += Number(reply.n ?? 0);
      const refused = this.#writeErrors(reply, batch);
      writeErrors.push(...refused);
      this.#checkWriteConcern(reply, 'insert', ns);
      if (options.ordered && writeErrors.length > 0) break;
    }
    return { inserted, writeErrors: writeErrors.sort((a, b) => a.index - b.index) };
  }

  /** Indexes of documents that fit one command; those over the size limit go to `refused`, and end an ordered insert there. */
  *#batches(
    documents: readonly Buffer[],
    raw: boolean,
    refused: RawWriteError[],
    ordered: boolean,
  ): Generator<number[]> {
    const { maxBsonObjectSize, maxMessageSizeBytes, maxWriteBatchSize } = this.facts;
    // Without a document sequence the whole command is one document and has to keep to a document's size.
    const room = (raw ? maxMessageSizeBytes : maxBsonObjectSize) - MESSAGE_HEADROOM;
    let batch: number[] = [];
    let size = 0;
    for (const [index, document] of documents.entries()) {
      if (document.length > maxBsonObjectSize) {
        if (ordered && batch.length > 0) yield batch;
        refused.push({ index, code: SERVER_CODE.bsonObjectTooLarge, message: `document of ${document.length} bytes` });
        if (ordered) return;
        continue;
      }
      if (batch.length > 0 && (batch.length >= maxWriteBatchSize || size + document.length > room)) {
        yield batch;
        batch = [];
        size = 0;
      }
      batch.push(index);
      size += document.length;
    }
    if (batch.length > 0) yield batch;
  }

  #writeErrors(reply: Document, indexes: readonly number[]): RawWriteError[] {
    const told = Array.isArray(reply.writeErrors) ? (reply.writeErrors as Document[]) : [];
    return told.map((error) => ({
      index: indexes[Number(error.index ?? 0)] ?? 0,
      code: Number(error.code ?? 0),
      message: redact(String(error.errmsg ?? ''), this.parts.secrets),
    }));
  }

  /** A replacement that may not be there, or not for long; it can be made again. */
  #notLasting({ code, message }: Omit<RawWriteError, 'index'>, ns: Namespace): MigrationError {
    const facts = {
      reason: 'write-concern',
      serverCode: code,
      command: 'update',
      namespace: formatNamespace(ns),
      message,
    };
    return new MigrationError('connection-lost', facts);
  }

  #checkWriteConcern(reply: Document, command: string, ns: Namespace): void {
    const failed = reply.writeConcernError as Document | undefined;
    if (!failed) return;
    throw new MigrationError('command-failed', {
      serverCode: Number(failed.code ?? 0),
      command,
      namespace: formatNamespace(ns),
      message: redact(String(failed.errmsg ?? ''), this.parts.secrets),
    });
  }

  /** @throws MigrationError `internal` where the driver has changed under us; `unsupported-server-version` for the older driver. */
  #needRawWrites(): void {
    if (this.facts.driver !== 'current') {
      throw new MigrationError('unsupported-server-version', {
        version: this.facts.version,
        minimum: '4.2',
        reason: 'raw-write',
      });
    }
    if (!selfTest()) throw new MigrationError('internal', { reason: 'raw-write-self-test' });
  }

  #decodeExactly(document: Buffer): Document {
    const decoded = deserialize(document, { promoteValues: false, promoteLongs: false, bsonRegExp: true });
    if (survivesDecoding(document, decoded)) return decoded;
    throw new MigrationError('unsupported-server-version', {
      version: this.facts.version,
      minimum: '4.2',
      reason: 'raw-write',
    });
  }
}
