import type { Document } from 'bson';
import { formatNamespace } from '../core/model/namespace.js';
import type { NamespaceCounters } from './counters.js';
import { DuplicateResolver } from './duplicates.js';
import type { PacerClock, RuPacer } from './pacer.js';
import type { DeadLetterPort, DuplicatePolicy } from './policy.js';
import {
  CODE_DOCUMENT_VALIDATION_FAILURE,
  meaningOfCommandError,
  meaningOfWriteError,
  retryDelayMs,
  type ServerErrorMeaning,
} from './server-error.js';
import type { CommandLink } from './upstream.js';
import { decodeBody, openOpMsg } from './wire.js';
import type { WriteCommand, WriteOperation } from './write-command.js';

/** Operations in the first command to a target whose charges are not known yet. */
const LEARNING_OPERATIONS = 10;

export interface DeliveryContext {
  readonly link: CommandLink;
  readonly pacer: RuPacer;
  readonly counters: NamespaceCounters;
  readonly clock: PacerClock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly duplicates: DuplicatePolicy;
  readonly deadLetters: DeadLetterPort | undefined;
  /** Measures the charge of the command just answered, when that is due. */
  readonly measure: () => Promise<number | undefined>;
}

interface WriteError {
  readonly index: number;
  readonly code: number;
  readonly errmsg: string;
  readonly rest?: Document;
}

/** Operations to be sent together, not before a time of the clock. */
interface Parcel {
  readonly operations: readonly WriteOperation[];
  readonly notBefore: number;
}

/** What one reply leaves to be done. */
interface Step {
  /** To be sent again, before everything else. */
  readonly again: readonly (readonly WriteOperation[])[];
  readonly delayMs: number;
  /** An ordered write that ends here, or a command that the target refused as a whole. */
  readonly stop: boolean;
}

/**
 * Carries one write command of the tool to its end: every operation acknowledged, found to be there already, put to the dead letters, or
 * refused with an error that the tool must see. Throttling never gets through; only what was refused is sent again.
 */
export class Delivery {
  private n = 0;
  private modified: number | undefined;
  private readonly upserted: Document[] = [];
  private readonly errors: WriteError[] = [];
  /** Operations that may be on the target although no acknowledgement came: a later duplicate key can be our own work. */
  private readonly uncertain = new Set<number>();
  private refusal: Document | undefined;
  private lastReply: Document = {};
  private fruitless = 0;
  private readonly duplicates: DuplicateResolver;

  constructor(
    private readonly command: WriteCommand,
    private readonly context: DeliveryContext,
  ) {
    this.duplicates = new DuplicateResolver(command.head.ns, context);
  }

  /** Sends everything, in parts that fit the budget. Returns the reply's body for the tool. */
  async run(): Promise<Document> {
    const whole = this.command.operations;
    // An update that must not be applied twice goes alone: then a throttle reply is unambiguous.
    const pending = whole.length > 1 && !this.command.isRepeatable() ? whole.map((o) => [o]) : [whole];
    return this.deliver(pending);
  }

  /** Goes on from a first reply to the whole command, which was sent as it came. `estimated` is what the pacer was asked for. */
  async continueFrom(reply: Buffer, estimated: number): Promise<Document> {
    const step = await this.absorb(this.command.operations, reply, estimated);
    if (step.stop) return this.answer();
    return this.deliver(step.again, step.delayMs);
  }

  private async deliver(first: readonly (readonly WriteOperation[])[], firstDelayMs = 0): Promise<Document> {
    const { pacer, clock, signal, link } = this.context;
    const pending: Parcel[] = first.map((operations) => ({ operations, notBefore: clock.now() + firstDelayMs }));
    for (;;) {
      const next = this.takeReady(pending);
      if (!next) break;
      const wait = next.notBefore - clock.now();
      if (wait > 0) await clock.sleep(wait, signal);
      const [part, rest] = this.cut(next.operations);
      if (rest.length > 0) pending.unshift({ operations: rest, notBefore: next.notBefore });
      const estimated = pacer.estimate(sizeOf(part));
      await pacer.admit(estimated, signal);
      const reply = await link.roundTrip(this.command.part(link.newRequestId(), part));
      const step = await this.absorb(part, reply, estimated);
      if (step.stop) break;
      const notBefore = clock.now() + step.delayMs;
      const again = step.again.filter((p) => p.length > 0).map((operations) => ({ operations, notBefore }));
      pending.unshift(...again);
    }
    return this.answer();
  }

  /**
   * What to send next. An ordered write keeps its order; otherwise what need not wait goes before what was throttled, so that one full
   * partition does not hold up the others.
   */
  private takeReady(pending: Parcel[]): Parcel | undefined {
    if (this.command.head.ordered) return pending.shift();
    let best = 0;
    for (const [i, parcel] of pending.entries()) {
      if (parcel.notBefore < (pending[best]?.notBefore ?? 0)) best = i;
    }
    return pending.splice(best, 1)[0];
  }

  /** As many operations as one command should carry. */
  private cut(operations: readonly WriteOperation[]): [readonly WriteOperation[], readonly WriteOperation[]] {
    const { pacer } = this.context;
    if (pacer.isLearning()) return [operations.slice(0, LEARNING_OPERATIONS), operations.slice(LEARNING_OPERATIONS)];
    const budget = pacer.commandBudget();
    if (budget === undefined) return [operations, []];
    let charge = 0;
    let count = 0;
    for (const operation of operations) {
      charge += pacer.estimate(operation.bytes.length);
      if (count > 0 && charge > budget) break;
      count += 1;
    }
    return [operations.slice(0, count), operations.slice(count)];
  }

  private async absorb(sent: readonly WriteOperation[], reply: Buffer, estimated: number): Promise<Step> {
    const { counters, pacer } = this.context;
    counters.sentOperations += sent.length;
    const body = plainReply(reply);
    this.lastReply = decodeBody(openOpMsg(reply));
    const charged = await this.context.measure();
    pacer.settle(estimated, charged ?? estimated);
    counters.requestUnits += charged ?? estimated;
    if (body.ok !== 1) return this.absorbRefusal(sent, body);
    if (charged !== undefined && body.writeErrors.length === 0) pacer.learn(sizeOf(sent), charged);
    return this.absorbErrors(sent, body);
  }

  /** A reply with `ok: 0`: which of the operations were done is not said. */
  private async absorbRefusal(sent: readonly WriteOperation[], body: PlainReply): Promise<Step> {
    const { counters, pacer, random } = this.context;
    const meaning = meaningOfCommandError(body.code, body.errmsg);
    switch (meaning.kind) {
      case 'throttled': {
        counters.throttledReplies += 1;
        counters.throttledOperations += sent.length;
        for (const operation of sent) this.uncertain.add(operation.index);
        this.fruitless += 1;
        const delayMs = retryDelayMs(this.fruitless, meaning.retryAfterMs, random);
        pacer.observe(sent.length, sent.length, delayMs);
        return { again: [sent], delayMs, stop: false };
      }
      case 'refused':
      case 'duplicate': {
        if (sent.length > 1) {
          for (const operation of sent) this.uncertain.add(operation.index);
          const middle = Math.ceil(sent.length / 2);
          return { again: [sent.slice(0, middle), sent.slice(middle)], delayMs: 0, stop: false };
        }
        return {
          again: [],
          delayMs: 0,
          stop: await this.settleRefused(sent, { index: 0, code: body.code, errmsg: body.errmsg }),
        };
      }
      case 'fatal':
        counters.failed += sent.length;
        this.refusal = this.lastReply;
        return { again: [], delayMs: 0, stop: true };
    }
  }

  private async absorbErrors(sent: readonly WriteOperation[], body: PlainReply): Promise<Step> {
    const { counters, pacer, random } = this.context;
    const throttled: WriteOperation[] = [];
    const duplicates: { operation: WriteOperation; error: WriteError }[] = [];
    let advisedMs: number | undefined;
    let stop = false;
    let attempted = sent.length;
    for (const error of body.writeErrors) {
      const operation = sent[error.index];
      if (!operation) continue;
      if (this.command.head.ordered) attempted = error.index + 1;
      const meaning: ServerErrorMeaning = meaningOfWriteError(error.code, error.errmsg);
      if (meaning.kind === 'throttled') {
        throttled.push(operation);
        this.uncertain.add(operation.index);
        advisedMs = Math.max(advisedMs ?? 0, meaning.retryAfterMs ?? 0) || undefined;
      } else if (meaning.kind === 'duplicate') {
        duplicates.push({ operation, error: { ...error, index: operation.index } });
      } else if (meaning.kind === 'refused') {
        stop = (await this.settleRefused([operation], { ...error, index: operation.index })) || stop;
      } else {
        counters.failed += 1;
        this.errors.push({ ...error, index: operation.index });
        stop = stop || this.command.head.ordered;
      }
    }
    this.count(sent, body, attempted);
    if (duplicates.length > 0) stop = (await this.settleDuplicates(duplicates)) || stop;
    const rest = sent.slice(attempted);
    const again = this.command.head.ordered ? [...throttled, ...rest] : throttled;
    let delayMs = 0;
    if (throttled.length > 0) {
      counters.throttledReplies += 1;
      counters.throttledOperations += throttled.length;
      this.fruitless = body.n > 0 ? 1 : this.fruitless + 1;
      delayMs = retryDelayMs(this.fruitless, advisedMs, random);
    } else {
      this.fruitless = 0;
    }
    pacer.observe(attempted, throttled.length, delayMs);
    return { again: [again], delayMs, stop };
  }

  private count(sent: readonly WriteOperation[], body: PlainReply, attempted: number): void {
    const { counters } = this.context;
    this.n += body.n;
    counters.acknowledged += body.n;
    if (body.nModified !== undefined) this.modified = (this.modified ?? 0) + body.nModified;
    for (const entry of body.upserted) {
      const index: unknown = entry['index'];
      this.upserted.push({ ...entry, index: sent[Number(index)]?.index ?? index });
    }
    const failed = new Set(body.writeErrors.map((e) => e.index));
    for (let i = 0; i < attempted; i += 1) if (!failed.has(i)) counters.bytes += sent[i]?.bytes.length ?? 0;
  }

  /** A document that the target will never take. Returns true when an ordered write must end with it. */
  private async settleRefused(sent: readonly WriteOperation[], error: WriteError): Promise<boolean> {
    const operation = sent[0];
    if (!operation) return false;
    const own = { ...error, index: operation.index };
    if (this.command.head.ordered || !this.context.deadLetters || this.command.head.kind !== 'insert') {
      this.context.counters.failed += 1;
      this.errors.push(own);
      return this.command.head.ordered;
    }
    await this.bury(operation, own);
    return false;
  }

  private async bury(operation: WriteOperation, error: WriteError): Promise<void> {
    const { counters, deadLetters } = this.context;
    const ns = this.command.head.ns;
    await deadLetters?.add(ns, operation.bytes, { code: error.code, message: error.errmsg, attempts: 1 });
    counters.deadLettered += 1;
    this.errors.push({
      index: operation.index,
      code: CODE_DOCUMENT_VALIDATION_FAILURE,
      errmsg: `kept as a dead letter of ${formatNamespace(ns)}: code ${error.code}`,
    });
  }

  private async settleDuplicates(found: readonly { operation: WriteOperation; error: WriteError }[]): Promise<boolean> {
    const { counters, duplicates: policy } = this.context;
    let stop = false;
    const looked = found.filter(({ operation }) => policy.kind !== 'report' || this.uncertain.has(operation.index));
    const outcomes = await this.duplicates.resolve(looked.map((f) => f.operation.bytes));
    for (const { operation, error } of found) {
      const at = looked.findIndex((l) => l.operation === operation);
      const outcome = at < 0 ? 'reported' : (outcomes[at] ?? 'reported');
      switch (outcome) {
        case 'equal':
          this.n += 1;
          if (this.uncertain.has(operation.index)) {
            counters.acknowledged += 1;
            counters.bytes += operation.bytes.length;
          } else counters.alreadyThere += 1;
          break;
        case 'replaced':
          this.n += 1;
          counters.acknowledged += 1;
          counters.conflicts += 1;
          break;
        case 'skipped':
          this.n += 1;
          counters.conflicts += 1;
          break;
        case 'refused':
          counters.conflicts += 1;
          await this.bury(operation, error);
          break;
        case 'reported':
          if (at >= 0) counters.conflicts += 1;
          this.errors.push(error);
          stop = stop || this.command.head.ordered;
          break;
      }
    }
    return stop;
  }

  /** The reply's body for the tool: one answer for all parts. */
  private answer(): Document {
    if (this.refusal) return this.refusal;
    const body: Document = { n: this.n };
    if (this.modified !== undefined) body['nModified'] = this.modified;
    if (this.upserted.length > 0) body['upserted'] = this.upserted;
    if (this.errors.length > 0) {
      body['writeErrors'] = [...this.errors]
        .sort((a, b) => a.index - b.index)
        .map(({ rest, index, code, errmsg }) => ({ ...rest, index, code, errmsg }));
    }
    for (const field of ['writeConcernError', 'opTime', 'electionId', 'operationTime', '$clusterTime']) {
      if (this.lastReply[field] !== undefined) body[field] = this.lastReply[field] as unknown;
    }
    body['ok'] = 1;
    return body;
  }
}

interface PlainReply {
  readonly ok: number;
  readonly n: number;
  readonly nModified: number | undefined;
  readonly code: number;
  readonly errmsg: string;
  readonly writeErrors: readonly WriteError[];
  readonly upserted: readonly Document[];
}

function plainReply(message: Buffer): PlainReply {
  const body = decodeBody(openOpMsg(message));
  const number = (value: unknown): number => Number(value ?? 0);
  const list = (value: unknown): Document[] => (Array.isArray(value) ? (value as Document[]) : []);
  return {
    ok: number(body['ok']),
    n: number(body['n']),
    nModified: body['nModified'] === undefined ? undefined : number(body['nModified']),
    code: number(body['code']),
    errmsg: String(body['errmsg'] ?? body['errMsg'] ?? ''),
    writeErrors: list(body['writeErrors']).map((entry) => ({
      index: number(entry['index']),
      code: number(entry['code']),
      errmsg: String(entry['errmsg'] ?? ''),
      rest: entry,
    })),
    upserted: list(body['upserted']),
  };
}

function sizeOf(operations: readonly WriteOperation[]): number {
  return operations.reduce((sum, o) => sum + o.bytes.length, 0);
}
