/** How many documents a side says that it has: the server's own count, of what is to arrive. */
import type { Document } from 'bson';
import type { Namespace } from '../../core/model/namespace.js';
import type { PlannedCollection } from '../../core/model/plan.js';
import { compileTransform } from '../copy/compile-transform.js';
import type { ClusterSession } from '../ports.js';
import { NAMESPACE_NOT_FOUND, serverCodeOf } from '../prepare/server-refusal.js';

/** Of the source, by the plan's filter where there is one. @throws MigrationError as the session does. */
export function countSource(
  planned: PlannedCollection,
  source: ClusterSession,
  { readConcern, signal }: { readonly readConcern?: string; readonly signal?: AbortSignal },
): Promise<number> {
  const { filter } = compileTransform(planned);
  return count(source, planned.source, signal, {
    ...(filter === undefined ? {} : { query: filter }),
    ...(readConcern === undefined ? {} : { readConcern: { level: readConcern } }),
  });
}

/** Of the target; 0 where there is no such collection. @throws MigrationError as the session does. */
export function countTarget(planned: PlannedCollection, target: ClusterSession, signal?: AbortSignal): Promise<number> {
  return count(target, planned.target, signal);
}

async function count(
  session: ClusterSession,
  ns: Namespace,
  signal: AbortSignal | undefined,
  of: Document = {},
): Promise<number> {
  try {
    return Number((await session.command(ns.db, { count: ns.coll, ...of }, signal ? { signal } : {}))['n'] ?? 0);
  } catch (error) {
    if (serverCodeOf(error) === NAMESPACE_NOT_FOUND) return 0;
    throw error;
  }
}
