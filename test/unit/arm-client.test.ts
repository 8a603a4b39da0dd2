import { describe, expect, it } from 'vitest';
import { createArmClient } from '../../src/adapters/azure/arm-client.js';
import { isNotFound } from '../../src/adapters/azure/arm-errors.js';
import type { ArmRequest } from '../../src/adapters/azure/ports.js';
import { ARM_ROUTES, armRequest, type ArmRouteId } from '../../src/adapters/azure/routes.js';
import { MigrationError } from '../../src/core/model/error.js';
import { errorSentence } from '../../src/words/errors.js';
import {
  MOCK_GROUP,
  MOCK_SUBSCRIPTION,
  startArmMock,
  type ArmMockServer as ArmMock,
  type ArmMockOptions,
} from '../support/arm/arm-mock.js';
import { RESOURCE_TAKES_MS } from '../support/arm/deployments.js';
import type { MockResourceType } from '../support/arm/mock-parts.js';
import { virtualClock } from '../support/virtual-clock.js';

const place = { subscription: MOCK_SUBSCRIPTION, group: MOCK_GROUP, deployment: 'd1' };

/** The simplest thing that ARM can be asked, whether or not this product does. */
function aGroup(name = place.group): ArmRequest {
  const path = `/subscriptions/${place.subscription}/resourceGroups/${name}`;
  return { method: 'GET', path, apiVersion: '2021-04-01' };
}

const thing: MockResourceType = {
  type: 'Microsoft.Test/things',
  apiVersions: ['2020-01-01'],
  shape: {
    fields: { location: 'text', properties: { fields: { size: 'number', secret: 'text' } } },
    needs: ['properties'],
  },
};

const template = (resources: readonly object[], parameters: object = {}): object => ({
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  parameters,
  resources,
});

const aThing = (name: string, more: object = {}): object => ({
  type: thing.type,
  apiVersion: '2020-01-01',
  name,
  location: '[resourceGroup().location]',
  properties: { size: 1 },
  ...more,
});

async function withMock(
  work: (mock: ArmMock, clock: ReturnType<typeof virtualClock>) => Promise<void>,
  options: Partial<ArmMockOptions> = {},
): Promise<void> {
  const clock = virtualClock();
  await using mock = await startArmMock({
    clock,
    registered: ['Microsoft.Test'],
    resourceTypes: [thing],
    ...options,
  });
  await work(mock, clock);
}

const clientOf = (mock: ArmMock, clock: ReturnType<typeof virtualClock>, secrets: readonly string[] = []) =>
  createArmClient({ tokens: mock.tokens, clock, endpoint: mock.endpoint, secrets });

const caught = async (work: Promise<unknown>): Promise<MigrationError> => {
  const error: unknown = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!MigrationError.is(error)) throw error instanceof Error ? error : new Error('it did not fail');
  return error;
};

describe('the client of ARM', () => {
  it('reads every page of a list', () =>
    withMock(
      async (mock, clock) => {
        const found = await clientOf(mock, clock).list(armRequest('subscriptions-list'));
        expect(found.map((s) => (s as { displayName: string }).displayName)).toEqual(['a', 'b', 'c', 'd', 'e']);
        expect(mock.requests).toHaveLength(3);
        expect(mock.problems).toEqual([]);
      },
      { pageSize: 2, subscriptions: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ id: `sub-${name}`, name })) },
    ));

  it('waits as long as it is told before it asks again', () =>
    withMock(async (mock, clock) => {
      mock.inject({ reply: { status: 429, headers: { 'retry-after': '17' } } });
      mock.inject({ reply: { status: 503, headers: { 'retry-after': new Date(clock.now() + 40_000).toUTCString() } } });
      await clientOf(mock, clock).send(aGroup());
      expect(mock.requests.map((r) => r.status)).toEqual([429, 503, 200]);
      // 17 s, then until the moment that the second answer named.
      expect(clock.slept).toBe(40_000);
    }));

  it('gives up on what is refused for longer than a person would wait, and says so', () =>
    withMock(async (mock, clock) => {
      mock.inject({ times: 1000, reply: { status: 429, headers: { 'retry-after': '300' } } });
      const error = await caught(clientOf(mock, clock).send(aGroup()));
      expect(error).toMatchObject({ code: 'azure-refused', facts: { reason: 'too-many-requests', status: 429 } });
      expect(clock.slept).toBe(900_000);
    }));

  it('renews an expired token once, and asks for a sign-in when that does not help', () =>
    withMock(async (mock, clock) => {
      const client = clientOf(mock, clock);
      await client.send(aGroup());
      mock.expireTokens();
      await client.send(aGroup());
      expect(mock.requests.map((r) => r.status)).toEqual([200, 401, 200]);
      expect(new Set(mock.scopes)).toEqual(new Set([`${mock.endpoint}/.default`]));
      mock.expireTokens(true);
      const error = await caught(client.send(aGroup()));
      expect(error.code).toBe('azure-sign-in-needed');
    }));

  it('tells a conflict and what is not there from each other, in words', () =>
    withMock(async (mock, clock) => {
      const client = clientOf(mock, clock);
      mock.inject({
        reply: { status: 409, body: { error: { code: 'Busy', message: 'Another operation is going on.' } } },
      });
      const conflict = await caught(client.send(aGroup()));
      expect(conflict.facts).toMatchObject({ reason: 'conflict', azureCode: 'Busy', status: 409 });
      expect(errorSentence(conflict)).toContain('It said: Another operation is going on (Busy).');
      const gone = await caught(client.send(aGroup('nowhere')));
      expect(isNotFound(gone)).toBe(true);
    }));

  it('sends again what a broken line swallowed, unless doing it twice is not the same', () =>
    withMock(async (mock, clock) => {
      const client = clientOf(mock, clock);
      mock.inject({ reply: 'hang-up' });
      await client.send(aGroup());
      mock.inject({ reply: 'hang-up' });
      const run = armRequest('pipeline-run-create', { ...place, factory: 'f', pipeline: 'p' }, { body: {} });
      expect(await caught(client.send(run))).toMatchObject({ code: 'azure-unreachable', facts: { reason: 'unclear' } });
      mock.inject({ reply: { status: 500 } });
      expect(await caught(client.send(run))).toMatchObject({ code: 'azure-refused', facts: { status: 500 } });
    }));

  it('follows a deployment to its end and finds what it made', () =>
    withMock(async (mock, clock) => {
      const body = { properties: { mode: 'Incremental', template: template([aThing('a'), aThing('b')]) } };
      const before = clock.now();
      const reply = await clientOf(mock, clock).sendAndWait(armRequest('deployment-put', place, { body }));
      expect(reply.body).toMatchObject({ properties: { provisioningState: 'Succeeded' } });
      expect(clock.now() - before).toBeGreaterThanOrEqual(2 * RESOURCE_TAKES_MS);
      expect([...mock.resources.values()].map((r) => r.body['location'])).toEqual(['westeurope', 'westeurope']);
      expect(mock.problems).toEqual([]);
    }));

  it('follows an operation that answers by a location, and brings its result', () =>
    withMock(async (mock, clock) => {
      const body = { properties: { mode: 'Incremental', template: template([aThing('a')]) } };
      const reply = await clientOf(mock, clock).sendAndWait(armRequest('deployment-what-if', place, { body }));
      expect(reply.body).toMatchObject({ properties: { changes: [{ changeType: 'Create' }] } });
      expect(mock.resources.size).toBe(0);
    }));

  it('tells why an operation failed after it was accepted', () =>
    withMock(
      async (mock, clock) => {
        const child = { ...aThing('nobody/child'), type: 'Microsoft.Test/things/children' };
        const body = { properties: { mode: 'Incremental', template: template([child]) } };
        const error = await caught(clientOf(mock, clock).sendAndWait(armRequest('deployment-put', place, { body })));
        expect(error.facts).toMatchObject({ reason: 'operation-failed', azureCode: 'ParentResourceNotFound' });
      },
      { resourceTypes: [thing, { ...thing, type: 'Microsoft.Test/things/children' }] },
    ));

  it('never shows a secret that Azure repeats, nor one in a form that everybody knows', () =>
    withMock(async (mock, clock) => {
      const message = 'Cannot use mongodb://u:canary-1@h/ nor canary-2 nor https://x.blob/c?sv=1&sig=canary-3&x=1';
      mock.inject({
        reply: { status: 400, body: { error: { code: 'Bad', message: 'Bad.', details: [{ message }] } } },
      });
      const error = await caught(clientOf(mock, clock, ['canary-2']).send(aGroup()));
      const told = `${JSON.stringify(error.facts)} ${errorSentence(error)}`;
      expect(told).toContain('mongodb://u:***@h/');
      expect(told).not.toContain('canary');
    }));

  it('sends its token nowhere but to the endpoint', () =>
    withMock(async (mock, clock) => {
      const headers = { 'azure-asyncoperation': 'https://management.azure.example/steal', 'retry-after': '0' };
      mock.inject({ reply: { status: 202, headers } });
      const error = await caught(clientOf(mock, clock).sendAndWait(aGroup()));
      expect(error.facts).toMatchObject({ reason: 'foreign-address', host: 'management.azure.example' });
      for (const endpoint of ['http://management.azure.com', 'ftp://127.0.0.1', 'nothing']) {
        expect(() => createArmClient({ tokens: mock.tokens, clock, endpoint })).toThrow('bad-option');
      }
    }));

  it('stops waiting when it is told to', () =>
    withMock(async (mock, clock) => {
      const stop = new AbortController();
      mock.inject({ times: 5, reply: { status: 429 } });
      const sleeps = {
        ...clock,
        now: () => clock.now(),
        sleep: (ms: number, signal?: AbortSignal) => {
          stop.abort(new Error('enough'));
          return clock.sleep(ms, signal);
        },
      };
      const client = createArmClient({ tokens: mock.tokens, clock: sleeps, endpoint: mock.endpoint });
      await expect(client.send(aGroup(), stop.signal)).rejects.toThrow('enough');
    }));
});

describe('the table of routes', () => {
  it('takes every name as one segment and no id that leads elsewhere', () => {
    const { path } = armRequest('provider-get', { subscription: 's', namespace: 'a/../b?c#d' });
    expect(path).toBe('/subscriptions/s/providers/a%2F..%2Fb%3Fc%23d');
    for (const account of [
      'https://evil.example',
      '//evil.example/x',
      '/subscriptions/s/../x',
      '/subscriptions/s/x?y',
      '',
    ]) {
      expect(() => armRequest('account-connection-strings', { account })).toThrow('internal');
    }
  });

  it('names a dated version for every call', () => {
    for (const id of Object.keys(ARM_ROUTES) as ArmRouteId[])
      expect(ARM_ROUTES[id].apiVersion).toMatch(/^20\d\d-\d\d-\d\d$/);
  });
});

describe('the model of ARM', () => {
  it('refuses what ARM refuses, and a misspelt property as well', () =>
    withMock(async (mock, clock) => {
      const client = clientOf(mock, clock);
      const put = (resources: readonly object[], parameters?: object, given?: object) =>
        caught(
          client.send(
            armRequest('deployment-put', place, {
              body: {
                properties: {
                  mode: 'Incremental',
                  template: template(resources, parameters),
                  ...(given ? { parameters: given } : {}),
                },
              },
            }),
          ),
        );
      const refused = [
        await put([aThing('a', { propertys: {} })]),
        await put([aThing('a', { properties: { size: 'large' } })]),
        await put([aThing('a', { apiVersion: '2019-01-01' })]),
        await put([aThing('a'), aThing('a')]),
        await put([aThing('a', { dependsOn: ["[resourceId('Microsoft.Test/things', 'b')]"] })]),
        await put([aThing("[uniqueString('x')]")]),
        await put([aThing("[parameters('missing')]")]),
        await put([aThing('a')], { s: { type: 'string' } }, { s: { value: 'mongodb://u:p@h/' } }),
        await put([aThing('a', { properties: { secret: 'mongodb://u:p@h/' } })]),
        await put(Array.from({ length: 801 }, (_, i) => aThing(`a${i}`))),
      ];
      expect(refused.map((e) => e.facts['status'])).toEqual(refused.map(() => 400));
      expect(mock.problems).toHaveLength(refused.length);
      const wrongMode = { properties: { mode: 'Complete', template: template([]) } };
      expect(await caught(client.send(armRequest('deployment-put', place, { body: wrongMode })))).toBeDefined();
      expect(mock.resources.size).toBe(0);
    }));

  it('shows no secure parameter to whoever reads the deployment', () =>
    withMock(async (mock, clock) => {
      const client = clientOf(mock, clock);
      const resources = [aThing('a', { properties: { secret: "[parameters('uri')]" } })];
      const body = {
        properties: {
          mode: 'Incremental',
          template: template(resources, { uri: { type: 'securestring' } }),
          parameters: { uri: { value: 'canary' } },
        },
      };
      const reply = await client.sendAndWait(armRequest('deployment-put', place, { body }));
      expect(JSON.stringify(reply.body)).not.toContain('canary');
      expect([...mock.resources.values()][0]?.body).toMatchObject({ properties: { secret: 'canary' } });
    }));

  it('registers a provider when it is asked, and not before', () =>
    withMock(
      async (mock, clock) => {
        const client = clientOf(mock, clock);
        const dms = { ...place, namespace: 'Microsoft.DataMigration' };
        const state = async () =>
          ((await client.send(armRequest('provider-get', dms))).body as { registrationState: string })
            .registrationState;
        expect(await state()).toBe('NotRegistered');
        await client.send(armRequest('provider-register', dms));
        expect(await state()).toBe('Registering');
        clock.advance(600_000);
        expect(await state()).toBe('Registered');
      },
      { registered: [] },
    ));

  it('has one deployment of a name at a time, and keeps what one that was cancelled has made', () =>
    withMock(async (mock, clock) => {
      const client = clientOf(mock, clock);
      const body = { properties: { mode: 'Incremental', template: template([aThing('a'), aThing('b')]) } };
      await client.send(armRequest('deployment-put', place, { body }));
      expect((await caught(client.send(armRequest('deployment-put', place, { body })))).facts['reason']).toBe(
        'conflict',
      );
      clock.advance(RESOURCE_TAKES_MS);
      await client.send(armRequest('deployment-get', place));
      await client.send(armRequest('deployment-cancel', place));
      expect(mock.resources.size).toBe(1);
      await client.sendAndWait(armRequest('deployment-put', place, { body }));
      expect(mock.resources.size).toBe(2);
    }));
});
