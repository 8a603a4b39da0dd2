/** What a plan's choices come to by the method that carries it out. */
import type { Plan } from '../model/plan.js';
import type { ResumesBy } from '../model/run.js';

/** True where documents go through DataFrames of the MongoDB Spark Connector. */
export function isSparkTransform(handoff: Plan['handoff']): boolean {
  return handoff?.kind === 'spark-databricks' && handoff.mode === 'transform';
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
  plan: Pick<Plan, 'handoff' | 'conflictPolicy' | 'verification'>,
): Pick<Plan, 'conflictPolicy' | 'verification'> {
  const { handoff, conflictPolicy, verification } = plan;
  return isSparkTransform(handoff)
    ? { conflictPolicy: 'overwrite', verification: { depth: 'counts' } }
    : { conflictPolicy, verification };
}
