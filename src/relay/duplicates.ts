import { BSON_TYPE, elements, elementName, rawId } from '../core/bson/raw-document.js';
import { equalButEmptyTimestamps } from '../core/bson/empty-timestamps.js';
import type { Namespace } from '../core/model/namespace.js';
import type { PacerClock } from './pacer.js';
import type { DuplicateOutcome, DuplicatePolicy } from './policy.js';
import { meaningOfCommandError, retryDelayMs } from './server-error.js';
import { readReplyHead, type ReplyHead, type CommandLink } from './upstream.js';
import { openOpMsg, writeOpMsg } from './wire.js';
import { findByIds, replaceById } from './write-command.js';

/** Stored documents asked for in one read: a reply holds 16 MB (MongoDB's reply limit), and the stored ones may be larger than ours. */
const READ_BYTES = 8 * 1024 * 1024;

export interface DuplicateContext {
  readonly link: CommandLink;
  readonly clock: PacerClock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly duplicates: DuplicatePolicy;
}

/** Finds out whether documents that met a duplicate key are on the target with the same bytes, and applies the policy where not. */
export class DuplicateResolver {
  constructor(
    private readonly ns: Namespace,
    private readonly context: DuplicateContext,
  ) {}

  /** One outcome for each document, in their order. */
  async resolve(documents: readonly Buffer[]): Promise<DuplicateOutcome[]> {
    const outcomes: DuplicateOutcome[] = [];
    let group: Buffer[] = [];
    let size = 0;
    for (const document of documents) {
      if (group.length > 0 && size + document.length > READ_BYTES) {
        outcomes.push(...(await this.resolveGroup(group)));
        group = [];
        size = 0;
      }
      group.push(document);
      size += document.length;
    }
    if (group.length > 0) outcomes.push(...(await this.resolveGroup(group)));
    return outcomes;
  }

  private async resolveGroup(documents: readonly Buffer[]): Promise<DuplicateOutcome[]> {
    const ids = documents.map((d) => rawId(d));
    const known = ids.filter((id): id is Buffer => id !== undefined);
    const stored = await this.read(known);
    const outcomes: DuplicateOutcome[] = [];
    for (const [i, document] of documents.entries()) {
      const id = ids[i];
      const there = id ? (stored.get(id.toString('latin1')) ?? []) : [];
      if (there.some((s) => equalButEmptyTimestamps(document, s))) outcomes.push('equal');
      else if (id) outcomes.push(await this.conflict(id, document, there.length > 0));
      else outcomes.push('reported');
    }
    return outcomes;
  }

  /** Stored documents by raw `_id`: several where the target keeps `_id` unique only within a shard key. */
  private async read(ids: readonly Buffer[]): Promise<Map<string, Buffer[]>> {
    const stored = new Map<string, Buffer[]>();
    if (ids.length === 0) return stored;
    const { reply } = await this.send(findByIds(this.ns, ids));
    let count = 0;
    for (const document of batchOf(reply)) {
      count += 1;
      const id = rawId(document)?.toString('latin1') ?? '';
      const list = stored.get(id);
      if (list) list.push(document);
      else stored.set(id, [document]);
    }
    // Larger stored documents than ours can fill a reply early; the rest is asked for again in halves.
    if (count < ids.length && ids.length > 1) {
      const missing = ids.filter((id) => !stored.has(id.toString('latin1')));
      if (missing.length < ids.length && missing.length > 0) {
        for (const [id, documents] of await this.read(missing)) stored.set(id, documents);
      }
    }
    return stored;
  }

  private async conflict(id: Buffer, document: Buffer, sameId: boolean): Promise<DuplicateOutcome> {
    const { duplicates } = this.context;
    // No document with this `_id`: another one holds the same value of a unique index, and no policy can make room for both.
    if (!sameId) return duplicates.kind === 'report' ? 'reported' : 'refused';
    switch (duplicates.kind) {
      case 'report':
        return 'reported';
      case 'skip':
        return 'skipped';
      case 'dead-letter':
        return 'refused';
      case 'fail':
        duplicates.onConflict(this.ns, id);
        return 'reported';
      case 'overwrite': {
        const { body, operation } = replaceById(this.ns, id, document);
        const { head } = await this.send(body, operation);
        return head.n > 0 && !head.hasWriteErrors ? 'replaced' : 'refused';
      }
    }
  }

  /** One command, sent again while the target throttles it. */
  private async send(body: Uint8Array, operation?: Buffer): Promise<{ reply: Buffer; head: ReplyHead }> {
    const { link, clock, random, signal } = this.context;
    for (let attempt = 1; ; attempt += 1) {
      const reply = operation
        ? await link.roundTrip(
            writeOpMsg({
              requestId: link.newRequestId(),
              responseTo: 0,
              body,
              sequence: { identifier: 'updates', documents: [operation] },
            }),
          )
        : await link.rawCommand(body);
      const head = readReplyHead(reply) ?? { ok: false, n: 0, code: 0, message: '', hasWriteErrors: false };
      if (head.ok && !(head.hasWriteErrors && operation && isThrottledWrite(reply))) return { reply, head };
      const meaning = head.ok
        ? { kind: 'throttled' as const, retryAfterMs: undefined }
        : meaningOfCommandError(head.code, head.message);
      if (meaning.kind !== 'throttled') return { reply, head };
      await clock.sleep(retryDelayMs(attempt, meaning.retryAfterMs, random), signal);
    }
  }
}

function isThrottledWrite(reply: Buffer): boolean {
  return reply.includes('RetryAfterMs=') || reply.includes('Error=16500') || reply.includes('Request rate is large');
}

/** Documents of `cursor.firstBatch`, in place; empty when the command failed. */
function batchOf(message: Buffer): Buffer[] {
  const reply = openOpMsg(message);
  const documents: Buffer[] = [];
  for (const top of elements(message, reply.bodyStart)) {
    if (elementName(message, top) !== 'cursor' || top.type !== BSON_TYPE.document) continue;
    for (const field of elements(message, top.valueStart)) {
      if (elementName(message, field) !== 'firstBatch') continue;
      for (const item of elements(message, field.valueStart))
        documents.push(message.subarray(item.valueStart, item.valueEnd));
    }
  }
  return documents;
}
