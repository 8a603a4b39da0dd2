import { serialize, type Document } from 'bson';
import { elementAt, findElement, readNumber } from '../../../src/core/bson/raw-document.js';
import { openOpMsg, type OpMsg } from '../../../src/relay/wire.js';

/** Where the documents of a cursor reply lie in the message, and the cursor's id. */
export interface CursorPage {
  readonly message: OpMsg;
  readonly cursorId: bigint;
  readonly documents: readonly { readonly start: number; readonly length: number }[];
}

/** Opens a reply of find, getMore or aggregate without decoding its documents; undefined where it holds no cursor (an error, an explain). */
export function openCursorPage(reply: Buffer): CursorPage | undefined {
  const message = openOpMsg(reply);
  const cursor = findElement(reply, 'cursor', message.bodyStart);
  if (!cursor) return undefined;
  const batch =
    findElement(reply, 'firstBatch', cursor.valueStart) ?? findElement(reply, 'nextBatch', cursor.valueStart);
  const id = findElement(reply, 'id', cursor.valueStart);
  if (!batch || !id) return undefined;
  const documents: { start: number; length: number }[] = [];
  let position = batch.valueStart + 4;
  for (let item = elementAt(reply, position, batch.valueEnd); item; item = elementAt(reply, position, batch.valueEnd)) {
    documents.push({ start: item.valueStart, length: item.valueEnd - item.valueStart });
    position = item.valueEnd;
  }
  return { message, cursorId: reply.readBigInt64LE(id.valueStart), documents };
}

/** A number at the top of a reply's body; undefined where it is missing. */
export function replyNumber(message: OpMsg, name: string): number | undefined {
  const element = findElement(message.buffer, name, message.bodyStart);
  return element ? readNumber(message.buffer, element) : undefined;
}

/** The body's bytes without the named elements and with those of `added`; everything else verbatim. */
export function rewrittenBody(message: OpMsg, without: readonly string[], added: Document = {}): Buffer {
  const { buffer, bodyStart, bodyEnd } = message;
  const parts: Buffer[] = [Buffer.alloc(4)];
  let position = bodyStart + 4;
  for (let element = elementAt(buffer, position, bodyEnd); element; element = elementAt(buffer, position, bodyEnd)) {
    if (!without.includes(buffer.toString('utf8', element.nameStart, element.nameEnd))) {
      parts.push(buffer.subarray(position, element.valueEnd));
    }
    position = element.valueEnd;
  }
  parts.push(Buffer.from(serialize(added).subarray(4)));
  const body = Buffer.concat(parts);
  body.writeInt32LE(body.length, 0);
  return body;
}
