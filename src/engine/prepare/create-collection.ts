/** Collections and views, made as the plan says. */
import { EJSON, type Document } from 'bson';
import type { CollectionOptions } from '../../core/model/facts.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import type { Plan, PlannedCollection } from '../../core/model/plan.js';
import type { Journal } from '../journal/port.js';
import type { ClusterSession, CosmosRuSession } from '../ports.js';
import type { PreparedCollection } from './outcome.js';
import { refusalOf, serverCodeOf, throughThrottle, type PrepareContext } from './server-refusal.js';

/** Server codes; https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
const NAMESPACE_EXISTS = 48;

function fromPlain(value: unknown): unknown {
  return EJSON.deserialize(value as Document, { relaxed: false });
}

/** The fields of a `create` command for these options. */
export function createOptions(options: CollectionOptions): Document {
  const command: Document = {};
  if (options.capped) {
    command['capped'] = true;
    command['size'] = options.capped.sizeBytes;
    if (options.capped.maxDocuments !== undefined) command['max'] = options.capped.maxDocuments;
  }
  if (options.view) {
    command['viewOn'] = options.view.on;
    command['pipeline'] = options.view.pipeline.map(fromPlain);
  }
  if (options.timeseries) command['timeseries'] = fromPlain(options.timeseries);
  if (options.validator) command['validator'] = fromPlain(options.validator);
  if (options.validationLevel !== undefined) command['validationLevel'] = options.validationLevel;
  if (options.validationAction !== undefined) command['validationAction'] = options.validationAction;
  if (options.collation) command['collation'] = fromPlain(options.collation);
  if (options.clustered) command['clusteredIndex'] = { key: { _id: 1 }, unique: true };
  if (options.changeStreamPreAndPostImages) command['changeStreamPreAndPostImages'] = { enabled: true };
  if (options.expireAfterSeconds !== undefined) command['expireAfterSeconds'] = options.expireAfterSeconds;
  return command;
}

/** The `listCollections` entry of one namespace, decoded; undefined where it does not exist. */
export async function readCollectionEntry(
  session: ClusterSession,
  ns: Namespace,
  signal?: AbortSignal,
): Promise<Document | undefined> {
  const command = { listCollections: 1, filter: { name: ns.coll }, cursor: {} };
  const reply = await session.command(ns.db, command, signal ? { signal } : {});
  const batch = ((reply['cursor'] as Document | undefined)?.['firstBatch'] ?? []) as Document[];
  // The filter again: a server that ignores it must not make a stranger look like the collection.
  return batch.find((entry) => entry['name'] === ns.coll);
}

async function holdsDocuments(session: ClusterSession, ns: Namespace, signal?: AbortSignal): Promise<boolean> {
  for await (const batch of session.findRaw(ns, { limit: 1, batchSize: 1 }, signal)) {
    if (batch.documents.length > 0) return true;
  }
  return false;
}

export interface TargetAccess {
  readonly kind: Plan['targetKind'];
  readonly session: ClusterSession;
  readonly ru: CosmosRuSession | undefined;
  readonly journal: Journal;
  readonly context: PrepareContext;
}

/** Whether the collection is there and, on an RU target, by which shard key. */
async function look(target: TargetAccess, ns: Namespace): Promise<{ exists: boolean; shardKey?: string }> {
  const { session, ru, context } = target;
  if (ru) {
    const found = await throughThrottle(context, () => ru.getCollection(ns));
    if (found) return found;
  }
  return {
    exists: (await throughThrottle(context, () => readCollectionEntry(session, ns, context.signal))) !== undefined,
  };
}

/**
 * Makes one collection unless it is there. Intent and outcome go to the journal, so that a collection is known to be this run's own also after a crash in between.
 * @throws MigrationError for what is not about this collection (connection lost, cancelled, journal not writable).
 */
export async function ensureCollection(
  target: TargetAccess,
  planned: PlannedCollection,
): Promise<PreparedCollection['outcome']> {
  const { session, journal, context } = target;
  const ns = formatNamespace(planned.target);
  try {
    const found = await look(target, planned.target);
    if (found.exists) {
      const wanted = planned.shardKey?.[0]?.[0];
      if (wanted !== undefined && found.shardKey !== undefined && found.shardKey !== wanted) {
        return { kind: 'failed', code: 0, message: `shard-key-is ${found.shardKey}, not ${wanted}` };
      }
      await journal.append({ type: 'collection-created', ns, phase: 'done', existed: true });
      const holds = !planned.options.view && (await holdsDocuments(session, planned.target, context.signal));
      return { kind: 'existed', holdsDocuments: holds };
    }
    await journal.append({ type: 'collection-created', ns, phase: 'intent' });
    await throughThrottle(context, () => create(target, planned));
    await journal.append({ type: 'collection-created', ns, phase: 'done' });
    return { kind: 'created' };
  } catch (error) {
    return { kind: 'failed', ...refusalOf(error, context.secrets) };
  }
}

async function create(target: TargetAccess, planned: PlannedCollection): Promise<void> {
  const { session, ru, kind } = target;
  const { db, coll } = planned.target;
  try {
    if (kind === 'cosmos-ru' && ru) {
      const shardKey = planned.shardKey?.[0]?.[0];
      await ru.createCollection(planned.target, {
        ...(shardKey === undefined ? {} : { shardKey }),
        ...(planned.throughput ? { throughput: planned.throughput } : {}),
      });
    } else {
      await session.command(db, { create: coll, ...createOptions(planned.options) });
      if (planned.shardKey) await shard(session, planned, planned.shardKey);
    }
  } catch (error) {
    // A repeat after a lost or throttled answer finds its own work done.
    if (serverCodeOf(error) !== NAMESPACE_EXISTS) throw error;
  }
}

async function shard(
  session: ClusterSession,
  planned: PlannedCollection,
  key: NonNullable<PlannedCollection['shardKey']>,
): Promise<void> {
  // Needed before 6.0 and allowed after; a refusal shows again, better said, in shardCollection.
  await session.command('admin', { enableSharding: planned.target.db }).catch((error: unknown) => refusalOf(error));
  await session.command('admin', {
    shardCollection: formatNamespace(planned.target),
    key: new Map(key),
    // Asked for by the server where the collection has a default collation.
    ...(planned.options.collation ? { collation: { locale: 'simple' } } : {}),
  });
}
