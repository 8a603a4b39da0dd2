import { randomUUID } from 'node:crypto';
import type { Document } from 'bson';
import { findElement, rawId, readNumber } from '../../../src/core/bson/raw-document.js';
import { openOpMsg, payloadDocuments, readBody, writeOpMsg } from '../../../src/relay/wire.js';
import { REJECTED_CHARGE } from './charges.js';
import type { CollectionState } from './catalog.js';
import type { Answer, Exchange } from './exchange.js';
import { MAX_WRITE_BATCH } from './handshake.js';
import { priceChanges } from './price-changes.js';
import { priceInserts } from './price-inserts.js';
import { hashBytes } from './raw-path.js';
import { badValue, CommandRefusal } from './refusal.js';
import { rewrittenBody, replyNumber } from './reply-documents.js';
import type { PricedStatements } from './statements.js';
import { THROTTLED, throttledCommand, throttledStatementText, timedOut } from './throttle-replies.js';

/** The field that carries the statements of each write command. */
const PAYLOAD = { insert: 'documents', update: 'updates', delete: 'deletes' } as const;
export type WriteCommand = keyof typeof PAYLOAD;

/** How long server-side retry tries (facts section 2.8). */
export const SERVER_SIDE_RETRY_MS = 60_000;

interface WriteError {
  readonly index: number;
  readonly code: number;
  readonly errmsg: string;
  readonly [more: string]: unknown;
}

/** Runs one write command: prices its statements, admits what the budget allows, forwards that part and merges the answers. */
export async function runWrite(exchange: Exchange, command: WriteCommand): Promise<Answer> {
  const { message, context } = exchange;
  const statements = payloadDocuments(message, PAYLOAD[command]);
  if (statements.length > MAX_WRITE_BATCH) {
    throw new CommandRefusal(
      16,
      'InvalidLength',
      `Write batch sizes must be between 1 and ${MAX_WRITE_BATCH}. Got ${statements.length} operations.`,
    );
  }
  if (statements.length === 0) return exchange.forward();
  const transaction = findElement(message.buffer, 'txnNumber', message.bodyStart) !== undefined;
  if (transaction && !context.settings.retryableWrites) throw retryableWritesRefusal();
  const collection = await context.catalog.collection(exchange.link, exchange.db, exchange.collection);
  const priced =
    command === 'insert'
      ? priceInserts(message.buffer, statements, collection, context)
      : await priceChanges(exchange, statements, collection);
  exchange.serviceMs = statements.length * context.settings.perDocumentMs;
  return new WriteRun(exchange, command, collection, priced, transaction).run();
}

export function retryableWritesRefusal(): CommandRefusal {
  return badValue(
    'Retryable writes are not supported. Please disable retryable writes by specifying "retrywrites=false" ' +
      'in the connection string or an equivalent driver specific config.',
  );
}

/** What one pass over the statements that are left decided. */
interface Pass {
  readonly admitted: number[];
  readonly throttled: number[];
  /** An ordered command met a statement that is refused for good. */
  readonly stopped: boolean;
}

class WriteRun {
  private readonly errors: WriteError[] = [];
  private n = 0;
  private modified = 0;
  private readonly upserted: { index: number; _id: unknown }[] = [];
  private charge = 0;
  private readonly ordered: boolean;

  constructor(
    private readonly exchange: Exchange,
    private readonly command: WriteCommand,
    private readonly collection: CollectionState,
    private readonly priced: PricedStatements,
    /** The transaction number must not reach a mongod that may be no replica set member. */
    private readonly rebuild: boolean,
  ) {
    const { message } = exchange;
    const ordered = findElement(message.buffer, 'ordered', message.bodyStart);
    this.ordered = ordered ? readNumber(message.buffer, ordered) !== 0 : true;
  }

  async run(): Promise<Answer> {
    const { settings } = this.exchange.context;
    const deadline = this.exchange.now() + SERVER_SIDE_RETRY_MS;
    const total = this.priced.statements.length;
    const meter = this.meter();
    meter.operations += total;
    let pending = Array.from({ length: total }, (_, i) => i);
    for (;;) {
      const pass = this.admit(pending);
      if (pass.admitted.length > 0) {
        const outcome = await this.forward(pass.admitted);
        if (outcome.kind === 'whole') return outcome.reply;
        if (outcome.kind === 'stopped') return this.reply();
      }
      if (pass.throttled.length === 0 || pass.stopped) return this.reply();
      const first = pass.throttled[0] ?? 0;
      const now = this.exchange.now();
      if (!settings.serverSideRetry) return this.throttledReply(pass.throttled);
      if (now >= deadline) {
        meter.throttledOperations += pass.throttled.length;
        this.exchange.charge = this.charge;
        return timedOut();
      }
      const wait = this.collection.pool.retryAfterMs(this.partition(first), now);
      await settings.clock.sleep(Math.min(wait, deadline - now));
      pending = this.ordered ? pending.slice(pending.indexOf(first)) : pass.throttled;
    }
  }

  private admit(pending: readonly number[]): Pass {
    const now = this.exchange.now();
    const { pool } = this.collection;
    const admitted: number[] = [];
    const throttled: number[] = [];
    let spent = 0;
    let stopped = false;
    for (const i of pending) {
      const refusal = this.priced.refusals.get(i);
      if (refusal) {
        this.errors.push({ index: i, ...refusal });
        this.meter().rejected += 1;
        spent += this.reject(this.partition(i), now);
        stopped = this.ordered;
      } else if (pool.admit(this.partition(i), this.priced.charges[i] ?? 0, now)) {
        admitted.push(i);
        spent += this.priced.charges[i] ?? 0;
      } else {
        throttled.push(i);
      }
      if (this.ordered && (stopped || throttled.length > 0)) break;
    }
    this.record(spent, now);
    return { admitted, throttled, stopped };
  }

  /** Sends the admitted statements on. `whole`: the backend's reply is the client's, byte for byte. */
  private async forward(
    admitted: readonly number[],
  ): Promise<{ kind: 'whole'; reply: Buffer } | { kind: 'merged' } | { kind: 'stopped' }> {
    const everything = admitted.length === this.priced.statements.length;
    const verbatim = everything && !this.rebuild && !this.exchange.context.settings.durable;
    const raw = await (verbatim ? this.exchange.forward() : this.exchange.link.exchange(this.subset(admitted)));
    const reply = openOpMsg(raw);
    const hasErrors = findElement(raw, 'writeErrors', reply.bodyStart) !== undefined;
    const n = replyNumber(reply, 'n') ?? 0;
    if (replyNumber(reply, 'ok') !== 1) return { kind: 'whole', reply: raw };
    if (everything && !(hasErrors && this.ordered)) {
      this.meter().documentsWritten += n;
      this.exchange.charge = this.charge;
      return { kind: 'whole', reply: raw };
    }
    const body = readBody(reply);
    const original = (index: unknown): number => admitted[Number(index)] ?? 0;
    const failures = (body['writeErrors'] ?? []) as WriteError[];
    this.errors.push(...failures.map((error) => ({ ...error, index: original(error.index) })));
    for (const one of (body['upserted'] ?? []) as { index: number; _id: unknown }[]) {
      this.upserted.push({ index: original(one.index), _id: one._id });
    }
    this.n += n;
    this.modified += Number(body['nModified'] ?? 0);
    this.meter().documentsWritten += n;
    if (!this.ordered || failures.length === 0) return { kind: 'merged' };
    this.giveBack(admitted.slice(admitted.indexOf(original(failures[0]?.index)) + 1));
    return { kind: 'stopped' };
  }

  /** An ordered command ends at its first error: what was admitted behind it never ran. */
  private giveBack(notRun: readonly number[]): void {
    const now = this.exchange.now();
    let sum = 0;
    for (const i of notRun) {
      const ru = this.priced.charges[i] ?? 0;
      this.collection.pool.spend(this.partition(i), -ru, now);
      sum -= ru;
    }
    this.record(sum, now);
  }

  private async throttledReply(throttled: readonly number[]): Promise<Answer> {
    const { settings } = this.exchange.context;
    const now = this.exchange.now();
    const activityId = randomUUID();
    let spent = 0;
    let longest = 1;
    for (const i of throttled) {
      spent += this.reject(this.partition(i), now);
      const retryAfterMs = this.collection.pool.retryAfterMs(this.partition(i), now);
      longest = Math.max(longest, retryAfterMs);
      const errmsg = throttledStatementText(settings.messageStyle, retryAfterMs, activityId);
      this.errors.push({ index: i, code: THROTTLED, errmsg });
    }
    this.record(spent, now);
    this.meter().throttledOperations += throttled.length;
    await this.writeAllTheSame(throttled);
    if (this.priced.statements.length === 1 || settings.messageStyle === 'commandLevel') {
      this.exchange.charge = this.charge;
      return throttledCommand(settings.messageStyle, longest, true);
    }
    return this.reply();
  }

  /** Writes the share of throttled statements that the client is told were not written. */
  private async writeAllTheSame(throttled: readonly number[]): Promise<void> {
    const { ambiguousFraction, seed } = this.exchange.context.settings;
    if (ambiguousFraction <= 0) return;
    const chosen = throttled.filter((i) => this.statementHash(i, seed) < ambiguousFraction * 4294967296);
    if (chosen.length === 0) return;
    const now = this.exchange.now();
    let spent = 0;
    for (const i of chosen) {
      const ru = this.priced.charges[i] ?? 0;
      this.collection.pool.spend(this.partition(i), ru, now);
      spent += ru;
    }
    this.record(spent, now);
    const reply = openOpMsg(await this.exchange.link.exchange(this.subset(chosen)));
    this.meter().documentsWritten += replyNumber(reply, 'n') ?? 0;
  }

  private statementHash(i: number, seed: number): number {
    const { buffer } = this.exchange.message;
    const statement = this.priced.statements[i];
    if (!statement) return 0;
    const id = this.command === 'insert' ? rawId(buffer, statement.start) : undefined;
    return id
      ? hashBytes(id, 0, id.length, seed)
      : hashBytes(buffer, statement.start, statement.start + statement.length, seed);
  }

  private reply(): Document {
    this.exchange.charge = this.charge;
    this.errors.sort((a, b) => a.index - b.index);
    this.upserted.sort((a, b) => a.index - b.index);
    return {
      n: this.n,
      ...(this.command === 'update' ? { nModified: this.modified } : {}),
      ...(this.upserted.length > 0 ? { upserted: this.upserted } : {}),
      ...(this.errors.length > 0 ? { writeErrors: this.errors } : {}),
      ok: 1,
    };
  }

  /** The client's command with only these statements, each as it came. */
  private subset(indexes: readonly number[]): Buffer {
    const { message } = this.exchange;
    const field = PAYLOAD[this.command];
    const { durable } = this.exchange.context.settings;
    const documents = indexes.map((i) => {
      const statement = this.priced.statements[i];
      return message.buffer.subarray(statement?.start, (statement?.start ?? 0) + (statement?.length ?? 0));
    });
    return writeOpMsg({
      requestId: message.header.requestId,
      responseTo: 0,
      body: rewrittenBody(
        message,
        [field, 'txnNumber', ...(durable ? ['writeConcern'] : [])],
        durable ? { writeConcern: { w: 1, j: true } } : {},
      ),
      sequence: { identifier: field, documents },
    });
  }

  private partition(i: number): number {
    return this.priced.partitions[i] ?? 0;
  }

  private reject(partition: number, now: number): number {
    this.collection.pool.spend(partition, REJECTED_CHARGE, now);
    return REJECTED_CHARGE;
  }

  private record(ru: number, now: number): void {
    this.charge += ru;
    this.meter().charge(ru, now, this.collection.pool.offer.ruPerSecond);
  }

  private meter(): ReturnType<Exchange['context']['meter']> {
    return this.exchange.context.meter(this.collection.db, this.collection.name);
  }
}
