/** What earlier attempts of a run have proven, as far as nothing speaks against it now: it is neither copied nor compared again. */
import { formatNamespace } from '../../core/model/namespace.js';
import type { PlannedCollection } from '../../core/model/plan.js';
import { MigrationError } from '../../core/model/error.js';
import type { PreparedCollection } from '../prepare/outcome.js';
import { throughThrottle } from '../prepare/server-refusal.js';
import type { RunContext } from '../run-context.js';
import { countSource, countTarget } from './counts.js';
import { provenDocuments, type VerificationResult } from './result.js';
import { sourceWrites, unmoved } from './source-writes.js';

/** Results by `db.coll` on the target. */
export type StillProven = ReadonlyMap<string, VerificationResult>;

/**
 * The collections whose documents an earlier attempt has found equal, and of which neither side shows a change since: the target's collection is there
 * and holds as many documents, no dead letter has come or gone, and nobody has written to the source (where it does not tell: it holds as many documents).
 * Nothing where the run is to prove everything again.
 * @throws MigrationError for a lost connection, an abort and the like.
 */
export async function stillProven(context: RunContext, prepared: readonly PreparedCollection[]): Promise<StillProven> {
  const proven = new Map<string, VerificationResult>();
  if (context.verifyAll) return proven;
  const there = new Set(prepared.flatMap(({ ns, outcome }) => (outcome.kind === 'existed' ? [ns] : [])));
  const { collections } = context.journal.status();
  for (const planned of context.plan.collections) {
    const ns = formatNamespace(planned.target);
    const found = collections[ns]?.verification;
    const result = found && provenDocuments(found);
    if (result && there.has(ns) && (await holds(result, planned, context))) proven.set(ns, result);
  }
  return proven;
}

async function holds(
  { ns, evidence }: VerificationResult,
  planned: PlannedCollection,
  context: RunContext,
): Promise<boolean> {
  const { source, target, plan, clock, signal } = context;
  const { deadLettered, writes } = evidence;
  if ((await context.deadLetterIds(ns)).size !== deadLettered.known) return false;
  try {
    const onTarget = await throughThrottle({ clock, signal }, () => countTarget(planned, target, signal));
    if (onTarget !== evidence.target.documents + deadLettered.onTarget) return false;
    if (writes !== undefined) return unmoved(writes, await sourceWrites(source, planned.source, { signal }));
    const onSource = await countSource(planned, source, { ...plan, signal });
    return onSource === evidence.source.documents + deadLettered.onSource;
  } catch (error) {
    // Comparing says more of what cannot be counted.
    if (MigrationError.is(error, 'command-failed') || MigrationError.is(error, 'missing-privilege')) return false;
    throw error;
  }
}
