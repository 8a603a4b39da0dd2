import { formatNamespace } from '../../core/model/namespace.js';
import type { Plan, PlannedCollection, PlannedIndex } from '../../core/model/plan.js';
import { mapBounded } from '../bounded.js';
import type { Journal } from '../journal/port.js';
import type { ClusterSession } from '../ports.js';
import { ensureIndex, makeTogether, type IndexTarget } from './ensure-index.js';
import { readIndexes } from './index-spec.js';
import type { IndexOutcome, IndexReport } from './outcome.js';
import { refusalOf, throughThrottle, type PrepareContext } from './server-refusal.js';

export interface BuildContext extends PrepareContext {
  /** How long to follow one background build (RU), in milliseconds. Default 30 minutes. */
  readonly maxWaitMs?: number;
  readonly onProgress?: IndexTarget['onProgress'];
}

/** Collections at a time: a build reads the whole collection, and two share one machine's cores well enough. */
const PARALLEL = 2;
/** Builds that a server has under way at a time unless it is told otherwise (MongoDB manual, `maxNumActiveUserIndexBuilds`); further ones wait there. */
const SERVER_BUILDS = 3;

/**
 * Builds the indexes whose time is `when`, and tells the fate of each. Safe to repeat: what is there is left alone.
 * @throws MigrationError for what is not about one index.
 */
export async function buildIndexes(
  plan: Plan,
  session: ClusterSession,
  journal: Journal,
  when: 'after-data' | 'after-verification',
  context: BuildContext,
): Promise<IndexReport[]> {
  const target: IndexTarget = { ...context, kind: plan.targetKind, session, context };
  const work = plan.collections.flatMap((planned) => {
    const indexes = planned.indexes.filter(({ fate }) => fate.kind !== 'skip' && fate.when === when);
    return indexes.length === 0 ? [] : [{ planned, indexes }];
  });
  const builds = Math.max(1, Math.floor(SERVER_BUILDS / Math.min(PARALLEL, work.length)));
  const reports = await mapBounded(
    work,
    PARALLEL,
    ({ planned, indexes }) => buildCollectionIndexes(target, journal, planned, indexes, builds),
    context.signal,
  );
  return reports.flat();
}

/** The given indexes of one collection, `builds` at a time where the server can; each fate goes to the journal in their order. */
export async function buildCollectionIndexes(
  target: IndexTarget,
  journal: Journal,
  planned: PlannedCollection,
  indexes: readonly PlannedIndex[],
  builds = 1,
): Promise<IndexReport[]> {
  if (indexes.length === 0) return [];
  const ns = formatNamespace(planned.target);
  const earlier = journal.status().collections[ns]?.indexes ?? {};
  const reports: IndexReport[] = [];
  const { signal } = target.context;
  const existing = indexes.some(({ fate }) => fate.kind !== 'skip')
    ? await throughThrottle(target.context, () =>
        readIndexes(target.session, planned.target, signal ? { signal } : {}),
      ).catch((error: unknown) => {
        refusalOf(error);
        return [];
      })
    : [];
  const { made, failure } = await makeTogether(target, planned, indexes, existing, builds);
  for (const index of indexes) {
    const done = made.get(index);
    // What is made is told before the run ends: the next one would find it and take it for somebody else's.
    if (failure && !done) continue;
    if (!done) signal?.throwIfAborted();
    const found = done ?? (await ensureIndex(target, planned, index, existing));
    const outcome = ownWork(found, earlier[index.index.name]);
    await journal.append({ type: 'index-fate', ns, index: index.index.name, outcome });
    reports.push({ ns, index: index.index.name, outcome });
  }
  if (failure) throw failure.error;
  return reports;
}

/** What an earlier process of this run created is not "existed" because this one finds it. */
function ownWork(found: IndexOutcome, earlier: IndexOutcome | undefined): IndexOutcome {
  return found.kind === 'existed' && earlier?.kind === 'created' ? { kind: 'created' } : found;
}
