/** The course of one copy, from event to event: readers go from range to range as the engine's do, and between two events everybody keeps their pace. */
import { SPLIT_BYTES } from '../tune/direct-copy.js';
import type { CourseBudget, CourseCollection, CourseInput } from './course-input.js';
import { pacesOf, type Cause, type Pace } from './paces.js';

export interface Course {
  readonly ms: number;
  /** Reader-milliseconds by what held them up. */
  readonly heldUp: Readonly<Record<Cause, number>>;
  /** From the opening of each collection to its last document, in their order. */
  readonly tookMs: readonly number[];
  /** Documents that had arrived at the end of each stretch. */
  readonly points: readonly { readonly ms: number; readonly documents: number }[];
}

interface Work {
  readonly collection: CourseCollection;
  pending: number;
  readonly active: Set<Reader>;
  openedAt: number;
  endedAt: number;
}

export interface Reader {
  work: Work | undefined;
  /** Documents of its range. */
  left: number;
  /** Milliseconds until it reads. */
  waitMs: number;
  opening: boolean;
}

/** What the beginning of a budget loses, in answers and at most: found on the model with answers after 30 to 500 ms (test/unit/core-simulate-engine.test.ts). */
const BEGINNING_ANSWERS = 10;
const MOST_BEGINNING_MS = 1_500;
/** A partition's throughput is given second by second (learn.microsoft.com/azure/cosmos-db/set-throughput). */
const BUDGET_MS = 1_000;
/** Documents; less of one is none. */
const NOTHING = 1e-6;

/** How long a copy takes, and what it waits for. Deterministic. Times are milliseconds. */
export function copyCourse(input: CourseInput): Course {
  return new Simulation(input).run();
}

class Simulation {
  readonly #works: readonly Work[];
  readonly #readers: readonly Reader[];
  readonly #opened = new Set<Work>();
  readonly #heldUp: Record<Cause, number> = {
    'request-units': 0,
    'hot-partition': 0,
    source: 0,
    network: 0,
    target: 0,
  };
  readonly #points: { ms: number; documents: number }[] = [];
  readonly #begun = new Set<CourseBudget>();
  #read: readonly CourseCollection[] = [];
  #paces: readonly Pace[] = [];
  #nextUnopened = 0;
  #opening = false;
  #now: number;
  #documents = 0;

  constructor(private readonly input: CourseInput) {
    this.#now = input.startMs;
    this.#works = input.collections.map((collection) => ({
      collection,
      pending: collection.documents > 0 ? collection.ranges : 0,
      active: new Set(),
      openedAt: 0,
      endedAt: 0,
    }));
    const readers = Math.max(1, Math.floor(input.readers));
    this.#readers = Array.from({ length: readers }, () => ({ work: undefined, left: 0, waitMs: 0, opening: false }));
    this.#points.push({ ms: this.#now, documents: 0 });
  }

  run(): Course {
    for (;;) {
      let busy = 0;
      for (const reader of this.#readers) {
        if (!reader.work) this.#assign(reader);
        if (reader.work) busy += 1;
      }
      if (busy === 0) break;
      this.#advance();
    }
    const tookMs = this.#works.map(({ openedAt, endedAt }) => endedAt - openedAt);
    return { ms: this.#now, heldUp: this.#heldUp, tookMs, points: this.#points };
  }

  /** As `CollectionsCopy` does it: a range of the collection with the fewest readers, else a new collection, else half of somebody's rest. */
  #assign(reader: Reader): void {
    const work = this.#leastBusy();
    if (work) this.#take(reader, work, work.collection.documents / work.collection.ranges, true);
    else if (this.#opening) return;
    else if (this.#nextUnopened < this.#works.length) this.#open(reader);
    else this.#help(reader);
  }

  #leastBusy(): Work | undefined {
    let best: Work | undefined;
    for (const work of this.#opened) {
      if (work.pending > 0 && work.active.size < (best?.active.size ?? Number.POSITIVE_INFINITY)) best = work;
    }
    const isMoreToOpen = this.#nextUnopened < this.#works.length && !this.#opening;
    const mayOpen = isMoreToOpen && this.#opened.size < this.input.parallelCollections;
    return best && best.active.size > 0 && mayOpen ? undefined : best;
  }

  #take(reader: Reader, work: Work, documents: number, isWholeRange: boolean): void {
    if (isWholeRange) work.pending -= 1;
    reader.work = work;
    const begun = this.#begin(work.collection, documents);
    this.#documents += begun.documents;
    reader.left = documents - begun.documents;
    reader.waitMs = begun.waitMs;
    work.active.add(reader);
  }

  /**
   * The first inserts into a budget are few and small, until charges and answers are known. A hot partition is asked until it refuses: it gives all that the second has
   * which the copy begins in, and as soon as the last one begins it is done with.
   */
  #begin(collection: CourseCollection, most: number): { readonly waitMs: number; readonly documents: number } {
    const { budget, documents, ru } = collection;
    if (!budget || this.#begun.has(budget)) return { waitMs: 0, documents: 0 };
    this.#begun.add(budget);
    const allMs = (documents * ru * 1000) / budget.ruPerSecond;
    const waitMs = Math.min(allMs, MOST_BEGINNING_MS, BEGINNING_ANSWERS * this.input.targetLatencyMs);
    const [alone] = pacesOf([collection], this.input);
    const isHot = alone?.by === 'hot-partition';
    return { waitMs, documents: isHot ? Math.min(most, alone.documentsPerMs * BUDGET_MS) : 0 };
  }

  #open(reader: Reader): void {
    const work = this.#works[this.#nextUnopened];
    this.#nextUnopened += 1;
    if (!work) return;
    work.openedAt = this.#now;
    reader.work = work;
    reader.opening = true;
    reader.waitMs = this.input.openMs;
    this.#opening = true;
  }

  #help(reader: Reader): void {
    let best: Reader | undefined;
    let most = 2 * SPLIT_BYTES;
    for (const other of this.#readers) {
      if (!other.work || other.opening || !other.work.collection.divisible) continue;
      const bytes = bytesLeft(other, other.work);
      if (bytes >= most) [best, most] = [other, bytes];
    }
    if (!best?.work) return;
    best.left /= 2;
    this.#take(reader, best.work, best.left, false);
  }

  /** To the next time that somebody has done what they do. */
  #advance(): void {
    const reading: Reader[] = [];
    let ms = Number.POSITIVE_INFINITY;
    for (const reader of this.#readers) {
      if (!reader.work) continue;
      if (reader.waitMs > NOTHING) ms = Math.min(ms, reader.waitMs);
      else reading.push(reader);
    }
    const paces = this.#pacesOf(reading);
    for (let i = 0; i < reading.length; i += 1) {
      ms = Math.min(ms, (reading[i]?.left ?? 0) / (paces[i]?.documentsPerMs ?? 1));
    }
    this.#now += ms;
    for (const reader of this.#readers) if (reader.work && reader.waitMs > NOTHING) this.#wait(reader, ms);
    for (let i = 0; i < reading.length; i += 1) {
      const [reader, pace] = [reading[i], paces[i]];
      if (!reader?.work || !pace) continue;
      this.#heldUp[pace.by] += ms;
      const done = Math.min(reader.left, pace.documentsPerMs * ms);
      this.#documents += done;
      reader.left -= done;
      if (reader.left <= NOTHING) this.#finish(reader, reader.work);
    }
    this.#points.push({ ms: this.#now, documents: this.#documents });
  }

  /** Many events change nothing of who reads what. */
  #pacesOf(reading: readonly Reader[]): readonly Pace[] {
    if (reading.length !== this.#read.length || reading.some(({ work }, i) => work?.collection !== this.#read[i])) {
      this.#read = reading.flatMap(({ work }) => (work ? [work.collection] : []));
      this.#paces = pacesOf(this.#read, this.input);
    }
    return this.#paces;
  }

  #wait(reader: Reader, ms: number): void {
    reader.waitMs -= ms;
    if (reader.waitMs > NOTHING || !reader.opening || !reader.work) return;
    const { work } = reader;
    reader.opening = false;
    reader.work = undefined;
    this.#opening = false;
    if (work.pending > 0) this.#opened.add(work);
    else work.endedAt = this.#now;
  }

  #finish(reader: Reader, work: Work): void {
    reader.work = undefined;
    work.active.delete(reader);
    if (work.pending > 0 || work.active.size > 0) return;
    work.endedAt = this.#now;
    this.#opened.delete(work);
  }
}

function bytesLeft(reader: Reader, { collection }: Work): number {
  return (reader.left / Math.max(1, collection.documents)) * collection.bytes;
}
