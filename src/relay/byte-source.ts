import type { Socket } from 'node:net';
import type { SlabSocket } from './slab-socket.js';

/** Bytes that may wait unread before the sender is held back. */
const HIGH_WATER_BYTES = 1024 * 1024;

/** Bytes that may wait unsent, per connection, before the writer is held back. */
const UNSENT_BYTES = 1024 * 1024;

/** Thrown to a reader when the other side has gone. */
export class StreamEnded extends Error {}

/**
 * Pull-style reading of a socket: what arrives waits here until it is asked for, and the sender is held back when too much waits.
 * Chunks are handed on as they came, so that forwarding copies nothing.
 */
export class ByteSource {
  private chunks: Buffer[] = [];
  private size = 0;
  private ended = false;
  private wake: (() => void) | undefined;

  /** With `reads`, chunks lie in its slab until {@link recycle}. */
  constructor(
    private readonly socket: Socket,
    private readonly reads?: SlabSocket,
  ) {
    const take = (chunk: Buffer): boolean => {
      this.chunks.push(chunk);
      this.size += chunk.length;
      this.signal();
      if (this.size <= HIGH_WATER_BYTES) return true;
      socket.pause();
      return false;
    };
    if (reads) reads.onChunk = take;
    else socket.on('data', take);
    const end = (): void => {
      this.ended = true;
      this.signal();
    };
    socket.on('end', end);
    socket.on('close', end);
    socket.on('error', end);
    socket.resume();
  }

  /** To be called where nothing that was read before is needed any more, neither here nor in a write that is under way. */
  recycle(): void {
    if (this.size === 0) this.reads?.slab.recycle();
  }

  /** At least `count` bytes, not consumed. @throws StreamEnded when the stream ends before. */
  async peek(count: number): Promise<Buffer> {
    while (this.size < count) await this.more();
    const first = this.chunks[0];
    if (first && first.length >= count) return first;
    const joined = Buffer.concat(this.chunks);
    this.chunks = [joined];
    return joined;
  }

  /** Exactly `count` bytes in one buffer. @throws StreamEnded when the stream ends before. */
  async read(count: number): Promise<Buffer> {
    if (count === 0) return Buffer.alloc(0);
    const first = this.chunks[0];
    if (first && first.length >= count) return this.takeFrom(first, count);
    const parts: Buffer[] = [];
    let missing = count;
    while (missing > 0) {
      const part = await this.readSome(missing);
      parts.push(part);
      missing -= part.length;
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts, count);
  }

  /** Between 1 and `most` bytes, whatever is there first. @throws StreamEnded at the end. */
  async readSome(most: number): Promise<Buffer> {
    while (this.size === 0) await this.more();
    const first = this.chunks[0];
    if (!first) throw new StreamEnded();
    return this.takeFrom(first, Math.min(most, first.length));
  }

  private takeFrom(first: Buffer, count: number): Buffer {
    this.size -= count;
    if (count === first.length) this.chunks.shift();
    else this.chunks[0] = first.subarray(count);
    if (this.size <= HIGH_WATER_BYTES && this.socket.isPaused()) this.socket.resume();
    return count === first.length ? first : first.subarray(0, count);
  }

  private async more(): Promise<void> {
    if (this.ended) throw new StreamEnded();
    if (this.socket.isPaused()) this.socket.resume();
    await new Promise<void>((resolve) => (this.wake = resolve));
  }

  private signal(): void {
    const wake = this.wake;
    this.wake = undefined;
    wake?.();
  }
}

/** Writes and, where the receiver is slow, waits until it has caught up. @throws StreamEnded when the socket is closed. */
export async function send(socket: Socket, chunk: Uint8Array): Promise<void> {
  if (socket.destroyed || !socket.writable) throw new StreamEnded();
  // Node asks for a pause after 16 KiB, which is less than one chunk: waiting then would cost more than it saves.
  if (socket.write(chunk) || socket.writableLength <= UNSENT_BYTES) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
  if (socket.destroyed) throw new StreamEnded();
}
