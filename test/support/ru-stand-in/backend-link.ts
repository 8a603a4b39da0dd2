import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { serialize, type Document } from 'bson';
import { MessageSplitter, openOpMsg, readBody, writeOpMsg } from '../../../src/relay/wire.js';
import { CommandRefusal } from './refusal.js';
import { openCursorPage } from './reply-documents.js';

/**
 * One connection to the mongod behind, for one client connection, so that the client's authentication holds for both.
 * One message is under way at a time.
 */
export class BackendLink {
  private readonly splitter = new MessageSplitter();
  private waiting: { resolve: (reply: Buffer) => void; reject: (error: Error) => void } | undefined;
  private broken: Error | undefined;
  private nextRequestId = 1;

  private constructor(
    private readonly socket: Socket,
    onClose: () => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', (error) => this.fail(error));
    socket.on('close', () => {
      this.fail(new Error('the backend closed the connection'));
      onClose();
    });
  }

  static async open(host: string, port: number, onClose: () => void): Promise<BackendLink> {
    const socket = connect({ host, port });
    await once(socket, 'connect');
    return new BackendLink(socket, onClose);
  }

  /** Sends a whole message that asks for a reply and returns the reply. */
  async exchange(message: Buffer): Promise<Buffer> {
    if (this.broken) throw this.broken;
    if (this.waiting) throw new Error('a message is under way already');
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(message);
    });
  }

  /** Runs a command of the stand-in's own. @throws CommandRefusal on ok: 0, with the backend's code. */
  async command(db: string, body: Document): Promise<Document> {
    const reply = readBody(openOpMsg(await this.exchange(this.commandMessage(db, body))));
    if (reply['ok'] !== 1) {
      throw new CommandRefusal(
        Number(reply['code'] ?? 1),
        String(reply['codeName'] ?? 'InternalError'),
        String(reply['errmsg'] ?? ''),
      );
    }
    return reply;
  }

  /** Visits every document that a find gives, where it lies in the reply. */
  async visit(
    db: string,
    find: Document & { find: string },
    visitor: (buffer: Buffer, start: number, length: number) => void,
  ): Promise<void> {
    let message = this.commandMessage(db, find);
    for (;;) {
      const reply = await this.exchange(message);
      const page = openCursorPage(reply);
      // A filter that the backend refuses is told by the statement itself when it is forwarded.
      if (!page) return;
      for (const document of page.documents) visitor(reply, document.start, document.length);
      if (page.cursorId === 0n) return;
      message = this.commandMessage(db, { getMore: page.cursorId, collection: find.find });
    }
  }

  destroy(): void {
    this.socket.destroy();
  }

  private commandMessage(db: string, body: Document): Buffer {
    this.nextRequestId = (this.nextRequestId + 1) & 0x7fffffff;
    return writeOpMsg({ requestId: this.nextRequestId, responseTo: 0, body: serialize({ ...body, $db: db }) });
  }

  private receive(chunk: Buffer): void {
    for (const message of this.splitter.push(chunk)) {
      const waiting = this.waiting;
      this.waiting = undefined;
      waiting?.resolve(message);
    }
  }

  private fail(error: Error): void {
    this.broken ??= error;
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.reject(error);
  }
}
