/** BSON written by hand where a statement has to carry a document's own bytes. */
import { serialize, type Document } from 'bson';
import {
  BSON_TYPE,
  documentLength,
  elementAt,
  elementName,
  findElement,
  type RawElement,
} from '../../core/bson/raw-document.js';

/** A field with its value's bytes. */
export interface RawField {
  readonly name: string;
  readonly type: number;
  readonly value: Uint8Array;
}

export function rawDocument(fields: readonly RawField[]): Buffer {
  const parts: Uint8Array[] = [];
  let length = 5;
  for (const field of fields) {
    const head = Buffer.concat([Buffer.of(field.type), Buffer.from(`${field.name}\0`, 'utf8')]);
    parts.push(head, field.value);
    length += head.length + field.value.length;
  }
  const start = Buffer.alloc(4);
  start.writeInt32LE(length);
  return Buffer.concat([start, ...parts, Buffer.of(0)], length);
}

const embedded = (name: string, value: Uint8Array): RawField => ({ name, type: BSON_TYPE.document, value });
const flag = (name: string, on: boolean): RawField => ({ name, type: BSON_TYPE.bool, value: Buffer.of(on ? 1 : 0) });

/** The element at a dotted path through embedded documents (not into arrays), or undefined. */
function atPath(document: Buffer, path: string): RawElement | undefined {
  let offset = 0;
  const parts = path.split('.');
  for (const [i, part] of parts.entries()) {
    const element = findElement(document, part, offset);
    if (!element || i === parts.length - 1) return element;
    if (element.type !== BSON_TYPE.document) return undefined;
    offset = element.valueStart;
  }
  return undefined;
}

/**
 * True where a plain replacement would not arrive as it is: the server fills in a top-level Timestamp(0,0)
 * (https://www.mongodb.com/docs/manual/reference/bson-types/#timestamps), and takes a first key with a dollar for an update operator.
 */
function needsLiteral(document: Buffer): boolean {
  const limit = documentLength(document);
  let position = 4;
  for (;;) {
    const element = elementAt(document, position, limit);
    if (!element) return false;
    if (element.type === BSON_TYPE.timestamp && document.readBigUInt64LE(element.valueStart) === 0n) return true;
    if (elementName(document, element).startsWith('$')) return true;
    position = element.valueEnd;
  }
}

/**
 * An `update` statement that puts `document` in the place of the one with its `_id`. The query compares by `$eq`, so that an `_id` that is
 * a document with dollar keys is a value and no operator.
 */
export function replaceStatement(document: Buffer, shardKey: readonly string[] = []): Buffer {
  const query: RawField[] = [];
  for (const path of ['_id', ...shardKey.filter((p) => p !== '_id')]) {
    const element = atPath(document, path);
    if (!element) continue;
    const value = document.subarray(element.valueStart, element.valueEnd);
    query.push(embedded(path, rawDocument([{ name: '$eq', type: element.type, value }])));
  }
  const replacement: RawField = needsLiteral(document)
    ? {
        name: 'u',
        type: BSON_TYPE.array,
        value: rawDocument([
          embedded('0', rawDocument([embedded('$replaceWith', rawDocument([embedded('$literal', document)]))])),
        ]),
      }
    : embedded('u', document);
  return rawDocument([embedded('q', rawDocument(query)), replacement, flag('multi', false), flag('upsert', true)]);
}

/** Whether a decoded document would be written back with the same bytes; for drivers that cannot carry raw ones. */
export function survivesDecoding(document: Buffer, decoded: Document): boolean {
  return Buffer.from(serialize(decoded)).equals(document);
}
