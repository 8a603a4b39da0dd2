import { serialize, type Document } from 'bson';
import { connect, createServer, type Socket } from 'node:net';
import { MessageSplitter, OP_MSG, openOpMsg, readBody, readHeader, writeOpMsg } from '../../src/relay/wire.js';

export interface ReceivedMessage {
  readonly body: Document;
  readonly bytes: Buffer;
  readonly socket: Socket;
}

/** A TCP server that speaks OP_MSG and answers with what `answer` returns; undefined: not at all. */
export async function startScriptedServer(
  answer: (message: ReceivedMessage, nth: number) => Document | undefined,
): Promise<{
  readonly port: number;
  readonly received: readonly ReceivedMessage[];
  readonly sockets: ReadonlySet<Socket>;
  [Symbol.asyncDispose](): Promise<void>;
}> {
  const received: ReceivedMessage[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    const splitter = new MessageSplitter();
    socket.on('data', (chunk: Buffer) => {
      for (const bytes of splitter.push(chunk)) {
        const message = { body: readBody(openOpMsg(bytes)), bytes, socket };
        received.push(message);
        const body = answer(message, received.length);
        if (body) socket.write(encode(1, readHeader(bytes).requestId, body));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return {
    port: address.port,
    received,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function encode(requestId: number, responseTo: number, body: Document): Buffer {
  return writeOpMsg({ requestId, responseTo, body: serialize(body) });
}

/** A plain connection that sends whole messages and reads replies in their order. */
export async function dial(port: number): Promise<{
  readonly socket: Socket;
  /** Resolves when the other side has closed. */
  readonly closed: Promise<void>;
  send(message: Buffer): void;
  reply(): Promise<Document>;
}> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const splitter = new MessageSplitter();
  const replies: Document[] = [];
  const waiting: ((reply: Document) => void)[] = [];
  const refuse: ((error: Error) => void)[] = [];
  socket.on('data', (chunk: Buffer) => {
    for (const bytes of splitter.push(chunk)) {
      if (readHeader(bytes).opCode !== OP_MSG) continue;
      const body = readBody(openOpMsg(bytes));
      const next = waiting.shift();
      if (next) next(body);
      else replies.push(body);
    }
  });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  void closed.then(() => refuse.forEach((reject) => reject(new Error('closed'))));
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return {
    socket,
    closed,
    send: (message) => void socket.write(message),
    reply: () =>
      new Promise<Document>((resolve, reject) => {
        const next = replies.shift();
        if (next) resolve(next);
        else {
          waiting.push(resolve);
          refuse.push(reject);
        }
      }),
  };
}

export interface InsertMessage {
  readonly documents: readonly Document[];
  readonly body?: Document;
  readonly flags?: number;
}

/** An `insert` into `a.b` with a kind-1 section. */
export function insertMessage(requestId: number, { documents, body = {}, flags = 0 }: InsertMessage): Buffer {
  return writeOpMsg({
    requestId,
    responseTo: 0,
    flags,
    body: serialize({ insert: 'b', ordered: false, ...body, $db: 'a' }),
    sequence: { identifier: 'documents', documents: documents.map((d) => serialize(d)) },
  });
}

export function commandMessage(requestId: number, body: Document, flags = 0): Buffer {
  return writeOpMsg({ requestId, responseTo: 0, flags, body: serialize(body) });
}
