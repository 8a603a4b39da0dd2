/** Where the collections of a plan are cut for Data Factory, and where a range is cut further. Only reads. */
import { EJSON, type Document } from 'bson';
import { MigrationError } from '../../core/model/error.js';
import type { PlannedCollection } from '../../core/model/plan.js';
import type { Namespace } from '../../core/model/namespace.js';
import { MIB } from '../../core/model/units.js';
import { mapBounded } from '../../engine/bounded.js';
import { planRanges, spread } from '../../engine/copy/plan-ranges.js';
import type { CopySource } from '../../engine/copy/ports.js';
import { AVERAGE_BYTES } from '../../engine/copy/survey.js';
import type { ClusterSession } from '../../engine/ports.js';
import { copyRange, type CopyRange } from '../../handoff/data-factory/copy-range.js';
import { canCutBy, cutBounds, filterOf, WHOLE, type IdBounds } from '../../handoff/data-factory/id-bounds.js';

export interface RangeReads {
  readonly session: ClusterSession;
  readonly source: CopySource;
  readonly signal: AbortSignal;
  /** For tests: the largest range, in bytes. */
  readonly rangeBytes?: number;
}

/** Starting a Copy activity takes the better part of a minute: a range must be worth it. And it must be cheap to copy again. */
const RANGE_BYTES = 256 * MIB;
/** Collections that are cut at once, and ranges of each that are counted at once. Judged: a count walks an index of a source that is in use. */
const PARALLEL_COLLECTIONS = 8;
/** Of one range, in one round of the search for what is refused. */
const PARTS = 8;
/** `_id`s after a place of which one can be told to a server. */
const TRIES = 5;

/** Ranges of every collection, each with its count; together they hold every document of every type of `_id` once. @throws MigrationError as the session does. */
export async function planCopyRanges(
  collections: readonly PlannedCollection[],
  reads: RangeReads,
): Promise<readonly CopyRange[]> {
  const planned = await mapBounded(collections, PARALLEL_COLLECTIONS, (one) => rangesOf(one, reads), reads.signal);
  return planned.flat();
}

async function rangesOf(planned: PlannedCollection, reads: RangeReads): Promise<readonly CopyRange[]> {
  const { source: ns, target, options } = planned;
  const documents = await countWithin(ns, WHOLE, reads);
  const average = planned.documents > 0 ? planned.logicalBytes / planned.documents : AVERAGE_BYTES;
  const bytes = Math.round(documents * average);
  const { rangeBytes = RANGE_BYTES } = reads;
  const alone = copyRange({ source: ns, target, bounds: WHOLE, documents });
  // Where no _id index leads to a range, each would cost a walk over all of it.
  if (bytes <= rangeBytes || options.capped || options.clustered) return [alone];
  const cuttable: CopySource = new CuttableSource(reads.source);
  const cut = await planRanges(cuttable, ns, { documents, bytes }, { readers: 1, rangeBytes }, reads.signal);
  const bounds = cutBounds(
    WHOLE,
    cut.flatMap(({ lower }) => lower ?? []),
  );
  if (bounds.length < 2) return [alone];
  const counted = await mapBounded(
    bounds,
    PARALLEL_COLLECTIONS,
    async (part) => copyRange({ source: ns, target, bounds: part, documents: await countWithin(ns, part, reads) }),
    reads.signal,
  );
  return spread(counted);
}

/** The same source, which cuts only where a filter of Data Factory can say so. */
class CuttableSource implements CopySource {
  readonly read: CopySource['read'];
  readonly sampleIds: CopySource['sampleIds'];
  readonly splitIds: CopySource['splitIds'];
  readonly idAfter: CopySource['idAfter'];

  constructor(private readonly inner: CopySource) {
    this.read = inner.read.bind(inner);
    this.sampleIds = inner.sampleIds.bind(inner);
    this.splitIds = inner.splitIds.bind(inner);
    this.idAfter = inner.idAfter.bind(inner);
  }

  canBound(id: Buffer): boolean {
    return canCutBy(id) && this.inner.canBound(id);
  }
}

/** The filter as the driver takes it. Strict mode is what came before Extended JSON v2, which the parser calls legacy. */
export function queryOf(bounds: IdBounds): Document {
  return EJSON.parse(filterOf(bounds), { relaxed: false, legacy: true }) as Document;
}

export async function countWithin(
  ns: Namespace,
  bounds: IdBounds,
  { session, signal }: Pick<RangeReads, 'session' | 'signal'>,
): Promise<number> {
  // Without a query the server answers from what it keeps; with one it walks the index.
  const within = bounds.kind === 'whole' ? {} : { query: queryOf(bounds), hint: { _id: 1 } };
  const reply = await session.command(ns.db, { count: ns.coll, ...within }, { signal });
  return Number(reply['n'] ?? 0);
}

/** Parts of a range, some eight, as far as its `_id`s let it be cut; the range alone where they do not. */
export async function cutRange(range: CopyRange, documents: number, reads: RangeReads): Promise<readonly CopyRange[]> {
  const { source: ns, target, bounds } = range;
  const wanted = Math.min(PARTS, documents);
  const boundaries: string[] = [];
  for (let part = 1; part < wanted; part += 1) {
    const id = await cuttableIdAt(range, Math.floor((part * documents) / wanted), reads);
    if (id !== undefined) boundaries.push(id);
  }
  // Where types are mixed, the one before the middle may be the only one to cut by.
  const first = boundaries.length === 0 && bounds.kind !== 'between' ? await cuttableIdAt(range, 0, reads) : undefined;
  const parts = cutBounds(bounds, first === undefined ? boundaries : [first]);
  if (parts.length < 2) return [range];
  return mapBounded(
    parts,
    PARALLEL_COLLECTIONS,
    async (part) => copyRange({ source: ns, target, bounds: part, documents: await countWithin(ns, part, reads) }),
    reads.signal,
  );
}

async function cuttableIdAt(
  range: CopyRange,
  skip: number,
  { source, signal }: RangeReads,
): Promise<string | undefined> {
  const { source: ns, bounds } = range;
  const filter = bounds.kind === 'whole' ? undefined : queryOf(bounds);
  for (let further = 0; further < TRIES; further += 1) {
    let id: Buffer | undefined;
    try {
      id = await source.idAfter(ns, {}, skip + further, signal, filter);
    } catch (error) {
      // No _id index to walk along.
      if (MigrationError.is(error, 'command-failed')) return undefined;
      throw error;
    }
    if (!id) return undefined;
    if (canCutBy(id)) return id.toString('hex');
  }
  return undefined;
}
