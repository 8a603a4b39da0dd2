/** Replies of find and getMore turned into a batch without an object per document. */
import { BSON_TYPE, elementName, elements, MalformedBson, readString } from '../../core/bson/raw-document.js';
import { DocumentBatch } from '../../engine/copy/batch.js';
import { readCursorId } from './raw-reply.js';

export interface CopyReply {
  readonly cursorId: bigint;
  /** `db.collection` that a getMore has to name. */
  readonly namespace: string;
  readonly batch: DocumentBatch;
}

/**
 * Opens the `cursor` field of a reply and moves its documents together **within the receive buffer**, which the driver gives away and
 * never looks at again: they then go out as one piece. `expected`: how many documents are likely.
 * @throws MalformedBson where it is no cursor, or a document reaches past its batch.
 */
export function openCopyReply(field: Uint8Array, expected: number): CopyReply {
  const buffer = Buffer.from(field.buffer, field.byteOffset, field.byteLength);
  let cursorId = 0n;
  let namespace = '';
  let found: { readonly start: number; readonly end: number } | undefined;
  for (const element of elements(buffer)) {
    const name = elementName(buffer, element);
    if (name === 'id') cursorId = readCursorId(buffer, element);
    else if (name === 'ns') namespace = readString(buffer, element) ?? '';
    else if ((name === 'firstBatch' || name === 'nextBatch') && element.type === BSON_TYPE.array)
      found = { start: element.valueStart, end: element.valueEnd };
  }
  if (!found) throw new MalformedBson('cursor without a batch');
  // Last, because it overwrites what lies between the documents.
  return { cursorId, namespace, batch: compact(buffer, found.start, found.end, expected) };
}

/** The hot loop of the copy. Elements are `03 "<index>" 00 <document>`. */
function compact(buffer: Buffer, start: number, arrayEnd: number, expected: number): DocumentBatch {
  const end = arrayEnd - 1;
  let spans = new Int32Array(Math.max(16, expected) * 2);
  let count = 0;
  let digits = 1;
  let moreDigitsAt = 10;
  let from = start + 4;
  let to = from;
  while (from < end) {
    if (buffer[from] !== BSON_TYPE.document) throw new MalformedBson('batch holds something else than documents');
    if (count === moreDigitsAt) {
      digits += 1;
      moreDigitsAt *= 10;
    }
    let document = from + digits + 2;
    // Indexes that are not counted as everywhere else are read to their end.
    if (!isKey(buffer, from + 1, document - 1)) document = buffer.indexOf(0, from + 1) + 1;
    if (document <= from || document + 5 > end) throw new MalformedBson('document past the end of its batch');
    const length = buffer.readInt32LE(document);
    if (length < 5 || document + length > end || buffer[document + length - 1] !== 0)
      throw new MalformedBson('document past the end of its batch');
    if (count * 2 === spans.length) {
      const larger = new Int32Array(spans.length * 2);
      larger.set(spans);
      spans = larger;
    }
    buffer.copyWithin(to, document, document + length);
    spans[count * 2] = to;
    to += length;
    spans[count * 2 + 1] = to;
    count += 1;
    from = document + length;
  }
  return new DocumentBatch(buffer, spans.subarray(0, count * 2));
}

/** True where a key starts at `start` and its closing null is at `end`. */
function isKey(buffer: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i += 1) if (buffer[i] === 0) return false;
  return buffer[end] === 0;
}
