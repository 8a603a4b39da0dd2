/** Carries a batch to its end: every document acknowledged, found on the target, or kept as a dead letter. */
import type { DeadLetterReason, DeadLetterSink } from '../../core/model/dead-letter.js';
import { MigrationError } from '../../core/model/error.js';
import type { Refusals } from '../../core/conflict/refusals.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import type { ConflictPolicy } from '../../core/model/plan.js';
import {
  meaningOfCommandError,
  meaningOfWriteError,
  retryDelayMs,
  type ServerErrorMeaning,
} from '../../core/throttle/server-error.js';
import type { CopyLoad, CopyPacer } from '../pace/pacer.js';
import type { Alarm } from './alarm.js';
import type { DocumentBatch } from './batch.js';
import type { CopyCounts } from './counters.js';
import { resolveDuplicates } from './duplicates.js';
import { emptyTimestamps } from './empty-timestamps.js';
import { whyHopeless } from './hopeless.js';
import { Outage, untilAnswered, type Patience } from './patience.js';
import { Pieces, type Piece } from './pieces.js';
import type { CopyTarget, CopyWriter, InsertReply, WriteRefusal } from './ports.js';
import type { WriterPool } from './writer-pool.js';

/** Replies in a row that account for none of what they should: with backoff, some ten seconds. */
const SILENT_REPLIES = 10;

export interface DeliveryContext extends Patience {
  /** As people know it: of counts and dead letters. */
  readonly ns: Namespace;
  /** Where the documents go. Another namespace for time series, whose documents are those of their buckets. */
  readonly into: Namespace;
  readonly target: CopyTarget;
  readonly writers: WriterPool;
  readonly pacer: CopyPacer;
  /** Wakes what was refused and waits; one for all deliveries of a collection. */
  readonly alarm: Alarm;
  readonly counts: CopyCounts;
  readonly deadLetters: DeadLetterSink;
  /** Shared by all deliveries of a run. */
  readonly refusals: Refusals;
  readonly policy: ConflictPolicy;
  /** Paths of the shard key, for replacements. */
  readonly shardKey: readonly string[];
  /** A document without this top-level field is refused by the target, so it is not sent. */
  readonly requiredField: string | undefined;
  /** The plan keeps larger documents aside; bytes. */
  readonly deadLetterOver: number | undefined;
}

/** What became of a batch beyond being on the target with its bytes. */
export interface Delivered {
  /** Documents that are dead letters now. */
  readonly buried: readonly Buffer[];
  /** Documents that the target keeps with other bytes. */
  readonly skipped: number;
}

export class Delivery {
  readonly #context: DeliveryContext;
  /** How many equal duplicates have been counted before, by an earlier pass over the same documents. */
  readonly #countedBefore: { documents: number };
  readonly #buried: Buffer[] = [];
  #skipped = 0;
  #fruitless = 0;
  #silent = 0;
  readonly #outage: Outage;
  readonly #pending = new Pieces();

  /** `rests`: told when all that is left of the batch waits for its next sending, and when it goes on. */
  constructor(
    context: DeliveryContext,
    countedBefore: { documents: number } = { documents: 0 },
    private readonly rests: (resting: boolean) => void = () => undefined,
  ) {
    this.#context = context;
    this.#outage = new Outage(context);
    this.#countedBefore = countedBefore;
  }

  /** @throws ConflictFound; MigrationError where the write cannot go on; the signal's reason. */
  async run(batch: DocumentBatch): Promise<Delivered> {
    const pending = this.#pending;
    pending.add({ batch: await this.#withoutHopeless(batch), notBefore: 0, uncertain: false });
    for (let piece = pending.next(); piece; piece = pending.next()) {
      const wait = piece.notBefore - this.#context.clock.now();
      if (wait > 0) await this.#rest(wait);
      await this.#send(pending.cut(piece, this.#room()));
    }
    return { buried: this.#buried, skipped: this.#skipped };
  }

  async #rest(ms: number): Promise<void> {
    this.rests(true);
    try {
      await this.#context.alarm.sleep(ms);
    } finally {
      this.rests(false);
    }
  }

  /** Leaves out, as dead letters, what a rule of the assessment knows that the target will not take. */
  async #withoutHopeless(batch: DocumentBatch): Promise<DocumentBatch> {
    const { target, requiredField, deadLetterOver } = this.#context;
    const rules = { documentBytes: target.limits.documentBytes, requiredField, deadLetterOver };
    // Hardly ever is there one: nothing is remembered per document until then.
    let kept: number[] | undefined;
    for (let i = 0; i < batch.count; i += 1) {
      const why = whyHopeless(batch, i, rules);
      if (!why) kept?.push(i);
      else {
        kept ??= Array.from({ length: i }, (_, before) => before);
        await this.#bury(batch.at(i), why);
      }
    }
    return kept ? batch.pick(kept) : batch;
  }

  /** What one command may carry. */
  #room(): CopyLoad {
    const { pacer, target } = this.#context;
    const { documents, bytes } = pacer.insertLimit();
    const { limits } = target;
    return { documents: Math.min(documents, limits.documents), bytes: Math.min(bytes, limits.bytes) };
  }

  async #send(piece: Piece): Promise<void> {
    const { writers, pacer } = this.#context;
    const load: CopyLoad = { documents: piece.batch.count, bytes: piece.batch.bytes };
    let reply: InsertReply | undefined;
    try {
      reply = await writers.with(pacer, (writer) => this.#exchange(writer, piece, load));
    } catch (error) {
      // No answer: what was written is not known, and everything goes out again.
      this.#again(piece.batch, this.#outage.next(error), true);
      return;
    }
    this.#outage.over();
    if (reply.kind === 'refused') await this.#absorbRefusal(piece, reply);
    else await this.#absorbAnswer(piece, reply);
  }

  async #exchange(writer: CopyWriter, piece: Piece, load: CopyLoad): Promise<InsertReply> {
    const { into, pacer, signal, counts } = this.#context;
    await pacer.admit(load, signal);
    let reply: InsertReply | undefined;
    let throttled = 0;
    let charge = 0;
    try {
      reply = await writer.insert(into, piece.batch, { charge: pacer.wantsCharge(), signal });
      throttled = throttledIn(reply, load.documents);
    } finally {
      charge = pacer.settle(load, reply?.charge, throttled);
    }
    counts.sentOperations += load.documents;
    counts.requestUnits += charge;
    return reply;
  }

  #again(batch: DocumentBatch, delayMs: number, uncertain: boolean): void {
    this.#pending.add({ batch, notBefore: this.#context.clock.now() + delayMs, uncertain });
  }

  /** `ok: 0`: which of the documents were written is not said. */
  async #absorbRefusal(piece: Piece, reply: Extract<InsertReply, { kind: 'refused' }>): Promise<void> {
    const { batch } = piece;
    const meaning = meaningOfCommandError(reply.code, reply.message);
    switch (meaning.kind) {
      case 'throttled':
        this.#throttled(piece, batch, batch.count, meaning, reply.latencyMs, true);
        return;
      case 'refused':
      case 'duplicate':
        this.#observe(piece, 0, reply.latencyMs);
        if (batch.count > 1) {
          const middle = Math.ceil(batch.count / 2);
          this.#again(batch.slice(0, middle), 0, true);
          this.#again(batch.slice(middle, batch.count), 0, true);
        } else if (meaning.kind === 'duplicate') {
          await this.#settleDuplicates(piece, [{ index: 0, code: reply.code, message: reply.message }]);
        } else {
          await this.#refuse(batch, [{ index: 0, code: reply.code, message: reply.message }], false);
        }
        return;
      case 'fatal':
        throw this.#failure(reply.code, reply.message);
    }
  }

  async #absorbAnswer(piece: Piece, reply: Extract<InsertReply, { kind: 'answered' }>): Promise<void> {
    const { counts } = this.#context;
    const { batch } = piece;
    const throttled: number[] = [];
    const duplicates: WriteRefusal[] = [];
    const refused: WriteRefusal[] = [];
    let throttle: Extract<ServerErrorMeaning, { kind: 'throttled' }> | undefined;
    const failed = new Set<number>();
    for (const refusal of reply.refusals) {
      failed.add(refusal.index);
      const meaning = meaningOfWriteError(refusal.code, refusal.message);
      switch (meaning.kind) {
        case 'throttled':
          throttled.push(refusal.index);
          throttle = laterOf(throttle, meaning);
          break;
        case 'duplicate':
          duplicates.push(refusal);
          break;
        case 'refused':
          refused.push(refusal);
          break;
        case 'fatal':
          throw this.#failure(refusal.code, refusal.message);
      }
    }
    await this.#refuse(batch, refused, reply.inserted + duplicates.length > 0);
    const written = failed.size === 0 ? batch : batch.pick(indexesWithout(batch.count, failed));
    if (reply.inserted < written.count) this.#silence(written);
    else {
      this.#silent = 0;
      counts.acknowledged += written.count;
      counts.bytes += written.bytes;
      if (this.#context.target.replacesEmptyTimestamps) await this.#mend(written);
    }
    if (duplicates.length > 0) await this.#settleDuplicates(piece, duplicates);
    if (throttle) {
      // Partitions answer for themselves, one before another: what is looked at byte by byte later on lies in its order.
      const again = batch.pick(throttled.sort((a, b) => a - b));
      this.#throttled(piece, again, throttled.length, throttle, reply.latencyMs, reply.inserted === 0);
    } else this.#observe(piece, 0, reply.latencyMs);
  }

  #throttled(
    piece: Piece,
    refused: DocumentBatch,
    throttled: number,
    meaning: Extract<ServerErrorMeaning, { kind: 'throttled' }>,
    latencyMs: number,
    fruitless: boolean,
  ): void {
    const { counts, random, pacer } = this.#context;
    counts.throttledOperations += throttled;
    this.#fruitless = fruitless ? this.#fruitless + 1 : 1;
    const retryAfterMs = retryDelayMs(this.#fruitless, meaning.retryAfterMs, random);
    const { timedOut } = meaning;
    pacer.observe({ sent: piece.batch.count, throttled, latencyMs, retryAfterMs, timedOut });
    // A command that was refused as a whole may have written some of its documents all the same.
    this.#again(refused, retryAfterMs, piece.uncertain || timedOut || throttled === piece.batch.count);
  }

  #observe(piece: Piece, throttled: number, latencyMs: number): void {
    this.#fruitless = 0;
    this.#context.pacer.observe({ sent: piece.batch.count, throttled, latencyMs });
  }

  /** Documents that a reply counts neither as written nor as failed: they go out again, where those that were written show as duplicates. */
  #silence(unknown: DocumentBatch): void {
    this.#silent += 1;
    if (this.#silent >= SILENT_REPLIES)
      throw this.#failure(8, 'the target neither acknowledged nor refused some documents');
    this.#again(unknown, retryDelayMs(this.#silent, undefined, this.#context.random), true);
  }

  async #mend(written: DocumentBatch): Promise<void> {
    const { target, into, shardKey } = this.#context;
    for (const index of emptyTimestamps(written)) {
      const refusal = await untilAnswered(this.#context, () => target.replace(into, written.at(index), shardKey));
      if (refusal) await this.#bury(written.at(index), { ...refusal, attempts: 1 });
    }
  }

  async #settleDuplicates(piece: Piece, refusals: readonly WriteRefusal[]): Promise<void> {
    const { counts } = this.#context;
    const batch = piece.batch.pick(refusals.map(({ index }) => index));
    const outcomes = await resolveDuplicates(batch, this.#context);
    for (const [i, outcome] of outcomes.entries()) {
      switch (outcome.kind) {
        case 'equal':
          if (this.#countedBefore.documents > 0) this.#countedBefore.documents -= 1;
          else if (piece.uncertain) {
            counts.acknowledged += 1;
            counts.bytes += batch.lengthOf(i);
          } else counts.alreadyThere += 1;
          break;
        case 'replaced':
          counts.acknowledged += 1;
          counts.bytes += batch.lengthOf(i);
          counts.conflicts += 1;
          break;
        case 'skipped':
          counts.conflicts += 1;
          this.#skipped += 1;
          break;
        case 'refused': {
          const { code, message } = outcome.refusal ?? refusals[i] ?? { code: 0, message: '' };
          await this.#bury(batch.at(i), { code, message, attempts: 1 });
          break;
        }
      }
    }
  }

  /** Documents that the target will never take. `othersArrived`: it took some of their batch, so that it does take what it should. */
  async #refuse(batch: DocumentBatch, refused: readonly WriteRefusal[], othersArrived: boolean): Promise<void> {
    const { refusals, ns, signal } = this.#context;
    // What is known to be in the document (too large, not valid) says nothing about the target, however many there are.
    const unknown = refused.filter(({ code, message }) => {
      const meaning = meaningOfWriteError(code, message);
      return meaning.kind === 'refused' && !meaning.known;
    });
    const latest = unknown.at(-1);
    if (othersArrived) refusals.accepted(ns);
    else if (latest) refusals.refused(ns, unknown.length, latest);
    if (refused.length === 0) return;
    // A target that refuses everything has stopped the run just now.
    signal.throwIfAborted();
    await Promise.all(
      refused.map(({ index, code, message }) => this.#bury(batch.at(index), { code, message, attempts: 1 })),
    );
  }

  async #bury(document: Buffer, why: DeadLetterReason): Promise<void> {
    const { deadLetters, ns, counts } = this.#context;
    await deadLetters.add(ns, document, why);
    counts.deadLettered += 1;
    // A copy, because the batch is gone when the caller looks at it.
    this.#buried.push(Buffer.from(document));
  }

  #failure(code: number, message: string): MigrationError {
    const namespace = formatNamespace(this.#context.into);
    return new MigrationError('command-failed', { serverCode: code, command: 'insert', namespace, message });
  }
}

function throttledIn(reply: InsertReply, sent: number): number {
  if (reply.kind === 'refused') return meaningOfCommandError(reply.code, reply.message).kind === 'throttled' ? sent : 0;
  return reply.refusals.filter(({ code, message }) => meaningOfWriteError(code, message).kind === 'throttled').length;
}

type Throttle = Extract<ServerErrorMeaning, { kind: 'throttled' }>;

/** The longer advice of two. */
function laterOf(a: Throttle | undefined, b: Throttle): Throttle {
  if (!a) return b;
  const timedOut = a.timedOut || b.timedOut;
  return { ...((b.retryAfterMs ?? 0) > (a.retryAfterMs ?? 0) ? b : a), timedOut };
}

function indexesWithout(count: number, left: ReadonlySet<number>): number[] {
  const kept: number[] = [];
  for (let i = 0; i < count; i += 1) if (!left.has(i)) kept.push(i);
  return kept;
}
