/**
 * A link between the engine and a server that breaks in the ways that links break. It knows where messages begin and end, so that it can break in the middle of one,
 * lose an answer and nothing else, or say in the server's place what a server says that has given up.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { MessageSplitter, writeDocumentMessage } from '../../src/relay/wire.js';

export type Fault =
  /** The connection is reset; the request has not reached the server. */
  | 'reset'
  /** The server does what it was asked, and the connection is reset instead of an answer. */
  | 'lost-answer'
  /** Half an answer, then the end. */
  | 'truncated'
  /** The server does what it was asked; its answer never comes, and the connection stays open. */
  | 'stall'
  /** Nothing goes through any more in either direction, and nobody is told. */
  | 'half-open'
  /** From now on the answers of this connection trickle. */
  | 'slow'
  /** The server does what it was asked, and says that it has given up (code 50). */
  | 'timed-out';

export const FAULTS: readonly Fault[] = [
  'reset',
  'lost-answer',
  'truncated',
  'stall',
  'half-open',
  'slow',
  'timed-out',
];

export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** Straight to the proxy, whatever the server calls itself. */
  readonly uri: string;
  /** What was done so far. */
  readonly done: readonly { readonly fault: Fault; readonly command: string }[];
}

export interface FaultProxyOptions {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Asked before each request is passed on; `message` is the whole of it. */
  readonly breaks: (command: string, message: Buffer) => Fault | undefined;
}

/** A slow link gives so many bytes every few milliseconds. */
const TRICKLE_BYTES = 64 * 1024;
const TRICKLE_MS = 4;
const OP_MSG = 2013;

/** The name of the command in an OP_MSG whose first section is its body; empty for other messages. */
function commandOf(message: Buffer): string {
  const body = 21;
  if (message.readInt32LE(12) !== OP_MSG || message[20] !== 0) return '';
  const name = body + 5;
  return message.toString('latin1', name, message.indexOf(0, name));
}

class Link {
  readonly #requests = new MessageSplitter();
  readonly #replies = new MessageSplitter();
  /** What happens to the next replies, in their order. */
  readonly #fates: (Fault | undefined)[] = [];
  #isSilent = false;
  #isSlow = false;
  #sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly breaks: (message: Buffer) => Fault | undefined,
  ) {
    client.on('data', (chunk: Buffer) => this.#onRequest(chunk));
    server.on('data', (chunk: Buffer) => this.#onReply(chunk));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => {
        if (!this.#isSilent) other.destroy();
      });
    }
  }

  #onRequest(chunk: Buffer): void {
    for (const message of this.#requests.push(chunk)) {
      if (this.#isSilent) return;
      const fault = this.breaks(message);
      if (fault === 'reset') {
        this.#reset();
        return;
      }
      if (fault === 'half-open') {
        this.#isSilent = true;
        return;
      }
      this.#fates.push(fault);
      this.server.write(message);
    }
  }

  #onReply(chunk: Buffer): void {
    for (const message of this.#replies.push(chunk)) {
      if (this.#isSilent) return;
      const fate = this.#fates.shift();
      if (fate === 'lost-answer') this.#reset();
      else if (fate === 'stall') this.#isSilent = true;
      else if (fate === 'truncated') {
        this.client.end(message.subarray(0, Math.ceil(message.length / 2)));
        this.server.destroy();
      } else {
        this.#isSlow ||= fate === 'slow';
        this.#answer(fate === 'timed-out' ? gaveUp(message) : message);
      }
    }
  }

  #answer(message: Buffer): void {
    if (!this.#isSlow) {
      this.client.write(message);
      return;
    }
    this.#sending = this.#sending.then(async () => {
      const began = performance.now();
      // By the clock, so that a link is as slow on a busy machine as on an idle one.
      for (let at = 0; at < message.length && !this.client.destroyed;) {
        const until = Math.ceil((performance.now() - began + 1) / TRICKLE_MS) * TRICKLE_BYTES;
        this.client.write(message.subarray(at, until));
        at = until;
        await new Promise((resolve) => setTimeout(resolve, TRICKLE_MS));
      }
    });
  }

  #reset(): void {
    this.client.resetAndDestroy();
    this.server.destroy();
  }

  close(): void {
    this.client.destroy();
    this.server.destroy();
  }
}

/** Text of the service where its server-side retry has given up. */
function gaveUp(reply: Buffer): Buffer {
  const errmsg = 'Request timed out. Retries due to rate limiting: True.';
  return writeDocumentMessage(0, reply.readInt32LE(8), { ok: 0, errmsg, code: 50, codeName: 'ExceededTimeLimit' });
}

export async function startFaultProxy({ port: to, breaks }: FaultProxyOptions): Promise<FaultProxy> {
  const links = new Set<Link>();
  const done: { fault: Fault; command: string }[] = [];
  const server = createServer((client) => {
    const link = new Link(client, connect(to, '127.0.0.1'), (message) => {
      const command = commandOf(message);
      const fault = breaks(command, message);
      if (fault) done.push({ fault, command });
      return fault;
    });
    links.add(link);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    uri: `mongodb://127.0.0.1:${port}/?directConnection=true&retryWrites=false`,
    done,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const link of links) link.close();
      await once(server, 'close');
    },
  };
}
