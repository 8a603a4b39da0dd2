/** Cursor replies walked in place: documents are slices of the receive buffer, nothing of them is decoded. */
import {
  BSON_TYPE,
  elementName,
  elements,
  MalformedBson,
  readString,
  type RawElement,
} from '../../core/bson/raw-document.js';

export interface RawCursorBatch {
  readonly cursorId: bigint;
  /** `db.collection` that a getMore has to name; `db.$cmd.listCollections` and the like for commands. */
  readonly namespace: string;
  readonly documents: readonly Buffer[];
}

/** Opens the `cursor` field of a find or getMore reply. @throws MalformedBson where it is none. */
export function openCursor(field: Uint8Array): RawCursorBatch {
  const buffer = Buffer.from(field.buffer, field.byteOffset, field.byteLength);
  let cursorId = 0n;
  let namespace = '';
  let documents: Buffer[] | undefined;
  for (const element of elements(buffer)) {
    const name = elementName(buffer, element);
    if (name === 'id') cursorId = readCursorId(buffer, element);
    else if (name === 'ns') namespace = readString(buffer, element) ?? '';
    else if ((name === 'firstBatch' || name === 'nextBatch') && element.type === BSON_TYPE.array)
      documents = sliceArray(buffer, element);
  }
  if (!documents) throw new MalformedBson('cursor without a batch');
  return { cursorId, namespace, documents };
}

export function readCursorId(buffer: Buffer, element: RawElement): bigint {
  if (element.type === BSON_TYPE.long) return buffer.readBigInt64LE(element.valueStart);
  if (element.type === BSON_TYPE.int) return BigInt(buffer.readInt32LE(element.valueStart));
  throw new MalformedBson('cursor id is no integer');
}

/** The hot loop of every read: one slice per document and nothing else. */
function sliceArray(buffer: Buffer, array: RawElement): Buffer[] {
  const found: Buffer[] = [];
  let position = array.valueStart + 4;
  const end = array.valueEnd - 1;
  while (position < end) {
    if (buffer[position] !== BSON_TYPE.document) throw new MalformedBson('batch holds something else than documents');
    const start = buffer.indexOf(0, position + 1) + 1;
    const length = start === 0 || start + 5 > end ? -1 : buffer.readInt32LE(start);
    if (length < 5 || start + length > end || buffer[start + length - 1] !== 0)
      throw new MalformedBson('document past the end of its batch');
    found.push(buffer.subarray(start, start + length));
    position = start + length;
  }
  return found;
}
