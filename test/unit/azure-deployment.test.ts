import { describe, expect, it } from 'vitest';
import { createArmClient } from '../../src/adapters/azure/arm-client.js';
import {
  deploy,
  deploymentName,
  foresee,
  recordName,
  type Deployment,
  type DeploymentSteps,
} from '../../src/adapters/azure/deployment.js';
import type { RemoteRecord } from '../../src/engine/journal/record.js';
import {
  MOCK_GROUP,
  MOCK_SUBSCRIPTION,
  startArmMock,
  type ArmMockServer as ArmMock,
  type ArmMockOptions,
} from '../support/arm/arm-mock.js';
import type { MockResourceType } from '../support/arm/mock-parts.js';
import { virtualClock } from '../support/virtual-clock.js';

const thing: MockResourceType = {
  type: 'Microsoft.Test/things',
  apiVersions: ['2020-01-01'],
  shape: { fields: { properties: { fields: { secret: 'text' } } }, needs: ['properties'] },
};

const template = {
  $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
  contentVersion: '1.0.0.0',
  parameters: { uri: { type: 'securestring' } },
  resources: ['a', 'b', 'c'].map((name) => ({
    type: thing.type,
    apiVersion: '2020-01-01',
    name,
    properties: { secret: "[parameters('uri')]" },
  })),
};

const deployment: Deployment = {
  place: { subscriptionId: MOCK_SUBSCRIPTION, resourceGroup: MOCK_GROUP, location: 'westeurope' },
  name: deploymentName('plan/1', template),
  template,
  parameters: { uri: 'canary-uri' },
};

/** A journal as far as a deployment needs it; it outlives the attempts. */
class Remote {
  readonly records: Omit<RemoteRecord, 'type'>[] = [];

  get earlier(): DeploymentSteps['earlier'] {
    return Object.fromEntries(this.records.map(({ what, ...rest }) => [what, rest]));
  }

  readonly note = (entry: Omit<RemoteRecord, 'type'>): Promise<void> => {
    this.records.push(entry);
    return Promise.resolve();
  };
}

async function withMock(
  work: (world: {
    mock: ArmMock;
    clock: ReturnType<typeof virtualClock>;
    arm: ReturnType<typeof createArmClient>;
    remote: Remote;
    attempt: (signal?: AbortSignal) => Promise<void>;
  }) => Promise<void>,
  options: Partial<ArmMockOptions> = {},
): Promise<void> {
  const clock = virtualClock();
  await using mock = await startArmMock({ clock, registered: ['Microsoft.Test'], resourceTypes: [thing], ...options });
  const arm = createArmClient({ tokens: mock.tokens, clock, endpoint: mock.endpoint });
  const remote = new Remote();
  const attempt = (signal = new AbortController().signal) =>
    deploy(arm, deployment, { clock, signal, earlier: remote.earlier, note: remote.note });
  await work({ mock, clock, arm, remote, attempt });
}

const puts = (mock: ArmMock): number => mock.requests.filter((r) => r.method === 'PUT').length;

describe('a deployment', () => {
  it('is foreseen without being made, and says what would be made and what is as it is to be', () =>
    withMock(async ({ mock, arm, attempt }) => {
      const before = await foresee(arm, deployment);
      expect(before.map((c) => c.change)).toEqual(['create', 'create', 'create']);
      expect(before[0]?.resourceId).toMatch(/\/providers\/Microsoft\.Test\/things\/a$/);
      expect(mock.resources.size).toBe(0);
      await attempt();
      expect((await foresee(arm, deployment)).map((c) => c.change)).toEqual(['no-change', 'no-change', 'no-change']);
      expect(mock.problems).toEqual([]);
    }));

  it('is written down before it is made, and not made a second time', () =>
    withMock(async ({ mock, remote, attempt }) => {
      await attempt();
      expect(remote.records.map((r) => [r.what, r.phase])).toEqual([
        [recordName(deployment), 'intent'],
        [recordName(deployment), 'started'],
        [recordName(deployment), 'ended'],
      ]);
      await attempt();
      expect(puts(mock)).toBe(1);
      expect(mock.resources.size).toBe(3);
      expect(JSON.stringify(remote.records)).not.toContain('canary');
    }));

  it('that was interrupted is followed, not started again, wherever the process died', () =>
    withMock(async ({ mock, remote, attempt }) => {
      // The answer got lost, and so did the process, before it knew of the other's answer.
      mock.inject({ method: 'PUT', reply: 'do-and-hang-up' });
      mock.inject({ method: 'GET', reply: { status: 403 } });
      await expect(attempt()).rejects.toThrow('azure-refused');
      expect(mock.requests.filter((r) => r.method === 'PUT').map((r) => r.status)).toEqual([201, 409]);
      // As if it had died before it could write down that the deployment goes on.
      remote.records.length = 1;
      expect(remote.records[0]?.phase).toBe('intent');
      await attempt();
      expect(puts(mock)).toBe(2);
      expect(remote.records.at(-1)).toMatchObject({ phase: 'ended', outcome: 'Succeeded' });
      expect(mock.resources.size).toBe(3);
    }));

  it('that failed is made again by the next attempt', () =>
    withMock(async ({ mock, remote, attempt, clock }) => {
      const stop = new AbortController();
      const sleeping = clock.sleep.bind(clock);
      clock.sleep = (ms, signal) => {
        stop.abort('cancelled');
        return sleeping(ms, signal);
      };
      await expect(attempt(stop.signal)).rejects.toBe('cancelled');
      clock.sleep = sleeping;
      expect(mock.requests.some((r) => r.path.endsWith('/cancel') && r.status === 204)).toBe(true);
      await attempt();
      expect(puts(mock)).toBe(2);
      expect(remote.records.at(-1)).toMatchObject({ phase: 'ended', outcome: 'Succeeded' });
    }));
});

describe('the name of a deployment', () => {
  it('changes with the template, fits, and tells nothing of a secret', () => {
    const other = deploymentName('plan/1', { ...template, resources: [] });
    expect(other).not.toBe(deployment.name);
    expect(deploymentName('p'.repeat(200), template).length).toBeLessThanOrEqual(64);
    expect(deployment.name).toMatch(/^mcm-plan-1-[0-9a-f]{12}$/);
  });
});
