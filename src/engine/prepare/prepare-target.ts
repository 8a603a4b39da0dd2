import { formatNamespace } from '../../core/model/namespace.js';
import type { Plan, PlannedCollection } from '../../core/model/plan.js';
import { mapBounded } from '../bounded.js';
import type { Journal } from '../journal/port.js';
import type { ClusterSession, CosmosRuSession } from '../ports.js';
import { ensureCollection, type TargetAccess } from './create-collection.js';
import { buildCollectionIndexes } from './build-indexes.js';
import type { PreparedCollection } from './outcome.js';
import type { PrepareContext } from './server-refusal.js';

/** Collections at a time. An RU account has 240 RU/s for all of its metadata (cosmos-db concepts-limits). */
const PARALLEL: Readonly<Record<Plan['targetKind'], number>> = { 'cosmos-ru': 2, 'cosmos-vcore': 4, mongodb: 4 };

/**
 * Makes the target's collections with their shard keys, throughput and options, and the indexes that must come before the data. Collections that are there stay as
 * they are and are reported. The fate of indexes that are left out is told here too. Safe to repeat after a crash.
 * @throws MigrationError for what is not about one collection: connection lost, cancelled, journal not writable.
 */
export async function prepareTarget(
  plan: Plan,
  session: ClusterSession,
  ru: CosmosRuSession | undefined,
  journal: Journal,
  context: PrepareContext,
): Promise<PreparedCollection[]> {
  const target: TargetAccess = { kind: plan.targetKind, session, ru, journal, context };
  const collections = plan.collections.filter((planned) => !planned.options.view);
  return mapBounded(
    collections,
    PARALLEL[plan.targetKind],
    (planned) => prepareCollection(target, planned),
    context.signal,
  );
}

async function prepareCollection(target: TargetAccess, planned: PlannedCollection): Promise<PreparedCollection> {
  const ns = formatNamespace(planned.target);
  const outcome = await ensureCollection(target, planned);
  if (outcome.kind === 'failed') return { ns, outcome, indexes: [] };
  const first = planned.indexes.filter(({ fate }) => fate.kind === 'skip' || fate.when === 'before-data');
  return { ns, outcome, indexes: await buildCollectionIndexes(target, target.journal, planned, first) };
}
