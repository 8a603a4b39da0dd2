/** The wire protocol of before OP_MSG, of which only the hello of a driver that does not know its server yet is left. */
import { deserialize, serialize, type Document } from 'bson';
import { documentLength, MalformedBson } from '../core/bson/raw-document.js';
import { HEADER_BYTES, readHeader, writeHeader, type MessageHeader } from './wire.js';

/** Opcodes. Source: mongodb.com/docs/manual/legacy-opcodes. */
const OP_REPLY = 1;
export const OP_QUERY = 2004;

/** An OP_QUERY on `db.$cmd`: how drivers say hello before they know the server. */
interface LegacyQuery {
  readonly header: MessageHeader;
  readonly collection: string;
  readonly body: Document;
}

/** Reads an OP_QUERY, types kept. @throws MalformedBson for anything else. */
export function openLegacyQuery(message: Buffer): LegacyQuery {
  const header = readHeader(message);
  const nameEnd = message.indexOf(0, HEADER_BYTES + 4);
  if (header.opCode !== OP_QUERY || nameEnd < 0) throw new MalformedBson('not an OP_QUERY');
  const start = nameEnd + 1 + 8;
  const body = deserialize(message.subarray(start, start + documentLength(message, start)), {
    promoteLongs: false,
    promoteValues: false,
  });
  return { header, collection: message.toString('utf8', HEADER_BYTES + 4, nameEnd), body };
}

/** An OP_QUERY that asks for one document, which is how a command was sent. `collection`: `db.$cmd`. */
export function writeLegacyQuery(requestId: number, collection: string, body: Document): Buffer {
  const name = Buffer.from(`${collection}\0`, 'utf8');
  const document = serialize(body);
  const message = Buffer.alloc(HEADER_BYTES + 4 + name.length + 8 + document.length);
  writeHeader(message, message.length, requestId, 0, OP_QUERY);
  name.copy(message, HEADER_BYTES + 4);
  message.writeInt32LE(-1, HEADER_BYTES + 4 + name.length + 4);
  message.set(document, HEADER_BYTES + 4 + name.length + 8);
  return message;
}

const REPLY_BODY_START = HEADER_BYTES + 20;

/** The single document of an OP_REPLY, longs kept. */
export function openLegacyReply(message: Buffer): { readonly header: MessageHeader; readonly body: Document } {
  const header = readHeader(message);
  if (header.opCode !== OP_REPLY) throw new MalformedBson('not an OP_REPLY');
  const end = REPLY_BODY_START + documentLength(message, REPLY_BODY_START);
  const body = deserialize(message.subarray(REPLY_BODY_START, end), { promoteLongs: false, promoteValues: false });
  return { header, body };
}

/** An OP_REPLY of one document. */
export function writeLegacyReply(requestId: number, responseTo: number, body: Document): Buffer {
  // Its length is that of the bytes written: `calculateObjectSize` takes a number that was kept as a class (Int32) for more than it is.
  const document = serialize(body);
  const message = Buffer.alloc(REPLY_BODY_START + document.length);
  writeHeader(message, message.length, requestId, responseTo, OP_REPLY);
  // responseFlags AwaitCapable, as servers set it since 1.6; one document returned.
  message.writeInt32LE(8, HEADER_BYTES);
  message.writeInt32LE(1, HEADER_BYTES + 16);
  message.set(document, REPLY_BODY_START);
  return message;
}
