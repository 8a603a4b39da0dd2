import { serialize } from 'bson';
import type { Socket } from 'node:net';
import type { Budgets } from './budgets.js';
import { ByteSource, send } from './byte-source.js';
import type { RelayCounters } from './counters.js';
import { Delivery } from './delivery.js';
import { isHello, rewriteHelloReply, rewriteHelloRequest } from './hello.js';
import type { PacerClock } from './pacer.js';
import type { DeadLetterPort, DuplicatePolicy } from './policy.js';
import { meaningOfCommandError, retryDelayMs } from '../core/throttle/server-error.js';
import type { Refusals } from '../core/conflict/refusals.js';
import { encodeReply, readReplyHead, type Upstream } from './upstream.js';
import { OP_QUERY, openLegacyQuery, openLegacyReply, writeLegacyQuery, writeLegacyReply } from './legacy-wire.js';
import {
  CHECKSUM_BYTES,
  commandName,
  countDocuments,
  decodeBody,
  FLAG_CHECKSUM_PRESENT,
  FLAG_MORE_TO_COME,
  HEADER_BYTES,
  OP_MSG,
  openOpMsg,
  readHeader,
  withoutExhaust,
  writeOpMsg,
  type MessageHeader,
} from './wire.js';
import type { SlabSocket } from './slab-socket.js';
import { isWriteKind, readWriteHead, WriteCommand, type WriteHead } from './write-command.js';

/** Offset of the first section's body: header, flags, section kind. */
const FIRST_BODY = HEADER_BYTES + 5;
/** Replies up to this size are looked into for a throttle; a throttle reply is a few hundred bytes. */
const ERROR_REPLY_BYTES = 64 * 1024;
/** OP_MSG bodies of write commands are small; a larger first section carries its documents in itself and is read whole. */
const HEAD_BYTES = 64 * 1024;

export interface ConnectionContext {
  readonly counters: RelayCounters;
  readonly budgets: Budgets;
  readonly clock: PacerClock;
  readonly random: () => number;
  readonly duplicates: DuplicatePolicy;
  readonly deadLetters: DeadLetterPort | undefined;
  readonly refusals: Refusals;
  /** Aborted when either side is gone or the relay stops. */
  readonly signal: AbortSignal;
  /** Aborted when the relay stops: writes that nobody waits for go on without their sender. */
  readonly stopping: AbortSignal;
}

/** Head of a `documents` section: kind, length, identifier. */
const SECTION_HEAD_BYTES = 1 + 4 + 'documents\0'.length;

/** One connection of the tool and the one to the target that continues it. */
export class RelayConnection {
  private readonly source: ByteSource;
  private now: 'idle' | 'answering' | 'unanswered' = 'idle';

  constructor(
    private readonly client: Socket,
    reads: SlabSocket | undefined,
    private readonly link: Upstream,
    private readonly context: ConnectionContext,
  ) {
    this.source = new ByteSource(client, reads);
  }

  /** What it is at: waiting for a request, at one that its sender waits for, or at a write that nobody waits for. */
  get doing(): 'idle' | 'answering' | 'unanswered' {
    return this.now;
  }

  /** Serves requests until either side ends. Rejects with StreamEnded or MalformedBson; the caller closes both sockets. */
  async serve(): Promise<void> {
    for (;;) {
      this.now = 'idle';
      // A write that nobody waits for may still be under way out of what was read.
      if (this.link.unsentBytes === 0) this.source.recycle();
      const header = readHeader(await this.source.peek(HEADER_BYTES));
      this.now = 'answering';
      switch (header.opCode) {
        case OP_MSG:
          await this.serveMessage(header);
          break;
        case OP_QUERY:
          await this.serveLegacyQuery(header);
          break;
        default:
          // Compression was declined, and the old write operations are not acknowledged: nothing to be trusted comes that way.
          return;
      }
    }
  }

  private async serveMessage(header: MessageHeader): Promise<void> {
    const start = await this.source.peek(Math.min(header.length, FIRST_BODY + 4));
    const flags = start.readUInt32LE(HEADER_BYTES);
    const head = await this.peekWriteHead(header, start, flags);
    if (head) {
      if (!head.wantsReply) this.now = 'unanswered';
      await this.serveWrite(header, head, flags);
      return;
    }
    const message = await this.source.read(header.length);
    const request = openOpMsg(message);
    const late = readWriteHead(message, request.bodyStart, flags);
    if (late) {
      if (!late.wantsReply) this.now = 'unanswered';
      await this.deliver(header, new WriteCommand(request, late));
      return;
    }
    const name = commandName(request);
    if (isHello(name)) await this.serveHello(header, decodeBody(request));
    else if (name === 'bulkWrite') await this.refuse(header, 115, 'CommandNotSupported', 'bulkWrite is not supported');
    else await this.pass(message);
  }

  /** The write command's head, when its body section has come first and is small; nothing is consumed. */
  private async peekWriteHead(header: MessageHeader, start: Buffer, flags: number): Promise<WriteHead | undefined> {
    if (header.length < FIRST_BODY + 5 || start[FIRST_BODY - 1] !== 0) return undefined;
    const bodyLength = start.readInt32LE(FIRST_BODY);
    if (bodyLength < 5 || bodyLength > HEAD_BYTES || FIRST_BODY + bodyLength > header.length) return undefined;
    const buffer = await this.source.peek(FIRST_BODY + bodyLength);
    // A body that is the whole message carries its documents in itself: it is opened whole.
    return FIRST_BODY + bodyLength < header.length ? readWriteHead(buffer, FIRST_BODY, flags) : undefined;
  }

  private async serveWrite(header: MessageHeader, head: WriteHead, flags: number): Promise<void> {
    const pacer = await this.context.budgets.of(head.ns, this.link);
    const estimated = pacer.estimate(header.length);
    const limit = pacer.commandBudget();
    const fits = limit === undefined || estimated <= limit;
    const asItComes =
      head.kind === 'insert' && !head.unacknowledged && !pacer.isLearning() && fits && pacer.tryAdmit(estimated);
    if (!asItComes) {
      await this.deliver(header, new WriteCommand(openOpMsg(await this.source.read(header.length)), head));
      return;
    }
    const kept = await this.forward(header.length);
    const reply = await this.link.readReply(header.requestId);
    const answer = readReplyHead(reply);
    const start = FIRST_BODY + head.bodyLength + SECTION_HEAD_BYTES;
    const end = header.length - (flags & FLAG_CHECKSUM_PRESENT ? CHECKSUM_BYTES : 0);
    // A reply that does not account for every document is no success, whatever its `ok` says.
    if (answer?.ok && !answer.hasWriteErrors && answer.n === countDocuments(kept, start, end)) {
      const counters = this.context.counters.of(head.ns);
      counters.acknowledged += answer.n;
      counters.sentOperations += answer.n;
      counters.bytes += end - start;
      if (answer.n > 0) this.context.refusals.accepted(head.ns);
      const charged = await this.measure(head);
      pacer.settle(estimated, charged ?? estimated);
      counters.requestUnits += charged ?? estimated;
      if (charged !== undefined) pacer.learn(header.length, charged);
      pacer.observe(answer.n, 0, 0);
      this.context.budgets.reread(head.ns);
      await send(this.client, reply);
      return;
    }
    const message = kept.length === 1 && kept[0] ? kept[0] : Buffer.concat(kept, header.length);
    const delivery = this.delivery(new WriteCommand(openOpMsg(message), head), pacer);
    await this.answer(header, await delivery.continueFrom(reply, estimated));
  }

  private async deliver(header: MessageHeader, command: WriteCommand): Promise<void> {
    const { head } = command;
    const pacer = await this.context.budgets.of(head.ns, this.link);
    const body = await this.delivery(command, pacer).run();
    this.context.budgets.reread(head.ns);
    if (head.wantsReply) await this.answer(header, body);
  }

  private delivery(command: WriteCommand, pacer: Awaited<ReturnType<Budgets['of']>>): Delivery {
    const { counters, clock, random, signal, stopping, duplicates, deadLetters, refusals } = this.context;
    return new Delivery(command, {
      link: this.link,
      pacer,
      counters: counters.of(command.head.ns),
      clock,
      random,
      signal: command.head.wantsReply ? signal : stopping,
      duplicates,
      deadLetters,
      refusals,
      measure: () => this.measure(command.head),
    });
  }

  private async measure(head: WriteHead): Promise<number | undefined> {
    if (!this.context.budgets.shouldMeasure(head.ns)) return undefined;
    return this.context.budgets.lastCharge(head.ns, this.link);
  }

  /** Passes a message on as it comes, and keeps it until it is answered. */
  private async forward(length: number): Promise<Buffer[]> {
    const kept: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      const chunk = await this.source.readSome(missing);
      missing -= chunk.length;
      kept.push(chunk);
      await this.link.write(chunk);
    }
    return kept;
  }

  /** A command that is not a write: passed through, and sent again while the target throttles it. */
  private async pass(whole: Buffer): Promise<void> {
    const message = withoutExhaust(whole);
    const flags = message.readUInt32LE(HEADER_BYTES);
    const { requestId } = readHeader(message);
    for (let attempt = 1; ; attempt += 1) {
      await this.link.write(message);
      if (flags & FLAG_MORE_TO_COME) return;
      const length = await this.link.replyLength(requestId);
      if (length > ERROR_REPLY_BYTES) {
        await this.passReply(length);
        return;
      }
      const reply = await this.link.readReply(requestId);
      const head = readReplyHead(reply);
      const meaning = head && !head.ok ? meaningOfCommandError(head.code, head.message) : undefined;
      if (meaning?.kind !== 'throttled' || meaning.timedOut) {
        await send(this.client, reply);
        return;
      }
      const { clock, random, signal } = this.context;
      await clock.sleep(retryDelayMs(attempt, meaning.retryAfterMs, random), signal);
    }
  }

  private async passReply(length: number): Promise<void> {
    let missing = length;
    while (missing > 0) {
      const chunk = await this.link.readSome(missing);
      missing -= chunk.length;
      await send(this.client, chunk);
    }
  }

  private async serveHello(header: MessageHeader, body: Record<string, unknown>): Promise<void> {
    const request = writeOpMsg({
      requestId: header.requestId,
      responseTo: 0,
      body: serialize(rewriteHelloRequest(body)),
    });
    const reply = await this.link.roundTrip(request);
    const answer = openOpMsg(reply);
    await send(
      this.client,
      encodeReply(answer.header.requestId, header.requestId, rewriteHelloReply(decodeBody(answer))),
    );
  }

  private async serveLegacyQuery(header: MessageHeader): Promise<void> {
    const message = await this.source.read(header.length);
    const query = openLegacyQuery(message);
    const name = Object.keys(query.body)[0] ?? '';
    if (isHello(name)) {
      const request = writeLegacyQuery(header.requestId, query.collection, rewriteHelloRequest(query.body));
      const reply = openLegacyReply(await this.link.roundTrip(request));
      const body = rewriteHelloReply(reply.body);
      await send(this.client, writeLegacyReply(reply.header.requestId, header.requestId, body));
    } else if (isWriteKind(name)) {
      const refusal = { ok: 0, code: 115, codeName: 'CommandNotSupported', errmsg: 'writes must come as OP_MSG' };
      await send(this.client, writeLegacyReply(this.link.newRequestId(), header.requestId, refusal));
    } else {
      await send(this.client, await this.link.roundTrip(message));
    }
  }

  private async refuse(header: MessageHeader, code: number, codeName: string, errmsg: string): Promise<void> {
    await this.answer(header, { ok: 0, code, codeName, errmsg });
  }

  private async answer(header: MessageHeader, body: Record<string, unknown>): Promise<void> {
    await send(this.client, encodeReply(this.link.newRequestId(), header.requestId, body));
  }
}
