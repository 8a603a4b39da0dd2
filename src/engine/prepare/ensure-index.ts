import type { Document } from 'bson';
import type { IndexFacts } from '../../core/model/facts.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import type { Plan, PlannedCollection, PlannedIndex } from '../../core/model/plan.js';
import { sameIndex, targetIndex } from '../../core/plan/target-index.js';
import type { ClusterSession } from '../ports.js';
import { createSpec, withOrderOf } from './index-spec.js';
import type { IndexOutcome } from './outcome.js';
import { refusalOf, throughThrottle, type PrepareContext } from './server-refusal.js';

/** An RU account builds at low priority from leftover request units; past this the run goes on and says `building`. */
const LONGEST_BUILD_WAIT_MS = 30 * 60 * 1000;
const FIRST_POLL_MS = 200;
const LONGEST_POLL_MS = 5_000;

export interface IndexTarget {
  readonly kind: Plan['targetKind'];
  readonly session: ClusterSession;
  readonly context: PrepareContext;
  readonly maxWaitMs?: number | undefined;
  /** Percent done of an index that is built in the background. */
  readonly onProgress?: ((progress: { ns: string; index: string; percent: number }) => void) | undefined;
}

/**
 * Makes several indexes of one collection by one reading of it, and waits for them. Returns those that were made: all that are not among `existing`, or none
 * where the server refuses one (it then makes none of them): which one that is shows when each is made by itself. For MongoDB alone, since others
 * build one after another all the same.
 * @throws MigrationError for what is not about these indexes.
 */
export async function makeTogether(
  target: IndexTarget,
  collection: PlannedCollection,
  planned: readonly PlannedIndex[],
  existing: readonly IndexFacts[],
): Promise<ReadonlyMap<PlannedIndex, IndexOutcome>> {
  const made = new Map<PlannedIndex, IndexOutcome>();
  if (target.kind !== 'mongodb') return made;
  const specs: Document[] = [];
  for (const index of planned) {
    const wanted = index.fate.kind === 'skip' ? undefined : targetIndex(index, target.kind);
    if (!wanted || existing.some((actual) => sameIndex(wanted, withOrderOf(wanted, actual), target.kind))) continue;
    specs.push(createSpec(wanted, target.kind, collection.options.collation !== undefined));
    made.set(index, madeOutcome(index));
  }
  if (specs.length < 2) return new Map();
  const { session, context } = target;
  const { db, coll } = collection.target;
  try {
    const command = { createIndexes: coll, indexes: specs };
    await throughThrottle(context, () =>
      session.command(db, command, context.signal ? { signal: context.signal } : {}),
    );
    return made;
  } catch (error) {
    refusalOf(error, context.secrets);
    return new Map();
  }
}

function madeOutcome({ fate }: PlannedIndex): Extract<IndexOutcome, { kind: 'created' | 'rewritten' }> {
  return fate.kind === 'rewrite' ? { kind: 'rewritten', why: fate.why } : { kind: 'created' };
}

/**
 * Makes one index unless an equal one is among `existing`, and waits for it. One index per `createIndexes`: a bad one must not take others with it.
 * Never throws for a refusal of the server: that is the fate `failed`.
 * @throws MigrationError for what is not about this index.
 */
export async function ensureIndex(
  target: IndexTarget,
  collection: PlannedCollection,
  planned: PlannedIndex,
  existing: readonly IndexFacts[],
): Promise<IndexOutcome> {
  if (planned.fate.kind === 'skip') return { kind: 'skipped', why: planned.fate.why };
  const wanted = targetIndex(planned, target.kind);
  if (!wanted) return { kind: 'skipped', why: 'kind-unsupported' };
  const made = madeOutcome(planned);
  if (existing.some((actual) => sameIndex(wanted, withOrderOf(wanted, actual), target.kind))) {
    return planned.fate.kind === 'rewrite' ? made : { kind: 'existed' };
  }
  const { session, context } = target;
  const ns = collection.target;
  try {
    const command = {
      createIndexes: ns.coll,
      indexes: [createSpec(wanted, target.kind, collection.options.collation !== undefined)],
    };
    await throughThrottle(context, () =>
      session.command(ns.db, command, context.signal ? { signal: context.signal } : {}),
    );
  } catch (error) {
    return { kind: 'failed', ...refusalOf(error, context.secrets) };
  }
  const done = target.kind !== 'cosmos-ru' || (await builtInBackground(target, ns, wanted.name));
  return done ? made : { ...made, building: true };
}

/**
 * Follows the build by `currentOp` (custom-commands and indexing pages of Azure Cosmos DB for MongoDB). False when it is still going on at the end of the wait.
 * A server that does not tell is taken at its word: `createIndexes` said ok.
 */
async function builtInBackground(target: IndexTarget, ns: Namespace, index: string): Promise<boolean> {
  const { clock, signal } = target.context;
  const until = clock.now() + (target.maxWaitMs ?? LONGEST_BUILD_WAIT_MS);
  for (let poll = FIRST_POLL_MS; ; poll = Math.min(LONGEST_POLL_MS, poll * 2)) {
    const percent = await buildProgress(target, ns);
    if (percent === undefined) return true;
    target.onProgress?.({ ns: formatNamespace(ns), index, percent });
    if (clock.now() >= until) return false;
    await clock.sleep(poll, signal);
  }
}

/** Percent of a running build of this collection; undefined when none runs. */
async function buildProgress(target: IndexTarget, ns: Namespace): Promise<number | undefined> {
  const { session, context } = target;
  const command = { currentOp: 1, 'command.createIndexes': ns.coll, 'command.$db': ns.db };
  let reply: Document;
  try {
    reply = await throughThrottle(context, () =>
      session.command('admin', command, context.signal ? { signal: context.signal } : {}),
    );
  } catch (error) {
    refusalOf(error);
    return undefined;
  }
  const running = ((reply['inprog'] ?? []) as Document[]).find((operation) => {
    const of = operation['command'] as Document | undefined;
    return of?.['createIndexes'] === ns.coll && (of['$db'] === undefined || of['$db'] === ns.db);
  });
  if (!running) return undefined;
  const progress = running['progress'] as Document | undefined;
  const total = Number(progress?.['total'] ?? 100);
  return total > 0 ? Math.round((100 * Number(progress?.['done'] ?? 0)) / total) : 0;
}
