/**
 * What Azure DocumentDB (vCore) lacks, by version: its documentation claims everything else (58 of 60 stages, all operators of aggregations and updates).
 * https://learn.microsoft.com/azure/documentdb/compatibility-query-language
 */
import type { FeatureKind } from '../../model/usage.js';
import { all, type AvailabilityTable } from './availability.js';

const V60 = [[6, 0]] as const;

export const VCORE_FEATURES: Readonly<Record<FeatureKind, AvailabilityTable>> = {
  stage: {
    ...all(V60, '$densify $documents $fill'),
    ...all('never', '$changeStreamSplitLargeEvent $listSampledQueries $listSearchIndexes $listSessions'),
    ...all('never', '$planCacheStats $shardedDataDistribution $listLocalSessions'),
  },
  expression: {
    ...all(V60, '$maxN $minN $sortArray'),
    ...all('never', '$function $meta $$CLUSTER_TIME $$SEARCH_META $$USER_ROLES'),
  },
  accumulator: { ...all(V60, '$bottom $bottomN $maxN $minN $top $topN'), ...all('never', '$accumulator') },
  'query-operator': all('never', '$where $meta'),
  'update-operator': {},
  command: {
    ...all('never', 'cloneCollectionAsCapped compact convertToCapped filemd5 getClusterParameter setIndexCommitQuorum'),
    ...all('never', 'setDefaultRWConcern validateDBMetadata mapReduce connPoolStats dataSize dbHash lockInfo profile'),
    ...all('never', 'serverStatus shardConnPoolStats top geoSearch bulkWrite resetError killAllSessions'),
    ...all('never', 'killAllSessionsByPattern refreshSessions logApplicationMessage'),
    ...all('never', 'dropAllUsersFromDatabase grantRolesToUser revokeRolesFromUser updateUser'),
    ...all('never', 'createRole updateRole dropRole grantPrivilegesToRole revokePrivilegesFromRole grantRolesToRole'),
    ...all('never', 'planCacheClear planCacheClearFilters planCacheListFilters planCacheSetFilter'),
  },
  option: {},
};
