import { MigrationError } from '../model/error.js';
import { formatNamespace } from '../model/namespace.js';
import type { CollectionTransform, Plan, PlannedCollection } from '../model/plan.js';
import { lostFields, transformProblems } from '../transform/transform-problems.js';

/**
 * What a plan asks for that cannot be done to documents on their way.
 * @throws MigrationError `bad-plan` with `reason` `transform-needs-direct-copy`, `read-concern-needs-direct-copy`, `dead-letter-over-needs-direct-copy`, `transform-of-view`, `transform-` and the id of a
 * `TransformProblem`, or `shard-key-lost`; with `namespace` (on the source) and `field`.
 */
export function checkTransforms(plan: Pick<Plan, 'method' | 'collections' | 'readConcern'>): void {
  const changed = plan.collections.filter(({ transform }) => transform !== undefined);
  checkTransformable(
    plan,
    changed.map(({ source }) => formatNamespace(source)),
  );
  for (const planned of changed) checkOne(planned, formatNamespace(planned.source));
  const { method } = plan;
  const kept = plan.collections.find(({ deadLetterOver }) => deadLetterOver !== undefined);
  if (kept && method !== 'direct-copy') {
    const namespace = formatNamespace(kept.source);
    throw new MigrationError('bad-plan', { reason: 'dead-letter-over-needs-direct-copy', namespace, method });
  }
}

/** Whether the method does what is asked for on the way. @throws MigrationError as {@link checkTransforms}. */
export function checkTransformable(
  { method, readConcern }: Pick<Plan, 'method' | 'readConcern'>,
  changed: readonly string[],
): void {
  if (method === 'direct-copy') return;
  if (readConcern !== undefined)
    throw new MigrationError('bad-plan', { reason: 'read-concern-needs-direct-copy', method });
  const [namespace] = changed;
  if (namespace !== undefined)
    throw new MigrationError('bad-plan', { reason: 'transform-needs-direct-copy', namespace, method });
}

/** The names in a transform. @throws MigrationError as {@link checkTransforms}. */
export function checkFields(transform: CollectionTransform, namespace: string): void {
  const [problem] = transformProblems(transform);
  if (problem) {
    throw new MigrationError('bad-plan', { reason: `transform-${problem.id}`, namespace, field: problem.field });
  }
}

function checkOne({ transform = {}, options, shardKey = [] }: PlannedCollection, namespace: string): void {
  if (options.view) throw new MigrationError('bad-plan', { reason: 'transform-of-view', namespace });
  checkFields(transform, namespace);
  const lost = lostFields(transform);
  const field = shardKey.map(([path]) => path.split('.', 1)[0] ?? path).find((name) => lost.has(name));
  if (field === undefined) return;
  const to = transform.rename?.find(({ from }) => from === field)?.to;
  throw new MigrationError('bad-plan', {
    reason: 'shard-key-lost',
    namespace,
    field,
    ...(to === undefined ? {} : { to }),
  });
}
