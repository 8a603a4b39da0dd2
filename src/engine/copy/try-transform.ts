/** Finds out, before anything is written, whether the source takes a filter, and about how much will arrive. */
import type { Document } from 'bson';
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import type { Plan, PlannedCollection } from '../../core/model/plan.js';
import type { ClusterSession } from '../ports.js';
import { refusalOf, serverCodeOf } from '../prepare/server-refusal.js';
import { DocumentBatch } from './batch.js';
import { compileTransform } from './compile-transform.js';
import { transformBatch } from './transform-batch.js';

/** A filter that fits few documents may have the server look at all of them: an answer that takes longer is done without. */
const PATIENCE_MS = 10_000;
/** MaxTimeMSExpired (error_codes.yml). */
const TIME_IS_UP = 50;
/** Documents of which the matching ones are counted where counting all takes too long. `$sample` is at its limit of speed well above that. */
const SAMPLED = 1_000;
/** Documents whose changed size is looked at. */
const CHANGED = 200;

/** What a trial needs to know of a collection, planned or not. */
export type TriedCollection = Pick<PlannedCollection, 'source' | 'transform' | 'options'>;

export interface TryOptions {
  readonly signal: AbortSignal;
  readonly readPreference?: string;
}

export interface TransformTrial {
  /** About how many documents arrive, and their bytes. */
  readonly documents: number;
  readonly logicalBytes: number;
  /** Of the documents that were looked at: how many cannot be changed as the plan says. */
  readonly looked: number;
  readonly refused: number;
}

/** The filter of every collection, as {@link checkFilter}. */
export async function checkFilters(
  plan: Pick<Plan, 'collections' | 'readPreference'>,
  session: ClusterSession,
  signal: AbortSignal,
): Promise<void> {
  const { readPreference } = plan;
  for (const planned of plan.collections) await checkFilter(planned, session, { signal, readPreference });
}

/**
 * Asks for one document in the way in which the copy will read.
 * @throws MigrationError `bad-plan` (`filter-unreadable`, `transform-value-unreadable`; `filter-refused` with the server's words in `message`); as the session for other reasons.
 */
export async function checkFilter(
  collection: TriedCollection,
  session: ClusterSession,
  options: TryOptions,
): Promise<void> {
  const { filter } = compileTransform(collection);
  if (filter === undefined) return;
  const { source } = collection;
  const refused = await refusalOfFilter(collection, filter, session, options);
  if (refused) {
    const { code, message } = refusalOf(refused);
    const facts = { reason: 'filter-refused', namespace: formatNamespace(source), serverCode: code, message };
    throw new MigrationError('bad-plan', facts, { cause: refused });
  }
}

async function refusalOfFilter(
  { source, options: { timeseries, capped, clustered } }: TriedCollection,
  filter: Document,
  session: ClusterSession,
  options: TryOptions,
): Promise<MigrationError | undefined> {
  const find = { find: source.coll, projection: { _id: 1 }, limit: 1, singleBatch: true, maxTimeMS: PATIENCE_MS };
  const byId = { ...find, hint: { _id: 1 }, sort: { _id: 1 } };
  const natural = { ...find, hint: { $natural: 1 }, filter };
  if (timeseries || capped || clustered) return refusal(session, source, natural, options);
  const refused = await refusal(session, source, { ...byId, filter }, options);
  // A collection that cannot be read along its `_id` at all is read in its own order.
  return refused && (await refusal(session, source, byId, options))
    ? refusal(session, source, natural, options)
    : refused;
}

async function refusal(
  session: ClusterSession,
  ns: Namespace,
  command: Document,
  options: TryOptions,
): Promise<MigrationError | undefined> {
  try {
    await session.command(ns.db, command, options);
    return undefined;
  } catch (error) {
    if (!MigrationError.is(error, 'command-failed')) throw error;
    return serverCodeOf(error) === TIME_IS_UP ? undefined : error;
  }
}

/**
 * Tries a transform on the source: its filter as {@link checkFilter}, then counts what matches, and changes some of it. `all`: the collection as it is.
 * @throws MigrationError as {@link checkFilter}; `bad-plan` (`transform-fits-none`) where not one document could be changed.
 */
export async function tryTransform(
  collection: TriedCollection,
  all: { readonly documents: number; readonly logicalBytes: number },
  session: ClusterSession,
  options: TryOptions,
): Promise<TransformTrial> {
  await checkFilter(collection, session, options);
  const { source } = collection;
  const { filter, transformer } = compileTransform(collection);
  const counted = filter === undefined ? all.documents : await count(session, source, filter, options);
  const documents = counted ?? Math.round(all.documents * (await share(session, source, filter ?? {}, options)));
  const average = all.documents > 0 ? all.logicalBytes / all.documents : 0;
  // Where counting took too long, looking for documents may, too.
  if (!transformer || counted === undefined) {
    return { documents, logicalBytes: Math.round(documents * average), looked: 0, refused: 0 };
  }
  const some: Buffer[] = [];
  const find = { ...(filter ? { filter } : {}), limit: CHANGED, batchSize: CHANGED };
  for await (const batch of session.findRaw(source, find, options.signal)) some.push(...batch.documents);
  const { batch, refused } = transformBatch(DocumentBatch.of(some), transformer);
  const [first] = refused;
  if (first && batch.count === 0) {
    const field = 'field' in first.why ? first.why.field : '';
    const facts = { reason: 'transform-fits-none', namespace: formatNamespace(source), field, why: first.why.kind };
    throw new MigrationError('bad-plan', facts);
  }
  const changed = batch.count > 0 ? batch.bytes / batch.count : average;
  return {
    documents,
    logicalBytes: Math.round(documents * changed),
    looked: some.length,
    refused: refused.length,
  };
}

/** Undefined where it takes too long. */
async function count(
  session: ClusterSession,
  ns: Namespace,
  query: Document,
  options: TryOptions,
): Promise<number | undefined> {
  try {
    const reply = await session.command(ns.db, { count: ns.coll, query, maxTimeMS: PATIENCE_MS }, options);
    return Number(reply['n'] ?? 0);
  } catch (error) {
    if (MigrationError.is(error, 'command-failed') && serverCodeOf(error) === TIME_IS_UP) return undefined;
    throw error;
  }
}

/** The part of a random sample that matches; all of it where the server does not say. */
async function share(session: ClusterSession, ns: Namespace, filter: Document, options: TryOptions): Promise<number> {
  const pipeline = [{ $sample: { size: SAMPLED } }, { $match: filter }, { $count: 'n' }];
  const aggregate = { aggregate: ns.coll, pipeline, cursor: {}, maxTimeMS: PATIENCE_MS };
  try {
    const reply = await session.command(ns.db, aggregate, options);
    const [found] = ((reply['cursor'] as Document | undefined)?.['firstBatch'] ?? []) as Document[];
    return Number(found?.['n'] ?? 0) / SAMPLED;
  } catch (error) {
    if (MigrationError.is(error, 'command-failed')) return 1;
    throw error;
  }
}
