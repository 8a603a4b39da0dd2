import type { Socket } from 'node:net';
import { serialize, type Document } from 'bson';
import {
  documentLength,
  elements,
  elementName,
  MalformedBson,
  readNumber,
  readString,
} from '../core/bson/raw-document.js';
import { ByteSource, send } from './byte-source.js';
import { openOpMsg, readHeader, writeDocumentMessage, writeOpMsg, HEADER_BYTES, OP_MSG } from './wire.js';

/** Ids of the relay's own requests start here, far from those of a young tool connection; a clash would do no harm, since there is one request at a time. */
const FIRST_OWN_REQUEST_ID = 0x40000000;

/** A command's outcome as far as a relay must know it, read without decoding the rest. */
export interface ReplyHead {
  readonly ok: boolean;
  readonly n: number;
  readonly code: number;
  readonly message: string;
  readonly hasWriteErrors: boolean;
}

/** What carries a command to the target and its reply back. */
export type CommandLink = Pick<Upstream, 'newRequestId' | 'roundTrip' | 'rawCommand'>;

/** One connection to the target, as the tool's own connection continues on it. Strictly one request after another. */
export class Upstream {
  private readonly source: ByteSource;
  private nextId = FIRST_OWN_REQUEST_ID;

  constructor(readonly socket: Socket) {
    this.source = new ByteSource(socket);
  }

  newRequestId(): number {
    this.nextId = this.nextId === 0x7fffffff ? FIRST_OWN_REQUEST_ID : this.nextId + 1;
    return this.nextId;
  }

  /** Bytes given to the socket that the system has not taken yet. */
  get unsentBytes(): number {
    return this.socket.writableLength;
  }

  /** Sends a whole message. */
  async write(message: Uint8Array): Promise<void> {
    await send(this.socket, message);
  }

  /** The reply to `requestId` whole. @throws MalformedBson as {@link replyLength}. */
  async readReply(requestId: number): Promise<Buffer> {
    return this.source.read(await this.replyLength(requestId));
  }

  /**
   * Length of the reply to `requestId`, not consumed. @throws MalformedBson when the next reply is to another request: an acknowledgement
   * that is out of step would be taken for that of other documents.
   */
  async replyLength(requestId: number): Promise<number> {
    const { length, responseTo } = readHeader(await this.source.peek(HEADER_BYTES));
    if (responseTo !== requestId) throw new MalformedBson('reply to another request');
    return length;
  }

  /** Part of the next reply, for passing it on as it comes. */
  async readSome(most: number): Promise<Buffer> {
    return this.source.readSome(most);
  }

  /** Sends a whole message and reads its reply. @throws MalformedBson as {@link replyLength}. */
  async roundTrip(message: Buffer): Promise<Buffer> {
    await this.write(message);
    return this.readReply(readHeader(message).requestId);
  }

  /** The relay's own command on this authenticated connection. Returns the reply decoded, ok or not. */
  async command(body: Document): Promise<Document> {
    const reply = await this.roundTrip(writeDocumentMessage(this.newRequestId(), 0, body));
    return decodeReply(reply);
  }

  /** Like {@link command} for a body that is encoded already; the reply's message is returned unopened. */
  async rawCommand(body: Uint8Array): Promise<Buffer> {
    return this.roundTrip(writeOpMsg({ requestId: this.newRequestId(), responseTo: 0, body }));
  }
}

/** Body of an OP_MSG reply with plain values. @throws MalformedBson on other messages. */
function decodeReply(message: Buffer): Document {
  const reply = openOpMsg(message);
  return readPlain(message.subarray(reply.bodyStart, reply.bodyEnd));
}

function readPlain(bytes: Buffer): Document {
  const head: Document = {};
  for (const element of elements(bytes)) {
    const name = elementName(bytes, element);
    head[name] =
      element.type === 0x03
        ? readPlain(bytes.subarray(element.valueStart, element.valueEnd))
        : element.type === 0x04
          ? Object.values(readPlain(bytes.subarray(element.valueStart, element.valueEnd)))
          : (readString(bytes, element) ?? readNumber(bytes, element));
  }
  return head;
}

/** Reads `ok`, `n`, `code`, `errmsg` and whether there are `writeErrors`, straight from the reply's bytes. Undefined for other messages. */
export function readReplyHead(message: Buffer): ReplyHead | undefined {
  if (readHeader(message).opCode !== OP_MSG) return undefined;
  const reply = openOpMsg(message);
  let ok = false;
  let n = 0;
  let code = 0;
  let text = '';
  let hasWriteErrors = false;
  for (const element of elements(message, reply.bodyStart)) {
    switch (elementName(message, element)) {
      case 'ok':
        ok = readNumber(message, element) === 1;
        break;
      case 'n':
        n = readNumber(message, element) ?? 0;
        break;
      case 'code':
        code = readNumber(message, element) ?? 0;
        break;
      case 'errmsg':
      case 'errMsg':
        text = readString(message, element) ?? '';
        break;
      case 'writeErrors':
        hasWriteErrors = documentLength(message, element.valueStart) > 5;
        break;
      default:
        break;
    }
  }
  return { ok, n, code, message: text, hasWriteErrors };
}

/** A reply message for the tool. */
export function encodeReply(requestId: number, responseTo: number, body: Document): Buffer {
  return writeOpMsg({ requestId, responseTo, body: serialize(body, { ignoreUndefined: true }) });
}
