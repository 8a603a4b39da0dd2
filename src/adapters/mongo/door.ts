/**
 * Why a server that closes the connection does so. A mongod that wants TLS, one that speaks none, and one that wants a client's
 * certificate all just close the socket on the driver; a look at the door tells them apart.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { writeLegacyQuery } from '../../relay/legacy-wire.js';
import { hostName, hostPort } from './connection-string.js';

type Answer = 'answers' | 'closed-after-handshake' | 'closed';

export type DoorFinding = 'server-speaks-no-tls' | 'server-requires-tls' | 'client-certificate-required' | 'closed';

/** Says hello on an opened socket and waits for one byte of an answer. Never rejects. */
function ask(socket: Socket, readyEvent: 'connect' | 'secureConnect', timeoutMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    let ready = false;
    const done = (answer: Answer): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const failed = (): void => done(ready && readyEvent === 'secureConnect' ? 'closed-after-handshake' : 'closed');
    const timer = setTimeout(() => done('closed'), timeoutMs);
    socket.once(readyEvent, () => {
      ready = true;
      socket.write(writeLegacyQuery(1, 'admin.$cmd', { isMaster: 1 }));
    });
    socket.once('data', () => done('answers'));
    socket.once('error', failed);
    socket.once('close', failed);
  });
}

function askInTheClear(host: string, timeoutMs: number): Promise<Answer> {
  return ask(connectTcp({ host: hostName(host), port: hostPort(host) }), 'connect', timeoutMs);
}

function askInTls(host: string, timeoutMs: number): Promise<Answer> {
  const name = hostName(host);
  // Only a hello without any credential goes over this connection, so it may be unverified: the question is whether TLS is spoken at all.
  const socket = connectTls({
    host: name,
    port: hostPort(host),
    rejectUnauthorized: false,
    ...(isIP(name) ? {} : { servername: name }),
  });
  return ask(socket, 'secureConnect', timeoutMs);
}

/** Looks at one server's door, in at most `2 * timeoutMs`. `tls`: how the driver tried it. */
export async function lookAtDoor(host: string, tls: boolean, timeoutMs: number): Promise<DoorFinding> {
  if (!tls) return (await askInTls(host, timeoutMs)) === 'closed' ? 'closed' : 'server-requires-tls';
  if ((await askInTheClear(host, timeoutMs)) === 'answers') return 'server-speaks-no-tls';
  return (await askInTls(host, timeoutMs)) === 'closed-after-handshake' ? 'client-certificate-required' : 'closed';
}
