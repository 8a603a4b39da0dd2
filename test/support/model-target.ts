import { deserialize, serialize, type Document } from 'bson';
import { rawId } from '../../src/core/bson/raw-document.js';
import type { CommandLink } from '../../src/relay/upstream.js';
import {
  commandName,
  openOpMsg,
  payloadDocuments,
  readBody,
  writeDocumentMessage,
  writeOpMsg,
} from '../../src/relay/wire.js';

/** What the model does with one command; drawn by the property under test. */
export interface Behaviour {
  readonly style: 'modern' | 'insertError' | 'legacy' | 'commandLevel';
  /** For each operation: throttle it? */
  readonly throttle: readonly boolean[];
  /** Throttled operations that are written all the same. */
  readonly writtenAnyway: boolean;
}

const TEXT = {
  modern: "Error=16500, RetryAfterMs=8, Details='TooManyRequests (429)'",
  insertError: "Error=16500, Details='Insert error.'",
  legacy: 'Message: {"Errors":["Request rate is large"]}',
  commandLevel: "Error=16500, RetryAfterMs=3, Details='TooManyRequests (429)'",
} as const;

/** An in-memory target of insert, update (replace by `_id`) and find by `_id`, for properties that need thousands of runs. */
export class ModelTarget implements CommandLink {
  readonly stored = new Map<string, Buffer>();
  insertCommands = 0;
  private nextId = 1;

  constructor(
    private readonly behaviours: readonly Behaviour[],
    /** Documents above this are refused for good. */
    private readonly limitBytes: number,
    private readonly sizeRefusal: 'writeError' | 'command',
  ) {}

  newRequestId(): number {
    this.nextId += 1;
    return this.nextId;
  }

  async rawCommand(body: Uint8Array): Promise<Buffer> {
    return this.roundTrip(writeOpMsg({ requestId: this.newRequestId(), responseTo: 0, body }));
  }

  roundTrip(message: Uint8Array): Promise<Buffer> {
    const request = openOpMsg(Buffer.from(message));
    const reply = (body: Document): Buffer => writeDocumentMessage(0, request.header.requestId, body);
    switch (commandName(request)) {
      case 'find':
        return Promise.resolve(this.find(request.buffer, readBody(request)));
      case 'insert': {
        const ordered = readBody(request)['ordered'] !== false;
        const documents = payloadDocuments(request, 'documents').map(({ start, length }) =>
          Buffer.from(request.buffer.subarray(start, start + length)),
        );
        return Promise.resolve(reply(this.insert(documents, ordered)));
      }
      default:
        return Promise.resolve(reply({ ok: 0, code: 59, errmsg: 'no such command' }));
    }
  }

  private insert(documents: readonly Buffer[], ordered: boolean): Document {
    const behaviour = this.behaviours[this.insertCommands];
    this.insertCommands += 1;
    if (this.sizeRefusal === 'command' && documents.some((d) => d.length > this.limitBytes)) {
      return { ok: 0, code: 2, errmsg: 'Size 17 is larger than MaxDocumentSize 16' };
    }
    // As a server does: a command without operations is an error.
    if (documents.length === 0) return { ok: 0, code: 16, errmsg: 'Write batch sizes must be between 1 and 100000' };
    const writeErrors: Document[] = [];
    let n = 0;
    let throttled = false;
    for (const [index, document] of documents.entries()) {
      if (behaviour?.throttle[index % behaviour.throttle.length]) {
        throttled = true;
        if (behaviour.writtenAnyway) this.write(document);
        writeErrors.push({ index, code: 16500, errmsg: TEXT[behaviour.style] });
      } else if (document.length > this.limitBytes)
        writeErrors.push({ index, code: 16, errmsg: 'Request size is too large' });
      else if (!this.write(document)) writeErrors.push({ index, code: 11000, errmsg: 'E11000 duplicate key' });
      else n += 1;
      if (ordered && writeErrors.length > 0) break;
    }
    if (throttled && behaviour?.style === 'commandLevel') return { ok: 0, code: 16500, errmsg: TEXT.commandLevel };
    return writeErrors.length > 0 ? { ok: 1, n, writeErrors } : { ok: 1, n };
  }

  private write(document: Buffer): boolean {
    const key = rawId(document)?.toString('hex') ?? '';
    if (this.stored.has(key)) return false;
    this.stored.set(key, document);
    return true;
  }

  private find(message: Buffer, body: Document): Buffer {
    const filter = body['filter'] as { _id: { $in: unknown[] } };
    const wanted = new Set(filter._id.$in.map((id) => rawId(Buffer.from(serialize({ _id: id })))?.toString('hex')));
    const firstBatch = [...this.stored].filter(([key]) => wanted.has(key)).map(([, document]) => deserialize(document));
    return writeDocumentMessage(0, message.readInt32LE(4), { cursor: { id: 0, ns: 'a.b', firstBatch }, ok: 1 });
  }
}
