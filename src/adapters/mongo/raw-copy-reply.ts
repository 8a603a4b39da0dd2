/** Replies of find and getMore turned into a batch without an object per document. */
import { BSON_TYPE, elementName, elements, MalformedBson, readString } from '../../core/bson/raw-document.js';
import { DocumentBatch } from '../../engine/copy/batch.js';
import { scanDocuments } from '../../engine/kernel/kernel.js';
import { readCursorId } from './raw-reply.js';

export interface CopyReply {
  readonly cursorId: bigint;
  /** `db.collection` that a getMore has to name. */
  readonly namespace: string;
  readonly batch: DocumentBatch;
}

/**
 * Opens the `cursor` field of a reply and moves its documents together **within the receive buffer**, which nobody else looks at: they then go out as one
 * piece. `expected`: how many documents are likely. `free` is called when the batch is released.
 * @throws MalformedBson where it is no cursor, or a document reaches past its batch.
 */
export function openCopyReply(field: Uint8Array, expected: number, free?: () => void): CopyReply {
  const buffer = Buffer.from(field.buffer, field.byteOffset, field.byteLength);
  let cursorId = 0n;
  let namespace = '';
  let found: { readonly start: number; readonly end: number } | undefined;
  for (const element of elements(buffer)) {
    const name = elementName(buffer, element);
    if (name === 'id') cursorId = readCursorId(buffer, element);
    else if (name === 'ns') namespace = readString(buffer, element) ?? '';
    else if ((name === 'firstBatch' || name === 'nextBatch') && element.type === BSON_TYPE.array)
      found = { start: element.valueStart + 4, end: element.valueEnd - 1 };
  }
  if (!found) throw new MalformedBson('cursor without a batch');
  // Last, because it overwrites what lies between the documents.
  const { spans, ...known } = scanDocuments(buffer, found.start, found.end, expected);
  return { cursorId, namespace, batch: new DocumentBatch(buffer, spans, known, free) };
}
