import type { ClusterTime, ClientSession, Timestamp } from 'mongodb';
import { runCommand } from './run-command.js';
import type { SessionParts } from './session.js';
import { withDeadline } from './silence.js';

/**
 * Reads of the session wait until the member that is read has what the primary has now. A secondary that lags behind would give documents as they were, which no count of
 * the primary's tells. Nothing is done where there is no replica set.
 */
export async function catchUp(parts: SessionParts, session: ClientSession, signal: AbortSignal): Promise<void> {
  if (parts.facts.topology !== 'replica-set') return;
  const hello = await withDeadline(signal, parts.silenceMs, (either) =>
    runCommand(parts, parts.client, 'admin', { ping: 1 }, { signal: either }),
  );
  const { $clusterTime, operationTime } = hello as { $clusterTime?: ClusterTime; operationTime?: Timestamp };
  if (!$clusterTime || !operationTime) return;
  session.advanceClusterTime($clusterTime);
  session.advanceOperationTime(operationTime);
}
