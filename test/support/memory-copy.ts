/** Source and target of a copy in memory: the same contract as the real ones, and faults where a test wants them. */
import { deserialize, EJSON, serialize, type Document } from 'bson';
import { rawId } from '../../src/core/bson/raw-document.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { ClusterFacts } from '../../src/core/model/facts.js';
import type { Namespace } from '../../src/core/model/namespace.js';
import { DocumentBatch } from '../../src/engine/copy/batch.js';
import type {
  CopySource,
  CopyTarget,
  CopyWriter,
  IdRange,
  InsertReply,
  RangeReader,
  ReadOptions,
  ReadOrder,
  WriteLimits,
  WriteRefusal,
} from '../../src/engine/copy/ports.js';
import type { ClusterSession, RawFind } from '../../src/engine/ports.js';
import { exactId } from '../../src/adapters/mongo/raw-tree.js';
import { compareIds } from './bson-order.js';

const idOf = (document: Buffer): Buffer => rawId(document) ?? Buffer.alloc(0);
const lost = (): MigrationError => new MigrationError('connection-lost', { reason: 'test' });

export interface SourceFaults {
  /** Before each reply: true to lose the connection. */
  readonly loses?: () => boolean;
  /** False for a server that ignores bounds. */
  readonly honoursBounds?: boolean;
  readonly samples?: boolean;
  readonly splits?: boolean;
}

/** As much of a query as tests ask for: fields that have a value, or exist. */
function matches(document: Buffer, filter: Document): boolean {
  const held = deserialize(document);
  const text = (value: unknown): string => EJSON.stringify({ value }, { relaxed: true });
  return Object.entries(filter).every(([field, wanted]: [string, unknown]) =>
    typeof wanted === 'object' && wanted !== null && '$exists' in wanted
      ? field in held === wanted.$exists
      : text(held[field]) === text(wanted),
  );
}

export class MemorySource implements CopySource {
  documents: Buffer[];
  reads = 0;

  constructor(
    documents: readonly Buffer[],
    readonly faults: SourceFaults = {},
  ) {
    this.documents = [...documents].sort((a, b) => compareIds(idOf(a), idOf(b)));
  }

  within({ lower, upper }: IdRange): Buffer[] {
    if (this.faults.honoursBounds === false) return this.documents;
    return this.documents.filter(
      (d) => (!lower || compareIds(idOf(d), lower) >= 0) && (!upper || compareIds(idOf(d), upper) < 0),
    );
  }

  read(_ns: Namespace, order: ReadOrder, range: IdRange, options: ReadOptions): RangeReader {
    const all = order === 'by-id' ? this.within(range) : [...this.documents].reverse();
    const { filter } = options;
    const rest = filter === undefined ? all : all.filter((document) => matches(document, filter));
    let at = 0;
    return {
      next: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        options.signal.throwIfAborted();
        if (this.faults.loses?.()) throw lost();
        const taken: Buffer[] = [];
        let bytes = 0;
        for (; at < rest.length && (taken.length === 0 || bytes < options.replyBytes); at += 1) {
          const document = rest[at] ?? Buffer.alloc(0);
          taken.push(document);
          bytes += document.length;
        }
        this.reads += taken.length;
        return taken.length === 0 ? undefined : DocumentBatch.of(taken);
      },
      close: () => Promise.resolve(),
    };
  }

  canBound(id: Buffer): boolean {
    return exactId(id) !== undefined;
  }

  sampleIds(_ns: Namespace, count: number): Promise<readonly Buffer[] | undefined> {
    if (this.faults.samples === false) return Promise.resolve(undefined);
    const step = Math.max(1, Math.floor(this.documents.length / Math.max(1, count)));
    return Promise.resolve(this.documents.filter((_, i) => i % step === 0).map(idOf));
  }

  splitIds(_ns: Namespace, bytes: number): Promise<readonly Buffer[] | undefined> {
    if (this.faults.splits === false) return Promise.resolve(undefined);
    const found: Buffer[] = [];
    let sum = 0;
    for (const document of this.documents) {
      if (sum + document.length > bytes && sum > 0) {
        found.push(idOf(document));
        sum = 0;
      }
      sum += document.length;
    }
    return Promise.resolve(found);
  }

  idAfter(
    _ns: Namespace,
    range: IdRange,
    skip: number,
    _signal: AbortSignal,
    filter?: Document,
  ): Promise<Buffer | undefined> {
    const all = this.within(range);
    const document = (filter === undefined ? all : all.filter((one) => matches(one, filter)))[skip];
    return Promise.resolve(document && idOf(document));
  }
}

export interface TargetFaults {
  /** What happens to an insert: it is lost before or after it was written, or refused as a whole. */
  readonly command?: () => 'lost-before' | 'lost-after' | 'throttled' | 'timed-out' | undefined;
  /** What happens to a document of it. */
  readonly document?: () => 'throttled' | { readonly code: number; readonly message: string } | undefined;
}

export class MemoryTarget implements CopyTarget {
  readonly limits: WriteLimits;
  readonly replacesEmptyTimestamps = false;
  readonly stored = new Map<string, Buffer>();
  inserts = 0;

  constructor(
    readonly faults: TargetFaults = {},
    limits: Partial<WriteLimits> = {},
  ) {
    this.limits = { documents: 100_000, bytes: 48_000_000, documentBytes: 16 * 1024 * 1024, ...limits };
  }

  openWriter(): Promise<CopyWriter> {
    return Promise.resolve({
      insert: async (_ns, batch, { signal }) => {
        await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
        this.inserts += 1;
        return this.#insert(batch);
      },
      close: () => Promise.resolve(),
    });
  }

  #insert(batch: DocumentBatch): InsertReply {
    const fault = this.faults.command?.();
    if (fault === 'lost-before') throw lost();
    if (fault === 'throttled')
      return { kind: 'refused', code: 16500, message: 'Error=16500, RetryAfterMs=5', latencyMs: 1 };
    const refusals: WriteRefusal[] = [];
    for (let index = 0; index < batch.count; index += 1) {
      const document = Buffer.from(batch.at(index));
      const key = idOf(document).toString('latin1');
      const refusal = this.faults.document?.();
      if (refusal !== undefined && refusal !== 'throttled') refusals.push({ index, ...refusal });
      else if (refusal === 'throttled') refusals.push({ index, code: 16500, message: 'Error=16500, RetryAfterMs=5' });
      else if (this.stored.has(key)) refusals.push({ index, code: 11000, message: 'duplicate key' });
      else this.stored.set(key, document);
    }
    if (fault === 'lost-after') throw lost();
    if (fault === 'timed-out') return { kind: 'refused', code: 50, message: 'Request timed out.', latencyMs: 1 };
    return { kind: 'answered', inserted: batch.count - refusals.length, refusals, latencyMs: 1 };
  }

  findByIds(_ns: Namespace, ids: readonly Buffer[]): Promise<readonly Buffer[]> {
    return Promise.resolve(ids.flatMap((id) => this.stored.get(id.toString('latin1')) ?? []));
  }

  replace(_ns: Namespace, document: Buffer): Promise<undefined> {
    this.stored.set(idOf(document).toString('latin1'), Buffer.from(document));
    return Promise.resolve(undefined);
  }
}

/** As much of a session as planning and probing ask for. */
export function memorySession(source: MemorySource): ClusterSession {
  const boundOf = (value: Document | undefined): Buffer | undefined => value && rawId(Buffer.from(serialize(value)));
  const find = ({ min, max, sort, limit }: RawFind): Buffer[] => {
    const [lower, upper] = [boundOf(min), boundOf(max)];
    const found = source.within({ ...(lower ? { lower } : {}), ...(upper ? { upper } : {}) });
    const ordered = sort?.['_id'] === -1 ? [...found].reverse() : found;
    return ordered.slice(0, limit === undefined || limit === 0 ? ordered.length : limit);
  };
  // As a server that is asked for what it does not have.
  const unknown = (): Promise<never> => Promise.reject(new MigrationError('command-failed', { serverCode: 59 }));
  const refuse = (): Promise<never> => Promise.reject(new MigrationError('internal', { reason: 'not-in-memory' }));
  return {
    facts: {} as ClusterFacts,
    command: (_db, command) => ('count' in command ? Promise.resolve({ n: source.documents.length }) : unknown()),
    // eslint-disable-next-line @typescript-eslint/require-await
    async *findRaw(_ns, options) {
      yield { documents: find(options) };
    },
    replaceRaw: refuse,
    insertRaw: refuse,
  };
}
