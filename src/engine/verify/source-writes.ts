/** Whether a collection of the source has been written to, told by the server's own counts: a document that was changed after it was copied shows nowhere else. */
import { EJSON, type Document } from 'bson';
import { MigrationError } from '../../core/model/error.js';
import type { Namespace } from '../../core/model/namespace.js';
import type { ClusterSession } from '../ports.js';

/** Writes to a collection since its server's process began. */
export interface SourceWrites {
  /** The process, its host, and the storage engine's table: another one counts from zero. */
  readonly table: string;
  /** Write operations by clients. */
  readonly operations: number;
  /** Changes to the table, whoever made them: `$merge`, `applyOps` and TTL are no client's writes. */
  readonly changes: number;
}

/** Counters of WiredTiger's cursors on a table that writes move, whatever they are called in a version (`modify`, `modify calls`). */
const CHANGES = /^(insert|modify|update|remove|truncate|bulk)/;

/**
 * What the source's primary has counted (`$collStats`, a part of the role `read`); undefined where it does not tell (before MongoDB 4.4, behind a router, other engines). Not seen is
 * a transaction that wrote before this and commits after its documents were read.
 */
export async function sourceWrites(
  session: ClusterSession,
  ns: Namespace,
  options: { readonly signal?: AbortSignal },
): Promise<SourceWrites | undefined> {
  // Each shard counts for itself, and which process answered for it is not told.
  if (session.facts.topology === 'sharded') return undefined;
  try {
    const hello = await session.command('admin', { hello: 1 }, options);
    const process: unknown = at(hello, 'topologyVersion', 'processId');
    if (process === undefined) return undefined;
    const pipeline = [{ $collStats: { latencyStats: {}, storageStats: {} } }];
    const reply = await session.command(ns.db, { aggregate: ns.coll, pipeline, cursor: {} }, options);
    const stats = at(reply, 'cursor', 'firstBatch', '0');
    const cursors = at(stats, 'storageStats', 'wiredTiger', 'cursor');
    const operations = Number(at(stats, 'latencyStats', 'writes', 'ops'));
    if (typeof cursors !== 'object' || cursors === null || Number.isNaN(operations)) return undefined;
    const counters = Object.entries(cursors).filter(([name]) => CHANGES.test(name));
    const changes = counters.reduce((sum, [, value]) => sum + Number(value), 0);
    const where = [process, at(stats, 'host'), at(stats, 'storageStats', 'wiredTiger', 'uri')];
    return { table: EJSON.stringify(where), operations, changes };
  } catch (error) {
    if (MigrationError.is(error, 'command-failed') || MigrationError.is(error, 'missing-privilege')) return undefined;
    throw error;
  }
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner as Document | undefined)?.[name], value);
}

/** True only where both were told, of the same table by the same process, and are the same. */
export function unmoved(before: SourceWrites | undefined, after: SourceWrites | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  const { table, operations, changes } = before;
  return table === after.table && operations === after.operations && changes === after.changes;
}
