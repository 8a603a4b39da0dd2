/** What was on the target before a service copies there: it must not be lost without having been asked for. */
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import { mapBounded } from '../../engine/bounded.js';
import type { ClusterSession } from '../../engine/ports.js';
import type { RemoteCheckJob } from '../../engine/remote-ports.js';

const PARALLEL = 4;

/**
 * Data Factory upserts, which replaces whatever has the same _id, and nobody documents what DMS does with it. A run that has made something already goes on with what
 * it has brought. @throws MigrationError `bad-plan` with `reason` where a collection of the target holds documents and the plan does not let them be replaced.
 */
export async function refuseOverDocuments(
  { plan, collections, earlier, signal }: Pick<RemoteCheckJob, 'plan' | 'collections' | 'earlier' | 'signal'>,
  target: ClusterSession,
  reason: 'data-factory-overwrites' | 'dms-documents-there',
): Promise<void> {
  const isOurs = Object.keys(earlier).length > 0;
  if (plan.conflictPolicy === 'overwrite' || isOurs) return;
  await mapBounded(
    collections,
    PARALLEL,
    async ({ target: ns }) => {
      if (await hasDocuments(target, ns, signal))
        throw new MigrationError('bad-plan', { reason, namespace: formatNamespace(ns) });
    },
    signal,
  );
}

async function hasDocuments(session: ClusterSession, ns: Namespace, signal: AbortSignal): Promise<boolean> {
  for await (const { documents } of session.findRaw(ns, { limit: 1, projection: { _id: 1 } }, signal)) {
    if (documents.length > 0) return true;
  }
  return false;
}
