/** Whether a server reads `_id` ranges, found out by trying, and where to cut them. */
import { EJSON, ObjectId, type Document } from 'bson';
import { BSON_TYPE, rawId } from '../../core/bson/raw-document.js';
import { MigrationError } from '../../core/model/error.js';
import type { Namespace } from '../../core/model/namespace.js';
import { MIB } from '../../core/model/units.js';
import type { ClusterSession, RawFind } from '../ports.js';
import { decodedId } from '../raw-id.js';
import type { Segment } from './side.js';

export type RangeProbe =
  /** Bounds exclude what they must, and nothing else. */
  | 'honoured'
  /** The server takes `min` and `max` and answers as if they were not there (the vCore engine does). */
  | 'ignored'
  /** The server says no. */
  | 'refused'
  /** There is an `_id` of MinKey or MaxKey: a range that is open upwards ends before MaxKey (observed, MongoDB 6.0), and no bound lies below MinKey. */
  | 'edge-keys'
  /** Fewer than two different `_id`s: nothing to tell by. */
  | 'too-few-documents';

async function read(
  session: ClusterSession,
  ns: Namespace,
  find: RawFind,
  signal: AbortSignal | undefined,
): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for await (const batch of session.findRaw(ns, { batchSize: 2, limit: 2, ...find }, signal))
    found.push(...batch.documents);
  return found;
}

/**
 * Tries `min` and `max` with the `_id` index where they must leave documents out, and looks whether they are left out. A server that ignores bounds would
 * otherwise give every range the whole collection. Nothing is written.
 * @throws MigrationError where the collection cannot be read at all.
 */
export async function probeRangeReads(
  session: ClusterSession,
  ns: Namespace,
  options: { readonly signal?: AbortSignal | undefined; readonly readPreference?: string | undefined } = {},
): Promise<RangeProbe> {
  const { signal, readPreference } = options;
  const preference = readPreference === undefined ? {} : { readPreference };
  const only = { projection: { _id: 1 }, ...preference };
  const hint = { hint: { _id: 1 }, ...only };
  try {
    const [lowest] = await read(session, ns, { sort: { _id: 1 }, ...only, limit: 1 }, signal);
    const [highest] = await read(session, ns, { sort: { _id: -1 }, ...only, limit: 1 }, signal);
    const low = lowest && rawId(lowest);
    const high = highest && rawId(highest);
    if (!lowest || !highest || !low || !high || low.equals(high)) return 'too-few-documents';
    if (low[0] === BSON_TYPE.minKey || high[0] === BSON_TYPE.maxKey) return 'edge-keys';
    const min = decodedId(lowest);
    const max = decodedId(highest);
    if (!min || !max) return 'refused';
    const fromHighest = await read(session, ns, { ...hint, min: max }, signal);
    const belowLowest = await read(session, ns, { ...hint, max: min }, signal);
    const between = await read(session, ns, { ...hint, min, max }, signal);
    const all = (found: Buffer[], wanted: Buffer): boolean => found.every((one) => rawId(one)?.equals(wanted) === true);
    const [first] = between;
    const honoured =
      fromHighest.length > 0 &&
      all(fromHighest, high) &&
      belowLowest.length === 0 &&
      first !== undefined &&
      rawId(first)?.equals(low) === true &&
      between.every((one) => rawId(one)?.equals(high) === false);
    return honoured ? 'honoured' : 'ignored';
  } catch (error) {
    if (MigrationError.is(error, 'command-failed')) return 'refused';
    throw error;
  }
}

/** Within the 64 to 128 MB that keep a range worth its round trips and cheap to read again. */
export const RANGE_BYTES = 96 * MIB;
/** `$sample` takes its fast path (a random cursor) below 5 % of a collection (MongoDB manual, $sample). */
const SAMPLED_PART = 0.04;
/** Ranges are then within about a third of their size. Judged, as is the bound, which keeps a sample to seconds. */
const SAMPLES_PER_RANGE = 10;
const LARGEST_SAMPLE = 5_000;

/** True when the decoded value encodes to the same place in the order again: objects lose the order of integer-like keys, odd text its bytes. */
export function keepsItsPlace(value: unknown): boolean {
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  if (typeof value === 'string') return !value.includes('\uFFFD');
  if (typeof value === 'number') return !Number.isNaN(value);
  if (typeof value !== 'object' || value === null) return value !== undefined;
  if (value instanceof ObjectId || '_bsontype' in value) return true;
  if (Array.isArray(value)) return false;
  return Object.entries(value).every(([key, inner]) => !/^\d+$/.test(key) && keepsItsPlace(inner));
}

/**
 * Cuts a collection, of which {@link probeRangeReads} says `honoured`, into about equal `_id` ranges by a bounded `$sample` of the source, sorted by the server itself. The first and the last range are open, so that
 * every `_id` of every type is in exactly one of them. One range where the collection is small or `$sample` is refused.
 */
export async function cutRanges(
  session: ClusterSession,
  ns: Namespace,
  size: { readonly documents: number; readonly bytes: number; readonly rangeBytes?: number },
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Segment[]> {
  const wanted = Math.ceil(size.bytes / (size.rangeBytes ?? RANGE_BYTES));
  const sampled = Math.min(wanted * SAMPLES_PER_RANGE, LARGEST_SAMPLE, Math.floor(size.documents * SAMPLED_PART));
  if (wanted < 2 || sampled < 1) return [{ index: 0 }];
  let ids: unknown[];
  try {
    const pipeline = [{ $sample: { size: sampled } }, { $project: { _id: 1 } }, { $sort: { _id: 1 } }];
    const command = { aggregate: ns.coll, pipeline, cursor: { batchSize: sampled } };
    const reply = await session.command(ns.db, command, options.signal ? { signal: options.signal } : {});
    const batch = ((reply['cursor'] as Document | undefined)?.['firstBatch'] ?? []) as Document[];
    ids = batch.map((document) => document['_id'] as unknown).filter(keepsItsPlace);
  } catch (error) {
    if (MigrationError.is(error, 'command-failed') || MigrationError.is(error, 'missing-privilege'))
      return [{ index: 0 }];
    throw error;
  }
  return segmentsBetween(quantiles(ids, wanted - 1));
}

function quantiles(sorted: readonly unknown[], wanted: number): unknown[] {
  const picked: unknown[] = [];
  let last: string | undefined;
  for (let i = 1; i <= Math.min(wanted, sorted.length); i += 1) {
    const id = sorted[Math.floor((i * sorted.length) / (Math.min(wanted, sorted.length) + 1))];
    const text = EJSON.stringify({ id });
    if (text !== last) picked.push(id);
    last = text;
  }
  return picked;
}

function segmentsBetween(boundaries: readonly unknown[]): Segment[] {
  const segments: Segment[] = [];
  for (let index = 0; index <= boundaries.length; index += 1) {
    segments.push({
      index,
      ...(index > 0 ? { min: boundaries[index - 1] } : {}),
      ...(index < boundaries.length ? { max: boundaries[index] } : {}),
    });
  }
  return segments;
}
