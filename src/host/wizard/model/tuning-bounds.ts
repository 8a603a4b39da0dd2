import type { ClusterFacts } from '../../../core/model/facts.js';
import { AUTOSCALE_RU_PER_SECOND, MANUAL_RU_PER_SECOND } from '../../../core/size/limits.js';
import { MOST_CEILINGS } from '../../../core/tune/direct-copy.js';
import { MOST_INSERTION_WORKERS, MOST_PARALLEL_COLLECTIONS, TOOL_BATCH_DOCUMENTS } from '../../../core/tune/limits.js';
import type { TuningFieldId } from '../../../protocol/wizard.js';
import type { Choices } from './wizard-state.js';

export interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Whether a value has to be a multiple of `step`. */
  readonly exact: boolean;
}

/** mongorestore sends no more in one message, whatever it is told (mongo-tools common/db/buffered_bulk.go). */
const MOST_BATCH = TOOL_BATCH_DOCUMENTS;
/** An insert of the largest document, 16 MB, is charged about 80,000 RU by the published table. */
const MOST_CHARGE = 100_000;
/** Longer than any round trip around the world, and than what drivers wait for. */
const MOST_LATENCY_MS = 10_000;

/** What a number may be. Whole numbers are `exact` with step 1. */
export function boundsOf(
  field: TuningFieldId,
  throughput: Choices['throughput'],
  target: ClusterFacts | undefined,
): Bounds {
  switch (field) {
    case 'ruPerSecond': {
      const { least, step, most } = throughput === 'autoscale' ? AUTOSCALE_RU_PER_SECOND : MANUAL_RU_PER_SECOND;
      return { min: least, max: most, step, exact: true };
    }
    case 'ruPerDocument':
      return { min: 0.1, max: MOST_CHARGE, step: 0.1, exact: false };
    case 'latencyMs':
      return { min: 0, max: MOST_LATENCY_MS, step: 1, exact: false };
    case 'batchSize':
      return { min: 1, max: Math.min(MOST_BATCH, target?.maxWriteBatchSize ?? MOST_BATCH), step: 1, exact: true };
    case 'insertionWorkers':
      return { min: 1, max: MOST_INSERTION_WORKERS, step: 1, exact: true };
    case 'parallelCollections':
      return { min: 1, max: MOST_PARALLEL_COLLECTIONS, step: 1, exact: true };
    case 'sourceConnections':
      return { min: 1, max: MOST_CEILINGS.sourceConnections, step: 1, exact: true };
    case 'maxRuPerSecond':
      return { min: 0, max: MOST_CEILINGS.ruPerSecond, step: 1, exact: true };
    case 'maxMbPerSecond':
      return { min: 0, max: MOST_CEILINGS.mbPerSecond, step: 1, exact: true };
    case 'maxDocumentsPerSecond':
      return { min: 0, max: MOST_CEILINGS.documentsPerSecond, step: 1, exact: true };
    case 'raiseRuPerSecond':
      return { min: 0, max: MOST_CEILINGS.ruPerSecond, step: MANUAL_RU_PER_SECOND.step, exact: true };
  }
}

export function isWithin(bounds: Bounds, value: number): boolean {
  if (!Number.isFinite(value) || value < bounds.min || value > bounds.max) return false;
  return !bounds.exact || value % bounds.step === 0;
}
