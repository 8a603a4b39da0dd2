import type { Tuning } from '../model/plan.js';
import { milliseconds, requestUnits, ruPerSecond } from '../model/units.js';
import { note, type TuningNote } from './explanations.js';
import {
  batchByBytes,
  checkFixed,
  checkNumber,
  tame,
  TOOL_BUFFER_BYTES,
  TOOL_PARALLEL_COLLECTIONS,
  type FixedTuning,
} from './limits.js';

/** Microsoft's upper bound of a batch for a client that does not retry. Source: see {@link tuneForRu}. */
const MAX_BATCH = 24;

/**
 * A write takes at least this long, however near the account is: Azure Cosmos DB promises less than 10 ms for a write at the 99th percentile
 * (learn.microsoft.com/azure/cosmos-db/consistency-levels), and a `ping`, which is what is measured, does no work at all. Without the floor a short ping would leave one document under way.
 */
export const MIN_WRITE_LATENCY_MS = 10;

export interface RuTuneInput {
  readonly target: 'ru';
  /** Throughput of one collection, or of the database that all of them share. */
  readonly ruPerSecond: number;
  readonly sharing: 'per-collection' | 'shared';
  /** Measured by the probe, or estimated from the published table. */
  readonly ruPerDocument: number;
  readonly latencyMs: number;
  /** How many collections are copied. */
  readonly collections: number;
  readonly averageDocumentBytes: number;
  /** Physical partitions of a collection; 1 where unknown. */
  readonly partitions?: number;
  /** False where writes go to one partition at a time (a key that grows with time): then one partition's share is the budget. */
  readonly evenSpread?: boolean;
  readonly fixed?: FixedTuning;
}

/**
 * Microsoft's formula: batch = min(24, RU/s ÷ RU per document), workers = RU/s × latency in seconds ÷ (batch × RU per document), both rounded down.
 * 10,000 RU/s, 0.1 s and 10 RU give 24 and 4. Source: MicrosoftDocs/azure-docs articles/cosmos-db/mongodb-migrate.md (2018-12-26).
 * Where the formula gives less than one worker, one worker gets the batch that fits into one latency. Workers × batch × RU per document ÷ latency never
 * exceeds the budget, unless a single document under way does. Throughput of its own for each collection is not divided; shared throughput is, by the number of
 * collections copied at once. The numbers are a start: the relay before the target paces by what is really charged.
 * @throws MigrationError `bad-number` for anything that is not a finite number above 0 (latency: 0 or more).
 */
export function tuneForRu(input: RuTuneInput): Tuning {
  const partitions = input.partitions ?? 1;
  checkNumber('ruPerSecond', input.ruPerSecond, 0);
  checkNumber('ruPerDocument', input.ruPerDocument, 0);
  checkNumber('latencyMs', input.latencyMs, 0, true);
  checkNumber('collections', input.collections, 0, true);
  checkNumber('averageDocumentBytes', input.averageDocumentBytes, 0, true);
  checkNumber('partitions', partitions, 1, true);
  const fixed = input.fixed ?? {};
  checkFixed(fixed);
  const notes: TuningNote[] = [];
  const latencyMs = tame(Math.max(input.latencyMs, MIN_WRITE_LATENCY_MS));
  if (latencyMs > input.latencyMs)
    notes.push(note('latency-floor', { measuredMs: input.latencyMs, usedMs: latencyMs }));
  let budget = tame(input.ruPerSecond);
  if (input.evenSpread === false && partitions > 1) {
    budget /= partitions;
    notes.push(note('budget-one-partition', { partitions, ruPerSecond: budget }));
  }
  const wanted = Math.max(1, Math.min(TOOL_PARALLEL_COLLECTIONS, Math.floor(input.collections)));
  const parallel =
    fixed.parallelCollections ??
    (input.sharing === 'per-collection' ? wanted : sharedParallel(wanted, budget, latencyMs, input));
  if (input.sharing === 'shared') {
    budget /= parallel;
    if (parallel > 1) notes.push(note('budget-shared', { collections: parallel, ruPerSecond: budget }));
  } else if (parallel > 1) notes.push(note('budget-per-collection', { ruPerSecond: budget }));

  const { batchSize, insertionWorkers } = formula(budget, latencyMs / 1000, input, parallel, notes);
  const isParallelGiven = fixed.parallelCollections !== undefined;
  notes.push(note(isParallelGiven ? 'parallel-by-user' : 'parallel-collections', { collections: parallel }));
  notes.push(note('relay-corrects'));
  return {
    target: 'ru',
    batchSize,
    insertionWorkers,
    parallelCollections: parallel,
    ruPerSecond: ruPerSecond(input.ruPerSecond),
    ruPerDocument: requestUnits(input.ruPerDocument),
    latencyMs: milliseconds(input.latencyMs),
    explanation: notes,
  };
}

/** Only as many collections at once as leave each of them a full batch under way. */
function sharedParallel(wanted: number, budget: number, latencyMs: number, input: RuTuneInput): number {
  const batches = (budget * latencyMs) / 1000 / (MAX_BATCH * tame(input.ruPerDocument));
  return Math.max(1, Math.min(wanted, Math.floor(batches)));
}

/** A number of workers that no tool can use any more; keeps absurd input finite. */
const MAX_WORKERS = 256;

function formula(
  budget: number,
  latency: number,
  input: RuTuneInput,
  parallel: number,
  notes: TuningNote[],
): { readonly batchSize: number; readonly insertionWorkers: number } {
  const charge = tame(input.ruPerDocument);
  const fixed = input.fixed ?? {};
  const facts = { ruPerSecond: budget, ruPerDocument: charge, latencyMs: latency * 1000 };
  let batchSize = fixed.batchSize ?? Math.max(1, Math.min(MAX_BATCH, Math.floor(budget / charge)));
  if (fixed.batchSize !== undefined) notes.push(note('batch-by-user', { batch: batchSize }));
  else {
    const isCapped = budget / charge >= MAX_BATCH;
    notes.push(note(isCapped ? 'batch-capped-24' : 'batch-by-formula', { ...facts, batch: batchSize }));
  }
  const exact = (budget * latency) / (batchSize * charge);
  if (fixed.insertionWorkers !== undefined) notes.push(note('workers-by-user', { workers: fixed.insertionWorkers }));
  else if (exact < 1) notes.push(note('workers-at-least-one', { ...facts, exact }));
  if (exact < 1 && fixed.batchSize === undefined) {
    batchSize = Math.max(1, Math.floor((budget * latency) / charge));
    notes.push(note('batch-below-one-worker', { batch: batchSize }));
    if ((budget * latency) / charge < 1) notes.push(note('batch-at-least-one', facts));
  }
  const insertionWorkers = fixed.insertionWorkers ?? Math.min(MAX_WORKERS, Math.max(1, Math.floor(exact)));
  if (exact >= 1 && fixed.insertionWorkers === undefined) {
    notes.push(note('workers-by-formula', { ...facts, batch: batchSize, exact, workers: insertionWorkers }));
  }
  const fitting = batchByBytes(input.averageDocumentBytes, TOOL_BUFFER_BYTES, insertionWorkers * parallel);
  if (fitting < batchSize && fixed.batchSize === undefined) {
    batchSize = fitting;
    notes.push(note('batch-by-memory', { batch: batchSize, documentBytes: input.averageDocumentBytes }));
  }
  return { batchSize, insertionWorkers };
}
