import { MigrationError } from '../../core/model/error.js';
import type { ArmRequest } from './ports.js';

export interface ArmRoute {
  readonly method: ArmRequest['method'];
  /** `{name}`: a segment, escaped when it is filled in. `{+name}`: a resource id, as it is. */
  readonly path: string;
  readonly apiVersion: string;
  /** A POST that may be sent again where it is not known whether it arrived: it only reads, or does the same twice. */
  readonly repeatable?: true;
}

const GROUP = '/subscriptions/{subscription}/resourceGroups/{group}';
const DEPLOYMENT = `${GROUP}/providers/Microsoft.Resources/deployments/{deployment}`;
const FACTORY = `${GROUP}/providers/Microsoft.DataFactory/factories/{factory}`;
const STORAGE_ACCOUNT = `${GROUP}/providers/Microsoft.Storage/storageAccounts/{account}`;
const DMS = `${GROUP}/providers/Microsoft.DataMigration/services/{service}`;
const TASK = `${DMS}/projects/{project}/tasks/{task}`;
const MIGRATION_SERVICE = `${GROUP}/providers/Microsoft.DataMigration/migrationServices/{service}`;
const MIGRATION = '{+target}/providers/Microsoft.DataMigration/databaseMigrations/{migration}';

/** Versions: the stable ones of the published specifications that have every property that is sent or read. */
const RESOURCES = '2021-04-01';
const ACCOUNTS = '2024-11-15';
const CLUSTERS = '2024-07-01';
const DATA_FACTORY = '2018-06-01';
const DATA_MIGRATION = '2025-06-30';
const STORAGE = '2023-05-01';

/** Every call to ARM that this product makes. What is not in this table is not sent. */
export const ARM_ROUTES = {
  'subscriptions-list': { method: 'GET', path: '/subscriptions', apiVersion: '2022-12-01' },
  'provider-get': { method: 'GET', path: '/subscriptions/{subscription}/providers/{namespace}', apiVersion: RESOURCES },
  'provider-register': {
    method: 'POST',
    path: '/subscriptions/{subscription}/providers/{namespace}/register',
    apiVersion: RESOURCES,
    repeatable: true,
  },
  'deployment-what-if': { method: 'POST', path: `${DEPLOYMENT}/whatIf`, apiVersion: RESOURCES, repeatable: true },
  'deployment-put': { method: 'PUT', path: DEPLOYMENT, apiVersion: RESOURCES },
  'deployment-get': { method: 'GET', path: DEPLOYMENT, apiVersion: RESOURCES },
  'deployment-cancel': { method: 'POST', path: `${DEPLOYMENT}/cancel`, apiVersion: RESOURCES, repeatable: true },
  'deployment-delete': { method: 'DELETE', path: DEPLOYMENT, apiVersion: RESOURCES },

  'accounts-list': {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Microsoft.DocumentDB/databaseAccounts',
    apiVersion: ACCOUNTS,
  },
  'account-get': { method: 'GET', path: '{+account}', apiVersion: ACCOUNTS },
  'account-connection-strings': {
    method: 'POST',
    path: '{+account}/listConnectionStrings',
    apiVersion: ACCOUNTS,
    repeatable: true,
  },
  'account-databases': { method: 'GET', path: '{+account}/mongodbDatabases', apiVersion: ACCOUNTS },
  'account-collections': {
    method: 'GET',
    path: '{+account}/mongodbDatabases/{database}/collections',
    apiVersion: ACCOUNTS,
  },
  'database-throughput': {
    method: 'GET',
    path: '{+account}/mongodbDatabases/{database}/throughputSettings/default',
    apiVersion: ACCOUNTS,
  },
  'collection-throughput': {
    method: 'GET',
    path: '{+account}/mongodbDatabases/{database}/collections/{collection}/throughputSettings/default',
    apiVersion: ACCOUNTS,
  },
  'clusters-list': {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Microsoft.DocumentDB/mongoClusters',
    apiVersion: CLUSTERS,
  },
  'cluster-get': { method: 'GET', path: '{+cluster}', apiVersion: CLUSTERS },
  'cluster-connection-strings': {
    method: 'POST',
    path: '{+cluster}/listConnectionStrings',
    apiVersion: CLUSTERS,
    repeatable: true,
  },

  'storage-get': { method: 'GET', path: STORAGE_ACCOUNT, apiVersion: STORAGE },
  'storage-delete': { method: 'DELETE', path: STORAGE_ACCOUNT, apiVersion: STORAGE },

  'factory-get': { method: 'GET', path: FACTORY, apiVersion: DATA_FACTORY },
  'factory-delete': { method: 'DELETE', path: FACTORY, apiVersion: DATA_FACTORY },
  'pipeline-delete': { method: 'DELETE', path: `${FACTORY}/pipelines/{pipeline}`, apiVersion: DATA_FACTORY },
  'dataset-delete': { method: 'DELETE', path: `${FACTORY}/datasets/{dataset}`, apiVersion: DATA_FACTORY },
  'linked-service-delete': { method: 'DELETE', path: `${FACTORY}/linkedservices/{linked}`, apiVersion: DATA_FACTORY },
  'runtime-status': {
    method: 'POST',
    path: `${FACTORY}/integrationRuntimes/{runtime}/getStatus`,
    apiVersion: DATA_FACTORY,
    repeatable: true,
  },
  'pipeline-run-create': {
    method: 'POST',
    path: `${FACTORY}/pipelines/{pipeline}/createRun`,
    apiVersion: DATA_FACTORY,
  },
  'pipeline-run-get': { method: 'GET', path: `${FACTORY}/pipelineruns/{run}`, apiVersion: DATA_FACTORY },
  'pipeline-runs-query': {
    method: 'POST',
    path: `${FACTORY}/queryPipelineRuns`,
    apiVersion: DATA_FACTORY,
    repeatable: true,
  },
  'activity-runs-query': {
    method: 'POST',
    path: `${FACTORY}/pipelineruns/{run}/queryActivityruns`,
    apiVersion: DATA_FACTORY,
    repeatable: true,
  },
  'pipeline-run-cancel': {
    method: 'POST',
    path: `${FACTORY}/pipelineruns/{run}/cancel`,
    apiVersion: DATA_FACTORY,
    repeatable: true,
  },

  'dms-service-get': { method: 'GET', path: DMS, apiVersion: DATA_MIGRATION },
  'dms-service-delete': { method: 'DELETE', path: DMS, apiVersion: DATA_MIGRATION },
  'dms-task-put': { method: 'PUT', path: TASK, apiVersion: DATA_MIGRATION },
  'dms-task-get': { method: 'GET', path: TASK, apiVersion: DATA_MIGRATION },
  'dms-task-cancel': { method: 'POST', path: `${TASK}/cancel`, apiVersion: DATA_MIGRATION, repeatable: true },
  'dms-task-command': { method: 'POST', path: `${TASK}/command`, apiVersion: DATA_MIGRATION },
  'dms-task-delete': { method: 'DELETE', path: TASK, apiVersion: DATA_MIGRATION },
  'dms-migration-service-get': { method: 'GET', path: MIGRATION_SERVICE, apiVersion: DATA_MIGRATION },
  'dms-migration-service-delete': { method: 'DELETE', path: MIGRATION_SERVICE, apiVersion: DATA_MIGRATION },
  'dms-migration-put': { method: 'PUT', path: MIGRATION, apiVersion: DATA_MIGRATION },
  'dms-migration-get': { method: 'GET', path: MIGRATION, apiVersion: DATA_MIGRATION },
  'dms-migration-delete': { method: 'DELETE', path: MIGRATION, apiVersion: DATA_MIGRATION },
} as const satisfies Readonly<Record<string, ArmRoute>>;

export type ArmRouteId = keyof typeof ARM_ROUTES;

/**
 * A request by its route; `params` fill the places of its path.
 * @throws MigrationError `internal` where one is missing, or a resource id is none.
 */
export function armRequest(
  id: ArmRouteId,
  params: Readonly<Record<string, string>> = {},
  more: Pick<ArmRequest, 'body' | 'query'> = {},
): ArmRequest {
  const route: ArmRoute = ARM_ROUTES[id];
  const path = route.path.replace(/\{(\+?)(\w+)\}/g, (_all, whole: string, name: string) => {
    const value = params[name];
    if (value === undefined || value === '') throw new MigrationError('internal', { reason: `${id} needs ${name}` });
    if (whole !== '+') return encodeURIComponent(value);
    if (!isResourceId(value)) throw new MigrationError('internal', { reason: `${id}: ${name} is no resource id` });
    return value.replace(/\/$/, '');
  });
  return {
    method: route.method,
    path,
    apiVersion: route.apiVersion,
    ...(route.repeatable ? { repeatable: true } : {}),
    ...more,
  };
}

/** Ids come from ARM or from a plan file: nothing in one may change where the request goes. */
export function isResourceId(text: string): boolean {
  return /^\/subscriptions\/[^/?#\s]+(\/[^/?#\s]+)+\/?$/i.test(text) && !/\/\.{1,2}(\/|$)/.test(text);
}
