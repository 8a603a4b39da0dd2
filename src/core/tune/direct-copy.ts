/** Numbers of a direct copy that are not found while it copies. */
import { MIB } from '../model/units.js';

/** Less than this is no wait that a further connection could hide: a reply of some megabytes takes longer. */
const NEAR_MS = 3;

/**
 * Ranges that are read at once, each over a connection of its own, unless the user says otherwise: two keep a target busy (one gives some 400 MB/s, which is more than
 * this engine sends), and two more hide the waits of a network. `latencyMs`: of the source.
 */
export function sourceConnectionsFor(latencyMs: number): number {
  return latencyMs < NEAR_MS ? 2 : 4;
}

/** The largest range: within the 64 to 128 MB that keep one worth its round trips and cheap to read again. */
export const RANGE_BYTES = 96 * MIB;
/** Smaller collections are cut smaller, so that several readers have something to do; less than this is not worth a reader. */
export const SMALLEST_RANGE_BYTES = 16 * MIB;
/** Limits of a direct copy: more than any target takes, so that a slip of the finger is noticed. `mbPerSecond`: millions of bytes. */
export const MOST_CEILINGS = {
  ruPerSecond: 10_000_000,
  mbPerSecond: 100_000,
  documentsPerSecond: 100_000_000,
  sourceConnections: 256,
} as const;
