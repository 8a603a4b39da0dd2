/** The engine's own copy, every part of it, into a modelled budget: only source, network and storage are memory, and time is the event clock's. */
import { serialize } from 'bson';
import { Refusals } from '../../src/core/conflict/refusals.js';
import type { Throughput } from '../../src/core/model/facts.js';
import type { Namespace } from '../../src/core/model/namespace.js';
import { bytes } from '../../src/core/model/units.js';
import { insertCharge } from '../../src/core/size/charges.js';
import type { DocumentBatch } from '../../src/engine/copy/batch.js';
import type { CopyJob } from '../../src/engine/copy/collection-copy.js';
import { CollectionsCopy } from '../../src/engine/copy/copy-collections.js';
import type { CopyCounts } from '../../src/engine/copy/counters.js';
import type { CopySource, CopyTarget, CopyWriter, InsertReply, WriteRefusal } from '../../src/engine/copy/ports.js';
import { WriterPool } from '../../src/engine/copy/writer-pool.js';
import type { ClusterSession } from '../../src/engine/ports.js';
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
  /** Of its own, in place of the one that all share. */
  readonly own?: { readonly pool: ThroughputPool; readonly throughput: Throughput };
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
  /** As in a run: the readers go from collection to collection. Where it is left out each collection has two of its own. */
  readonly together?: { readonly readers: number; readonly parallelCollections: number; readonly rangeBytes?: number };
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
  /** What was charged for the documents, RU. */
  readonly charged: number;
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
      insert: async (ns, batch, { charge, signal }) => {
        const sentAt = clock.now();
        await clock.sleep(latencyMs / 2, signal);
        const done = this.#insert(ns, batch);
        await clock.sleep(latencyMs / 2, signal);
        const reply = { ...done.reply, latencyMs: clock.now() - sentAt };
        if (!charge) return reply;
        await clock.sleep(latencyMs, signal);
        return { ...reply, charge: done.charged };
      },
      close: () => Promise.resolve(),
    });
  }

  #insert({ coll }: Namespace, batch: DocumentBatch): { readonly reply: InsertReply; readonly charged: number } {
    const { clock, refusal, timesOut } = this.model;
    const pool = ownOf(this.model, coll)?.pool ?? this.model.pool;
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
      getCollection: ({ coll }) =>
        Promise.resolve({ exists: true, throughput: ownOf(model, coll)?.throughput ?? model.throughput() }),
      getDatabaseThroughput: () => Promise.resolve(model.shared),
    },
    roundTripMs: model.latencyMs,
    signal,
  });
  const writers = new WriterPool(target, signal);
  const journal = memoryJournal({ runId: 'r', planId: 'p', planHash: 'h' });
  const started = clock.now();
  const { together } = model;
  const sources = new Map<string, MemorySource>();
  let before = 0;
  const jobs = model.collections.map(({ name, documents }) => {
    const ns = { db: DB, coll: name };
    const source = new MemorySource(documents.map((d, i) => documentOf(before + i, d.bytes)));
    before += documents.length;
    target.sources.push(source);
    sources.set(name, source);
    const logicalBytes = bytes(documents.reduce((sum, d) => sum + d.bytes, 0));
    return { planned: plannedCollection(ns, ns, { documents: documents.length, logicalBytes }), goesOn: false };
  });
  const copyOf = (some: readonly CopyJob[]): CollectionsCopy => {
    const plan = planOf(
      some.map(({ planned }) => planned),
      { targetKind: 'cosmos-ru' },
    );
    const parallelCollections = together?.parallelCollections ?? plan.tuning.parallelCollections;
    return new CollectionsCopy(
      some,
      {
        plan: { ...plan, tuning: { ...plan.tuning, parallelCollections } },
        ...sidesOf(sources),
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
        readers: () => together?.readers ?? 2,
        ...(together?.rangeBytes === undefined
          ? {}
          : { rangeBytes: together.rangeBytes, splitBytes: together.rangeBytes / 4 }),
        clock,
        random,
        signal,
      },
      halt,
    );
  };
  const copies = together ? [copyOf(jobs)] : jobs.map((job) => copyOf([job]));
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
    charged: target.charges.reduce((total, ru) => total + ru, 0),
  };
}

function ownOf({ collections }: ThrottledCopy, coll: string): ModelledCollection['own'] {
  return collections.find(({ name }) => name === coll)?.own;
}

/** Each collection's documents by its name. */
function sidesOf(sources: ReadonlyMap<string, MemorySource>): { source: CopySource; session: ClusterSession } {
  const of = ({ coll }: Namespace): MemorySource => {
    const found = sources.get(coll);
    if (!found) throw new RangeError(`no collection ${coll}`);
    return found;
  };
  const source: CopySource = {
    read: (ns, ...rest) => of(ns).read(ns, ...rest),
    canBound: (id) => [...sources.values()][0]?.canBound(id) ?? false,
    sampleIds: (ns, count) => of(ns).sampleIds(ns, count),
    splitIds: (ns, size) => of(ns).splitIds(ns, size),
    idAfter: (ns, ...rest) => of(ns).idAfter(ns, ...rest),
  };
  const sessionOf = (ns: Namespace): ClusterSession => memorySession(of(ns));
  const [first] = sources.keys();
  const session: ClusterSession = {
    ...memorySession(of({ db: DB, coll: first ?? '' })),
    command: (db, command, options) =>
      sessionOf({ db, coll: String(command['count'] ?? first) }).command(db, command, options),
    findRaw: (ns, options) => sessionOf(ns).findRaw(ns, options),
  };
  return { source, session };
}
