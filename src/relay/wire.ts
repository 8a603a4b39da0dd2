/**
 * The MongoDB wire protocol, as much of it as is needed to read commands and replies and to write both.
 * https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */
import { deserialize, serialize, type Document } from 'bson';
import { documentLength, elements, elementName, MalformedBson, splitDocuments } from '../core/bson/raw-document.js';

export const OP_MSG = 2013;

export const HEADER_BYTES = 16;
/** OP_MSG flag bits. */
export const FLAG_CHECKSUM_PRESENT = 1 << 0;
export const FLAG_MORE_TO_COME = 1 << 1;
export const FLAG_EXHAUST_ALLOWED = 1 << 16;
/** A CRC-32C at the message's end, where the flag says so. */
export const CHECKSUM_BYTES = 4;

/** A server refuses larger messages; a relay that trusted the length field would buffer without end. */
export const MAX_MESSAGE_BYTES = 48_000_000 + 16_384;

export interface MessageHeader {
  readonly length: number;
  readonly requestId: number;
  readonly responseTo: number;
  readonly opCode: number;
}

/** @throws MalformedBson where the length cannot be a message's. */
export function readHeader(buffer: Buffer, offset = 0): MessageHeader {
  const length = buffer.readInt32LE(offset);
  if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES) throw new MalformedBson(`message length ${length}`);
  return {
    length,
    requestId: buffer.readInt32LE(offset + 4),
    responseTo: buffer.readInt32LE(offset + 8),
    opCode: buffer.readInt32LE(offset + 12),
  };
}

/** A kind-1 section: documents laid one after another, not decoded. */
export interface DocumentSequence {
  readonly identifier: string;
  /** Where the documents lie in the message's buffer. */
  readonly start: number;
  readonly end: number;
}

/** An OP_MSG, opened but not decoded: offsets into `buffer`. */
export interface OpMsg {
  readonly header: MessageHeader;
  readonly flags: number;
  readonly buffer: Buffer;
  /** Start of the kind-0 body document. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly sequences: readonly DocumentSequence[];
}

/** Opens one whole OP_MSG message. @throws MalformedBson on anything that is not one. */
export function openOpMsg(message: Buffer): OpMsg {
  const header = readHeader(message);
  if (header.opCode !== OP_MSG || header.length !== message.length) throw new MalformedBson('not an OP_MSG');
  const flags = message.readUInt32LE(HEADER_BYTES);
  const end = message.length - (flags & FLAG_CHECKSUM_PRESENT ? CHECKSUM_BYTES : 0);
  let position = HEADER_BYTES + 4;
  let bodyStart = -1;
  let bodyEnd = -1;
  const sequences: DocumentSequence[] = [];
  while (position < end) {
    const kind = message[position];
    position += 1;
    if (kind === 0) {
      bodyStart = position;
      bodyEnd = position + documentLength(message, position);
      position = bodyEnd;
    } else if (kind === 1) {
      const sectionEnd = position + message.readInt32LE(position);
      const nameEnd = message.indexOf(0, position + 4);
      if (nameEnd < 0 || nameEnd >= sectionEnd || sectionEnd > end) throw new MalformedBson('bad document sequence');
      sequences.push({
        identifier: message.toString('latin1', position + 4, nameEnd),
        start: nameEnd + 1,
        end: sectionEnd,
      });
      position = sectionEnd;
    } else {
      throw new MalformedBson(`section kind ${kind ?? -1}`);
    }
  }
  if (bodyStart < 0) throw new MalformedBson('no body section');
  return { header, flags, buffer: message, bodyStart, bodyEnd, sequences };
}

/** The message without leave for a stream of replies. A checksum, which would be wrong then, goes too. `message` is changed. */
export function withoutExhaust(message: Buffer): Buffer {
  const flags = message.readUInt32LE(HEADER_BYTES);
  if (!(flags & FLAG_EXHAUST_ALLOWED)) return message;
  const kept = flags & FLAG_CHECKSUM_PRESENT ? message.subarray(0, message.length - CHECKSUM_BYTES) : message;
  kept.writeInt32LE(kept.length, 0);
  kept.writeUInt32LE(flags & ~(FLAG_EXHAUST_ALLOWED | FLAG_CHECKSUM_PRESENT), HEADER_BYTES);
  return kept;
}

/**
 * Documents laid one after another between `start` and `end` of a message that lies in `chunks`, counted by their length fields alone.
 * Undefined where the lengths do not come out.
 */
export function countDocuments(chunks: readonly Buffer[], start: number, end: number): number | undefined {
  let chunk = 0;
  let chunkStart = 0;
  const byteAt = (position: number): number => {
    for (;;) {
      const current = chunks[chunk];
      if (!current) return 0;
      if (position < chunkStart + current.length) return current[position - chunkStart] ?? 0;
      chunkStart += current.length;
      chunk += 1;
    }
  };
  let count = 0;
  let position = start;
  while (position < end) {
    const low = byteAt(position) | (byteAt(position + 1) << 8) | (byteAt(position + 2) << 16);
    const length = low | (byteAt(position + 3) << 24);
    if (length < 5) return undefined;
    position += length;
    count += 1;
  }
  return position === end ? count : undefined;
}

/** The command's name: the body's first key. Empty for an empty body. */
export function commandName(message: OpMsg): string {
  for (const element of elements(message.buffer, message.bodyStart)) return elementName(message.buffer, element);
  return '';
}

/**
 * The body decoded. For small documents only: commands without their payload, replies. Longs stay `Long`, so that they are written back as they came.
 * Error texts may quote a document's bytes that are not UTF-8: no reason to fail.
 */
export function decodeBody(message: OpMsg): Document {
  return deserialize(message.buffer.subarray(message.bodyStart, message.bodyEnd), {
    promoteLongs: false,
    promoteValues: false,
    bsonRegExp: true,
    validation: { utf8: false },
  });
}

/** Like {@link decodeBody} with plain JavaScript values, for reading only. */
export function readBody(message: OpMsg): Document {
  return deserialize(message.buffer.subarray(message.bodyStart, message.bodyEnd), { useBigInt64: false });
}

export interface OpMsgParts {
  readonly requestId: number;
  readonly responseTo: number;
  readonly flags?: number;
  /** The kind-0 body, encoded. */
  readonly body: Uint8Array;
  readonly sequence?: { readonly identifier: string; readonly documents: readonly Uint8Array[] };
}

/** Writes an OP_MSG; document bytes are copied verbatim. */
export function writeOpMsg(parts: OpMsgParts): Buffer {
  let length = HEADER_BYTES + 4 + 1 + parts.body.length;
  let sectionLength = 0;
  const identifier = parts.sequence ? Buffer.from(`${parts.sequence.identifier}\0`, 'latin1') : undefined;
  if (parts.sequence && identifier) {
    sectionLength = 4 + identifier.length + parts.sequence.documents.reduce((sum, d) => sum + d.length, 0);
    length += 1 + sectionLength;
  }
  const message = Buffer.allocUnsafe(length);
  writeHeader(message, length, parts.requestId, parts.responseTo, OP_MSG);
  message.writeUInt32LE(parts.flags ?? 0, HEADER_BYTES);
  let position = HEADER_BYTES + 4;
  message[position++] = 0;
  message.set(parts.body, position);
  position += parts.body.length;
  if (parts.sequence && identifier) {
    message[position++] = 1;
    message.writeInt32LE(sectionLength, position);
    position += 4;
    position += identifier.copy(message, position);
    for (const document of parts.sequence.documents) {
      message.set(document, position);
      position += document.length;
    }
  }
  return message;
}

/** A reply (or a command) without sequences. */
export function writeDocumentMessage(requestId: number, responseTo: number, body: Document): Buffer {
  return writeOpMsg({ requestId, responseTo, body: serialize(body, { ignoreUndefined: true }) });
}

/** Writes a message's header at the start of `buffer`. */
export function writeHeader(
  buffer: Buffer,
  length: number,
  requestId: number,
  responseTo: number,
  opCode: number,
): void {
  buffer.writeInt32LE(length, 0);
  buffer.writeInt32LE(requestId, 4);
  buffer.writeInt32LE(responseTo, 8);
  buffer.writeInt32LE(opCode, 12);
}

/** Documents of a write command wherever they are: in a kind-1 section or as an array in the body. Offsets into `message.buffer`. */
export function payloadDocuments(message: OpMsg, field: string): { start: number; length: number }[] {
  const sequence = message.sequences.find((s) => s.identifier === field);
  if (sequence) return splitDocuments(message.buffer, sequence.start, sequence.end);
  for (const element of elements(message.buffer, message.bodyStart)) {
    if (elementName(message.buffer, element) !== field) continue;
    const found: { start: number; length: number }[] = [];
    for (const item of elements(message.buffer, element.valueStart)) {
      found.push({ start: item.valueStart, length: item.valueEnd - item.valueStart });
    }
    return found;
  }
  return [];
}

/** Cuts a byte stream into whole wire messages. Feed it chunks in order. */
export class MessageSplitter {
  private chunks: Buffer[] = [];
  private size = 0;

  /** Whole messages that are complete with this chunk. @throws MalformedBson on an impossible length. */
  push(chunk: Buffer): Buffer[] {
    this.chunks.push(chunk);
    this.size += chunk.length;
    const messages: Buffer[] = [];
    for (;;) {
      const first = this.chunks[0];
      if (!first || this.size < 4) break;
      const head = first.length >= HEADER_BYTES ? first : this.joined();
      if (head.length < HEADER_BYTES) break;
      const { length } = readHeader(head);
      if (this.size < length) break;
      const whole = head.length >= length ? head : this.joined();
      messages.push(whole.subarray(0, length));
      const rest = whole.subarray(length);
      this.chunks = whole === head && this.chunks[0] === head ? [rest, ...this.chunks.slice(1)] : [rest];
      if (rest.length === 0) this.chunks.shift();
      this.size -= length;
    }
    return messages;
  }

  private joined(): Buffer {
    if (this.chunks.length === 1 && this.chunks[0]) return this.chunks[0];
    const all = Buffer.concat(this.chunks);
    this.chunks = [all];
    return all;
  }
}
