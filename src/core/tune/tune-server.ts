import type { Tuning } from '../model/plan.js';
import { MIB, milliseconds } from '../model/units.js';
import { note, type TuningId, type TuningNote } from './explanations.js';
import {
  batchByBytes,
  checkFixed,
  checkNumber,
  tame,
  TOOL_BATCH_DOCUMENTS,
  TOOL_BUFFER_BYTES,
  TOOL_PARALLEL_COLLECTIONS,
  type FixedTuning,
} from './limits.js';

export interface ServerTuneInput {
  readonly target: 'vcore' | 'mongodb';
  readonly latencyMs: number;
  readonly collections: number;
  readonly averageDocumentBytes: number;
  /** Cores of the target; 2, those of the smallest clusters, where it does not say. */
  readonly logicalCores?: number;
  readonly maxWriteBatchSize: number;
  readonly maxMessageSizeBytes: number;
  readonly fixed?: FixedTuning;
}

/** Of a target that does not say: as many as the smallest vCore tier with high availability has. */
const ASSUMED_CORES = 2;
/** What one core of a server takes in: 15-26 k documents of 1 KB per second were seen on vCore's engine, 28 MB/s by one worker of mongorestore on mongod. */
const BYTES_PER_SECOND_AND_CORE = 20 * MIB;
/** Even a batch of nothing has to be parsed, logged and acknowledged. */
const MIN_SERVICE_MS = 1;
/** mongorestore gained nothing from more; each is a connection and a buffer. */
const MAX_WORKERS = 16;

/**
 * A target that is not metered is bound by its cores and by waiting. Batch: mongorestore's own 1,000 documents, less where the server's `maxWriteBatchSize`, one message
 * (47 MB, `maxMessageSizeBytes`) or the memory for everything under way is smaller. Workers: every core of the target shall have a batch to work on while others travel,
 * cores × (1 + latency ÷ time that a core works on one batch), rounded up, at most 16 altogether, shared by the collections restored at once (at most 4, at most one per core).
 * @throws MigrationError `bad-number` for anything that is not a finite number above 0 (latency, document size, collections: 0 or more).
 */
export function tuneForServer(input: ServerTuneInput): Tuning {
  const cores = input.logicalCores ?? ASSUMED_CORES;
  checkNumber('latencyMs', input.latencyMs, 0, true);
  checkNumber('collections', input.collections, 0, true);
  checkNumber('averageDocumentBytes', input.averageDocumentBytes, 0, true);
  checkNumber('logicalCores', cores, 1, true);
  checkNumber('maxWriteBatchSize', input.maxWriteBatchSize, 1, true);
  checkNumber('maxMessageSizeBytes', input.maxMessageSizeBytes, 1, true);
  const fixed = input.fixed ?? {};
  checkFixed(fixed);
  const parallel =
    fixed.parallelCollections ??
    Math.max(1, Math.min(TOOL_PARALLEL_COLLECTIONS, Math.floor(input.collections), Math.floor(cores)));
  const message = Math.min(TOOL_BUFFER_BYTES, input.maxMessageSizeBytes);
  const first = batchFor(input, message, 1, fixed);
  const documentBytes = Math.max(1, tame(input.averageDocumentBytes));
  const serviceMs = Math.max(MIN_SERVICE_MS, ((first.batch * documentBytes) / BYTES_PER_SECOND_AND_CORE) * 1000);
  const all = Math.min(MAX_WORKERS, Math.ceil(cores * (1 + input.latencyMs / serviceMs)));
  const workers = fixed.insertionWorkers ?? Math.max(1, Math.ceil(all / parallel));
  const last = batchFor(input, message, workers * parallel, fixed);
  const notes: readonly TuningNote[] = [
    note(last.by, { batch: last.batch, documentBytes: input.averageDocumentBytes, limit: input.maxWriteBatchSize }),
    fixed.insertionWorkers === undefined
      ? note('workers-by-cores-and-latency', { cores, latencyMs: input.latencyMs, serviceMs, workers })
      : note('workers-by-user', { workers }),
    note(fixed.parallelCollections === undefined ? 'parallel-collections' : 'parallel-by-user', {
      collections: parallel,
    }),
    note('relay-corrects'),
  ];
  return {
    target: input.target,
    batchSize: last.batch,
    insertionWorkers: workers,
    parallelCollections: parallel,
    latencyMs: milliseconds(input.latencyMs),
    explanation: notes,
  };
}

function batchFor(
  input: ServerTuneInput,
  message: number,
  senders: number,
  fixed: FixedTuning,
): { readonly batch: number; readonly by: TuningId } {
  if (fixed.batchSize !== undefined) return { batch: fixed.batchSize, by: 'batch-by-user' };
  const candidates: readonly (readonly [number, TuningId])[] = [
    [TOOL_BATCH_DOCUMENTS, 'batch-by-tool-default'],
    [Math.floor(input.maxWriteBatchSize), 'batch-by-server-limit'],
    [batchByBytes(input.averageDocumentBytes, message, 1), 'batch-by-message-size'],
    [batchByBytes(input.averageDocumentBytes, message, senders), 'batch-by-memory'],
  ];
  const [batch, by] = candidates.reduce((least, next) => (next[0] < least[0] ? next : least));
  return { batch, by };
}
