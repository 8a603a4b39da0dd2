import { Socket, type OnReadOpts } from 'node:net';
import { Slab } from './slab.js';

/** An accepted socket that reads into a slab. */
export interface SlabSocket {
  readonly socket: Socket;
  readonly slab: Slab;
  /** Called with each chunk; false holds the sender back until `socket.resume()`. */
  onChunk: (chunk: Buffer) => boolean;
}

interface WithHandle {
  _handle?: unknown;
}

/**
 * Puts `accepted` (of a server with `pauseOnConnect`) behind a socket that reads into memory of ours. Node offers that (`onread`) only where a
 * socket is made, and makes accepted ones itself, so its handle is moved; where a later Node has no such handle, the result is undefined and
 * `accepted` is to be used as it is.
 */
export function overSlab(accepted: Socket): SlabSocket | undefined {
  const owner = accepted as WithHandle;
  const handle = owner._handle;
  if (typeof handle !== 'object' || handle === null || !('useUserBuffer' in handle)) return undefined;
  const slab = new Slab();
  const onread: OnReadOpts = {
    buffer: () => slab.next(),
    callback: (count) => moved.onChunk(slab.take(count)),
  };
  owner._handle = null;
  const socket = new Socket({ handle, onread } as ConstructorParameters<typeof Socket>[0]);
  // The server counts the socket that it made: without its end the server would never close.
  socket.once('close', () => accepted.destroy());
  const moved: SlabSocket = { socket, slab, onChunk: () => true };
  return moved;
}
