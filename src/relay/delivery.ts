import type { Document } from 'bson';
import { formatNamespace } from '../core/model/namespace.js';
import type { NamespaceCounters } from './counters.js';
import { DuplicateResolver, LookupRefused } from './duplicates.js';
import type { PacerClock, RuPacer } from './pacer.js';
import { cut, sizeOf, takeReady, type Parcel } from './parcels.js';
import type { DeadLetterPort, DuplicateOutcome, DuplicatePolicy } from './policy.js';
import {
  CODE_DOCUMENT_VALIDATION_FAILURE,
  meaningOfCommandError,
  meaningOfWriteError,
  retryDelayMs,
  type ServerErrorMeaning,
} from '../core/throttle/server-error.js';
import { ToolAnswer } from './tool-answer.js';
import type { CommandLink } from './upstream.js';
import type { WriteCommand, WriteOperation } from './write-command.js';
import type { Refusals } from '../core/conflict/refusals.js';
import { readWriteReply, type WriteError, type WriteReply } from './write-reply.js';

/** Replies in a row that account for none of what they should, before the tool is told: with backoff, some ten seconds. */
const SILENT_REPLIES = 10;

export interface DeliveryContext {
  readonly link: CommandLink;
  readonly pacer: RuPacer;
  readonly counters: NamespaceCounters;
  readonly clock: PacerClock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly duplicates: DuplicatePolicy;
  readonly deadLetters: DeadLetterPort | undefined;
  readonly refusals: Refusals;
  /** Measures the charge of the command just answered, when that is due. */
  readonly measure: () => Promise<number | undefined>;
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
  private readonly answer = new ToolAnswer();
  /** Operations that may be on the target although no acknowledgement came: a later duplicate key can be our own work. */
  private readonly uncertain = new Set<number>();
  /** What the present reply has settled: documents that are on the target, and those refused for what may not be in them. */
  private settled = { there: 0, refused: 0 };
  private latestRefusal = { code: 0, message: '' };
  private fruitless = 0;
  private silent = 0;
  /** The first command went out as the tool sent it, without the `_id`s that the relay gives. */
  private sentAsItCame = false;
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
    this.sentAsItCame = true;
    const step = await this.absorb(this.command.operations, reply, estimated);
    this.sentAsItCame = false;
    if (step.stop) return this.answer.body();
    return this.deliver(step.again, step.delayMs);
  }

  private async deliver(first: readonly (readonly WriteOperation[])[], firstDelayMs = 0): Promise<Document> {
    const { pacer, clock, signal, link } = this.context;
    const pending: Parcel[] = first
      .filter((operations) => operations.length > 0)
      .map((operations) => ({ operations, notBefore: clock.now() + firstDelayMs }));
    for (;;) {
      const next = takeReady(pending, this.command.head.ordered);
      if (!next) break;
      const wait = next.notBefore - clock.now();
      if (wait > 0) await clock.sleep(wait, signal);
      const [part, rest] = cut(next.operations, pacer);
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
    return this.answer.body();
  }

  private async absorb(sent: readonly WriteOperation[], reply: Buffer, estimated: number): Promise<Step> {
    this.settled = { there: 0, refused: 0 };
    const step = await this.absorbReply(sent, reply, estimated);
    const { refusals } = this.context;
    const { ns } = this.command.head;
    if (this.settled.there > 0) refusals.accepted(ns);
    else if (this.settled.refused > 0) refusals.refused(ns, this.settled.refused, this.latestRefusal);
    return step;
  }

  private async absorbReply(sent: readonly WriteOperation[], reply: Buffer, estimated: number): Promise<Step> {
    const { counters, pacer } = this.context;
    counters.sentOperations += sent.length;
    const body = readWriteReply(reply);
    this.answer.heard(body.body);
    const charged = await this.context.measure();
    pacer.settle(estimated, charged ?? estimated);
    counters.requestUnits += charged ?? estimated;
    if (!body.ok) return this.absorbRefusal(sent, body);
    if (charged !== undefined && body.writeErrors.length === 0) pacer.learn(sizeOf(sent), charged);
    return this.absorbErrors(sent, body);
  }

  /** A reply with `ok: 0`: which of the operations were done is not said. */
  private async absorbRefusal(sent: readonly WriteOperation[], body: WriteReply): Promise<Step> {
    const { counters, pacer, random } = this.context;
    const meaning = meaningOfCommandError(body.code, body.errmsg);
    switch (meaning.kind) {
      case 'throttled': {
        // A throttled command changed nothing where it is of one operation, and something, possibly, where it is of several.
        if (!this.mayRepeat(meaning.timedOut || sent.length > 1)) return this.refuseAll(sent);
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
        const [first] = sent;
        if (sent.length > 1) {
          if (!this.mayRepeat(true)) return this.refuseAll(sent);
          for (const operation of sent) this.uncertain.add(operation.index);
          const middle = Math.ceil(sent.length / 2);
          return { again: [sent.slice(0, middle), sent.slice(middle)], delayMs: 0, stop: false };
        }
        if (!first) return this.refuseAll(sent);
        const error = { index: first.index, code: body.code, errmsg: body.errmsg };
        const stop =
          meaning.kind === 'duplicate'
            ? await this.settleDuplicates([{ operation: first, error }])
            : await this.settleRefused(first, error, meaning.known);
        return { again: [], delayMs: 0, stop };
      }
      case 'fatal':
        return this.refuseAll(sent);
    }
  }

  /** False where a second try could do twice what is possibly done. `ambiguous`: nothing says that nothing was done. */
  private mayRepeat(ambiguous: boolean): boolean {
    if (!ambiguous) return true;
    if (this.command.head.kind === 'insert') return !(this.sentAsItCame && this.command.hasGivenIds);
    return this.command.isRepeatable();
  }

  private refuseAll(sent: readonly WriteOperation[], reply?: Document): Step {
    this.context.counters.failed += sent.length;
    this.answer.refused(reply);
    return { again: [], delayMs: 0, stop: true };
  }

  private async absorbErrors(sent: readonly WriteOperation[], body: WriteReply): Promise<Step> {
    const { counters, pacer, random } = this.context;
    const throttled: WriteOperation[] = [];
    const duplicates: { operation: WriteOperation; error: WriteError }[] = [];
    let advisedMs: number | undefined;
    let stop = false;
    let attempted = sent.length;
    const failed = new Set<number>();
    for (const error of body.writeErrors) {
      const operation = sent[error.index];
      if (!operation) continue;
      failed.add(error.index);
      if (this.command.head.ordered) attempted = error.index + 1;
      const meaning: ServerErrorMeaning = meaningOfWriteError(error.code, error.errmsg);
      if (meaning.kind === 'throttled' && this.mayRepeat(meaning.timedOut)) {
        throttled.push(operation);
        this.uncertain.add(operation.index);
        advisedMs = Math.max(advisedMs ?? 0, meaning.retryAfterMs ?? 0) || undefined;
      } else if (meaning.kind === 'duplicate') {
        duplicates.push({ operation, error: { ...error, index: operation.index } });
      } else if (meaning.kind === 'refused') {
        stop = (await this.settleRefused(operation, { ...error, index: operation.index }, meaning.known)) || stop;
      } else {
        counters.failed += 1;
        this.answer.failed({ ...error, index: operation.index });
        stop = stop || this.command.head.ordered;
      }
    }
    const written = sent.slice(0, attempted).filter((_, i) => !failed.has(i));
    const silent = this.command.head.kind === 'insert' && body.n < written.length;
    if (silent) stop = this.settleSilent(written, throttled) || stop;
    else this.count(sent, written, body);
    if (duplicates.length > 0) stop = (await this.settleDuplicates(duplicates)) || stop;
    const rest = sent.slice(attempted);
    const again = this.command.head.ordered ? [...throttled, ...rest] : throttled;
    let delayMs = 0;
    if (silent) {
      this.fruitless += 1;
      delayMs = retryDelayMs(this.fruitless, advisedMs, random);
    } else if (throttled.length > 0) {
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

  private count(sent: readonly WriteOperation[], written: readonly WriteOperation[], body: WriteReply): void {
    const { counters } = this.context;
    const n = this.command.head.kind === 'insert' ? written.length : body.n;
    this.silent = 0;
    this.answer.n += n;
    this.settled.there += n;
    counters.acknowledged += n;
    this.answer.modified(body.nModified);
    for (const entry of body.upserted) {
      const index: unknown = entry['index'];
      this.answer.upserted({ ...entry, index: sent[Number(index)]?.index ?? index });
    }
    counters.bytes += sizeOf(written);
  }

  /**
   * Inserts that a reply counts neither as written nor as failed: they go out again, where those that were written show as duplicates.
   * Returns true when the write must end here.
   */
  private settleSilent(unknown: readonly WriteOperation[], again: WriteOperation[]): boolean {
    this.silent += 1;
    if (this.silent < SILENT_REPLIES && this.mayRepeat(true)) {
      for (const operation of unknown) this.uncertain.add(operation.index);
      again.push(...unknown);
      again.sort((a, b) => a.index - b.index);
      return false;
    }
    this.context.counters.failed += unknown.length;
    for (const { index } of unknown) this.answer.unknown(index);
    return this.command.head.ordered;
  }

  /** A document that the target will never take. Returns true when an ordered write must end with it. */
  private async settleRefused(operation: WriteOperation, error: WriteError, known = true): Promise<boolean> {
    const { deadLetters, refusals } = this.context;
    const { kind, ordered, ns } = this.command.head;
    if (ordered || !deadLetters || kind !== 'insert' || (!known && refusals.isHopeless(ns))) {
      this.context.counters.failed += 1;
      this.answer.failed(error);
      return ordered;
    }
    await this.bury(operation, error);
    if (!known) {
      this.settled.refused += 1;
      this.latestRefusal = { code: error.code, message: error.errmsg };
    }
    return false;
  }

  private async bury(operation: WriteOperation, error: WriteError): Promise<void> {
    const { counters, deadLetters } = this.context;
    const ns = this.command.head.ns;
    await deadLetters?.add(ns, operation.bytes, { code: error.code, message: error.errmsg, attempts: 1 });
    counters.deadLettered += 1;
    this.answer.failed({
      index: operation.index,
      code: CODE_DOCUMENT_VALIDATION_FAILURE,
      errmsg: `kept as a dead letter of ${formatNamespace(ns)}: code ${error.code}`,
    });
  }

  private async settleDuplicates(found: readonly { operation: WriteOperation; error: WriteError }[]): Promise<boolean> {
    const { counters, duplicates: policy } = this.context;
    const inserts = this.command.head.kind === 'insert';
    const looked = inserts
      ? found.filter(({ operation }) => policy.kind !== 'report' || this.uncertain.has(operation.index))
      : [];
    const outcomes = new Map<number, DuplicateOutcome>();
    try {
      const resolved = await this.duplicates.resolve(looked.map((f) => f.operation.bytes));
      for (const [i, { operation }] of looked.entries()) outcomes.set(operation.index, resolved[i] ?? 'reported');
    } catch (error) {
      if (!(error instanceof LookupRefused)) throw error;
      const operations = found.map((f) => f.operation);
      return this.refuseAll(operations, error.reply).stop;
    }
    let stop = false;
    for (const { operation, error } of found) {
      const outcome = outcomes.get(operation.index);
      switch (outcome) {
        case 'equal':
          this.answer.n += 1;
          this.settled.there += 1;
          if (this.uncertain.has(operation.index)) {
            counters.acknowledged += 1;
            counters.bytes += operation.bytes.length;
          } else counters.alreadyThere += 1;
          break;
        case 'replaced':
          this.answer.n += 1;
          this.settled.there += 1;
          counters.acknowledged += 1;
          counters.conflicts += 1;
          break;
        case 'skipped':
          this.answer.n += 1;
          this.settled.there += 1;
          counters.conflicts += 1;
          break;
        case 'refused':
          stop = (await this.settleRefused(operation, error)) || stop;
          break;
        case 'reported':
        case undefined:
          if (outcome) counters.conflicts += 1;
          else if (!inserts) counters.failed += 1;
          this.answer.failed(error);
          stop = stop || this.command.head.ordered;
          break;
      }
    }
    return stop;
  }
}
