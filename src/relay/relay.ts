import { connect as connectTcp, createServer, isIP, type Server, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type ConnectionOptions } from 'node:tls';
import { MigrationError } from '../core/model/error.js';
import { Budgets, type BudgetMode } from './budgets.js';
import { StreamEnded } from './byte-source.js';
import { RelayConnection } from './connection.js';
import { RelayCounters, type NamespaceCounters } from './counters.js';
import type { PacerClock, PacerSnapshot } from './pacer.js';
import type { DeadLetterPort, DuplicatePolicy } from './policy.js';
import { MOST_REFUSED_IN_A_ROW, Refusals, type Hopeless } from '../core/conflict/refusals.js';
import { overSlab, type SlabSocket } from './slab-socket.js';
import { Upstream } from './upstream.js';

/** The relay is for tools on this machine only. */
const LOOPBACK = '127.0.0.1';

export interface RelayOptions {
  readonly target: {
    readonly host: string;
    readonly port: number;
    /** TLS towards the target; the tool's side is always plain, on loopback. A client certificate (X.509) goes here too. */
    readonly tls?: ConnectionOptions;
  };
  readonly clock: PacerClock;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly budgets: BudgetMode;
  readonly duplicates: DuplicatePolicy;
  readonly deadLetters?: DeadLetterPort;
  /** Told once of a namespace of which the target refuses all that comes; `after` so many in a row, 0 for never. Absent: all goes to the dead letters. */
  readonly hopeless?: { readonly after?: number; readonly onFound: (found: Hopeless) => void };
  /** Randomness of the jitter, in [0, 1). */
  readonly random?: () => number;
  /** Why a connection ended other than by the tool's own closing: codes of the socket errors, no addresses, no secrets. */
  readonly onConnectionError?: (side: 'tool' | 'target', error: unknown) => void;
}

export interface Relay {
  readonly port: number;
  /** Exact counts by namespace, as acknowledged by the target. */
  counters(): readonly NamespaceCounters[];
  budgets(): readonly { readonly name: string; readonly pacer: PacerSnapshot }[];
  connections(): number;
  /** Connections that the target ended, or did not take, while a tool needed them. */
  lostTargetConnections(): number;
  /** Closes the listener and every connection. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts the throttle relay: a wire-protocol server on loopback in front of `target`. Tools connect to it as to a plain, single server
 * without TLS; authentication passes through untouched. No throttle reaches them, and no document is lost to one.
 * @throws MigrationError `target-not-ready` when the port cannot be had or the TLS certificates are no use. A target that cannot be reached ends each tool connection.
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const counters = new RelayCounters();
  const budgets = new Budgets(options.clock, options.budgets);
  const stopping = new AbortController();
  const { hopeless } = options;
  const refusals = new Refusals(
    hopeless ? (hopeless.after ?? MOST_REFUSED_IN_A_ROW) : 0,
    hopeless?.onFound ?? (() => undefined),
  );
  let lostTargets = 0;
  const open = new Set<Socket>();
  const serving = new Set<Promise<void>>();
  const connect = targetConnector(options);
  const server = createServer({ pauseOnConnect: true }, (accepted) => {
    const reads = overSlab(accepted);
    const service = serveClient(reads?.socket ?? accepted, reads).finally(() => serving.delete(service));
    serving.add(service);
  });

  async function serveClient(client: Socket, reads: SlabSocket | undefined): Promise<void> {
    client.setNoDelay(true);
    const ended = new AbortController();
    const upstream = connect();
    const connection = new RelayConnection(client, reads, new Upstream(upstream), {
      counters,
      budgets,
      clock: options.clock,
      random: options.random ?? Math.random,
      duplicates: options.duplicates,
      deadLetters: options.deadLetters,
      refusals,
      signal: AbortSignal.any([stopping.signal, ended.signal]),
      stopping: stopping.signal,
    });
    const onClose = (socket: Socket): void => {
      open.delete(socket);
      ended.abort();
    };
    for (const socket of [client, upstream]) open.add(socket);
    client.on('close', () => {
      onClose(client);
      // The target must not work on for a tool that is gone; a write that nobody waits for is brought to its end.
      if (connection.doing !== 'unanswered') upstream.destroy();
    });
    upstream.on('close', () => {
      onClose(upstream);
      // Otherwise the tool would learn only by its next request, and lose it, that an idle connection has gone.
      if (connection.doing === 'idle') client.destroySoon();
    });
    const onLost = (): void => {
      if (!client.destroyed && !client.readableEnded && !stopping.signal.aborted) lostTargets += 1;
    };
    // One of the two; an idle connection may end at any time and harms nobody.
    upstream.once('end', () => {
      if (connection.doing !== 'idle') onLost();
    });
    upstream.once('error', onLost);
    client.on('error', (error) => options.onConnectionError?.('tool', error));
    upstream.on('error', (error) => options.onConnectionError?.('target', error));
    try {
      await connection.serve();
    } catch (error) {
      // The tool closes its connections when it is done; only what is not an end is worth telling.
      const expected = error instanceof StreamEnded || ended.signal.aborted || stopping.signal.aborted;
      if (!expected) options.onConnectionError?.('tool', error);
    } finally {
      // What has been answered must still arrive.
      client.destroySoon();
      upstream.destroy();
    }
  }

  const port = await listen(server, options.port ?? 0);
  // A connection that cannot be accepted (no more file handles) must not end the process.
  server.on('error', (error) => options.onConnectionError?.('tool', error));
  const close = async (): Promise<void> => {
    stopping.abort();
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await Promise.allSettled(serving);
  };
  return {
    port,
    counters: () => counters.snapshot(),
    budgets: () => budgets.snapshot(),
    connections: () => open.size / 2,
    lostTargetConnections: () => lostTargets,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Certificates are read once: what is wrong with them shows at the start, not in the middle of an accepted connection. */
function targetConnector({ target }: RelayOptions): () => Socket {
  const { host, port, tls } = target;
  const make = tls ? overTls(host, port, tls) : () => connectTcp({ host, port });
  return () => {
    const socket = make();
    socket.setNoDelay(true);
    return socket;
  };
}

function overTls(host: string, port: number, tls: ConnectionOptions): () => Socket {
  try {
    const secureContext = createSecureContext(tls);
    return () => connectTls({ host, port, ...serverName(host), ...tls, secureContext });
  } catch (cause) {
    throw new MigrationError('target-not-ready', { host, port, reason: 'tls-material' }, { cause });
  }
}

/** A name for SNI; an address must not be one (RFC 6066, section 3), and is checked against the certificate all the same. */
function serverName(host: string): ConnectionOptions {
  return isIP(host) === 0 ? { servername: host } : {};
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new MigrationError('target-not-ready', { port, reason: 'relay-port' }, { cause })),
    );
    server.listen(port, LOOPBACK, resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new MigrationError('internal', { reason: 'no-address' });
  return address.port;
}
