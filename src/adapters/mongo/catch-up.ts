import type { Document } from 'bson';
import type { ClusterTime, ClientSession, MongoClient, Timestamp } from 'mongodb';
import type { ClusterFacts } from '../../core/model/facts.js';
import { runCommand, type CommandSecrets } from './run-command.js';
import { withDeadline } from './silence.js';

interface CatchUpParts extends CommandSecrets {
  readonly client: MongoClient;
  readonly facts: Pick<ClusterFacts, 'topology'>;
  readonly silenceMs: number;
}

/**
 * Reads of the session wait until the member that is read has what the primary has now. A secondary that lags behind would give documents as they were, which no count of
 * the primary's tells. Nothing is done where there is no replica set.
 */
export async function catchUp(parts: CatchUpParts, session: ClientSession, signal?: AbortSignal): Promise<void> {
  if (parts.facts.topology !== 'replica-set') return;
  const hello = await withDeadline(signal, parts.silenceMs, (either) =>
    runCommand(parts, parts.client, 'admin', { ping: 1 }, { signal: either }),
  );
  const { $clusterTime, operationTime } = hello as { $clusterTime?: ClusterTime; operationTime?: Timestamp };
  if (!$clusterTime || !operationTime) return;
  session.advanceClusterTime($clusterTime);
  session.advanceOperationTime(operationTime);
}

/**
 * The command as it can be sent in a session that has caught up: a server refuses to wait under the read concern `available`. What is no part of a sharded cluster
 * reads the same under `local` (MongoDB manual, read concern "available").
 */
export function causally(command: Document, session: ClientSession | undefined): Document {
  const { level } = (command.readConcern ?? {}) as { readonly level?: string };
  return session?.operationTime && level === 'available' ? { ...command, readConcern: { level: 'local' } } : command;
}
