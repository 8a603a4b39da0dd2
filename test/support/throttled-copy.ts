/** The engine's own copy, every part of it, into a modelled budget: only source, network and storage are memory, and time is the event clock's. */
import { serialize } from 'bson';
import { Refusals } from '../../src/core/conflict/refusals.js';
import type { Throughput } from '../../src/core/model/facts.js';
import { bytes } from '../../src/core/model/units.js';
import { insertCharge } from '../../src/core/size/charges.js';
import type { DocumentBatch } from '../../src/engine/copy/batch.js';
import { CollectionsCopy } from '../../src/engine/copy/copy-collections.js';
import type { CopyCounts } from '../../src/engine/copy/counters.js';
import type { CopyTarget, CopyWriter, InsertReply, WriteRefusal } from '../../src/engine/copy/ports.js';
import { WriterPool } from '../../src/engine/copy/writer-pool.js';
import { copyPacers } from '../../src/engine/pace/pacers.js';
import { memoryJournal } from '../contract/memory-journal.js';
import { planOf, plannedCollection } from '../unit/engine-builders.js';
import type { EventClock } from './event-clock.js';
import { MemorySource, memorySession } from './memory-copy.js';
import type { ThroughputPool } from './ru-stand-in/budget.js';

const DB = 'shop';
/** What a refused operation costs the budget; the stand-in's figure. */
const REFUSED_RU = 0.38;

export interface ModelledDocument {
  readonly bytes: number;
  /** Where the service keeps it, which the sender is not told. */
  readonly partition: number;
}

export interface ModelledCollection {
  readonly name: string;
  readonly documents: readonly ModelledDocument[];
}

export interface ThrottledCopy {
  readonly clock: EventClock;
  /** Shared by all collections. */
  readonly pool: ThroughputPool;
  readonly collections: readonly ModelledCollection[];
  readonly random: () => number;
  /** There and back. */
  readonly latencyMs: number;
  /** What the target says of the throughput, asked now and then. */
  readonly throughput: () => Throughput;
  /** What collections without their own share. */
  readonly shared?: Throughput;
  /** Relative noise of a charge. */
  readonly noise?: number;
  /** The text of a refusal; the service's usual one by default. */
  readonly refusal?: (retryAfterMs: number) => string;
  /** Commands that are answered by code 50, by their time. */
  readonly timesOut?: (now: number) => boolean;
}

export interface ThrottledOutcome {
  readonly seconds: number;
  /** What the partition with the most to take needs at least. */
  readonly idealSeconds: number;
  readonly sent: number;
  readonly refused: number;
  readonly acknowledged: number;
  /** Documents that the target has, each once. */
  readonly stored: number;
  /** The most documents that were read and not yet on the target, at any insert. */
  readonly mostHeld: number;
}

/** A target that keeps to the budget by the second and partition, as the stand-in does, without sockets. */
class BudgetedTarget implements CopyTarget {
  readonly limits = { documents: 100_000, bytes: 48_000_000, documentBytes: 16 * 1024 * 1024 };
  readonly replacesEmptyTimestamps = false;
  readonly stored = new Set<number>();
  mostHeld = 0;
  readonly sources: MemorySource[] = [];
  readonly charges: readonly number[];

  constructor(
    private readonly model: ThrottledCopy,
    private readonly documents: readonly ModelledDocument[],
  ) {
    this.charges = documents.map((d) => insertCharge(d.bytes, 0) * (1 + (model.noise ?? 0) * (model.random() * 2 - 1)));
  }

  openWriter(): Promise<CopyWriter> {
    const { clock, latencyMs } = this.model;
    return Promise.resolve({
      insert: async (_ns, batch, { charge, signal }) => {
        const sentAt = clock.now();
        await clock.sleep(latencyMs / 2, signal);
        const done = this.#insert(batch);
        await clock.sleep(latencyMs / 2, signal);
        const reply = { ...done.reply, latencyMs: clock.now() - sentAt };
        if (!charge) return reply;
        await clock.sleep(latencyMs, signal);
        return { ...reply, charge: done.charged };
      },
      close: () => Promise.resolve(),
    });
  }

  #insert(batch: DocumentBatch): { readonly reply: InsertReply; readonly charged: number } {
    const { pool, clock, refusal, timesOut } = this.model;
    const now = clock.now();
    const refusals: WriteRefusal[] = [];
    let charged = 0;
    const spend = (partition: number, ru: number): void => {
      pool.spend(partition, ru, now);
      charged += ru;
    };
    for (let index = 0; index < batch.count; index += 1) {
      const id = batch.at(index).readInt32LE(ID_AT);
      const partition = this.documents[id]?.partition ?? 0;
      if (pool.exhausted(partition, now)) {
        spend(partition, REFUSED_RU);
        const told = pool.retryAfterMs(partition, now);
        refusals.push({ index, code: 16500, message: refusal?.(told) ?? `Error=16500, RetryAfterMs=${told}` });
      } else if (this.stored.has(id)) refusals.push({ index, code: 11000, message: 'duplicate key' });
      else {
        this.stored.add(id);
        spend(partition, this.charges[id] ?? 0);
      }
    }
    const read = this.sources.reduce((sum, source) => sum + source.reads, 0);
    this.mostHeld = Math.max(this.mostHeld, read - this.stored.size);
    if (timesOut?.(now))
      return { reply: { kind: 'refused', code: 50, message: 'Request timed out.', latencyMs: 0 }, charged };
    return {
      reply: { kind: 'answered', inserted: batch.count - refusals.length, refusals, latencyMs: 0 },
      charged,
    };
  }

  findByIds(_ns: unknown, ids: readonly Buffer[]): Promise<readonly Buffer[]> {
    return Promise.resolve(
      ids
        .map((id) => id.readInt32LE(1))
        .flatMap((id) => (this.stored.has(id) ? [documentOf(id, this.documents[id]?.bytes ?? 0)] : [])),
    );
  }

  replace(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}

/** Behind the length, the type byte and the name `_id`. */
const ID_AT = 9;

function documentOf(id: number, size: number): Buffer {
  const pad = Math.max(0, size - 25);
  return Buffer.from(serialize({ _id: id, pad: 'x'.repeat(pad) }));
}

export async function throttledCopy(model: ThrottledCopy): Promise<ThrottledOutcome> {
  const { clock, pool, random } = model;
  const all = model.collections.flatMap(({ documents }) => documents);
  const target = new BudgetedTarget(model, all);
  const halt = new AbortController();
  const { signal } = halt;
  const pacers = copyPacers({
    clock,
    ru: {
      getCollection: () => Promise.resolve({ exists: true, throughput: model.throughput() }),
      getDatabaseThroughput: () => Promise.resolve(model.shared),
    },
    roundTripMs: model.latencyMs,
    signal,
  });
  const writers = new WriterPool(target, signal);
  const journal = memoryJournal({ runId: 'r', planId: 'p', planHash: 'h' });
  const started = clock.now();
  let before = 0;
  const copies = model.collections.map(({ name, documents }) => {
    const ns = { db: DB, coll: name };
    const source = new MemorySource(documents.map((d, i) => documentOf(before + i, d.bytes)));
    before += documents.length;
    target.sources.push(source);
    const planned = plannedCollection(ns, ns, {
      documents: documents.length,
      logicalBytes: bytes(documents.reduce((sum, d) => sum + d.bytes, 0)),
    });
    return new CollectionsCopy(
      [{ planned, goesOn: false }],
      {
        plan: planOf([planned], { targetKind: 'cosmos-ru' }),
        session: memorySession(source),
        source,
        target,
        pacers,
        writers,
        journal,
        deadLetters: {
          add: () => Promise.reject(new Error('a dead letter')),
          flush: () => Promise.resolve(),
          count: () => 0,
        },
        refusals: new Refusals(0, () => undefined),
        readers: () => 2,
        clock,
        random,
        signal,
      },
      halt,
    );
  });
  await clock.run(Promise.all(copies.map((copy) => copy.run())));
  const seconds = (clock.now() - started) / 1000;
  await writers.close();
  const counts: CopyCounts[] = copies.flatMap((copy) => [...copy.counts()]);
  const sum = (key: 'sentOperations' | 'throttledOperations' | 'acknowledged'): number =>
    counts.reduce((total, c) => total + c[key], 0);
  const perPartition = Array.from({ length: pool.partitions }, () => 0);
  all.forEach(({ partition }, id) => {
    perPartition[partition] = (perPartition[partition] ?? 0) + (target.charges[id] ?? 0);
  });
  return {
    seconds,
    idealSeconds: Math.max(...perPartition) / (pool.offer.ruPerSecond / pool.partitions),
    sent: sum('sentOperations'),
    refused: sum('throttledOperations'),
    acknowledged: sum('acknowledged'),
    stored: target.stored.size,
    mostHeld: target.mostHeld,
  };
}
