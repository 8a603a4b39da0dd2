/** What keeps Data Factory from carrying a plan out is found before anything is made, and told with what to do. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { checkForDataFactory } from '../../src/adapters/azure/data-factory-check.js';
import { DataFactoryService } from '../../src/adapters/azure/data-factory-service.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { Plan, PlannedCollection } from '../../src/core/model/plan.js';
import type { ClusterSession } from '../../src/engine/ports.js';
import { errorWords } from '../../src/words/errors.js';
import { HANDOFF, PLACE, startMockAzure } from '../support/data-factory/migrate.js';
import type { SeenRequest } from '../support/arm/arm-mock.js';
import type { MockDataFactory } from '../support/data-factory/mock-data-factory.js';
import { aCollection } from './core-builders.js';
import { planOf } from './core-plan-builders.js';
import { virtualClock } from '../support/virtual-clock.js';

let azure: MockDataFactory;
beforeAll(async () => {
  azure = await startMockAzure();
});
afterAll(() => azure[Symbol.asyncDispose]());
beforeEach(() => {
  azure.resources.clear();
  azure.runtimes.clear();
  azure.arm.providers.set('microsoft.datafactory', 'Registered');
});

/** A target of which every collection holds a document, or none does. */
function targetWith(documents: readonly Buffer[]): ClusterSession {
  return {
    async *findRaw() {
      yield await Promise.resolve({ documents });
    },
  } as unknown as ClusterSession;
}

const EMPTY = targetWith([]);
const FULL = targetWith([Buffer.from('0500000000', 'hex')]);

function factory(identity: object): void {
  const { subscription, group } = PLACE;
  const type = 'Microsoft.DataFactory/factories';
  const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/${type}/${HANDOFF.factory}`;
  azure.arm.put({ id, type, apiVersion: '2018-06-01', body: { identity } });
}

interface Case {
  readonly change?: Partial<PlannedCollection>;
  readonly plan?: Partial<Plan>;
  readonly target?: ClusterSession;
  readonly earlier?: Parameters<typeof checkForDataFactory>[0]['earlier'];
}

async function refusal({
  change = {},
  plan = {},
  target = EMPTY,
  earlier = {},
}: Case): Promise<MigrationError | undefined> {
  const draft = planOf([aCollection('shop.orders')]);
  const collections = draft.collections.map((one) => ({ ...one, ...change }));
  const whole: Plan = { ...draft, method: 'data-factory', handoff: HANDOFF, ...plan, collections };
  const { signal } = new AbortController();
  const service = new DataFactoryService(azure.client(), HANDOFF, signal);
  try {
    const told = {
      onLine: () => undefined,
      onCommand: () => undefined,
      await: () => Promise.reject(new Error('asked')),
    };
    const job = { plan: whole, collections, earlier, signal, ...told };
    await checkForDataFactory(job, target, service, { arm: azure.client(), clock: virtualClock() });
    return undefined;
  } catch (error) {
    if (MigrationError.is(error)) return error;
    throw error;
  }
}

const RUNTIME = 'machine-room';
const byRuntime: Case = { plan: { handoff: { ...HANDOFF, integrationRuntime: RUNTIME } } };
const runtimeIs = (state: string) => (): void => void azure.runtimes.set(RUNTIME, state);

const ours = { factory: { phase: 'started' as const } };

it.each<[string, Case, () => void]>([
  ['an empty target', {}, () => undefined],
  ['a full target that may be overwritten', { target: FULL, plan: { conflictPolicy: 'overwrite' } }, () => undefined],
  ['a target that this run has filled', { target: FULL, earlier: ours }, () => undefined],
  ['a factory with an identity of its own', {}, () => factory({ type: 'SystemAssigned,UserAssigned' })],
  ['a self-hosted runtime that is online', byRuntime, runtimeIs('Online')],
  ['one of which some machines are', byRuntime, runtimeIs('Limited')],
])('%s is no hindrance', async (_what, what, before) => {
  before();
  expect(await refusal(what)).toBeUndefined();
});

it.each<[string, Case, () => void, string]>([
  ['a time series', { change: { options: { timeseries: { timeField: 't' } } } }, () => undefined, 'time series'],
  ['documents that are changed on the way', { change: { transform: {} } }, () => undefined, 'direct copy'],
  ['a target that holds documents', { target: FULL }, () => undefined, 'conflictPolicy'],
  ['a self-hosted runtime that is not there', byRuntime, () => undefined, 'no integration runtime machine-room'],
  ['one whose machine is off', byRuntime, runtimeIs('Offline'), 'not online: Offline'],
  ['one that no machine is registered for', byRuntime, runtimeIs('NeedRegistration'), 'register it with the factory'],
  ['a factory without an identity', {}, () => factory({ type: 'UserAssigned' }), 'system-assigned identity'],
  [
    'a provider that is not registered',
    {},
    () => void azure.arm.providers.set('microsoft.datafactory', 'NotRegistered'),
    'az provider register',
  ],
])('%s is refused, with what to do, and nothing is made', async (_what, what, before, words) => {
  before();
  const sent = azure.requests.length;
  const error = await refusal(what);
  if (!error) throw new Error('it was not refused');
  const { happened, why, todo } = errorWords(error);
  for (const text of [happened, todo]) expect(text).toMatch(/^(shop\.orders|[A-Z]).*\.$/s);
  expect(`${happened} ${why} ${todo}`).toContain(words);
  expect(`${happened} ${why} ${todo}`).not.toMatch(/undefined|unknown|data-factory-/);
  const asks = ({ method, path }: SeenRequest): boolean => method === 'GET' || path.endsWith('/getStatus');
  expect(azure.requests.slice(sent).every(asks)).toBe(true);
});
