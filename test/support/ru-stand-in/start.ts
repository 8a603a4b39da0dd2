/**
 * The RU stand-in: a server that speaks the MongoDB wire protocol in front of a real `mongod` and behaves as Azure Cosmos DB for MongoDB
 * (RU) is documented to: it charges request units, throttles by the second and by physical partition, answers in the shapes that have
 * been seen, and refuses what the service refuses. It is a model. Where it follows a published document or a recorded reply, the code
 * says so; the rest is a choice, made so that a client that survives the stand-in has met every case that is known.
 *
 * What it cannot prove, and no test against it should claim:
 * - the exact fields of replies to unordered bulk writes, and how long real retry hints are: they are modelled (time to the next refill);
 * - real charges: Microsoft's table is "illustrative", for the JSON size where this uses the BSON size, and the overhead of the
 *   MongoDB API is unknown (`calibration` 1.4 gives the 10 RU for a small document that some pages print);
 * - charges of reads: documents returned are charged, documents scanned and not returned are not; a write to many documents is
 *   admitted or refused as a whole;
 * - which `_t` fields server versions 4.2 and newer still send; connection limits; firewalls; roles;
 * - duplicate keys: the real service holds `_id` unique within a shard key value, the mongod behind holds it unique in the collection;
 * - retryable writes with the capability on: they are accepted and not deduplicated; transactions and change streams are not modelled;
 * - autoscale is always at its maximum; burst capacity is off; index builds are instant and free; TTL on `_ts` never deletes;
 * - `logicalSessionTimeoutMinutes` is reported (switch it off with `logicalSessions: false`): drivers have been seen to try
 *   retryable writes on the real service, which they only do where sessions are offered.
 */
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { once } from 'node:events';
import { Catalog, namespaceKey } from './catalog.js';
import { ChargeMeter } from './charges.js';
import type { StandInContext } from './exchange.js';
import { settingsOf, type MessageStyle, type RuStandInOptions, type Settings } from './options.js';
import { Session } from './session.js';
import { NamespaceMeter, totalOf, type NamespaceStats } from './stats.js';

export type { MessageStyle, RuStandInOptions } from './options.js';
export type { NamespaceStats } from './stats.js';

export interface RuStandIn {
  /** For drivers and tools on this machine; without credentials. */
  readonly uri: string;
  readonly port: number;
  /** By namespace, `db.collection`. */
  stats(): Readonly<Record<string, NamespaceStats>>;
  totalStats(): Omit<NamespaceStats, 'perSecond'>;
  setMessageStyle(style: MessageStyle): void;
  /** Sets the RU/s of a collection past all rules, also before it exists. */
  setRuPerSecond(namespace: string, ruPerSecond: number): void;
  /** Refuses the next writes to a collection that exists, one by one and whatever is left of its throughput. */
  refuseNext(namespace: string, operations: number): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

function contextOf(settings: Settings, meters: Map<string, NamespaceMeter>): StandInContext {
  return {
    settings,
    catalog: new Catalog(settings),
    charges: new ChargeMeter(settings.calibration, settings.chargeNoise, settings.seed),
    cursors: new Map(),
    meter: (db, collection) => {
      const key = namespaceKey(db, collection);
      let meter = meters.get(key);
      if (!meter) meters.set(key, (meter = new NamespaceMeter()));
      return meter;
    },
  };
}

/** Starts a stand-in on loopback. Rejects where the port is taken; a backend that is not there shows as connections dropped. */
export async function startRuStandIn(options: RuStandInOptions): Promise<RuStandIn> {
  const settings = settingsOf(options);
  const meters = new Map<string, NamespaceMeter>();
  const context = contextOf(settings, meters);
  const sessions = new Set<Session>();
  let address = '';
  const accept = (socket: Socket): void => {
    const session: Session = new Session(context, socket, address, () => sessions.delete(session));
    sessions.add(session);
  };
  const server: Server = options.tls ? createTlsServer(options.tls, accept) : createTcpServer(accept);
  // Also those that have not finished their TLS handshake, or closing would wait for them.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const port = typeof bound === 'object' && bound ? bound.port : 0;
  address = `${settings.advertisedHost}:${port}`;
  const stats = (): Record<string, NamespaceStats> =>
    Object.fromEntries([...meters].map(([key, meter]) => [key, meter.snapshot()]));
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const session of sessions) session.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    uri: `mongodb://${address}/?replicaSet=globaldb&retryWrites=false&maxIdleTimeMS=120000${options.tls ? '&tls=true' : ''}`,
    port,
    stats,
    totalStats: () => totalOf([...meters.values()].map((meter) => meter.snapshot())),
    setMessageStyle: (style) => {
      settings.messageStyle = style;
    },
    setRuPerSecond: (namespace, ruPerSecond) => context.catalog.setRuPerSecond(namespace, ruPerSecond),
    refuseNext: (namespace, operations) => context.catalog.refuseNext(namespace, operations),
    close,
    [Symbol.asyncDispose]: close,
  };
}
