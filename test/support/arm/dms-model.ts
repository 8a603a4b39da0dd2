/** A model of Database Migration Service: checks bodies, goes through the documented states, and really copies, one collection at each look. */
import { copyOne, flawOf, type Copied, type Settings } from './dms-data.js';
import { errorReply, type ArmMock, type MockResource, type MockRoute } from './mock-parts.js';
import type { MockResourceType } from './mock-parts.js';
import { without, type Shape } from './shape.js';

const API = ['2025-06-30'];
const SERVICES =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.DataMigration/services/{service}';
const TASK = `${SERVICES}/projects/{project}/tasks/{task}`;

const CONNECTION: Shape = {
  fields: { type: { one: ['MongoDbConnectionInfo'] }, connectionString: 'text', userName: 'text', password: 'text' },
  needs: ['type', 'connectionString'],
};
const SETTINGS: Shape = {
  fields: {
    source: CONNECTION,
    target: CONNECTION,
    replication: { one: ['OneTime', 'Continuous', 'Disabled'] },
    boostRUs: 'number',
    throttling: { fields: { minFreeCpu: 'number', minFreeMemoryMb: 'number', maxParallelism: 'number' } },
    databases: {
      map: {
        fields: {
          targetRUs: 'number',
          collections: {
            map: {
              fields: {
                // Left out it would be true, which lets the service drop the target.
                canDelete: { one: [false] },
                targetRUs: 'number',
                shardKey: {
                  fields: {
                    fields: {
                      list: {
                        fields: { name: 'text', order: { one: ['Forward', 'Reverse', 'Hashed'] } },
                        needs: ['name', 'order'],
                      },
                    },
                    isUnique: 'yes-or-no',
                  },
                  needs: ['fields'],
                },
              },
              needs: ['canDelete'],
            },
          },
        },
        needs: ['collections'],
      },
    },
  },
  needs: ['source', 'target', 'databases', 'replication'],
};
const task = (name: string, input: Shape): Shape => ({
  fields: { taskType: { one: [name] }, input },
  needs: ['taskType', 'input'],
});
const TASK_BODY: Shape = {
  fields: {
    properties: {
      by: 'taskType',
      is: {
        'Connect.MongoDb': task('Connect.MongoDb', CONNECTION),
        'Validate.MongoDb': task('Validate.MongoDb', SETTINGS),
        'Migrate.MongoDb': task('Migrate.MongoDb', SETTINGS),
      },
    },
  },
  needs: ['properties'],
};
const MONGO: Shape = { fields: { connectionString: 'text', useSsl: 'yes-or-no' }, needs: ['connectionString'] };
const CLUSTER_MIGRATION: Shape = {
  fields: {
    properties: {
      fields: {
        kind: { one: ['MongoToCosmosDbMongo'] },
        scope: 'text',
        migrationService: 'text',
        sourceMongoConnection: MONGO,
        targetMongoConnection: MONGO,
        collectionList: {
          list: {
            fields: {
              sourceDatabase: 'text',
              sourceCollection: 'text',
              targetDatabase: 'text',
              targetCollection: 'text',
            },
            needs: ['sourceDatabase', 'sourceCollection', 'targetDatabase', 'targetCollection'],
          },
        },
      },
      needs: ['kind', 'scope', 'migrationService', 'sourceMongoConnection', 'targetMongoConnection', 'collectionList'],
    },
  },
  needs: ['properties'],
};
const DEFINITIONS: Readonly<Record<string, string>> = {
  'Connect.MongoDb': 'ConnectToMongoDbTaskProperties',
  'Validate.MongoDb': 'ValidateMongoDbTaskProperties',
  'Migrate.MongoDb': 'MigrateMongoDbTaskProperties',
};

export interface DmsTrouble {
  /** By task: what it ends with. */
  readonly failing?: Readonly<Record<string, string>>;
  /** Bytes of a document that the target takes; what is larger is not brought, and counted at most. */
  readonly largest?: number;
}

interface Progress {
  state: string;
  /** Why it failed, where it did. */
  failure?: string;
  readonly left: [string, string][];
  readonly copied: Map<string, Copied>;
  isCutOver: boolean;
}

const RUNNING = new WeakMap<MockResource, Progress>();

export function dmsTypes(): readonly MockResourceType[] {
  const where = { location: 'text' } as const;
  return [
    {
      type: 'Microsoft.DataMigration/services',
      apiVersions: API,
      shape: {
        fields: {
          ...where,
          sku: { fields: { name: 'text', tier: 'text', size: 'text' }, needs: ['name', 'tier'] },
          properties: { fields: { virtualSubnetId: 'text' }, needs: ['virtualSubnetId'] },
        },
        needs: ['location', 'sku', 'properties'],
      },
      direct: ['DELETE'],
    },
    {
      type: 'Microsoft.DataMigration/services/projects',
      apiVersions: API,
      shape: {
        fields: {
          ...where,
          properties: {
            fields: { sourcePlatform: { one: ['MongoDb'] }, targetPlatform: { one: ['MongoDb'] } },
            needs: ['sourcePlatform', 'targetPlatform'],
          },
        },
        needs: ['location', 'properties'],
      },
    },
    {
      type: 'Microsoft.DataMigration/migrationServices',
      apiVersions: API,
      shape: { fields: { ...where, properties: { fields: {} } }, needs: ['location', 'properties'] },
      direct: ['DELETE'],
    },
    {
      type: 'Microsoft.DataMigration/databaseMigrations',
      apiVersions: API,
      path: '{+target}/providers/Microsoft.DataMigration/databaseMigrations/{name}',
      definition: 'DatabaseMigrationPropertiesCosmosDbMongo',
      shape: CLUSTER_MIGRATION,
      direct: ['PUT', 'DELETE'],
      takesMs: 30_000,
      check({ id, body }, mock) {
        const { scope, migrationService } = clusterOf(body);
        return [
          ...(id.startsWith(`${scope}/providers/`) ? [] : [`${id} is not of ${scope}`]),
          ...(mock.resource(migrationService) ? [] : [`there is no ${migrationService}`]),
        ];
      },
      show: () => ({}),
    },
    {
      type: 'Microsoft.DataMigration/services/projects/tasks',
      apiVersions: API,
      shape: TASK_BODY,
      // The published schema of the resource contradicts itself for every task with an input.
      definition: (properties) => DEFINITIONS[String((properties as { taskType?: unknown }).taskType)],
      direct: ['PUT', 'DELETE'],
      show: () => ({}),
    },
  ];
}

/** Routes before the general ones: a task is advanced by every look at it. */
export function dmsRoutes(trouble: DmsTrouble = {}): readonly MockRoute[] {
  return [
    {
      method: 'GET',
      path: '{+target}/providers/Microsoft.DataMigration/databaseMigrations/{name}',
      apiVersions: API,
      async handle({ path, params }, mock) {
        const found = mock.resource(path);
        if (!found) return errorReply(404, 'ResourceNotFound', 'No such migration.');
        const failure = trouble.failing?.[params['name'] ?? ''];
        const migrationStatus = await clusterAdvanced(found, failure, trouble.largest);
        const shown = without(clusterOf(found.body), 'sourceMongoConnection', 'targetMongoConnection');
        const error = migrationStatus === 'Failed' ? { migrationFailureError: { message: failure } } : {};
        return {
          status: 200,
          body: { id: path, properties: { ...shown, provisioningState: 'Succeeded', migrationStatus, ...error } },
        };
      },
    },
    {
      method: 'GET',
      path: TASK,
      apiVersions: API,
      async handle({ path, query, params }, mock) {
        const found = mock.resource(path);
        if (!found) return errorReply(404, 'ResourceNotFound', 'No such task.');
        const progress = await advanced(found, trouble.failing?.[params['task'] ?? ''], trouble.largest);
        return {
          status: 200,
          body: {
            id: path,
            properties: shown(found, progress, query.get('$expand') === 'output'),
          },
        };
      },
    },
    {
      method: 'POST',
      path: `${TASK}/command`,
      apiVersions: API,
      shape: {
        by: 'commandType',
        is: {
          finish: {
            fields: {
              commandType: { one: ['finish'] },
              input: { fields: { immediate: 'yes-or-no', objectName: 'text' }, needs: ['immediate'] },
            },
            needs: ['commandType', 'input'],
          },
        },
      },
      async handle({ path }, mock) {
        const found = mock.resource(path.replace(/\/command$/, ''));
        if (!found) return errorReply(404, 'ResourceNotFound', 'No such task.');
        const progress = await advanced(found, undefined);
        if (progress.left.length > 0) return errorReply(409, 'Conflict', 'The initial copy is going on.');
        progress.isCutOver = true;
        return { status: 200, body: { commandType: 'finish', state: 'Accepted' } };
      },
    },
    {
      method: 'POST',
      path: `${TASK}/cancel`,
      apiVersions: API,
      handle({ path }, mock: ArmMock) {
        const found = mock.resource(path.replace(/\/cancel$/, ''));
        if (!found) return errorReply(404, 'ResourceNotFound', 'No such task.');
        progressOf(found).state = 'Canceled';
        return { status: 200, body: {} };
      },
    },
  ];
}

interface ClusterMigration extends Readonly<Record<string, unknown>> {
  readonly scope: string;
  readonly migrationService: string;
  readonly sourceMongoConnection: { readonly connectionString: string };
  readonly targetMongoConnection: { readonly connectionString: string };
  readonly collectionList: readonly Readonly<Record<`${'source' | 'target'}${'Database' | 'Collection'}`, string>>[];
}

function clusterOf(body: Readonly<Record<string, unknown>>): ClusterMigration {
  return body['properties'] as ClusterMigration;
}

/** How far the copies of each have come; the first look finds it begun. */
const CLUSTER_PLACES = new WeakMap<MockResource, number>();

async function clusterAdvanced(found: MockResource, failure: string | undefined, largest?: number): Promise<string> {
  const { sourceMongoConnection, targetMongoConnection, collectionList } = clusterOf(found.body);
  const place = CLUSTER_PLACES.get(found) ?? -1;
  if (place >= collectionList.length) return 'Succeeded';
  if (place >= 0 && failure !== undefined) return 'Failed';
  CLUSTER_PLACES.set(found, place + 1);
  const next = collectionList[place];
  if (!next) return 'InProgress';
  await copyOne(
    { ...sourceMongoConnection, db: next.sourceDatabase, coll: next.sourceCollection },
    { ...targetMongoConnection, db: next.targetDatabase, coll: next.targetCollection },
    largest,
  );
  return place + 1 === collectionList.length ? 'Succeeded' : 'InProgress';
}

/** `MongoDbError` of the specification: a number, and no document. */
function errorsOf(refused: number): object {
  if (refused === 0) return {};
  return { '16': { code: '16', type: 'Error', count: refused, message: 'Request size is too large.' } };
}

function propertiesOf(found: MockResource): { readonly taskType: string; readonly input: unknown } {
  return found.body['properties'] as { readonly taskType: string; readonly input: unknown };
}

function progressOf(found: MockResource): Progress {
  const known = RUNNING.get(found);
  if (known) return known;
  const { taskType, input } = propertiesOf(found);
  const left: [string, string][] =
    taskType === 'Migrate.MongoDb'
      ? Object.entries((input as Settings).databases).flatMap(([db, { collections }]) =>
          Object.keys(collections).map((coll): [string, string] => [db, coll]),
        )
      : [];
  const fresh: Progress = { state: 'Queued', left, copied: new Map(), isCutOver: false };
  RUNNING.set(found, fresh);
  return fresh;
}

async function advanced(found: MockResource, failing: string | undefined, largest?: number): Promise<Progress> {
  const progress = progressOf(found);
  const { taskType, input } = propertiesOf(found);
  if (progress.state === 'Queued') {
    progress.state = 'Running';
    return progress;
  }
  if (progress.state !== 'Running') return progress;
  const failure = failing ?? (await flawOf(taskType, input));
  if (failure !== undefined) {
    Object.assign(progress, { state: 'Failed', failure });
    return progress;
  }
  const next = progress.left.shift();
  if (next) progress.copied.set(next.join('.'), await copied(input as Settings, next, largest));
  else if (taskType !== 'Migrate.MongoDb' || (input as Settings).replication !== 'Continuous' || progress.isCutOver) {
    progress.state = 'Succeeded';
  }
  return progress;
}

function copied({ source, target }: Settings, [db, coll]: readonly [string, string], largest?: number) {
  return copyOne({ ...source, db, coll }, { ...target, db, coll }, largest);
}

function shown(found: MockResource, progress: Progress, isExpanded: boolean): object {
  const { taskType } = propertiesOf(found);
  const { state, failure } = progress;
  const errors = failure === undefined ? [] : [{ code: 'Failed', message: failure }];
  const base = { taskType, state, errors };
  if (!isExpanded || taskType !== 'Migrate.MongoDb') return base;
  const phase = state === 'Succeeded' ? 'Complete' : progress.left.length > 0 ? 'Copying' : 'Replaying';
  return {
    ...base,
    output: [
      { resultType: 'Migration', state: phase, eventsPending: 0, errors: {} },
      ...[...progress.copied].map(([qualifiedName, { documents, refused }]) => ({
        ...{ resultType: 'Collection', qualifiedName, documentsCopied: documents, bytesCopied: documents * 10 },
        ...{ totalDocuments: documents + refused, state: phase, errors: errorsOf(refused) },
      })),
    ],
  };
}
