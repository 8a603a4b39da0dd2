/** ARM templates of the hand-off, each below ARM's limits. */
import { MigrationError } from '../../core/model/error.js';
import type { DataFactoryHandoff } from '../../core/model/handoff.js';
import type { RangeItem } from './copy-range.js';
import { chunkPipeline, masterPipelines, type NamedPipeline, type PipelineParts } from './pipelines.js';

type Json = Readonly<Record<string, unknown>>;

export interface Template {
  /** Of its file and of its deployment: `factory`, `pipelines-01`. */
  readonly name: string;
  readonly template: Json;
}

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
const DATA_FACTORY = '2018-06-01';
const STORAGE = '2023-05-01';
const AUTHORIZATION = '2022-04-01';
/** Storage Blob Data Contributor (Azure built-in roles). */
const BLOB_CONTRIBUTOR = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';

/** A template: 4 MB when its expressions are evaluated, 800 resources (azure-resource-manager/templates/best-practices). */
const TEMPLATE_BYTES = 3_000_000;
const TEMPLATE_RESOURCES = 700;
/** A pipeline: 200 KB (azure-data-factory-limits); the rest is for what is not a range. */
export const CHUNK_BYTES = 120_000;

/**
 * Text that ARM is to take as it is: what begins with a bracket would be an expression.
 * https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions#escape-characters
 */
export function armLiteral(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith('[') ? `[${value}` : value;
  if (Array.isArray(value)) return value.map(armLiteral);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, armLiteral(inner)]));
}

function factoryChild(handoff: DataFactoryHandoff, kind: string, name: string, more: Json): Json {
  return {
    type: `Microsoft.DataFactory/factories/${kind}`,
    apiVersion: DATA_FACTORY,
    // The published schema takes a name of two parts as an expression only.
    name: `[concat('${handoff.factory}', '/', '${name}')]`,
    ...more,
  };
}

function idOf(handoff: DataFactoryHandoff, kind: string, name: string): string {
  return `[resourceId('Microsoft.DataFactory/factories/${kind}', '${handoff.factory}', '${name}')]`;
}

/** The factory with its identity, the storage for markers with the role that it needs there, and the connections. Secrets are parameters. */
export function factoryTemplate(handoff: DataFactoryHandoff, parts: PipelineParts): Template {
  const { factory, storage, azure } = handoff;
  const factoryId = `[resourceId('Microsoft.DataFactory/factories', '${factory}')]`;
  const container = `${storage.account}/default/${storage.container}`;
  const containerId = `[resourceId('Microsoft.Storage/storageAccounts/blobServices/containers', '${storage.account}', 'default', '${storage.container}')]`;
  const resources: Json[] = [
    {
      condition: "[parameters('createStorage')]",
      type: 'Microsoft.Storage/storageAccounts',
      apiVersion: STORAGE,
      name: storage.account,
      location: "[parameters('location')]",
      sku: { name: 'Standard_LRS' },
      kind: 'StorageV2',
      properties: {
        minimumTlsVersion: 'TLS1_2',
        supportsHttpsTrafficOnly: true,
        allowBlobPublicAccess: false,
        allowSharedKeyAccess: false,
      },
    },
    {
      type: 'Microsoft.Storage/storageAccounts/blobServices/containers',
      apiVersion: STORAGE,
      name: container,
      properties: { publicAccess: 'None' },
      dependsOn: [`[resourceId('Microsoft.Storage/storageAccounts', '${storage.account}')]`],
    },
    {
      condition: "[parameters('createFactory')]",
      type: 'Microsoft.DataFactory/factories',
      apiVersion: DATA_FACTORY,
      name: factory,
      location: "[parameters('location')]",
      identity: { type: 'SystemAssigned' },
      properties: {},
    },
    {
      condition: "[parameters('assignRole')]",
      type: 'Microsoft.Authorization/roleAssignments',
      apiVersion: AUTHORIZATION,
      name: `[guid(resourceGroup().id, '${factory}', '${storage.account}', '${storage.container}', '${BLOB_CONTRIBUTOR}')]`,
      scope: `Microsoft.Storage/storageAccounts/${storage.account}/blobServices/default/containers/${storage.container}`,
      properties: {
        roleDefinitionId: `[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '${BLOB_CONTRIBUTOR}')]`,
        principalId: `[reference(resourceId('Microsoft.DataFactory/factories', '${factory}'), '${DATA_FACTORY}', 'Full').identity.principalId]`,
        principalType: 'ServicePrincipal',
      },
      dependsOn: [factoryId, containerId],
    },
    ...linkedServices(handoff, parts, factoryId),
    ...datasets(handoff, parts),
  ];
  const flag = (description: string): Json => ({ type: 'bool', defaultValue: true, metadata: { description } });
  const secret = (description: string): Json => ({ type: 'securestring', metadata: { description } });
  return {
    name: 'factory',
    template: {
      $schema: SCHEMA,
      contentVersion: '1.0.0.0',
      parameters: {
        location: { type: 'string', defaultValue: azure.location },
        createFactory: flag(
          'False where the factory exists: it is left as it is, and must have a system-assigned identity.',
        ),
        createStorage: flag('False where the storage account exists: it is left as it is.'),
        assignRole: flag('False where the factory may write blobs into the container already.'),
        sourceConnectionString: secret('Of the MongoDB that is read, with user and password.'),
        targetConnectionString: secret('Of the target that is written to, with user and password.'),
      },
      resources,
    },
  };
}

function linkedServices(handoff: DataFactoryHandoff, parts: PipelineParts, factoryId: string): Json[] {
  const { names, source, sink } = parts;
  const runtime = handoff.integrationRuntime;
  const via =
    runtime === undefined
      ? {}
      : { connectVia: { referenceName: armLiteral(runtime), type: 'IntegrationRuntimeReference' } };
  const cluster = (name: string, connector: typeof source | typeof sink, parameter: string, connect: Json): Json =>
    factoryChild(handoff, 'linkedservices', name, {
      properties: {
        type: connector.linkedService,
        parameters: { database: { type: 'String' } },
        ...connect,
        typeProperties: {
          connectionString: { type: 'SecureString', value: `[parameters('${parameter}')]` },
          database: '@{linkedService().database}',
          ...connector.typeProperties,
        },
      },
      dependsOn: [factoryId],
    });
  return [
    cluster(names.sourceService, source, 'sourceConnectionString', via),
    cluster(names.targetService, sink, 'targetConnectionString', {}),
    factoryChild(handoff, 'linkedservices', names.markerService, {
      properties: {
        type: 'AzureBlobStorage',
        // By the factory's own identity (connector-azure-blob-storage, "System-assigned managed identity authentication").
        typeProperties: {
          serviceEndpoint: `https://${handoff.storage.account}.blob.core.windows.net/`,
          accountKind: 'StorageV2',
        },
      },
      dependsOn: [factoryId],
    }),
  ];
}

function datasets(handoff: DataFactoryHandoff, { names, source, sink }: PipelineParts): Json[] {
  const expression = (value: string): Json => ({ value, type: 'Expression' });
  const service = (referenceName: string, more: Json): Json => ({
    referenceName,
    type: 'LinkedServiceReference',
    ...more,
  });
  const collection = (name: string, type: string, linked: string): Json =>
    factoryChild(handoff, 'datasets', name, {
      properties: {
        type,
        linkedServiceName: service(linked, { parameters: { database: expression('@dataset().database') } }),
        parameters: { database: { type: 'String' }, collection: { type: 'String' } },
        // No schema: documents go over as they are.
        typeProperties: { collection: expression('@dataset().collection') },
      },
      dependsOn: [idOf(handoff, 'linkedservices', linked)],
    });
  return [
    collection(names.sourceDataset, source.dataset, names.sourceService),
    collection(names.targetDataset, sink.dataset, names.targetService),
    factoryChild(handoff, 'datasets', names.markerDataset, {
      properties: {
        type: 'Binary',
        linkedServiceName: service(names.markerService, {}),
        parameters: { folder: { type: 'String' }, file: { type: 'String' } },
        typeProperties: {
          location: {
            type: 'AzureBlobStorageLocation',
            container: handoff.storage.container,
            folderPath: expression('@dataset().folder'),
            fileName: expression('@dataset().file'),
          },
        },
      },
      dependsOn: [idOf(handoff, 'linkedservices', names.markerService)],
    }),
  ];
}

/** Ranges in parts that fit a pipeline. @throws MigrationError `bad-plan` for a range that fits none. */
export function chunksOf(items: readonly RangeItem[], most = CHUNK_BYTES): readonly (readonly RangeItem[])[] {
  const chunks: RangeItem[][] = [];
  let size = most;
  for (const item of items) {
    // Percent-encoded: a character is a byte.
    const bytes = JSON.stringify(item).length + 1;
    if (bytes > most) throw new MigrationError('bad-plan', { reason: 'range-too-large', range: item.id });
    if (size + bytes > most) {
      chunks.push([]);
      size = 0;
    }
    chunks.at(-1)?.push(item);
    size += bytes;
  }
  return chunks;
}

/** The pipelines, in as many templates as they need. They are deployed in this order, after the factory. */
export function pipelineTemplates(
  handoff: DataFactoryHandoff,
  parts: PipelineParts,
  chunks: readonly (readonly RangeItem[])[],
): readonly Template[] {
  const copying = chunks.map((items, i): NamedPipeline => ({
    name: parts.names.chunk(i + 1),
    properties: chunkPipeline(parts, items),
    runs: [],
  }));
  const masters = masterPipelines(
    parts.names,
    copying.map(({ name }) => name),
  );
  const templates: Json[][] = [];
  let bytes = TEMPLATE_BYTES;
  let here = new Set<string>();
  for (const { name, properties, runs } of [...copying, ...masters]) {
    const size = Buffer.byteLength(JSON.stringify(properties));
    if (bytes + size > TEMPLATE_BYTES || here.size >= TEMPLATE_RESOURCES) {
      templates.push([]);
      bytes = 0;
      here = new Set();
    }
    // Those of earlier templates are there already; ARM knows no dependency across templates.
    const dependsOn = runs.filter((run) => here.has(run)).map((run) => idOf(handoff, 'pipelines', run));
    templates.at(-1)?.push(factoryChild(handoff, 'pipelines', name, { properties: armLiteral(properties), dependsOn }));
    here.add(name);
    bytes += size;
  }
  return templates.map((resources, i) => ({
    name: `pipelines-${String(i + 1).padStart(2, '0')}`,
    template: { $schema: SCHEMA, contentVersion: '1.0.0.0', parameters: {}, resources },
  }));
}
