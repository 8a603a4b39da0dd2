/**
 * A connection of the copy's own: the driver chooses the server, greets it and logs in, then commands and replies are ours, so that replies are read into memory
 * that is used again and documents are sent from where they lie. Where the driver's private parts are not as expected, or the user wants what only the driver does
 * (a proxy, compression, a load balancer), the copy goes through the driver's own commands.
 */
import { isIP } from 'node:net';
import { deserialize, type Document } from 'bson';
import { MongoNetworkError, MongoServerError, ReadPreference, type ClientSession, type MongoClient } from 'mongodb';
import type { DriverConnection } from 'mongodb/lib/cmap/connect.js';
import { BSON_TYPE, findElement, MalformedBson, readNumber } from '../../core/bson/raw-document.js';
import type { DocumentBatch } from '../../engine/copy/batch.js';
import { FLAG_CHECKSUM_PRESENT, FLAG_MORE_TO_COME, HEADER_BYTES, OP_MSG, readHeader } from '../../relay/wire.js';
import { DataSocket, type DataSocketOptions } from './data-socket.js';
import {
  insidesOf,
  LEGAL_TCP_SOCKET_OPTIONS,
  LEGAL_TLS_SOCKET_OPTIONS,
  makeConnection,
  performInitialHandshake,
  type DriverServer,
  type PoolOptions,
} from './driver-internals.js';
import { saysGoodbye } from './errors.js';
import { sectionHead } from './raw-sequence.js';
import type { ReplyMemory } from './reply-memory.js';

/** Options by which the user asks for what only the driver does. */
const DRIVERS_OWN = ['proxyHost', 'autoEncrypter', 'existingSocket'] as const;
/** As the driver has them. */
const CONNECT_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 120_000;
/** Flags, kind and the smallest document. */
const SMALLEST_REPLY = HEADER_BYTES + 4 + 1 + 5;

export interface ExchangeOptions {
  readonly session?: ClientSession | undefined;
  readonly readPreference: string;
  /** Goes with the command as its `documents`. */
  readonly documents?: DocumentBatch;
  /** About how large the reply will be. */
  readonly expectedBytes?: number;
  readonly signal: AbortSignal;
}

/** The reply's document. Its memory is the receiver's until it is released. */
export interface DataReply {
  readonly body: Buffer;
  readonly release: () => void;
}

let connections = 0;

export class DataConnection {
  readonly #socket: DataSocket;
  readonly #connection: DriverConnection;
  readonly #server: DriverServer;
  readonly #direct: boolean;
  readonly #memory: ReplyMemory;

  private constructor(parts: {
    readonly socket: DataSocket;
    readonly connection: DriverConnection;
    readonly server: DriverServer;
    readonly direct: boolean;
    readonly memory: ReplyMemory;
  }) {
    this.#socket = parts.socket;
    this.#connection = parts.connection;
    this.#server = parts.server;
    this.#direct = parts.direct;
    this.#memory = parts.memory;
  }

  /**
   * Connects to the server that the driver chooses for this read preference. Undefined where it has to be left to the driver.
   * @throws the driver's errors and those of the socket.
   */
  static async open(
    client: MongoClient,
    readPreference: string,
    memory: ReplyMemory,
    signal: AbortSignal,
  ): Promise<DataConnection | undefined> {
    const { topology, s, options: known } = insidesOf(client);
    if (!makeConnection || !performInitialHandshake || typeof topology?.selectServer !== 'function') return undefined;
    const { serverSelectionTimeoutMS, directConnection, loadBalanced } = client.options;
    if (loadBalanced) return undefined;
    const mode = ReadPreference.fromString(readPreference);
    const server = await topology.selectServer(mode, { operationName: 'copy', serverSelectionTimeoutMS, signal });
    const options = server.pool?.options;
    const socketOptions = options && socketOptionsOf(options);
    if (!options || !socketOptions || !s?.authProviders) return undefined;

    const socket = new DataSocket(socketOptions, memory);
    const onAbort = (): void => socket.close();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await socket.connected(socketOptions.secure, options.connectTimeoutMS ?? CONNECT_TIMEOUT_MS);
      connections += 1;
      const handshake = {
        ...options,
        id: `copy-${connections}`,
        generation: server.pool?.generation ?? 0,
        authProviders: s.authProviders,
        extendedMetadata: known.extendedMetadata,
      };
      const connection = makeConnection(handshake, socket.socket);
      await performInitialHandshake(connection, handshake);
      const { compressor = 'none' } = connection.description ?? {};
      if (compressor !== 'none' || connection.supportsOpMsg !== true) {
        connection.destroy();
        return undefined;
      }
      socket.takeOver();
      return new DataConnection({ socket, connection, server, direct: directConnection, memory });
    } catch (error) {
      socket.close();
      signal.throwIfAborted();
      const cause = error as Error;
      throw cause.name.startsWith('Mongo') ? cause : new MongoNetworkError(cause.message, { cause });
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  get isOpen(): boolean {
    return this.#socket.isOpen;
  }

  /**
   * One command and its reply. Unless it was the server's own word, the connection is closed after a failure.
   * @throws MongoServerError where the server says `ok: 0`; MongoNetworkError where no whole reply came; the signal's reason.
   */
  async exchange(db: string, command: Document, options: ExchangeOptions): Promise<DataReply> {
    const { session, readPreference, documents, expectedBytes = 0, signal } = options;
    signal.throwIfAborted();
    const message = this.#connection.prepareCommand(db, command, {
      readPreference: ReadPreference.fromString(readPreference),
      directConnection: this.#direct,
      ...(session ? { session } : {}),
    });
    const pieces = piecesOf(Buffer.concat(message.toBin()), documents);
    const onAbort = (): void => this.close();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const { memory, length } = await this.#socket.exchange(pieces, expectedBytes);
      const body = bodyOf(memory.subarray(0, length));
      const release = (): void => this.#memory.giveBack(memory);
      if (isOk(body)) return { body, release };
      const told = readReply(body);
      release();
      throw new MongoServerError(told);
    } catch (error) {
      if (error instanceof MongoServerError && !saysGoodbye(error.code)) throw error;
      this.close();
      signal.throwIfAborted();
      if (error instanceof MongoServerError) throw error;
      const cause = error as Error;
      throw new MongoNetworkError(cause.message, { cause });
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  close(): void {
    if (!this.isOpen) return;
    this.#socket.close();
    this.#connection.destroy();
    // It may be no primary any more, or gone: whoever connects next must not be sent there again.
    this.#server.requestCheck?.();
  }
}

/** How the driver itself would connect; undefined where only it can. */
function socketOptionsOf(options: PoolOptions): DataSocketOptions | undefined {
  const [tcp, tls] = [LEGAL_TCP_SOCKET_OPTIONS, LEGAL_TLS_SOCKET_OPTIONS];
  const { hostAddress, tls: secure = false } = options;
  if (!tcp || !tls || !hostAddress || DRIVERS_OWN.some((name) => options[name] != null)) return undefined;
  const { host, port, socketPath } = hostAddress;
  const chosen = (secure ? [...tcp, ...tls] : tcp).filter((name) => options[name] != null);
  return {
    secure,
    connect: {
      // The name that TLS asks for, unless the user has set one; an address has none.
      ...(secure && host !== undefined && !isIP(host) ? { servername: host } : {}),
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      keepAlive: true,
      noDelay: true,
      ...Object.fromEntries(chosen.map((name) => [name, options[name]])),
      ...(socketPath === undefined ? { host, port } : { path: socketPath }),
    } as DataSocketOptions['connect'],
  };
}

/** The message in as few pieces as its documents lie in; more pieces than this cost more than copying them together. */
const MOST_PIECES = 16;

/** A command's message, and behind it its documents as a section of kind 1. */
function piecesOf(command: Buffer, documents: DocumentBatch | undefined): Uint8Array[] {
  if (!documents) return [command];
  const { bytes } = documents;
  const head = Buffer.concat([command, sectionHead('documents', bytes)]);
  head.writeInt32LE(head.length + bytes, 0);
  const runs = documents.runs();
  return [head, ...(runs.length <= MOST_PIECES ? runs : [Buffer.concat(runs, bytes)])];
}

/** The body of an OP_MSG without further sections. @throws MalformedBson where it is something else. */
function bodyOf(message: Buffer): Buffer {
  const { length, opCode } = readHeader(message);
  if (opCode !== OP_MSG || length < SMALLEST_REPLY || length !== message.length)
    throw new MalformedBson('not an OP_MSG');
  const flags = message.readUInt32LE(HEADER_BYTES);
  if (flags & FLAG_MORE_TO_COME || message[HEADER_BYTES + 4] !== 0) throw new MalformedBson('more than one document');
  const start = HEADER_BYTES + 5;
  const size = message.readInt32LE(start);
  const end = length - (flags & FLAG_CHECKSUM_PRESENT ? 4 : 0);
  if (size < 5 || start + size !== end) throw new MalformedBson('a reply is no single document');
  return message.subarray(start, end);
}

function isOk(body: Buffer): boolean {
  const ok = findElement(body, 'ok');
  if (!ok) return false;
  return ok.type === BSON_TYPE.bool ? body[ok.valueStart] === 1 : readNumber(body, ok) === 1;
}

/** Error texts may quote a document's bytes that are not UTF-8: no reason to fail. */
export function readReply(body: Buffer): Document {
  return deserialize(body, { validation: { utf8: false } });
}
