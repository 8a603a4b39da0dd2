import type { Plan } from '../../core/model/plan.js';
import { mapBounded } from '../bounded.js';
import type { ClusterSession } from '../ports.js';
import type { VerifyOptions } from './options.js';
import type { VerificationResult } from './result.js';
import { verifyCollection } from './verify-collection.js';

/** Judged: a collection that ends with few documents leaves nobody waiting, and memory stays small. */
const PARALLEL_COLLECTIONS = 2;

/**
 * Verifies every collection and view of the plan, in its order, as deep as the plan says.
 * @throws MigrationError as {@link verifyCollection}.
 */
export async function verifyRun(
  plan: Plan,
  source: ClusterSession,
  target: ClusterSession,
  options: VerifyOptions,
): Promise<readonly VerificationResult[]> {
  const { targetKind } = plan;
  const { depth } = plan.verification;
  return mapBounded(
    plan.collections,
    options.parallelCollections ?? PARALLEL_COLLECTIONS,
    async (planned) => {
      const result = await verifyCollection({ planned, targetKind, depth }, source, target, options);
      await options.onResult?.(result);
      return result;
    },
    options.signal,
  );
}
