/** How many machines a Spark job is given. */
import { MIB } from '../model/units.js';
import type { Plan } from '../model/plan.js';

export interface MovedBySpark {
  readonly documents: number;
  readonly logicalBytes: number;
  readonly tuning?: Pick<Plan['tuning'], 'ruPerSecond' | 'ruPerDocument'>;
}

/** What one node of four cores moves in a second where nothing meters it. Judged: a raw copy was measured at 10 to 110 MiB/s a machine, see `core/size/duration.ts`. */
const NODE_BYTES_PER_SECOND = 20 * MIB;
/** In which time the copy should be through. Judged: a night. */
const COPY_SECONDS = 6 * 3_600;
/** One that fails must not stop it; beyond the most the source is what limits. Judged. */
const WORKERS: readonly [least: number, most: number] = [2, 64];

/**
 * Nodes that a Spark job gets: as many as bring the data through in a night, and no more than the target's throughput keeps busy.
 * `bytesPerDocument × ruPerSecond ÷ ruPerDocument` is what an RU target takes in a second.
 */
export function sparkWorkers({ documents, logicalBytes, tuning }: MovedBySpark): number {
  const { ruPerSecond, ruPerDocument } = tuning ?? {};
  const bySize = logicalBytes / (NODE_BYTES_PER_SECOND * COPY_SECONDS);
  const taken =
    ruPerSecond === undefined || ruPerDocument === undefined || documents === 0
      ? Number.POSITIVE_INFINITY
      : ((logicalBytes / documents) * ruPerSecond) / ruPerDocument;
  const [least, most] = WORKERS;
  return Math.min(most, Math.max(least, Math.ceil(Math.min(bySize, taken / NODE_BYTES_PER_SECOND))));
}
