import type { ClusterFacts } from '../../core/model/facts.js';

/**
 * Acknowledged so that neither a failover nor a kill of the server undoes it: what was acknowledged is not sent again. A majority writes to its journals before it answers; a server that
 * stands alone has to be asked to, or loses what it acknowledged in the last tenth of a second (`storage.journal.commitIntervalMs`). RU accounts are not asked: they have one concern for all.
 */
export function lasting(
  topology: ClusterFacts['topology'],
): { readonly w: 1; readonly j: true } | { readonly w: 'majority' } {
  return topology === 'standalone' ? { w: 1, j: true } : { w: 'majority' };
}
