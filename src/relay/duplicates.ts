import type { Document } from 'bson';
import { BSON_TYPE, elements, elementName, rawId, readNumber } from '../core/bson/raw-document.js';
import { actionOnConflict, lookAtDuplicate } from '../core/conflict/on-duplicate.js';
import type { Namespace } from '../core/model/namespace.js';
import type { PacerClock } from './pacer.js';
import type { DuplicateOutcome, DuplicatePolicy } from './policy.js';
import { meaningOfCommandError, meaningOfWriteError, retryDelayMs } from '../core/throttle/server-error.js';
import { readReplyHead, type CommandLink } from './upstream.js';
import { decodeBody, openOpMsg, writeOpMsg } from './wire.js';
import { findByIds, getMore, replaceById, withIdFirst } from './write-command.js';
import { readWriteReply } from './write-reply.js';

/** Stored documents asked for in one read: a reply holds 16 MB (MongoDB's reply limit), and the stored ones may be larger than ours. */
const READ_BYTES = 8 * 1024 * 1024;

/** The target does not let stored documents be read, so that nothing can be said of a duplicate. `reply` is its refusal. */
export class LookupRefused extends Error {
  constructor(readonly reply: Document) {
    super();
  }
}

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

  /** One outcome for each document, in their order. @throws LookupRefused when the target does not let them be read. */
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
      if (lookAtDuplicate(withIdFirst(document), there).kind === 'equal') outcomes.push('equal');
      else if (id) outcomes.push(await this.conflict(id, document, there.length));
      else outcomes.push('reported');
    }
    return outcomes;
  }

  /** Stored documents by raw `_id`: several where the target keeps `_id` unique only within a shard key. */
  private async read(ids: readonly Buffer[]): Promise<Map<string, Buffer[]>> {
    const stored = new Map<string, Buffer[]>();
    if (ids.length === 0) return stored;
    let command: Buffer | undefined = findByIds(this.ns, ids);
    while (command) {
      const { documents, cursor } = readBatch(await this.ask(command));
      for (const document of documents) {
        const id = rawId(document)?.toString('latin1') ?? '';
        const list = stored.get(id);
        if (list) list.push(document);
        else stored.set(id, [document]);
      }
      // Pages can end early, by size or by the target's own choice.
      command = cursor && getMore(this.ns, cursor);
    }
    return stored;
  }

  private async conflict(id: Buffer, document: Buffer, sameId: number): Promise<DuplicateOutcome> {
    const { duplicates } = this.context;
    if (duplicates.kind === 'report') return 'reported';
    switch (actionOnConflict(duplicates.kind, sameId, document)) {
      case 'skip':
        return 'skipped';
      case 'refuse':
        return 'refused';
      case 'stop':
        if (duplicates.kind === 'fail') duplicates.onConflict(this.ns, id);
        return 'reported';
      case 'replace':
        return (await this.replace(id, document)) ? 'replaced' : 'refused';
    }
  }

  /** A read, asked again while the target throttles it. @throws LookupRefused */
  private async ask(body: Buffer): Promise<Buffer> {
    const { link, clock, random, signal } = this.context;
    for (let attempt = 1; ; attempt += 1) {
      const reply = await link.rawCommand(body);
      const head = readReplyHead(reply);
      if (head?.ok) return reply;
      const meaning = meaningOfCommandError(head?.code ?? 0, head?.message ?? '');
      if (meaning.kind !== 'throttled') throw new LookupRefused(decodeBody(openOpMsg(reply)));
      await clock.sleep(retryDelayMs(attempt, meaning.retryAfterMs, random), signal);
    }
  }

  /** True when the stored document is replaced; false when the target refuses that. */
  private async replace(id: Buffer, document: Buffer): Promise<boolean> {
    const { link, clock, random, signal } = this.context;
    const { body, operation } = replaceById(this.ns, id, document);
    const sequence = { identifier: 'updates', documents: [operation] };
    for (let attempt = 1; ; attempt += 1) {
      const message = writeOpMsg({ requestId: link.newRequestId(), responseTo: 0, body, sequence });
      const reply = readWriteReply(await link.roundTrip(message));
      const [error] = reply.writeErrors;
      if (reply.ok && !error) return reply.n > 0;
      const meaning = error
        ? meaningOfWriteError(error.code, error.errmsg)
        : meaningOfCommandError(reply.code, reply.errmsg);
      if (meaning.kind !== 'throttled') return false;
      await clock.sleep(retryDelayMs(attempt, meaning.retryAfterMs, random), signal);
    }
  }
}

/** Documents of a cursor's batch, in place, and the eight bytes of its id where there is more to come. */
function readBatch(message: Buffer): { documents: Buffer[]; cursor: Buffer | undefined } {
  const documents: Buffer[] = [];
  let cursor: Buffer | undefined;
  for (const top of elements(message, openOpMsg(message).bodyStart)) {
    if (elementName(message, top) !== 'cursor' || top.type !== BSON_TYPE.document) continue;
    for (const field of elements(message, top.valueStart)) {
      const name = elementName(message, field);
      if (name === 'id' && field.type === BSON_TYPE.long && readNumber(message, field) !== 0)
        cursor = message.subarray(field.valueStart, field.valueEnd);
      if (name !== 'firstBatch' && name !== 'nextBatch') continue;
      for (const item of elements(message, field.valueStart))
        documents.push(message.subarray(item.valueStart, item.valueEnd));
    }
  }
  return { documents, cursor };
}
