/** A socket whose replies are read straight into memory of ours, once the driver has done with greeting and login. */
import { connect as connectTcp, type NetConnectOpts, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { MigrationError } from '../../core/model/error.js';
import { HEADER_BYTES, readHeader } from '../../relay/wire.js';
import type { ReplyMemory } from './reply-memory.js';

/** A whole message, header included, in memory that belongs to whoever gets it. */
export interface ReceivedMessage {
  readonly memory: Buffer;
  readonly length: number;
}

interface Receiver {
  readonly resolve: (message: ReceivedMessage) => void;
  readonly reject: (error: Error) => void;
}

/** How to connect: options of Node's own `connect` (for TLS where it is secure), and where to. */
export interface DataSocketOptions {
  readonly secure: boolean;
  readonly connect: NetConnectOpts & ConnectionOptions;
}

/** What Node reads at a time on its own. */
const SMALLEST_BYTES = 64 * 1024;

export class DataSocket {
  readonly socket: Socket;
  readonly #memory: ReplyMemory;
  #buffer: Buffer;
  #expected = SMALLEST_BYTES;
  #filled = 0;
  /** Of the message that comes in; 0 until its header is there. */
  #length = 0;
  #receiver: Receiver | undefined;
  #closed: Error | undefined;
  /** While the driver speaks, what comes in is handed on to it as a stream. */
  #ours = false;

  constructor({ secure, connect }: DataSocketOptions, memory: ReplyMemory) {
    this.#memory = memory;
    this.#buffer = Buffer.allocUnsafeSlow(SMALLEST_BYTES);
    const onread: OnReadOpts = {
      buffer: () => this.#buffer.subarray(this.#filled),
      callback: (count) => this.#received(count),
    };
    const where = { ...connect, onread };
    this.socket = secure ? connectTls(where) : connectTcp(where);
    this.socket.on('error', (error) => this.#lost(error));
    this.socket.on('close', () => this.#lost(new Error('the connection was closed')));
  }

  /** Resolves when it is connected (and its certificate accepted). @throws the socket's error; Error after `timeoutMs`. */
  async connected(secure: boolean, timeoutMs: number): Promise<void> {
    const { socket } = this;
    socket.setTimeout(timeoutMs);
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once(secure ? 'secureConnect' : 'connect', resolve);
        socket.once('error', reject);
        socket.once('timeout', () => reject(new Error(`no connection within ${timeoutMs} ms`)));
        socket.once('close', () => reject(new Error('closed while connecting')));
      });
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
    }
  }

  get isOpen(): boolean {
    return this.#closed === undefined;
  }

  /** From here on the messages are ours. */
  takeOver(): void {
    this.socket.unpipe();
    this.#ours = true;
    this.socket.resume();
  }

  /** Sends a message in pieces, which must stay as they are until its reply has come, and resolves with the reply. One at a time. */
  exchange(pieces: readonly Uint8Array[], expectedBytes: number): Promise<ReceivedMessage> {
    if (this.#closed) return Promise.reject(this.#closed);
    if (this.#receiver) return Promise.reject(new MigrationError('internal', { reason: 'data-socket-busy' }));
    this.#expected = Math.max(SMALLEST_BYTES, expectedBytes);
    return new Promise((resolve, reject) => {
      this.#receiver = { resolve, reject };
      this.socket.cork();
      for (const piece of pieces) this.socket.write(piece);
      this.socket.uncork();
    });
  }

  close(): void {
    this.#lost(new Error('the connection was closed'));
  }

  #received(count: number): boolean {
    if (!this.#ours) {
      // A copy: the next read goes to the same place.
      this.socket.push(Buffer.from(this.#buffer.subarray(this.#filled, this.#filled + count)));
      return true;
    }
    this.#filled += count;
    try {
      this.#look();
    } catch (error) {
      this.#lost(error as Error);
    }
    return true;
  }

  #look(): void {
    if (this.#length === 0) {
      if (this.#filled < HEADER_BYTES) return;
      this.#length = readHeader(this.#buffer).length;
      if (this.#length > this.#buffer.length) {
        const larger = this.#memory.take(this.#length);
        this.#buffer.copy(larger, 0, 0, this.#filled);
        this.#buffer = larger;
      }
    }
    if (this.#filled < this.#length) return;
    const receiver = this.#receiver;
    if (this.#filled > this.#length || !receiver) throw new Error('the server sent what nobody asked for');
    const message = { memory: this.#buffer, length: this.#length };
    // The next read may come before the next command: it needs a place now.
    this.#buffer = this.#memory.take(this.#expected);
    this.#filled = 0;
    this.#length = 0;
    this.#receiver = undefined;
    receiver.resolve(message);
  }

  #lost(error: Error): void {
    this.#closed ??= error;
    this.socket.destroy();
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.reject(error);
  }
}
