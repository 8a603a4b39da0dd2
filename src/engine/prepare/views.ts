import { formatNamespace } from '../../core/model/namespace.js';
import type { Plan } from '../../core/model/plan.js';
import type { Journal } from '../journal/port.js';
import type { ClusterSession } from '../ports.js';
import { ensureCollection, type TargetAccess } from './create-collection.js';
import type { PreparedCollection } from './outcome.js';
import type { PrepareContext } from './server-refusal.js';

/** Makes the plan's views, in its order: one may stand on another. Safe to repeat. @throws as `prepareTarget`. */
export async function createViews(
  plan: Plan,
  session: ClusterSession,
  journal: Journal,
  context: PrepareContext,
): Promise<PreparedCollection[]> {
  const target: TargetAccess = { kind: plan.targetKind, session, ru: undefined, journal, context };
  const made: PreparedCollection[] = [];
  for (const planned of plan.collections) {
    if (!planned.options.view) continue;
    context.signal?.throwIfAborted();
    made.push({ ns: formatNamespace(planned.target), outcome: await ensureCollection(target, planned), indexes: [] });
  }
  return made;
}
