/** Passes bytes between the connections of a tool and a target's port and looks at none of them: what any process in between costs. Argument: the port. */
import { connect, createServer, type AddressInfo } from 'node:net';
import { overSlab } from '../../src/relay/slab-socket.js';

/** As the relay's own limit. */
const UNSENT_BYTES = 1024 * 1024;

const targetPort = Number(process.argv[2]);
const server = createServer({ pauseOnConnect: true }, (accepted) => {
  const reads = overSlab(accepted);
  if (!reads) throw new Error('this Node gives no memory of its own to a socket');
  const { socket, slab } = reads;
  const upstream = connect({ host: '127.0.0.1', port: targetPort });
  for (const side of [socket, upstream]) {
    side.setNoDelay(true);
    side.on('error', () => undefined);
  }
  reads.onChunk = (chunk) => {
    upstream.write(chunk);
    if (upstream.writableLength === 0) slab.recycle();
    if (upstream.writableLength <= UNSENT_BYTES) return true;
    socket.pause();
    return false;
  };
  upstream.on('drain', () => socket.resume());
  upstream.on('data', (chunk) => socket.write(chunk));
  socket.on('close', () => upstream.destroy());
  upstream.on('close', () => socket.destroy());
  socket.resume();
});
server.listen(0, '127.0.0.1', () => console.log(`mongodb://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.once('SIGINT', () => process.exit(0));
