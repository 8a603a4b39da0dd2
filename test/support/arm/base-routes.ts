/** Subscriptions, resource groups and resource providers of the model. */
import { errorReply, pageOf, type ArmMock, type MockRoute } from './mock-parts.js';

const RESOURCES = ['2021-04-01'];
/** How long the model takes to register a provider. Azure takes minutes. */
const REGISTERS_FOR_MS = 90_000;
const KNOWN = [
  'Microsoft.DataMigration',
  'Microsoft.Authorization',
  'Microsoft.DataFactory',
  'Microsoft.DocumentDB',
  'Microsoft.Storage',
  'Microsoft.Resources',
];

const REGISTERING = new WeakMap<ArmMock, Map<string, number>>();

export function baseRoutes(): readonly MockRoute[] {
  return [
    {
      method: 'GET',
      path: '/subscriptions',
      apiVersions: ['2022-12-01'],
      handle: (call, mock) =>
        pageOf(
          mock.subscriptions.map(({ id, name }) => ({
            id: `/subscriptions/${id}`,
            subscriptionId: id,
            tenantId: 'aaaaaaaa-0000-0000-0000-000000000000',
            displayName: name,
            state: 'Enabled',
          })),
          call,
          mock,
        ),
    },
    {
      method: 'GET',
      path: '/subscriptions/{subscription}/resourceGroups',
      apiVersions: RESOURCES,
      handle: (call, mock) =>
        pageOf(
          [...mock.groups].map(([name, location]) => ({ name, location })),
          call,
          mock,
        ),
    },
    {
      method: 'GET',
      path: '/subscriptions/{subscription}/resourceGroups/{group}',
      apiVersions: RESOURCES,
      handle({ params }, mock) {
        const name = params['group'] ?? '';
        const location = mock.groups.get(name);
        return location === undefined
          ? errorReply(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`)
          : {
              status: 200,
              body: { id: `/subscriptions/${params['subscription']}/resourceGroups/${name}`, name, location },
            };
      },
    },
    {
      method: 'GET',
      path: '/subscriptions/{subscription}/providers/{namespace}',
      apiVersions: RESOURCES,
      handle: ({ params }, mock) => providerReply(mock, params['namespace'] ?? ''),
    },
    {
      method: 'POST',
      path: '/subscriptions/{subscription}/providers/{namespace}/register',
      apiVersions: RESOURCES,
      handle({ params }, mock) {
        const name = params['namespace'] ?? '';
        if (!mock.isRegistered(name)) {
          const all = REGISTERING.get(mock) ?? new Map<string, number>();
          REGISTERING.set(mock, all.set(name.toLowerCase(), mock.clock.now() + REGISTERS_FOR_MS));
          mock.providers.set(name.toLowerCase(), 'Registering');
        }
        return providerReply(mock, name);
      },
    },
  ];
}

function providerReply(mock: ArmMock, namespace: string): ReturnType<MockRoute['handle']> {
  const key = namespace.toLowerCase();
  if (!KNOWN.some((name) => name.toLowerCase() === key)) {
    return errorReply(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid.`);
  }
  const until = REGISTERING.get(mock)?.get(key);
  if (mock.providers.get(key) === 'Registering' && until !== undefined && mock.clock.now() >= until) {
    mock.providers.set(key, 'Registered');
  }
  return { status: 200, body: { namespace, registrationState: mock.providers.get(key) ?? 'NotRegistered' } };
}
