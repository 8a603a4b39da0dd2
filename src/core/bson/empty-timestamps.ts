import { BSON_TYPE, elementAt, documentLength, type RawElement } from './raw-document.js';

/**
 * MongoDB replaces a top-level `Timestamp(0, 0)` (not `_id`) by its own clock when a document is inserted
 * (https://www.mongodb.com/docs/manual/reference/bson-types/#timestamps).
 */
function isEmptyTimestamp(buffer: Buffer, element: RawElement): boolean {
  if (element.type !== BSON_TYPE.timestamp) return false;
  for (let i = element.valueStart; i < element.valueEnd; i += 1) if (buffer[i] !== 0) return false;
  return buffer.toString('latin1', element.nameStart, element.nameEnd) !== '_id';
}

/** True when the document has a top-level empty timestamp, which a server would have replaced on insert. */
export function hasEmptyTimestamp(document: Buffer): boolean {
  const limit = documentLength(document);
  let position = 4;
  for (;;) {
    const element = elementAt(document, position, limit);
    if (!element) return false;
    if (isEmptyTimestamp(document, element)) return true;
    position = element.valueEnd;
  }
}

/** True when both documents have the same bytes, top-level empty timestamps of `original` aside: those may be any timestamp in `stored`. */
export function equalButEmptyTimestamps(original: Buffer, stored: Buffer): boolean {
  if (original.equals(stored)) return true;
  // A replaced timestamp keeps its eight bytes, so that everything else stays where it was.
  if (original.length !== stored.length) return false;
  const limit = documentLength(original);
  let position = 4;
  for (;;) {
    const element = elementAt(original, position, limit);
    if (!element) return true;
    const until = isEmptyTimestamp(original, element) ? element.valueStart : element.valueEnd;
    if (original.compare(stored, position, until, position, until) !== 0) return false;
    position = element.valueEnd;
  }
}
