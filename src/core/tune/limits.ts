import { MigrationError } from '../model/error.js';
import { MIB } from '../model/units.js';

/** What one message of the tools may hold before it is sent: mongorestore's buffer of 47 MB (mongo-tools common/db/buffered_bulk.go). */
export const TOOL_BUFFER_BYTES = 47 * 1000 * 1000;
/** mongorestore's own batch; larger was never faster in what was measured, 100 was slower. */
export const TOOL_BATCH_DOCUMENTS = 1000;
/** Collections that mongorestore restores at once by default (`--numParallelCollections`). */
export const TOOL_PARALLEL_COLLECTIONS = 4;
/** More connections than this no target of one run was seen to serve faster; mongorestore takes any number. */
export const MOST_INSERTION_WORKERS = 256;
/** Judged: each has a reader on the source and workers of its own. */
export const MOST_PARALLEL_COLLECTIONS = 64;
/** All messages under way together: each is held once by the tool and once by the relay, whose memory has a bar of 300 MB. */
export const IN_FLIGHT_BYTES = 96 * MIB;

/** @throws MigrationError `bad-number` where the value is no finite number above `above` (or at it, with `orEqual`). */
export function checkNumber(name: string, value: number, above: number, orEqual = false): void {
  if (!Number.isFinite(value) || value < above || (!orEqual && value === above)) {
    throw new MigrationError('bad-number', { name, value: String(value) });
  }
}

/** Between 1e-12 and 1e12, beyond which no real figure lies: products and quotients of such numbers stay finite. */
export function tame(value: number): number {
  return Math.min(1e12, Math.max(1e-12, value));
}

/** The largest batch whose messages, sent by so many at once, stay within the memory bound and within one message. */
export function batchByBytes(averageDocumentBytes: number, messageBytes: number, senders: number): number {
  const document = Math.max(1, averageDocumentBytes);
  return Math.max(1, Math.floor(Math.min(messageBytes, IN_FLIGHT_BYTES / senders) / document));
}

/** Numbers that the user has chosen: they are taken as they are, and what depends on them is computed from them. Whole numbers from 1. */
export interface FixedTuning {
  readonly batchSize?: number;
  readonly insertionWorkers?: number;
  readonly parallelCollections?: number;
}

/** @throws MigrationError `bad-number`. */
export function checkFixed(fixed: FixedTuning): void {
  for (const [name, value] of Object.entries(fixed) as [string, number | undefined][]) {
    if (value === undefined) continue;
    if (!Number.isInteger(value)) throw new MigrationError('bad-number', { name, value: String(value), minimum: 1 });
    checkNumber(name, value, 1, true);
  }
}
