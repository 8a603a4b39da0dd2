/** What another system, or an earlier attempt, has proven of the documents, with what is left to look at from here: indexes, options and views. */
import { formatNamespace } from '../../core/model/namespace.js';
import type { Plan, PlannedCollection } from '../../core/model/plan.js';
import type { ClusterSession } from '../ports.js';
import { compareDefinition } from './definition.js';
import type { VerifyOptions } from './options.js';
import { NO_DIFFERENCES, type DefinitionDifference, type VerificationResult } from './result.js';
import { verifyRun } from './verify-run.js';

/**
 * A result for every collection and view of the plan, as far as there is one: documents as they were proven, definitions as they are found now.
 * @throws MigrationError as {@link verifyRun}.
 */
export async function withDefinitions(
  proven: readonly VerificationResult[],
  plan: Plan,
  source: ClusterSession,
  target: ClusterSession,
  options: VerifyOptions,
): Promise<readonly VerificationResult[]> {
  const known = new Map(proven.map((result) => [result.ns, result]));
  const results: VerificationResult[] = [];
  for (const planned of plan.collections) {
    const result = known.get(formatNamespace(planned.target));
    if (result) results.push(await ofCollection(result, planned, plan, target, options));
  }
  const views = plan.collections.filter((c) => c.options.view);
  return [...results, ...(await verifyRun({ ...plan, collections: views }, source, target, options))];
}

async function ofCollection(
  result: VerificationResult,
  planned: PlannedCollection,
  { targetKind }: Plan,
  target: ClusterSession,
  { signal, onResult }: VerifyOptions,
): Promise<VerificationResult> {
  const { differences } = await compareDefinition(planned, targetKind, target, signal);
  const whole = merged(result, differences);
  await onResult?.(whole);
  return whole;
}

function merged(result: VerificationResult, definition: readonly DefinitionDifference[]): VerificationResult {
  if (definition.length === 0) return result;
  const { ns, source, evidence } = result;
  const found = result.kind === 'equal' ? NO_DIFFERENCES : result.differences;
  if (result.kind === 'unverified') return { ...result, differences: { ...found, definition } };
  return { kind: 'different', ns, source, evidence, differences: { ...found, definition } };
}
