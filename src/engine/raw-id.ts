import { deserialize, EJSON, type Document } from 'bson';
import { findElement, rawDocument } from '../core/bson/raw-document.js';

/** Longest `_id` that is shown in full, in hexadecimal digits. */
const LONGEST_HEX = 512;

/** `{ _id }` alone, cut out of a raw document and decoded without losing types; undefined where there is none or its bytes do not decode. */
export function decodedId(document: Buffer): Document | undefined {
  try {
    const element = findElement(document, '_id');
    if (!element) return undefined;
    const alone = rawDocument([document.subarray(element.nameStart - 1, element.valueEnd)]);
    return deserialize(alone, { promoteValues: false, promoteLongs: false, bsonRegExp: true });
  } catch {
    return undefined;
  }
}

/** `_id` as canonical Extended JSON; null where there is none or it does not decode. */
export function readableId(document: Buffer): unknown {
  const decoded = decodedId(document);
  if (!decoded) return null;
  return (EJSON.serialize(decoded, { relaxed: false }) as { _id?: unknown })._id ?? null;
}

/** An `_id` given as type byte and value bytes, decoded without losing types; undefined where it does not decode. */
export function rawIdValue(raw: Uint8Array): { readonly value: unknown } | undefined {
  const decoded = decodedId(rawDocument([raw.subarray(0, 1), Buffer.from('_id\0'), raw.subarray(1)]));
  return decoded && { value: decoded['_id'] as unknown };
}

/** An `_id` given as type byte and value bytes, in words for people: relaxed Extended JSON; hexadecimal where it does not decode. */
export function rawIdText(raw: Uint8Array): string {
  const document = rawDocument([raw.subarray(0, 1), Buffer.from('_id\0'), raw.subarray(1)]);
  const decoded = decodedId(document);
  return decoded === undefined
    ? shownIdHex(document)
    : EJSON.stringify(decoded['_id'], { relaxed: true }).slice(0, LONGEST_HEX);
}

/** Type byte and value bytes of `_id`, hexadecimal, cut to what fits a report; empty where there is none. */
export function shownIdHex(document: Buffer): string {
  const element = findElement(document, '_id');
  if (!element) return '';
  const type = element.type.toString(16).padStart(2, '0');
  const end = Math.min(element.valueEnd, element.valueStart + LONGEST_HEX / 2);
  return type + document.toString('hex', element.valueStart, end);
}
