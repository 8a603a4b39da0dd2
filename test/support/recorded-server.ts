/**
 * A TCP server that gives recorded replies: what a server of another make or age says in its handshake. It serves no data; a command
 * without a record is answered as unknown.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Document } from 'bson';
import { openLegacyQuery, writeLegacyReply } from '../../src/relay/legacy-wire.js';
import {
  commandName,
  MessageSplitter,
  OP_MSG,
  openOpMsg,
  readBody,
  readHeader,
  writeDocumentMessage,
} from '../../src/relay/wire.js';

/** Replies by command; `hello` also answers `isMaster` unless that has its own. */
export type Recording = Readonly<Record<string, Document>>;

export interface RecordedServer extends AsyncDisposable {
  readonly port: number;
  /** Commands in the order of their arrival. */
  readonly commands: readonly string[];
  close(): Promise<void>;
}

const HELLO_NAMES = new Set(['hello', 'ismaster', 'isMaster']);

function answer(recording: Recording, name: string, address: string): Document {
  const found = HELLO_NAMES.has(name)
    ? (recording[name] ?? recording['isMaster'] ?? recording['hello'])
    : recording[name];
  if (name === 'hello' && !recording['hello']) return unknown(name);
  if (name === 'endSessions' || name === 'killCursors') return { ok: 1 };
  if (!found) return unknown(name);
  // Members of a recorded set call themselves by the address that the client can reach.
  const text = JSON.stringify(found, (_key, value: unknown) => (value instanceof Date ? undefined : value));
  return JSON.parse(text.replaceAll('{{address}}', address)) as Document;
}

function unknown(name: string): Document {
  return { ok: 0, errmsg: `no such command: '${name}'`, code: 59, codeName: 'CommandNotFound' };
}

function serve(socket: Socket, recording: Recording, commands: string[], address: string): void {
  const splitter = new MessageSplitter();
  let id = 1;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    for (const message of splitter.push(chunk)) {
      const { opCode, requestId } = readHeader(message);
      if (opCode === OP_MSG) {
        const opened = openOpMsg(message);
        const name = commandName(opened);
        // A monitor that streams would want further answers; without topologyVersion it polls.
        if (readBody(opened)['maxAwaitTimeMS'] === undefined) commands.push(name);
        socket.write(writeDocumentMessage(id++, requestId, answer(recording, name, address)));
      } else {
        const name = Object.keys(openLegacyQuery(message).body)[0] ?? '';
        commands.push(name);
        socket.write(writeLegacyReply(id++, requestId, answer(recording, name, address)));
      }
    }
  });
}

export async function startRecordedServer(recording: Recording): Promise<RecordedServer> {
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, recording, commands, `127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  return { port, commands, close, [Symbol.asyncDispose]: close };
}

const LIMITS = { maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000, ok: 1 };
const PING = { ok: 1 };

/** What genuine servers say of themselves in buildInfo. */
const GENUINE = {
  modules: [],
  allocator: 'tcmalloc',
  javascriptEngine: 'mozjs',
  storageEngines: ['devnull', 'wiredTiger'],
  bits: 64,
  maxBsonObjectSize: 16_777_216,
  ok: 1,
};

const replicaSet = (maxWireVersion: number): Document => ({
  hosts: ['{{address}}'],
  setName: 'rs0',
  setVersion: 1,
  ismaster: true,
  secondary: false,
  primary: '{{address}}',
  me: '{{address}}',
  maxWriteBatchSize: 100_000,
  logicalSessionTimeoutMinutes: 30,
  minWireVersion: 0,
  maxWireVersion,
  readOnly: false,
  ...LIMITS,
});

/** By the handshakes of real servers, reduced to what a client reads. */
export const RECORDINGS = {
  'mongodb-3.4': {
    isMaster: { ismaster: true, maxWriteBatchSize: 1000, minWireVersion: 0, maxWireVersion: 5, ...LIMITS },
    buildInfo: { ...GENUINE, version: '3.4.24', versionArray: [3, 4, 24, 0] },
    ping: PING,
  },
  'mongodb-3.6': {
    isMaster: replicaSet(6),
    buildInfo: { ...GENUINE, version: '3.6.23', versionArray: [3, 6, 23, 0] },
    hostInfo: { system: { numCores: 8 }, ok: 1 },
    serverStatus: { storageEngine: { name: 'wiredTiger' }, ok: 1 },
    getCmdLineOpts: { argv: ['mongod'], parsed: {}, ok: 1 },
    ping: PING,
  },
  'mongodb-4.0': {
    isMaster: replicaSet(7),
    buildInfo: { ...GENUINE, version: '4.0.28', versionArray: [4, 0, 28, 0], modules: ['enterprise'] },
    getCmdLineOpts: { argv: ['mongod'], parsed: {}, ok: 1 },
    ping: PING,
  },
  'mongodb-4.2': {
    isMaster: { ismaster: true, maxWriteBatchSize: 100_000, minWireVersion: 0, maxWireVersion: 8, ...LIMITS },
    buildInfo: { ...GENUINE, version: '4.2.24', versionArray: [4, 2, 24, 0] },
    getCmdLineOpts: { argv: ['mongod'], parsed: {}, ok: 1 },
    ping: PING,
  },
  'mongodb-sharded': {
    hello: {
      isWritablePrimary: true,
      msg: 'isdbgrid',
      helloOk: true,
      maxWriteBatchSize: 100_000,
      logicalSessionTimeoutMinutes: 30,
      minWireVersion: 0,
      maxWireVersion: 17,
      ...LIMITS,
    },
    buildInfo: { ...GENUINE, version: '6.0.5', versionArray: [6, 0, 5, 0] },
    getCmdLineOpts: { argv: ['mongos'], parsed: {}, ok: 1 },
    ping: PING,
  },
  atlas: {
    hello: { ...replicaSet(21), isWritablePrimary: true, setName: 'atlas-abc123-shard-0' },
    buildInfo: { ...GENUINE, version: '7.0.12', versionArray: [7, 0, 12, 0], modules: ['enterprise'] },
    getCmdLineOpts: { ok: 0, errmsg: 'not allowed', code: 8000, codeName: 'AtlasError' },
    atlasVersion: { atlasVersion: '20240701.0.0', gitVersion: 'abc', ok: 1 },
    ping: PING,
  },
  'cosmos-ru-4.2': {
    isMaster: { ...withoutSessions(replicaSet(8)), setName: 'globaldb', maxWriteBatchSize: 1000 },
    buildInfo: {
      _t: 'BuildInfoResponse',
      version: '4.2.0',
      versionArray: [4, 2, 0, 0],
      bits: 64,
      maxBsonObjectSize: 524_288,
      ok: 1,
    },
    getLastRequestStatistics: {
      _t: 'GetRequestStatisticsResponse',
      ok: 1,
      CommandName: 'buildInfo',
      RequestCharge: 1,
      RequestDurationInMilliSeconds: 4,
    },
    ping: PING,
  },
  // Nothing telling in buildInfo: later versions may have dropped `_t`.
  'cosmos-ru-plain': {
    isMaster: { ...withoutSessions(replicaSet(17)), setName: 'globaldb', maxWriteBatchSize: 1000 },
    buildInfo: { ...GENUINE, version: '6.0.0', versionArray: [6, 0, 0, 0] },
    getLastRequestStatistics: { ok: 1, CommandName: 'buildInfo', RequestCharge: 1 },
    ping: PING,
  },
  'cosmos-vcore': {
    hello: {
      isWritablePrimary: true,
      msg: 'isdbgrid',
      maxWriteBatchSize: 25_000,
      logicalSessionTimeoutMinutes: 30,
      minWireVersion: 0,
      maxWireVersion: 21,
      saslSupportedMechs: ['SCRAM-SHA-256', 'MONGODB-OIDC'],
      internal: { documentdb_versions: ['1.112-0', '1.113.0', '12.1-1'], kind: 'azuredocumentdb' },
      ...LIMITS,
    },
    buildInfo: { version: '7.0.0', versionArray: [7, 0, 0, 0], bits: 64, maxBsonObjectSize: 16_777_216, ok: 1 },
    getCmdLineOpts: { argv: [], ok: 1 },
    ping: PING,
  },
  'cosmos-vcore-old': {
    hello: {
      isWritablePrimary: true,
      msg: 'isdbgrid',
      maxWriteBatchSize: 25_000,
      logicalSessionTimeoutMinutes: 30,
      minWireVersion: 0,
      maxWireVersion: 17,
      internal: { cosmos_versions: ['1.10-0'] },
      ...LIMITS,
    },
    buildInfo: { version: '6.0.0', versionArray: [6, 0, 0, 0], bits: 64, maxBsonObjectSize: 16_777_216, ok: 1 },
    ping: PING,
  },
  'amazon-documentdb': {
    hello: { ...replicaSet(13), isWritablePrimary: true },
    buildInfo: { version: '5.0.0', versionArray: [5, 0, 0, 0], bits: 64, maxBsonObjectSize: 16_777_216, ok: 1 },
    getCmdLineOpts: { ok: 0, code: 303, errmsg: 'Feature not supported: getCmdLineOpts' },
    ping: PING,
  },
  ferretdb: {
    hello: {
      isWritablePrimary: true,
      msg: 'isdbgrid',
      maxWriteBatchSize: 100_000,
      minWireVersion: 0,
      maxWireVersion: 21,
      internal: { documentdb_versions: ['0.102.0'] },
      ...LIMITS,
    },
    buildInfo: {
      version: '7.0.77',
      versionArray: [7, 0, 77, 0],
      bits: 64,
      ferretdb: { version: 'v2.0.0', package: 'docker' },
      maxBsonObjectSize: 16_777_216,
      ok: 1,
    },
    ping: PING,
  },
} satisfies Record<string, Recording>;

/** RU accounts tell no session timeout (facts, section 8.1). */
function withoutSessions(hello: Document): Document {
  const rest = { ...hello };
  delete rest['logicalSessionTimeoutMinutes'];
  return rest;
}
