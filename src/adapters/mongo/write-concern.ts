import type { ClusterFacts } from '../../core/model/facts.js';

/** Acknowledged by so many members that a failover does not undo it. RU accounts are not asked: they have one concern for all. */
export function lasting(topology: ClusterFacts['topology']): { readonly w: 1 | 'majority' } {
  return topology === 'standalone' ? { w: 1 } : { w: 'majority' };
}
