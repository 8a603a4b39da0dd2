/**
 * What resources of a hand-off may say. A closed world: any property that is not named here, by the published schema (Microsoft.DataFactory 2018-06-01) or by the
 * documentation of the other services, is refused, and so is what breaks a documented limit.
 */
import { list, only, record, refuse, text, type Json } from './refusal.js';

/** azure-data-factory-limits, and the schema's own for `batchCount` and intervals. */
export const LIMITS = {
  pipelineBytes: 200_000,
  activities: 80,
  parameters: 50,
  parallel: 50,
  items: 100_000,
  payload: 896_000,
} as const;

export function checkResource(body: Json): void {
  const type = text(body['type'], 'type');
  const where = `${type} ${String(body['name'])}`;
  const checks: Readonly<Record<string, () => void>> = {
    'Microsoft.Storage/storageAccounts': () => storageAccount(body, where),
    'Microsoft.Storage/storageAccounts/blobServices/containers': () => {
      const { properties } = only(body, { must: ['type', 'apiVersion', 'name', 'properties'] }, where);
      only(properties, { may: ['publicAccess'] }, where);
    },
    'Microsoft.Authorization/roleAssignments': () => {
      const { properties } = only(body, { must: ['type', 'apiVersion', 'name', 'properties', 'scope'] }, where);
      only(properties, { must: ['roleDefinitionId', 'principalId'], may: ['principalType'] }, where);
    },
    'Microsoft.DataFactory/factories': () => {
      const whole = only(
        body,
        { must: ['type', 'apiVersion', 'name', 'location', 'properties'], may: ['identity'] },
        where,
      );
      only(whole['properties'], {}, where);
      const { type: identity } = only(whole['identity'], { must: ['type'] }, where);
      if (identity !== 'SystemAssigned') refuse(where, 'no identity');
    },
    'Microsoft.DataFactory/factories/linkedservices': () => linkedService(child(body, where), where),
    'Microsoft.DataFactory/factories/datasets': () => dataset(child(body, where), where),
    'Microsoft.DataFactory/factories/pipelines': () => pipeline(child(body, where), where),
  };
  const check = checks[type];
  if (!check) refuse(where, 'unknown type of resource');
  check();
}

function storageAccount(body: Json, where: string): void {
  const must = ['type', 'apiVersion', 'name', 'location', 'sku', 'kind', 'properties'];
  const { properties, sku } = only(body, { must }, where);
  only(sku, { must: ['name'] }, where);
  only(
    properties,
    { may: ['minimumTlsVersion', 'supportsHttpsTrafficOnly', 'allowBlobPublicAccess', 'allowSharedKeyAccess'] },
    where,
  );
}

function child(body: Json, where: string): Json {
  const whole = only(body, { must: ['type', 'apiVersion', 'name', 'properties'] }, where);
  if (whole['apiVersion'] !== '2018-06-01') refuse(where, 'wrong apiVersion');
  if (!/^[A-Za-z0-9-]{3,63}\/[A-Za-z0-9_][^<>*#.%&:\\+?/]{0,259}$/.test(text(whole['name'], where)))
    refuse(where, 'bad name');
  return record(whole['properties'], where);
}

const LINKED: Readonly<Record<string, { must: readonly string[]; may?: readonly string[] }>> = {
  MongoDbV2: { must: ['connectionString', 'database'] },
  MongoDbAtlas: { must: ['connectionString', 'database'], may: ['driverVersion'] },
  CosmosDbMongoDbApi: { must: ['connectionString', 'database'], may: ['isServerVersionAbove32'] },
  AzureBlobStorage: { must: ['serviceEndpoint'], may: ['accountKind'] },
};

function linkedService(properties: Json, where: string): void {
  const whole = only(properties, { must: ['type', 'typeProperties'], may: ['parameters', 'connectVia'] }, where);
  const known = LINKED[text(whole['type'], where)];
  if (!known) refuse(where, 'unknown kind of linked service');
  const { connectionString } = only(whole['typeProperties'], known, where);
  if (whole['connectVia']) reference(whole['connectVia'], 'IntegrationRuntimeReference', where);
  parameters(whole['parameters'], where);
  if (!connectionString) return;
  const secret = only(connectionString, { must: ['type', 'value'] }, where);
  if (secret['type'] !== 'SecureString') refuse(where, 'a connection string that everybody can read');
}

const DATASETS: Readonly<Record<string, readonly string[]>> = {
  MongoDbV2Collection: ['collection'],
  MongoDbAtlasCollection: ['collection'],
  CosmosDbMongoDbApiCollection: ['collection'],
  Binary: ['location'],
};

function dataset(properties: Json, where: string): void {
  const whole = only(properties, { must: ['type', 'linkedServiceName', 'typeProperties'], may: ['parameters'] }, where);
  const must = DATASETS[text(whole['type'], where)];
  if (!must) refuse(where, 'unknown kind of dataset');
  const { location } = only(whole['typeProperties'], { must }, where);
  reference(whole['linkedServiceName'], 'LinkedServiceReference', where);
  parameters(whole['parameters'], where);
  if (!location) return;
  const { type } = only(location, { must: ['type', 'container', 'folderPath', 'fileName'] }, where);
  if (type !== 'AzureBlobStorageLocation') refuse(where, 'unknown location');
}

export function reference(value: unknown, type: string, where: string): string {
  const whole = only(value, { must: ['referenceName', 'type'], may: ['parameters'] }, where);
  if (whole['type'] !== type) refuse(where, `no ${type}`);
  return text(whole['referenceName'], where);
}

function parameters(value: unknown, where: string): void {
  const declared = record(value ?? {}, where);
  if (Object.keys(declared).length > LIMITS.parameters) refuse(where, 'too many parameters');
  for (const one of Object.values(declared)) {
    const { type } = only(one, { must: ['type'], may: ['defaultValue'] }, where);
    if (type !== 'String' && type !== 'Array') refuse(where, `parameter of type ${String(type)}`);
  }
}

function pipeline(properties: Json, where: string): void {
  const bytes = Buffer.byteLength(JSON.stringify(properties));
  if (bytes > LIMITS.pipelineBytes) refuse(where, `${bytes} bytes`);
  const whole = only(properties, { must: ['activities'], may: ['parameters', 'concurrency', 'description'] }, where);
  parameters(whole['parameters'], where);
  const count = activities(whole['activities'], where, []);
  if (count > LIMITS.activities) refuse(where, `${count} activities`);
}

const POLICY = { may: ['timeout', 'retry', 'retryIntervalInSeconds', 'secureInput', 'secureOutput'] };
const CONDITIONS: ReadonlySet<unknown> = new Set(['Succeeded', 'Failed', 'Skipped', 'Completed']);

/** How many, those within included. Names are unique within a pipeline. */
function activities(value: unknown, where: string, containers: readonly string[]): number {
  const all = list(value, where).map((one) => record(one, where));
  const names = new Set(all.map(({ name }) => text(name, where)));
  if (names.size < all.length) refuse(where, 'two activities of one name');
  let count = 0;
  for (const one of all) {
    const here = `${where} ${String(one['name'])}`;
    for (const dependency of list(one['dependsOn'] ?? [], here)) {
      const { activity, dependencyConditions } = only(dependency, { must: ['activity', 'dependencyConditions'] }, here);
      if (!names.has(text(activity, here))) refuse(here, `depends on ${String(activity)}, which is not beside it`);
      if (!list(dependencyConditions, here).every((condition) => CONDITIONS.has(condition)))
        refuse(here, 'bad condition');
    }
    count += 1 + activity(one, here, containers);
  }
  return count;
}

/** How many are within it. */
function activity(one: Json, where: string, containers: readonly string[]): number {
  const common = ['name', 'type', 'typeProperties'];
  const type = text(one['type'], where);
  const shape = (must: readonly string[], may: readonly string[]): Json => {
    const whole = only(one, { must: [...common, ...must], may: ['dependsOn', ...may] }, where);
    if (whole['policy'] !== undefined) policy(whole['policy'], where);
    return record(whole['typeProperties'], where);
  };
  switch (type) {
    case 'ForEach': {
      if (containers.length > 0) refuse(where, `a ForEach within ${containers.join(', ')}`);
      const inner = only(shape([], []), { must: ['items', 'activities'], may: ['isSequential', 'batchCount'] }, where);
      if (Number(inner['batchCount'] ?? 1) > LIMITS.parallel) refuse(where, 'batchCount');
      return activities(inner['activities'], where, [...containers, type]);
    }
    case 'IfCondition': {
      if (containers.includes('IfCondition')) refuse(where, 'an IfCondition within another');
      const inner = only(
        shape([], []),
        { must: ['expression'], may: ['ifTrueActivities', 'ifFalseActivities'] },
        where,
      );
      return (['ifTrueActivities', 'ifFalseActivities'] as const).reduce(
        (sum, branch) => sum + activities(inner[branch] ?? [], where, [...containers, type]),
        0,
      );
    }
    case 'Copy':
      copy(shape(['inputs', 'outputs'], ['policy', 'userProperties']), where);
      return 0;
    case 'GetMetadata':
      only(shape([], ['policy']), { must: ['dataset', 'fieldList'] }, where);
      return 0;
    case 'WebActivity': {
      const inner = only(
        shape([], ['policy']),
        { must: ['url', 'method'], may: ['headers', 'body', 'authentication'] },
        where,
      );
      only(inner['authentication'], { must: ['type', 'resource'] }, where);
      if ((inner['body'] === undefined) !== (inner['method'] === 'GET'))
        refuse(where, 'a body where none may be, or none');
      return 0;
    }
    case 'ExecutePipeline': {
      const inner = only(shape([], []), { must: ['pipeline'], may: ['waitOnCompletion', 'parameters'] }, where);
      reference(inner['pipeline'], 'PipelineReference', where);
      return 0;
    }
    case 'Fail':
      only(shape([], []), { must: ['message', 'errorCode'] }, where);
      return 0;
    default:
      return refuse(where, `unknown activity ${type}`);
  }
}

function policy(value: unknown, where: string): void {
  const whole = only(value, POLICY, where);
  const interval = Number(whole['retryIntervalInSeconds'] ?? 30);
  if (interval < 30 || interval > 86_400) refuse(where, 'retryIntervalInSeconds');
  if (!/^(\d+\.)?\d\d:\d\d:\d\d$/.test(text(whole['timeout'] ?? '00:00:00', where))) refuse(where, 'timeout');
}

const SOURCES: ReadonlySet<unknown> = new Set(['MongoDbV2Source', 'MongoDbAtlasSource']);
const SINKS: ReadonlySet<unknown> = new Set(['CosmosDbMongoDbApiSink', 'MongoDbAtlasSink']);

function copy(inner: Json, where: string): void {
  // Nothing more: what else the schema has is not documented for these connectors.
  const { source, sink } = only(inner, { must: ['source', 'sink'] }, where);
  const read = only(
    source,
    { must: ['type'], may: ['filter', 'batchSize', 'sourceRetryCount', 'sourceRetryWait'] },
    where,
  );
  const may = ['writeBehavior', 'writeBatchSize', 'sinkRetryCount', 'sinkRetryWait'];
  const write = only(sink, { must: ['type'], may }, where);
  if (!SOURCES.has(read['type'])) refuse(where, 'unknown source');
  if (!SINKS.has(write['type'])) refuse(where, 'unknown sink');
}
