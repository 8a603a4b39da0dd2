/** One of the two clusters, read for verification. */
import { MigrationError } from '../../core/model/error.js';
import type { Namespace } from '../../core/model/namespace.js';
import type { CompiledTransform } from '../copy/compile-transform.js';
import { transformDocument } from '../copy/transform-batch.js';
import { KIB, MIB } from '../../core/model/units.js';
import type { Clock, ClusterSession, RawFind } from '../ports.js';
import type { Pacer } from './pacer.js';

export interface Side {
  readonly name: 'source' | 'target';
  readonly session: ClusterSession;
  readonly ns: Namespace;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  readonly pacer: Pacer | undefined;
  readonly readPreference: string | undefined;
  readonly readConcern: string | undefined;
  /** What was done to the documents on their way, and is done to them again to compare them. */
  readonly transform: CompiledTransform;
  /** Documents per reply. */
  readonly batchSize: number;
  readonly onRead: (documents: number, bytes: number) => void;
}

/** A part of a collection: everything, or an `_id` range that is open at a missing end. */
export interface Segment {
  readonly index: number;
  readonly min?: unknown;
  readonly max?: unknown;
}

export const EVERYTHING: Segment = { index: 0 };

/** Bytes of one reply: large enough for speed, small enough that a few readers with one reply in advance each stay within the memory bar. */
const REPLY_BYTES = MIB;
/** Of tiny documents. Judged: more in one reply make reading no faster. */
const LARGEST_REPLY_DOCUMENTS = 10_000;

/** Documents per reply for documents of this average size. */
export function batchSizeFor(averageBytes: number): number {
  const average = averageBytes > 0 ? averageBytes : KIB;
  return Math.max(1, Math.min(LARGEST_REPLY_DOCUMENTS, Math.floor(REPLY_BYTES / average)));
}

function findOf(side: Side, segment: Segment): RawFind {
  const bounded = segment.min !== undefined || segment.max !== undefined;
  return {
    batchSize: side.batchSize,
    ...(side.readPreference === undefined ? {} : { readPreference: side.readPreference }),
    ...(side.readConcern === undefined ? {} : { readConcern: side.readConcern }),
    ...(side.transform.filter === undefined ? {} : { filter: side.transform.filter }),
    ...(bounded ? { hint: { _id: 1 } } : {}),
    ...(segment.min === undefined ? {} : { min: { _id: segment.min } }),
    ...(segment.max === undefined ? {} : { max: { _id: segment.max } }),
  };
}

/**
 * Calls `each` for every document of the segment, as it is meant to be on the target (one that cannot be transformed: as it is), at the pace of the side's pacer, and waits for `afterReply` after each reply's documents.
 * `each` may return true to stop early.
 */
export async function readSegment(
  side: Side,
  segment: Segment,
  each: (document: Buffer) => boolean | void,
  signal: AbortSignal | undefined = side.signal,
  afterReply?: () => Promise<void>,
): Promise<void> {
  const { transformer } = side.transform;
  for await (const batch of side.session.findRaw(side.ns, findOf(side, segment), signal)) {
    signal?.throwIfAborted();
    let bytes = 0;
    let stopped = false;
    for (const document of batch.documents) {
      bytes += document.length;
      stopped = each(transformer ? transformDocument(document, transformer) : document) === true;
      if (stopped) break;
    }
    await afterReply?.();
    if (stopped) return;
    side.onRead(batch.documents.length, bytes);
    await side.pacer?.admit(bytes, batch.documents.length);
  }
}

/** Judged: waits of one and two seconds outlast a connection that broke off, not a server that is gone. */
const ATTEMPTS = 3;
const PAUSE_MS = 1_000;

/**
 * Runs a read again from its start when the connection or the server's cursor was lost on the way.
 * @throws what the third attempt throws, and everything else at once.
 */
export async function withReconnect<T>(
  { clock, signal }: { clock: Clock; signal: AbortSignal | undefined },
  read: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      if (attempt === ATTEMPTS || !MigrationError.is(error, 'connection-lost')) throw error;
      await clock.sleep(PAUSE_MS * attempt, signal);
    }
  }
}

/** Both at once; when one fails the other is stopped and waited for. */
export async function bothSides<T>(
  signal: AbortSignal | undefined,
  source: (signal: AbortSignal) => Promise<T>,
  target: (signal: AbortSignal) => Promise<T>,
): Promise<readonly [T, T]> {
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  let first: unknown;
  const guarded = async (read: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    try {
      return await read(either);
    } catch (error) {
      first ??= error;
      stop.abort(new MigrationError('cancelled'));
      throw error;
    }
  };
  const [a, b] = await Promise.allSettled([guarded(source), guarded(target)]);
  if (a.status === 'fulfilled' && b.status === 'fulfilled') return [a.value, b.value];
  signal?.throwIfAborted();
  throw first;
}
