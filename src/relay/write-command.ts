import { serialize, type Document } from 'bson';
import {
  BSON_TYPE,
  documentLength,
  elements,
  elementName,
  findElement,
  readNumber,
  readString,
} from '../core/bson/raw-document.js';
import type { Namespace } from '../core/model/namespace.js';
import { FLAG_MORE_TO_COME, payloadDocuments, writeOpMsg, type OpMsg } from './wire.js';

export type WriteKind = 'insert' | 'update' | 'delete';

/** The field that holds a write command's operations. */
const PAYLOAD: Readonly<Record<WriteKind, string>> = { insert: 'documents', update: 'updates', delete: 'deletes' };

export function isWriteKind(name: string): name is WriteKind {
  return Object.hasOwn(PAYLOAD, name);
}

/** What must be known of a write before its documents have arrived: read from the body section alone. */
export interface WriteHead {
  readonly kind: WriteKind;
  readonly ns: Namespace;
  readonly ordered: boolean;
  /** The tool asked for no acknowledgement (`w: 0`), which hides every error; the relay asks the target for one all the same. */
  readonly unacknowledged: boolean;
  readonly bodyLength: number;
}

/** Reads the head from a body document at `offset`; undefined when it is not a write command. */
export function readWriteHead(buffer: Buffer, offset: number, flags: number): WriteHead | undefined {
  let kind: WriteKind | undefined;
  let coll: string | undefined;
  let db: string | undefined;
  let ordered = true;
  let unacknowledged = (flags & FLAG_MORE_TO_COME) !== 0;
  for (const element of elements(buffer, offset)) {
    const name = elementName(buffer, element);
    if (kind === undefined) {
      if (!isWriteKind(name)) return undefined;
      kind = name;
      coll = readString(buffer, element);
    } else if (name === '$db') db = readString(buffer, element);
    else if (name === 'ordered') ordered = buffer[element.valueStart] === 1;
    else if (name === 'writeConcern' && element.type === BSON_TYPE.document) {
      const w = findElement(buffer, 'w', element.valueStart);
      if (w && readNumber(buffer, w) === 0) unacknowledged = true;
    }
  }
  if (!kind || coll === undefined || db === undefined) return undefined;
  return { kind, ns: { db, coll }, ordered, unacknowledged, bodyLength: documentLength(buffer, offset) };
}

/** One operation of a write command: its bytes and its place in the tool's own batch. */
export interface WriteOperation {
  readonly index: number;
  readonly bytes: Buffer;
}

/** A whole write command, opened, that can be sent again in parts. */
export class WriteCommand {
  readonly operations: readonly WriteOperation[];
  private readonly body: Buffer;

  constructor(
    readonly message: OpMsg,
    readonly head: WriteHead,
  ) {
    const field = PAYLOAD[head.kind];
    this.operations = payloadDocuments(message, field).map(({ start, length }, index) => ({
      index,
      bytes: message.buffer.subarray(start, start + length),
    }));
    this.body = bodyForParts(message, field);
  }

  /** A message that carries only these operations, bytes unchanged. */
  part(requestId: number, operations: readonly WriteOperation[]): Buffer {
    return writeOpMsg({
      requestId,
      responseTo: 0,
      body: this.body,
      sequence: { identifier: PAYLOAD[this.head.kind], documents: operations.map((o) => o.bytes) },
    });
  }

  /**
   * True when sending an operation a second time changes nothing more: inserts (the `_id` guards them), replacements, and `$set` family
   * updates of one document. `$inc`, `$push`, pipelines and deletes of "any one" match are not.
   */
  isRepeatable(): boolean {
    if (this.head.kind === 'insert') return true;
    return this.operations.every(({ bytes }) =>
      this.head.kind === 'delete' ? isRepeatableDelete(bytes) : isRepeatableUpdate(bytes),
    );
  }
}

const REPEATABLE_OPERATORS = new Set(['$set', '$unset', '$setOnInsert', '$min', '$max']);

function isRepeatableUpdate(update: Buffer): boolean {
  const change = findElement(update, 'u');
  if (change?.type !== BSON_TYPE.document) return false;
  for (const element of elements(update, change.valueStart)) {
    const name = elementName(update, element);
    if (name.startsWith('$') && !REPEATABLE_OPERATORS.has(name)) return false;
  }
  return true;
}

function isRepeatableDelete(operation: Buffer): boolean {
  const limit = findElement(operation, 'limit');
  if (limit && readNumber(operation, limit) === 0) return true;
  const query = findElement(operation, 'q');
  return query?.type === BSON_TYPE.document && findElement(operation, '_id', query.valueStart) !== undefined;
}

/** The command's body without its operations, without a transaction number, and acknowledged. */
function bodyForParts(message: OpMsg, field: string): Buffer {
  const { buffer, bodyStart } = message;
  const kept: Uint8Array[] = [];
  for (const element of elements(buffer, bodyStart)) {
    const name = elementName(buffer, element);
    if (name === field || name === 'txnNumber') continue;
    if (name === 'writeConcern' && element.type === BSON_TYPE.document) {
      const w = findElement(buffer, 'w', element.valueStart);
      if (w && readNumber(buffer, w) === 0) continue;
    }
    kept.push(buffer.subarray(element.nameStart - 1, element.valueEnd));
  }
  return rawDocument(kept);
}

/** A BSON document of elements that are encoded already. */
function rawDocument(parts: readonly Uint8Array[]): Buffer {
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

/** `{find: coll, filter: {_id: {$in: [...]}}, singleBatch: true, $db}` with the ids as they are, type byte and value bytes each. */
export function findByIds(ns: Namespace, ids: readonly Buffer[]): Buffer {
  const items = ids.map((id, i) => Buffer.concat([id.subarray(0, 1), Buffer.from(`${i}\0`), id.subarray(1)]));
  const list = rawDocument(items);
  const inOperator = rawDocument([Buffer.concat([Buffer.from([BSON_TYPE.array]), Buffer.from('$in\0'), list])]);
  const filter = rawDocument([Buffer.concat([Buffer.from([BSON_TYPE.document]), Buffer.from('_id\0'), inOperator])]);
  const inner = (document: Document): Buffer => {
    const encoded = Buffer.from(serialize(document));
    return encoded.subarray(4, encoded.length - 1);
  };
  return rawDocument([
    inner({ find: ns.coll }),
    Buffer.concat([Buffer.from([BSON_TYPE.document]), Buffer.from('filter\0'), filter]),
    // The `_id` index must answer this, and one document may be as large as a whole reply.
    inner({ batchSize: ids.length, singleBatch: true, $db: ns.db }),
  ]);
}

/** An update command that replaces the document with this `_id` by `document`, bytes unchanged. */
export function replaceById(ns: Namespace, id: Buffer, document: Buffer): { body: Buffer; operation: Buffer } {
  const filter = rawDocument([Buffer.concat([id.subarray(0, 1), Buffer.from('_id\0'), id.subarray(1)])]);
  const operation = rawDocument([
    Buffer.concat([Buffer.from([BSON_TYPE.document]), Buffer.from('q\0'), filter]),
    Buffer.concat([Buffer.from([BSON_TYPE.document]), Buffer.from('u\0'), document]),
  ]);
  return { body: Buffer.from(serialize({ update: ns.coll, ordered: false, $db: ns.db })), operation };
}
