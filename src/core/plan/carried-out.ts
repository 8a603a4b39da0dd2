/** What a plan's choices come to by the method that carries it out. */
import type { Plan } from '../model/plan.js';
import type { ResumesBy } from '../model/run.js';

/** True where documents go through DataFrames of the MongoDB Spark Connector. */
export function isSparkTransform(handoff: Plan['handoff']): boolean {
  return handoff?.kind === 'spark-databricks' && handoff.mode === 'transform';
}

/**
 * Who copies, where what becomes of a document is not what this product does with it: Spark through DataFrames, or a service or a program that nobody documents so far.
 * What Data Factory does not bring becomes a dead letter (`data-factory-settle`), and what the target refuses of Studio 3T's writes does at the relay.
 */
export type Carrier = 'dataframes' | 'dms' | 'studio-3t';

/** What of a plan says who copies. */
export interface CarriedBy {
  readonly method: Plan['method'];
  readonly handoff?: Plan['handoff'];
}

export function carrierOf({ method, handoff }: CarriedBy): Carrier | undefined {
  if (isSparkTransform(handoff)) return 'dataframes';
  return method === 'dms' || method === 'studio-3t' ? method : undefined;
}

export type CopyNumber = 'batchSize' | 'insertionWorkers' | 'parallelCollections';

/**
 * Numbers of a plan's tuning that its copy goes by. A direct copy finds its own batches and workers, and whoever copies elsewhere has its own; the classic DMS, for
 * RU targets, is told how many collections go at a time (`throttling.maxParallelism`).
 */
export function copyNumbers({ method, targetKind }: Pick<Plan, 'method' | 'targetKind'>): readonly CopyNumber[] {
  switch (method) {
    case 'dump-restore':
    case 'export-import':
      return ['batchSize', 'insertionWorkers', 'parallelCollections'];
    case 'direct-copy':
      return ['parallelCollections'];
    case 'dms':
      return targetKind === 'cosmos-ru' ? ['parallelCollections'] : [];
    case 'studio-3t':
    case 'data-factory':
    case 'spark-databricks':
      return [];
  }
}

/**
 * True where the copy is not begun over documents that are on the target already, unless the plan lets them be replaced: its policies for conflicts come to these two
 * (`refuseOverDocuments`).
 */
export function isOverEmptyOnly(method: Plan['method']): boolean {
  return method === 'data-factory' || method === 'dms';
}

/** For what tells of a run: how it is resumed, where that is not only by going on. */
export function resumesBy(handoff: Plan['handoff']): { readonly resumesBy?: ResumesBy } {
  if (handoff?.kind !== 'spark-databricks') return {};
  return { resumesBy: isSparkTransform(handoff) ? 'beginning-again' : 'another-job' };
}

/**
 * The policy for conflicts and the depth of the verification that count, whatever the plan says: the mode `transform` writes by the connector's operation `replace`, and
 * only counts afterwards. Source: `src/handoff/spark/bundle/src/mongo_to_cosmos/transform.py`.
 */
export function asCarriedOut(
  plan: Pick<CarriedBy, 'handoff'> & Pick<Plan, 'conflictPolicy' | 'verification'>,
): Pick<Plan, 'conflictPolicy' | 'verification'> {
  const { handoff, conflictPolicy, verification } = plan;
  return isSparkTransform(handoff)
    ? { conflictPolicy: 'overwrite', verification: { depth: 'counts' } }
    : { conflictPolicy, verification };
}
