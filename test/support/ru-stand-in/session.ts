import { Double, type Document } from 'bson';
import type { Socket } from 'node:net';
import { findElement, MalformedBson, readString } from '../../../src/core/bson/raw-document.js';
import { OP_QUERY, openLegacyQuery, openLegacyReply, writeLegacyReply } from '../../../src/relay/legacy-wire.js';
import {
  commandName,
  decodeBody,
  FLAG_CHECKSUM_PRESENT,
  FLAG_EXHAUST_ALLOWED,
  FLAG_MORE_TO_COME,
  HEADER_BYTES,
  MessageSplitter,
  OP_MSG,
  openOpMsg,
  readHeader,
  writeDocumentMessage,
} from '../../../src/relay/wire.js';
import { BackendLink } from './backend-link.js';
import { COMMANDS } from './commands.js';
import { Exchange, type Answer, type StandInContext } from './exchange.js';
import { rewriteHello } from './handshake.js';
import { CommandRefusal, notSupported } from './refusal.js';
import { retryableWritesRefusal } from './writes.js';

const HELLO = new Set(['hello', 'ismaster']);
/** Not slowed by the modelled round trip, so that connecting stays quick. */
const AT_ONCE = new Set(['hello', 'ismaster', 'saslstart', 'saslcontinue', 'buildinfo']);
/** Pipelined messages at which reading stops until some are answered. */
const QUEUE_LIMIT = 16;

/** One client connection: its messages are answered one after another, over a backend connection of its own. */
export class Session {
  private readonly splitter = new MessageSplitter();
  private readonly queue: Buffer[] = [];
  private working = false;
  private clientGone = false;
  private closed = false;
  private link: BackendLink | undefined;
  private lastStatistics: Document = {
    _t: 'GetRequestStatisticsResponse',
    ok: 1,
    CommandName: '',
    RequestCharge: new Double(0),
    RequestDurationInMilliSeconds: new Double(0),
  };

  constructor(
    private readonly context: StandInContext,
    private readonly socket: Socket,
    /** How `hello` names this server. */
    private readonly address: string,
    private readonly onClose: () => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    // Only `close` ends a session: what a client sent without waiting for an answer is still carried out.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.clientGone = true;
      if (!this.working) this.close();
    });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.socket.destroy();
    this.link?.destroy();
    this.queue.length = 0;
    this.onClose();
  }

  private receive(chunk: Buffer): void {
    try {
      this.queue.push(...this.splitter.push(chunk));
    } catch {
      this.close();
      return;
    }
    if (this.queue.length >= QUEUE_LIMIT) this.socket.pause();
    if (!this.working) void this.work();
  }

  private async work(): Promise<void> {
    this.working = true;
    try {
      for (let message = this.queue.shift(); message; message = this.queue.shift()) {
        await this.answer(message);
        if (this.queue.length < QUEUE_LIMIT) this.socket.resume();
      }
    } catch {
      // The backend went away or the client does not speak the protocol: a server would drop the connection, too.
      this.close();
    } finally {
      this.working = false;
      if (this.clientGone) this.close();
    }
  }

  private async answer(message: Buffer): Promise<void> {
    const { opCode } = readHeader(message);
    const link = this.link ?? (await this.openLink());
    if (opCode === OP_QUERY) await this.answerLegacy(link, message);
    else if (opCode === OP_MSG) await this.answerCommand(link, message);
    else throw new MalformedBson(`unexpected opcode ${opCode}`);
  }

  private async openLink(): Promise<BackendLink> {
    const { backendHost, backendPort } = this.context.settings;
    const link = await BackendLink.open(backendHost, backendPort, () => this.close());
    if (this.closed) link.destroy();
    this.link = link;
    return link;
  }

  private async answerLegacy(link: BackendLink, message: Buffer): Promise<void> {
    const query = openLegacyQuery(message);
    const name = Object.keys(query.body)[0] ?? '';
    let body: Document;
    if (HELLO.has(name.toLowerCase())) {
      const reply = openLegacyReply(await link.exchange(message));
      body = rewriteHello(reply.body, this.context.settings, this.address);
    } else {
      body = notSupported(`Command ${name} is not supported as OP_QUERY.`).reply();
    }
    this.send(writeLegacyReply(0, query.header.requestId, body));
  }

  private async answerCommand(link: BackendLink, received: Buffer): Promise<void> {
    const wantsReply = (received.readUInt32LE(HEADER_BYTES) & FLAG_MORE_TO_COME) === 0;
    const message = openOpMsg(plain(received));
    const name = commandName(message);
    const db = findElement(message.buffer, '$db', message.bodyStart);
    const exchange = new Exchange(this.context, link, message, name, (db && readString(message.buffer, db)) ?? 'admin');
    const start = exchange.now();
    const answer = await this.run(exchange);
    await this.finish(exchange, start, wantsReply);
    if (!wantsReply) return;
    const reply = Buffer.isBuffer(answer) ? answer : writeDocumentMessage(0, message.header.requestId, answer);
    this.send(reply);
  }

  private send(reply: Buffer): void {
    if (!this.clientGone) this.socket.write(reply);
  }

  private async run(exchange: Exchange): Promise<Answer> {
    const name = exchange.name.toLowerCase();
    try {
      if (HELLO.has(name)) {
        const reply = openOpMsg(await exchange.forward());
        return rewriteHello(decodeBody(reply), this.context.settings, this.address);
      }
      if (name === 'getlastrequeststatistics') return this.lastStatistics;
      const handler = COMMANDS.get(name);
      if (!handler) return notSupported(`Command ${exchange.name} not supported.`).reply();
      if (findElement(exchange.message.buffer, 'startTransaction', exchange.message.bodyStart)) {
        return this.context.settings.retryableWrites
          ? notSupported('Transactions are not part of this model.').reply()
          : retryableWritesRefusal().reply();
      }
      return await handler(exchange);
    } catch (error) {
      if (error instanceof CommandRefusal) return error.reply();
      throw error;
    }
  }

  /** Notes the charge and holds the reply back for the modelled time; what the mongod really took counts towards it. */
  private async finish(exchange: Exchange, start: number, wantsReply: boolean): Promise<void> {
    const { clock, latencyMs } = this.context.settings;
    const elapsed = exchange.now() - start;
    if (exchange.charge !== undefined) {
      this.lastStatistics = {
        _t: 'GetRequestStatisticsResponse',
        ok: 1,
        CommandName: exchange.name,
        RequestCharge: new Double(Math.round(exchange.charge * 100) / 100),
        RequestDurationInMilliSeconds: new Double(Math.max(elapsed, exchange.serviceMs)),
      };
    }
    const delay = latencyMs + exchange.serviceMs - elapsed;
    if (wantsReply && delay > 0 && !AT_ONCE.has(exchange.name.toLowerCase())) await clock.sleep(delay);
  }
}

/** The message as the backend shall see it: one request, one reply, no checksum. */
function plain(message: Buffer): Buffer {
  let flags = message.readUInt32LE(HEADER_BYTES);
  let result = message;
  if (flags & FLAG_CHECKSUM_PRESENT) {
    result = message.subarray(0, message.length - 4);
    result.writeInt32LE(result.length, 0);
  }
  flags &= ~(FLAG_CHECKSUM_PRESENT | FLAG_MORE_TO_COME | FLAG_EXHAUST_ALLOWED);
  result.writeUInt32LE(flags >>> 0, HEADER_BYTES);
  return result;
}
