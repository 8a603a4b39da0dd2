/** Uses that a server, its monitoring, or this assessment itself may have caused: a counter of them says little of an application. */
import type { FeatureUse } from '../../model/usage.js';

/** Stages by which servers are watched and measured, and by which one carries out `usersInfo`; no application has a use for them. */
const MEASURING_STAGES: ReadonlySet<string> = new Set([
  ...['$collStats', '$indexStats', '$currentOp', '$listLocalSessions', '$listSessions', '$planCacheStats'],
  ...['$listCatalog', '$operationMetrics', '$shardedDataDistribution', '$listSampledQueries'],
  '$listCachedAndActiveUsers',
]);
/** Stages that measuring sends and that applications use as well. */
const STAGES: ReadonlySet<string> = new Set([...MEASURING_STAGES, '$unionWith', '$unset', '$listSearchIndexes']);

/** Commands by which servers are watched and measured, and those by which drivers and servers look after their sessions. */
const MEASURING_COMMANDS: ReadonlySet<string> = new Set([
  ...['connectionStatus', 'connPoolStats', 'features', 'getCmdLineOpts', 'getLog', 'hostInfo', 'listCommands'],
  ...['lockInfo', 'replSetGetStatus', 'serverStatus', 'shardConnPoolStats', 'top'],
  ...['endSessions', 'refreshSessions', 'startSession'],
]);

const EXPRESSIONS: ReadonlySet<string> = new Set(['$bsonSize']);

/** Time-series collections are checked by it. */
const QUERY_OPERATORS: ReadonlySet<string> = new Set(['$jsonSchema']);

/** Commands that only an application has a use for. All others are administration's as well. */
const APPLICATION_COMMANDS: ReadonlySet<string> = new Set([
  ...['mapReduce', 'bulkWrite', 'eval', 'geoSearch', 'group', 'parallelCollectionScan'],
]);

/** True for a counter that may be nobody's application's. */
export function mayBeOwn({ kind, name, evidence }: Pick<FeatureUse, 'kind' | 'name' | 'evidence'>): boolean {
  if (evidence !== 'server-counters') return false;
  if (kind === 'command') return !APPLICATION_COMMANDS.has(name);
  if (kind === 'query-operator') return QUERY_OPERATORS.has(name);
  return kind === 'stage' ? STAGES.has(name) : kind === 'expression' && EXPRESSIONS.has(name);
}

/**
 * True for a counter of what only watches and measures a server. Every assessment adds to it, and all monitoring does: a note on it would tell of nobody's application,
 * and would be there because there was an assessment before.
 */
export function onlyMeasures({ kind, name, evidence }: Pick<FeatureUse, 'kind' | 'name' | 'evidence'>): boolean {
  if (evidence !== 'server-counters') return false;
  if (kind === 'command') return MEASURING_COMMANDS.has(name);
  return kind === 'stage' ? MEASURING_STAGES.has(name) : kind === 'expression' && EXPRESSIONS.has(name);
}

/** A server carries out `usersInfo`, which an assessment sends, by a pipeline with `$unset`: counted no more often than that, it is no application's. */
export function isOfUsersInfo(
  { kind, name, count }: Pick<FeatureUse, 'kind' | 'name' | 'count'>,
  all: readonly FeatureUse[],
): boolean {
  if (kind !== 'stage' || name !== '$unset') return false;
  const asked = all.find(
    (use) => use.kind === 'command' && use.name === 'usersInfo' && use.evidence === 'server-counters',
  );
  return count <= (asked?.count ?? 0);
}
