import type { TargetKind } from '../plan/target.js';
import type { AssessedCollection } from './rule.js';

/** True where the target takes one `_id` several times: an RU collection that is sharded by another field. Source: learn.microsoft.com/azure/cosmos-db/mongodb/indexing. */
export function keepsIdsApart({ shardPath }: AssessedCollection, kind: TargetKind): boolean {
  return kind === 'cosmos-ru' && shardPath !== undefined && shardPath !== '_id';
}
