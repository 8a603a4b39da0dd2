/** Looks at the documents of collections: some of each, or all. Reads only, within limits, and never fails for one collection. */
import { deserialize, type Document } from 'bson';
import { rawDocument, rawId } from '../../core/bson/raw-document.js';
import { MigrationError } from '../../core/model/error.js';
import type { CollectionFacts } from '../../core/model/facts.js';
import type { Namespace } from '../../core/model/namespace.js';
import type { ReadingGap } from '../../core/model/reading.js';
import type { CollectionScan } from '../../core/model/scan.js';
import { CollectionScanner } from '../../core/scan/collection-scanner.js';
import {
  batchSizeFor,
  endCommand,
  naturalCommand,
  orderedCommand,
  planSample,
  SAMPLE_LIMIT_MS,
  sampleCommand,
  SCAN_LIMIT_MS,
  stretchCommand,
} from '../../core/scan/scan-plan.js';
import { mapBounded } from '../bounded.js';
import type { Clock, RawBatch } from '../ports.js';
import { lineThrough, places } from './id-line.js';

/** What a scan needs of a connected cluster. */
export interface ScanSession {
  /** Documents that a command with a cursor gives, as they came. Errors are MigrationErrors, as of a `ClusterSession`. */
  streamRaw(
    db: string,
    command: Document,
    options: {
      readonly signal?: AbortSignal;
      readonly readPreference?: string;
      readonly batchSize?: number;
      readonly silenceMs?: number;
    },
  ): AsyncIterable<RawBatch>;
}

export interface ScanProgress {
  readonly ns: Namespace;
  readonly documents: number;
  readonly of: number;
}

export interface ScanOptions {
  /** `sample`: a bounded number, drawn at random where the server can; `full`: all, in the order of `_id`. */
  readonly mode: 'sample' | 'full';
  readonly clock: Clock;
  /** Documents of a sample, 10,000 unless told. */
  readonly sampleSize?: number;
  /** Milliseconds for one collection: a minute for a sample, an hour for all, unless told. */
  readonly limitMs?: number;
  readonly readPreference?: string;
  readonly signal?: AbortSignal;
  /** Paths to look at besides top-level fields and those of indexes. */
  readonly paths?: readonly string[];
  /** False leaves out the bytes by bucket of each field, 8 KB each. */
  readonly buckets?: boolean;
  readonly onProgress?: (progress: ScanProgress) => void;
}

type Drawn = NonNullable<CollectionScan['drawn']>;

/** Judged: old and new documents are all seen, and each stretch is worth its search. */
const STRETCHES = 20;
/** More than any sample. */
const MANY = 1e12;
/** A connection that is gone says nothing; a server that is busy answers within its own limit, and some time to travel. */
const TRAVEL_MS = 30_000;
/** Of a sample that broke off: fewer than these are no sample. */
const WORTH_KEEPING = 1_000;
/** Collections. Judged: enough to hide the round trips, few enough for a source that is in use. */
const SAMPLED_AT_ONCE = 4;
/** So many collections keep the bytes by bucket of their fields: the largest, for which a shard key matters. */
const KEEP_BUCKETS = 200;

/**
 * Looks at a collection. What could not be read, or not to its end, stands in `gaps`; views and time series are not looked at.
 * @throws MigrationError `cancelled` by the signal, or whatever its reason is; nothing else.
 */
export async function scanCollection(
  session: ScanSession,
  collection: CollectionFacts,
  options: ScanOptions,
): Promise<CollectionScan> {
  const run = new ScanRun(session, collection, options);
  if (collection.type !== 'collection') return run.leftOut();
  return options.mode === 'full' ? run.full() : run.sample();
}

/** Looks at many, a few at a time, each told as soon as it is done; memory does not grow with their number but by what is kept of each. */
export async function scanCollections(
  session: ScanSession,
  collections: readonly CollectionFacts[],
  options: ScanOptions & { readonly concurrency?: number; readonly onScan?: (scan: CollectionScan) => void },
): Promise<CollectionScan[]> {
  const bySize = [...collections].sort((a, b) => b.logicalBytes - a.logicalBytes);
  const largest = new Set(bySize.slice(0, KEEP_BUCKETS));
  return mapBounded(
    collections,
    options.concurrency ?? SAMPLED_AT_ONCE,
    async (collection) => {
      const buckets = (options.buckets ?? true) && largest.has(collection);
      const scan = await scanCollection(session, collection, { ...options, buckets });
      options.onScan?.(scan);
      return scan;
    },
    options.signal,
  );
}

class ScanRun {
  readonly #session: ScanSession;
  readonly #collection: CollectionFacts;
  readonly #options: ScanOptions;
  readonly #purpose: string;
  readonly #deadline: number;
  readonly #batchSize: number;
  readonly #gaps: ReadingGap[] = [];
  #scanner: CollectionScanner;

  constructor(session: ScanSession, collection: CollectionFacts, options: ScanOptions) {
    const full = options.mode === 'full';
    this.#session = session;
    this.#collection = collection;
    this.#options = options;
    this.#purpose = full ? 'data-scan' : 'data-sample';
    this.#deadline = options.clock.now() + (options.limitMs ?? (full ? SCAN_LIMIT_MS : SAMPLE_LIMIT_MS));
    this.#batchSize = batchSizeFor(collection.averageBytes);
    this.#scanner = this.#newScanner(full);
  }

  leftOut(): CollectionScan {
    this.#gaps.push({ purpose: this.#purpose, ns: this.#collection.ns, reason: 'not-supported' });
    return this.#told('ranges');
  }

  async sample(): Promise<CollectionScan> {
    const { ns } = this.#collection;
    const { sampleSize } = this.#options;
    const plan = planSample(this.#collection, sampleSize);
    // The count may be wrong, after a crash for one: what has many more than it told is sampled after all.
    const many = planSample({ ...this.#collection, documents: MANY }, sampleSize).documents;
    if (plan.kind === 'all') {
      const ended = await this.#read(naturalCommand(ns.coll, this.#batchSize, this.#left(), 2 * many));
      if (!ended || this.#scanner.documents < 2 * many) return this.#told(ended ? 'all' : 'ranges');
      this.#scanner = this.#newScanner(false);
    }
    const documents = plan.kind === 'all' ? many : plan.documents;
    // Half of the time, so that there is some left for another way.
    const ended = await this.#read(sampleCommand(ns.coll, documents, this.#batchSize, Math.ceil(this.#left() / 2)));
    if ((ended && this.#scanner.documents > 0) || this.#scanner.documents >= WORTH_KEEPING) return this.#told('random');
    return this.#stretches(documents);
  }

  async full(): Promise<CollectionScan> {
    const { coll } = this.#collection.ns;
    const ended = await this.#read(orderedCommand(coll, this.#batchSize, this.#left()));
    if (ended) return this.#told('all');
    if (this.#scanner.documents > 0 || this.#left() <= 1) return this.#told('ranges');
    // No index on `_id` (an old capped collection), or a server that knows no hint: in whatever order it gives them.
    this.#scanner = this.#newScanner(false);
    this.#gaps.length = 0;
    const read = await this.#read(naturalCommand(coll, this.#batchSize, this.#left()));
    return this.#told(read ? 'all' : 'ranges');
  }

  /** Stretches at even distances in the order of `_id`; from both ends where nothing between them can be named. */
  async #stretches(documents: number): Promise<CollectionScan> {
    const { coll } = this.#collection.ns;
    this.#scanner = this.#newScanner(false);
    const [first, last] = [await this.#end(coll, 1), await this.#end(coll, -1)];
    const line = lineThrough(first, last);
    if (!line) {
      await this.#read(naturalCommand(coll, this.#batchSize, this.#left(), documents));
      return this.#told('ranges');
    }
    const limit = Math.ceil(documents / STRETCHES);
    let reached: unknown;
    for (const [i, place] of places(line, first, last, STRETCHES).entries()) {
      const position = reached === undefined ? undefined : line.position(reached);
      const from = position !== undefined && position >= place ? { $gt: reached } : { $gte: line.at(place) };
      const limitMs = Math.ceil(this.#left() / (STRETCHES - i));
      const read = await this.#read(stretchCommand(coll, from, limit, this.#batchSize, limitMs), (raw) => {
        reached = idOf(raw);
      });
      if (!read) break;
    }
    return this.#told('ranges');
  }

  async #end(coll: string, direction: 1 | -1): Promise<unknown> {
    let found: unknown;
    await this.#stream(endCommand(coll, direction, this.#left()), (raw) => {
      found = idOf(raw);
    });
    return found;
  }

  #read(command: Document, onLast?: (last: Buffer) => void): Promise<boolean> {
    const { ns, documents: of } = this.#collection;
    return this.#stream(
      command,
      (raw) => this.#scanner.add(raw),
      (last) => {
        onLast?.(last);
        this.#options.onProgress?.({ ns, documents: this.#scanner.documents, of });
      },
    );
  }

  /** True when the command gave all that it had to give; else a gap says why it did not. */
  async #stream(command: Document, onEach: (raw: Buffer) => void, onBatch?: (last: Buffer) => void): Promise<boolean> {
    const { ns } = this.#collection;
    const { signal, readPreference = 'secondaryPreferred', clock } = this.#options;
    try {
      const stream = this.#session.streamRaw(ns.db, command, {
        readPreference,
        batchSize: this.#batchSize,
        silenceMs: this.#left() + TRAVEL_MS,
        ...(signal ? { signal } : {}),
      });
      for await (const { documents } of stream) {
        for (const raw of documents) onEach(raw);
        const last = documents.at(-1);
        if (last) onBatch?.(last);
        if (clock.now() < this.#deadline) continue;
        this.#gaps.push({ purpose: this.#purpose, ns, reason: 'time-limit' });
        return false;
      }
      return true;
    } catch (error) {
      if (signal?.aborted || !MigrationError.is(error) || MigrationError.is(error, 'cancelled')) throw error;
      this.#gaps.push(gapOf(error, this.#purpose, ns));
      return false;
    }
  }

  /** Milliseconds that are left, at least one: a limit of none means no limit to a server. */
  #left(): number {
    return Math.max(1, this.#deadline - this.#options.clock.now());
  }

  #newScanner(inIdOrder: boolean): CollectionScanner {
    const { indexes, shardKey = [] } = this.#collection;
    const paths = [...shardKey.map(([path]) => path), ...(this.#options.paths ?? [])];
    return new CollectionScanner({ indexes, paths, inIdOrder });
  }

  #told(drawn: Drawn): CollectionScan {
    const { ns, documents } = this.#collection;
    return this.#scanner.scan({
      ns,
      mode: this.#options.mode,
      // What was read to its end is what there is.
      of: drawn === 'all' ? this.#scanner.documents : Math.max(documents, this.#scanner.documents),
      drawn,
      gaps: this.#gaps,
      buckets: this.#options.buckets ?? true,
    });
  }
}

/** The `_id` alone is decoded: the rest of a document may hold anything. */
function idOf(raw: Buffer): unknown {
  const id = rawId(raw);
  if (!id) return undefined;
  const element = Buffer.concat([id.subarray(0, 1), Buffer.from('_id\0'), id.subarray(1)]);
  const options = { promoteValues: false, promoteLongs: false, validation: { utf8: false } } as const;
  return deserialize(rawDocument([element]), options)['_id'] as unknown;
}

/** ExceededTimeLimit. */
const TIME_LIMIT = 50;
/** CommandNotFound, CommandNotSupported, Amazon's "not supported", unknown stage, a query or sort that needs an index, memory without disk. */
const NOT_SUPPORTED: ReadonlySet<unknown> = new Set([59, 115, 303, 40_324, 2, 292]);

function gapOf(error: MigrationError, purpose: string, ns: Namespace): ReadingGap {
  const { serverCode, message } = error.facts;
  const reason =
    error.code === 'missing-privilege'
      ? 'missing-privilege'
      : serverCode === TIME_LIMIT
        ? 'time-limit'
        : NOT_SUPPORTED.has(serverCode)
          ? 'not-supported'
          : 'failed';
  return { purpose, ns, reason, ...(typeof message === 'string' ? { message } : {}) };
}
