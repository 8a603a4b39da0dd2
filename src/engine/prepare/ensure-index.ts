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
/** Judged: an index on little data is there at once, one on much takes minutes. */
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

/** What came of several commands that were under way together. */
export interface MadeTogether {
  readonly made: ReadonlyMap<PlannedIndex, IndexOutcome>;
  /** What ended one of them and is not about its indexes; those of the others are made all the same. */
  readonly failure?: { readonly error: unknown };
}

/**
 * Makes several indexes of one collection by `builds` commands at a time, each of which reads it once, and waits for them. Returns those that were made, which are all
 * that are not among `existing`, but for those of a command that the server refuses (it then makes none of them): which one that is shows when each is made
 * by itself. For MongoDB alone, since others build one after another all the same.
 */
export async function makeTogether(
  target: IndexTarget,
  collection: PlannedCollection,
  planned: readonly PlannedIndex[],
  existing: readonly IndexFacts[],
  builds: number,
): Promise<MadeTogether> {
  const made = new Map<PlannedIndex, IndexOutcome>();
  if (target.kind !== 'mongodb') return { made };
  const wanted = planned.flatMap((index) => {
    const facts = index.fate.kind === 'skip' ? undefined : targetIndex(index, target.kind);
    if (!facts || existing.some((actual) => sameIndex(facts, withOrderOf(facts, actual), target.kind))) return [];
    return [{ index, spec: createSpec(facts, target.kind, collection.options.collation !== undefined) }];
  });
  if (wanted.length < 2) return { made };
  const { session, context } = target;
  const { db, coll } = collection.target;
  const options = context.signal ? { signal: context.signal } : {};
  const build = async (part: typeof wanted): Promise<void> => {
    const command = { createIndexes: coll, indexes: part.map(({ spec }) => spec) };
    try {
      await throughThrottle(context, () => session.command(db, command, options));
      for (const { index } of part) made.set(index, madeOutcome(index));
    } catch (error) {
      refusalOf(error, context.secrets);
    }
  };
  // Each command builds with one core of the server.
  const parts = Array.from({ length: Math.min(builds, wanted.length) }, (_, first) =>
    wanted.filter((_one, i) => i % builds === first),
  );
  const settled = await Promise.allSettled(parts.map(build));
  const failed = settled.find((one) => one.status === 'rejected');
  return failed ? { made, failure: { error: failed.reason as unknown } } : { made };
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
