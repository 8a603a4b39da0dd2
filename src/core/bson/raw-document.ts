/**
 * Walks BSON documents in place. Nothing is decoded but what is asked for: a document keeps its bytes, whatever odd types it holds.
 * Layout: https://bsonspec.org/spec.html (int32 length, elements of `type cstring value`, a null byte).
 */

export const BSON_TYPE = {
  double: 0x01,
  string: 0x02,
  document: 0x03,
  array: 0x04,
  binary: 0x05,
  undefined: 0x06,
  objectId: 0x07,
  bool: 0x08,
  date: 0x09,
  null: 0x0a,
  regex: 0x0b,
  dbPointer: 0x0c,
  code: 0x0d,
  symbol: 0x0e,
  codeWithScope: 0x0f,
  int: 0x10,
  timestamp: 0x11,
  long: 0x12,
  decimal: 0x13,
  minKey: 0xff,
  maxKey: 0x7f,
} as const;

/** Thrown by the walkers on bytes that are not BSON; callers answer for what that means where they are. */
export class MalformedBson extends Error {}

/** One element of a document: where its name and its value lie in the buffer that was walked. */
export interface RawElement {
  readonly type: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

function cstringEnd(buffer: Buffer, start: number, limit: number): number {
  const end = start < limit ? buffer.indexOf(0, start) : -1;
  if (end < 0 || end >= limit) throw new MalformedBson('unterminated cstring');
  return end;
}

/** The length that a value begins with, itself read within `limit`; `least` is what it must be. */
function prefixedLength(buffer: Buffer, start: number, limit: number, least: number): number {
  if (start + 4 > limit) throw new MalformedBson('value longer than its document');
  const length = buffer.readInt32LE(start);
  if (length < least) throw new MalformedBson('value with an impossible length');
  return length;
}

/** An empty document; an empty string's closing null; code with scope of both, its own length and the string's. */
const LEAST_DOCUMENT = 5;
const LEAST_STRING = 1;
const LEAST_CODE_WITH_SCOPE = 14;

/** Bytes that a value of `type` takes at `start`; only what lies before `limit` is read for it. @throws MalformedBson where that cannot be. */
export function valueLength(buffer: Buffer, type: number, start: number, limit: number): number {
  switch (type) {
    case BSON_TYPE.double:
    case BSON_TYPE.date:
    case BSON_TYPE.timestamp:
    case BSON_TYPE.long:
      return 8;
    case BSON_TYPE.string:
    case BSON_TYPE.code:
    case BSON_TYPE.symbol:
      return 4 + prefixedLength(buffer, start, limit, LEAST_STRING);
    case BSON_TYPE.document:
    case BSON_TYPE.array:
      return prefixedLength(buffer, start, limit, LEAST_DOCUMENT);
    case BSON_TYPE.codeWithScope:
      return prefixedLength(buffer, start, limit, LEAST_CODE_WITH_SCOPE);
    case BSON_TYPE.binary:
      return 5 + prefixedLength(buffer, start, limit, 0);
    case BSON_TYPE.objectId:
      return 12;
    case BSON_TYPE.bool:
      return 1;
    case BSON_TYPE.undefined:
    case BSON_TYPE.null:
    case BSON_TYPE.minKey:
    case BSON_TYPE.maxKey:
      return 0;
    case BSON_TYPE.regex: {
      const pattern = cstringEnd(buffer, start, limit);
      return cstringEnd(buffer, pattern + 1, limit) + 1 - start;
    }
    case BSON_TYPE.dbPointer:
      return 4 + prefixedLength(buffer, start, limit, LEAST_STRING) + 12;
    case BSON_TYPE.int:
      return 4;
    case BSON_TYPE.decimal:
      return 16;
    default:
      throw new MalformedBson(`unknown type ${type}`);
  }
}

/** The element at `position`, or undefined at the document's end. */
export function elementAt(buffer: Buffer, position: number, limit: number): RawElement | undefined {
  const type = buffer[position];
  if (type === undefined || position >= limit) throw new MalformedBson('document without end');
  if (type === 0) return undefined;
  const nameStart = position + 1;
  const nameEnd = cstringEnd(buffer, nameStart, limit);
  const valueStart = nameEnd + 1;
  const valueEnd = valueStart + valueLength(buffer, type, valueStart, limit);
  if (valueEnd > limit) throw new MalformedBson('value longer than its document');
  return { type, nameStart, nameEnd, valueStart, valueEnd };
}

/** Length of the document at `offset`, checked against the buffer. */
export function documentLength(buffer: Buffer, offset = 0): number {
  if (offset + LEAST_DOCUMENT > buffer.length) throw new MalformedBson('document cut short');
  const length = buffer.readInt32LE(offset);
  if (length < LEAST_DOCUMENT || offset + length > buffer.length)
    throw new MalformedBson('document length out of bounds');
  return length;
}

/** Elements of the document that starts at `offset`, in their order, duplicate names included. */
export function* elements(buffer: Buffer, offset = 0): Generator<RawElement> {
  const limit = offset + documentLength(buffer, offset);
  let position = offset + 4;
  for (;;) {
    const element = elementAt(buffer, position, limit);
    if (!element) return;
    yield element;
    position = element.valueEnd;
  }
}

/** The first element of that name, or undefined. */
export function findElement(buffer: Buffer, name: string, offset = 0): RawElement | undefined {
  const limit = offset + documentLength(buffer, offset);
  const wanted = Buffer.from(name, 'utf8');
  let position = offset + 4;
  for (;;) {
    const element = elementAt(buffer, position, limit);
    if (!element) return undefined;
    if (
      element.nameEnd - element.nameStart === wanted.length &&
      buffer.compare(wanted, 0, wanted.length, element.nameStart, element.nameEnd) === 0
    ) {
      return element;
    }
    position = element.valueEnd;
  }
}

/** The field's name, decoded. */
export function elementName(buffer: Buffer, element: RawElement): string {
  return buffer.toString('utf8', element.nameStart, element.nameEnd);
}

/** The first field's name; empty for a document without any. */
export function firstName(buffer: Buffer, offset = 0): string {
  for (const element of elements(buffer, offset)) return elementName(buffer, element);
  return '';
}

/** The `_id` of the document at `offset` as type byte and value bytes, for comparison and keys; undefined where there is none. */
export function rawId(buffer: Buffer, offset = 0): Buffer | undefined {
  const element = findElement(buffer, '_id', offset);
  if (!element) return undefined;
  const id = Buffer.allocUnsafe(1 + element.valueEnd - element.valueStart);
  id[0] = element.type;
  buffer.copy(id, 1, element.valueStart, element.valueEnd);
  return id;
}

/** A number element (int, long, double) as a JavaScript number; undefined for other types. */
export function readNumber(buffer: Buffer, element: RawElement): number | undefined {
  switch (element.type) {
    case BSON_TYPE.int:
      return buffer.readInt32LE(element.valueStart);
    case BSON_TYPE.long:
      return Number(buffer.readBigInt64LE(element.valueStart));
    case BSON_TYPE.double:
      return buffer.readDoubleLE(element.valueStart);
    case BSON_TYPE.bool:
      return buffer[element.valueStart] === 1 ? 1 : 0;
    default:
      return undefined;
  }
}

/** A string element's text; undefined for other types. */
export function readString(buffer: Buffer, element: RawElement): string | undefined {
  if (element.type !== BSON_TYPE.string) return undefined;
  return buffer.toString('utf8', element.valueStart + 4, element.valueEnd - 1);
}

/** Start offsets and lengths of documents laid one after another between `start` and `end` (an OP_MSG document sequence). */
export function splitDocuments(buffer: Buffer, start: number, end: number): { start: number; length: number }[] {
  const found: { start: number; length: number }[] = [];
  let position = start;
  while (position < end) {
    const length = documentLength(buffer, position);
    if (position + length > end) throw new MalformedBson('document past the end of its sequence');
    found.push({ start: position, length });
    position += length;
  }
  return found;
}

/** A BSON document of elements that are encoded already. */
export function rawDocument(parts: readonly Uint8Array[]): Buffer {
  const length = 4 + parts.reduce((sum, p) => sum + p.length, 0) + 1;
  const document = Buffer.alloc(length);
  document.writeInt32LE(length, 0);
  let position = 4;
  for (const part of parts) {
    document.set(part, position);
    position += part.length;
  }
  return document;
}
