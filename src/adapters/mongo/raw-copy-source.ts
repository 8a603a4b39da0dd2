/** The source of a copy: ranges of a collection, and where to cut them. Nothing here writes. */
import type { Document } from 'bson';
import { rawId } from '../../core/bson/raw-document.js';
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import type { CopySource, IdRange, RangeReader, ReadOptions, ReadOrder } from '../../engine/copy/ports.js';
import { RawRangeReader } from './raw-copy-reader.js';
import { exactId } from './raw-tree.js';
import type { MongoSession } from './session.js';
import { withDeadline } from './silence.js';

/** Where to cut is worth no longer search: there are other ways, and ranges are split while they are copied. Less than a server may be silent. */
const CUT_WITHIN_MS = 60_000;
/** Of index keys alone: a bounded walk is over in a second or so. */
const ID_ONLY = { projection: { _id: 1 }, hint: { _id: 1 }, sort: { _id: 1 } };

export class RawCopySource implements CopySource {
  constructor(private readonly session: MongoSession) {}

  read(ns: Namespace, order: ReadOrder, range: IdRange, options: ReadOptions): RangeReader {
    // Sorted expressly: a router would otherwise mix what its shards send, and the last `_id` seen would say nothing.
    const { filter } = options;
    const find =
      order === 'by-id'
        ? { find: ns.coll, ...filtered(filter), ...bounds(range), hint: { _id: 1 }, sort: { _id: 1 } }
        : // By an index that suits the filter a capped collection would come in another order than its own.
          { find: ns.coll, ...filtered(filter), ...(filter ? { hint: { $natural: 1 } } : {}) };
    return new RawRangeReader(this.session.parts, ns, find, options);
  }

  canBound(id: Buffer): boolean {
    return exactId(id) !== undefined;
  }

  async sampleIds(ns: Namespace, count: number, signal: AbortSignal): Promise<readonly Buffer[] | undefined> {
    const pipeline = [{ $sample: { size: count } }, { $project: { _id: 1 } }, { $sort: { _id: 1 } }];
    const cursor = { batchSize: count };
    try {
      return await this.#ids(ns, { aggregate: ns.coll, pipeline, cursor, maxTimeMS: CUT_WITHIN_MS }, signal);
    } catch (error) {
      if (MigrationError.is(error, 'command-failed') || MigrationError.is(error, 'missing-privilege')) return undefined;
      throw error;
    }
  }

  async splitIds(ns: Namespace, bytes: number, signal: AbortSignal): Promise<readonly Buffer[] | undefined> {
    const keyPattern = { _id: 1 };
    const limits = { maxChunkSizeBytes: bytes, maxTimeMS: CUT_WITHIN_MS };
    const command = { splitVector: formatNamespace(ns), keyPattern, ...limits };
    let reply: Document;
    try {
      // Wanted with their exact types: the reply's keys are read as values that say so.
      reply = await withDeadline(signal, this.session.parts.silenceMs, (either) =>
        this.session.command(ns.db, command, { signal: either }),
      );
    } catch (error) {
      if (MigrationError.is(error, 'command-failed') || MigrationError.is(error, 'missing-privilege')) return undefined;
      throw error;
    }
    const keys = (reply.splitKeys ?? []) as readonly { readonly _id: unknown }[];
    // A decoded key may not be the one that the server meant (1 and 1.0): its neighbour from the index is.
    const ids: Buffer[] = [];
    for (const { _id } of keys) {
      const [id] = await this.#ids(ns, { find: ns.coll, ...ID_ONLY, min: { _id }, limit: 1 }, signal);
      if (id) ids.push(id);
    }
    return ids;
  }

  async idAfter(
    ns: Namespace,
    range: IdRange,
    skip: number,
    signal: AbortSignal,
    filter?: Document,
  ): Promise<Buffer | undefined> {
    const find = { find: ns.coll, ...filtered(filter), ...ID_ONLY, ...bounds(range), skip, limit: 1 };
    const [id] = await this.#ids(ns, find, signal);
    return id;
  }

  async #ids(ns: Namespace, command: Document, signal: AbortSignal): Promise<Buffer[]> {
    const ids: Buffer[] = [];
    const { silenceMs } = this.session.parts;
    for await (const { documents } of this.session.streamRaw(ns.db, command, { signal, silenceMs })) {
      for (const document of documents) {
        const id = rawId(document);
        if (id) ids.push(id);
      }
    }
    return ids;
  }
}

function filtered(filter: Document | undefined): Document {
  return filter === undefined ? {} : { filter };
}

function bounds({ lower, upper }: IdRange): Document {
  return {
    ...(lower ? { min: { _id: boundOf(lower) } } : {}),
    ...(upper ? { max: { _id: boundOf(upper) } } : {}),
  };
}

/** @throws MigrationError `internal` for an `_id` that {@link CopySource.canBound} says no to. */
function boundOf(id: Buffer): unknown {
  const exact = exactId(id);
  if (!exact) throw new MigrationError('internal', { reason: 'id-cannot-bound' });
  return exact.value;
}
