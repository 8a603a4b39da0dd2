import { ObjectId, serialize, type Document } from 'bson';
import {
  BSON_TYPE,
  documentLength,
  elements,
  elementName,
  findElement,
  firstName,
  readNumber,
  readString,
  rawDocument,
} from '../core/bson/raw-document.js';
import type { Namespace } from '../core/model/namespace.js';
import { FLAG_MORE_TO_COME, payloadDocuments, writeOpMsg, type OpMsg } from './wire.js';

export type WriteKind = 'insert' | 'update' | 'delete';

/** The field that holds a write command's operations. */
const PAYLOAD: Readonly<Record<WriteKind, string>> = { insert: 'documents', update: 'updates', delete: 'deletes' };

/** Whether a command of this name writes documents. */
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
  /** The tool waits for a reply: with `w: 0` it may all the same. */
  readonly wantsReply: boolean;
  readonly bodyLength: number;
}

/** Reads the head from a body document at `offset`; undefined when it is not a write command. */
export function readWriteHead(buffer: Buffer, offset: number, flags: number): WriteHead | undefined {
  let kind: WriteKind | undefined;
  let coll: string | undefined;
  let db: string | undefined;
  let ordered = true;
  const wantsReply = (flags & FLAG_MORE_TO_COME) === 0;
  let unacknowledged = !wantsReply;
  for (const element of elements(buffer, offset)) {
    const name = elementName(buffer, element);
    if (kind === undefined) {
      if (!isWriteKind(name)) return undefined;
      kind = name;
      coll = readString(buffer, element);
    } else if (name === '$db') db = readString(buffer, element);
    else if (name === 'ordered') ordered = readNumber(buffer, element) !== 0;
    // A transaction's writes cannot be sent again in parts: it is over with its first error.
    else if (name === 'autocommit') return undefined;
    else if (name === 'writeConcern' && element.type === BSON_TYPE.document) {
      const w = findElement(buffer, 'w', element.valueStart);
      if (w && readNumber(buffer, w) === 0) unacknowledged = true;
    }
  }
  if (!kind || coll === undefined || db === undefined) return undefined;
  return { kind, ns: { db, coll }, ordered, unacknowledged, wantsReply, bodyLength: documentLength(buffer, offset) };
}

/** One operation of a write command: its bytes and its place in the tool's own batch. */
export interface WriteOperation {
  readonly index: number;
  readonly bytes: Buffer;
}

/** A whole write command, opened, that can be sent again in parts. */
export class WriteCommand {
  readonly operations: readonly WriteOperation[];
  /** Documents came without `_id` and have one in `operations`: without it a second try could write them twice. */
  readonly hasGivenIds: boolean;
  private readonly body: Buffer;

  constructor(
    readonly message: OpMsg,
    readonly head: WriteHead,
  ) {
    const field = PAYLOAD[head.kind];
    let givenIds = false;
    this.operations = payloadDocuments(message, field).map(({ start, length }, index) => {
      const bytes = message.buffer.subarray(start, start + length);
      if (head.kind !== 'insert' || findElement(bytes, '_id')) return { index, bytes };
      givenIds = true;
      return { index, bytes: withNewId(bytes) };
    });
    this.hasGivenIds = givenIds;
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
   * True when sending an operation a second time changes nothing more: inserts (the `_id` guards them), replacements and `$set` family
   * updates of the document with one `_id` or of all matches, deletes likewise. `$inc`, `$push`, pipelines and "any one match" are not.
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
  const isTrue = (name: string): boolean => {
    const flag = findElement(update, name);
    return flag !== undefined && readNumber(update, flag) !== 0;
  };
  // After a first try another document may be the one that matches, or none, which an upsert would add to.
  if (!namesOneId(update) && (isTrue('upsert') || !isTrue('multi'))) return false;
  for (const element of elements(update, change.valueStart)) {
    const name = elementName(update, element);
    if (name.startsWith('$') && !REPEATABLE_OPERATORS.has(name)) return false;
  }
  return true;
}

function isRepeatableDelete(operation: Buffer): boolean {
  const limit = findElement(operation, 'limit');
  return (limit !== undefined && readNumber(operation, limit) === 0) || namesOneId(operation);
}

/** True when the operation's filter has an `_id` that is a value, not a condition. */
function namesOneId(operation: Buffer): boolean {
  const query = findElement(operation, 'q');
  if (query?.type !== BSON_TYPE.document) return false;
  const id = findElement(operation, '_id', query.valueStart);
  if (!id || id.type === BSON_TYPE.regex) return false;
  return id.type !== BSON_TYPE.document || !firstName(operation, id.valueStart).startsWith('$');
}

/** The document with a new `_id` before everything else, as a server would give it one. */
function withNewId(document: Buffer): Buffer {
  const id = Buffer.concat([Buffer.from([BSON_TYPE.objectId]), Buffer.from('_id\0'), new ObjectId().id]);
  return rawDocument([id, document.subarray(4, document.length - 1)]);
}

/** The document with `_id` before everything else, where servers keep it; the same buffer when it is there already. */
export function withIdFirst(document: Buffer): Buffer {
  const id = findElement(document, '_id');
  if (!id || id.nameStart === 5) return document;
  const start = id.nameStart - 1;
  return rawDocument([
    document.subarray(start, id.valueEnd),
    document.subarray(4, start),
    document.subarray(id.valueEnd, document.length - 1),
  ]);
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

/** `{find: coll, filter: {_id: {$in: [...]}}, batchSize, $db}` with the ids as they are, type byte and value bytes each. */
export function findByIds(ns: Namespace, ids: readonly Buffer[]): Buffer {
  const items = ids.map((id, i) => Buffer.concat([id.subarray(0, 1), Buffer.from(`${i}\0`), id.subarray(1)]));
  const list = rawDocument(items);
  const inOperator = rawDocument([Buffer.concat([Buffer.from([BSON_TYPE.array]), Buffer.from('$in\0'), list])]);
  const filter = rawDocument([Buffer.concat([Buffer.from([BSON_TYPE.document]), Buffer.from('_id\0'), inOperator])]);
  return rawDocument([
    inner({ find: ns.coll }),
    Buffer.concat([Buffer.from([BSON_TYPE.document]), Buffer.from('filter\0'), filter]),
    // One more than there should be, so that the cursor is at its end with the first reply.
    inner({ batchSize: ids.length + 1, $db: ns.db }),
  ]);
}

/** The next documents of a cursor, `cursor` as the eight bytes of its id. */
export function getMore(ns: Namespace, cursor: Buffer): Buffer {
  const id = Buffer.concat([Buffer.from([BSON_TYPE.long]), Buffer.from('getMore\0'), cursor]);
  return rawDocument([id, inner({ collection: ns.coll, $db: ns.db })]);
}

/** A document's elements, encoded, without its frame. */
function inner(document: Document): Buffer {
  const encoded = Buffer.from(serialize(document));
  return encoded.subarray(4, encoded.length - 1);
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
