/** Resources of a hand-off to Data Factory, for the model of ARM. */
import type { MockResource, MockResourceType } from '../arm/mock-parts.js';
import { without } from '../arm/shape.js';
import type { BlobStore } from './blob-store.js';
import { checkResource } from './definitions.js';
import { NotAccepted, record } from './refusal.js';

const FACTORY = 'Microsoft.DataFactory/factories';
const ACCOUNT = 'Microsoft.Storage/storageAccounts';

/** What a resource says that nobody knows, or that breaks a documented limit. */
function flawsOf({ body }: MockResource): readonly string[] {
  try {
    checkResource(without(body, 'dependsOn'));
    return [];
  } catch (error) {
    if (error instanceof NotAccepted) return [error.message];
    throw error;
  }
}

export function dataFactoryTypes(store: BlobStore): readonly MockResourceType[] {
  const type = (name: string, apiVersion: string, more: Partial<MockResourceType> = {}): MockResourceType => ({
    type: name,
    apiVersions: [apiVersion],
    // Closed by `check`, which knows each kind.
    shape: { map: 'any' },
    check: flawsOf,
    ...more,
  });
  const factoryPart = (kind: string, more: Partial<MockResourceType> = {}): MockResourceType =>
    type(`${FACTORY}/${kind}`, '2018-06-01', { direct: ['DELETE'], ...more });
  return [
    type(FACTORY, '2018-06-01', { direct: ['DELETE'] }),
    // Secrets that were put are not shown.
    factoryPart('linkedservices', { show: () => ({}) }),
    factoryPart('datasets'),
    factoryPart('pipelines'),
    type(ACCOUNT, '2023-05-01', {
      direct: ['DELETE'],
      // Every account has this one by itself.
      onMade: ({ id, apiVersion }, mock) =>
        mock.put({ id: `${id}/blobServices/default`, type: `${ACCOUNT}/blobServices`, apiVersion, body: {} }),
    }),
    type(`${ACCOUNT}/blobServices/containers`, '2023-05-01'),
    type('Microsoft.Authorization/roleAssignments', '2022-04-01', {
      onMade({ id, body }, mock) {
        const found = /storageAccounts\/([^/]+)\/blobServices\/default\/containers\/([^/]+)\/providers\//i.exec(id);
        const { principalId } = record(body['properties'], 'role');
        const isFactory = [...mock.resources.values()].some(
          (one) =>
            one.type === FACTORY && record(one.body['identity'] ?? {}, 'identity')['principalId'] === principalId,
        );
        if (!found || !isFactory) {
          mock.problems.push(`${id}: a role for nobody, or on no container`);
          return;
        }
        store.allowed.add(`https://${found[1] ?? ''}.blob.core.windows.net/${found[2] ?? ''}`);
      },
    }),
  ];
}
