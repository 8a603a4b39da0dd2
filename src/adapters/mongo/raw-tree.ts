/**
 * Documents as trees of Maps, which keep the order of their fields whatever these are called: for the places where the driver's public
 * interface takes values only. What does not survive (duplicate keys, undefined, DBPointer, text that is no UTF-8) is recognised by its bytes.
 */
import { deserialize, serialize, type Document } from 'bson';
import {
  BSON_TYPE,
  elementName,
  elements,
  MalformedBson,
  rawDocument,
  type RawElement,
} from '../../core/bson/raw-document.js';

type Tree = Map<string, unknown>;

function treeOf(buffer: Buffer, offset: number): Tree {
  const tree: Tree = new Map();
  for (const element of elements(buffer, offset)) tree.set(elementName(buffer, element), valueOf(buffer, element));
  return tree;
}

function valueOf(buffer: Buffer, element: RawElement): unknown {
  if (element.type === BSON_TYPE.document) return treeOf(buffer, element.valueStart);
  if (element.type === BSON_TYPE.array) return [...treeOf(buffer, element.valueStart).values()];
  const type = Buffer.of(element.type);
  const alone = rawDocument([type, Buffer.from('v\0'), buffer.subarray(element.valueStart, element.valueEnd)]);
  const options = { promoteValues: false, promoteLongs: false, bsonRegExp: true } as const;
  return (deserialize(alone, options) as { v?: unknown }).v;
}

/** A value that the driver writes back with the same bytes; undefined where there is none. */
export function exactTree(document: Buffer): Document | undefined {
  try {
    // The driver takes a Map wherever it takes a document; its types do not say so.
    const tree = treeOf(document, 0) as unknown as Document;
    return Buffer.from(serialize(tree)).equals(document) ? tree : undefined;
  } catch (error) {
    if (error instanceof MalformedBson || isBsonError(error)) return undefined;
    throw error;
  }
}

function isBsonError(error: unknown): boolean {
  return (
    error instanceof Error && (/^BSON/.test(error.name) || error instanceof RangeError || error instanceof TypeError)
  );
}

/** The value of an `_id` given as type byte and value bytes, for use in a command; undefined where no value says exactly that. */
export function exactId(id: Buffer): { readonly value: unknown } | undefined {
  const tree = exactTree(rawDocument([id.subarray(0, 1), Buffer.from('_id\0'), id.subarray(1)]));
  return tree && { value: (tree as unknown as Tree).get('_id') };
}
