import type { ClusterFacts } from '../../core/model/facts.js';
import type { ClusterRole } from './cluster-profile.js';

/** Why a cluster seems to have been added in the wrong role. */
export type RoleMistake = 'cosmos-ru-as-source' | 'cosmos-vcore-as-source' | 'documentdb-as-target' | 'atlas-as-target';

/** Nothing here forbids: the same account may be read today and written tomorrow, but mostly it is a slip. */
export function roleMistake(role: ClusterRole, { kind }: Pick<ClusterFacts, 'kind'>): RoleMistake | undefined {
  if (role === 'source') {
    if (kind === 'cosmos-ru') return 'cosmos-ru-as-source';
    return kind === 'cosmos-vcore' ? 'cosmos-vcore-as-source' : undefined;
  }
  if (kind === 'amazon-documentdb') return 'documentdb-as-target';
  return kind === 'atlas' ? 'atlas-as-target' : undefined;
}
