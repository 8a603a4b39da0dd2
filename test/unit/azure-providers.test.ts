import { describe, expect, it } from 'vitest';
import { createArmClient } from '../../src/adapters/azure/arm-client.js';
import { ensureProviders, type ProviderConsent } from '../../src/adapters/azure/providers.js';
import { MigrationError } from '../../src/core/model/error.js';
import { errorWords } from '../../src/words/errors.js';
import { MOCK_SUBSCRIPTION, startArmMock, type ArmMockServer } from '../support/arm/arm-mock.js';
import { virtualClock } from '../support/virtual-clock.js';

const NAMES = ['Microsoft.DataFactory', 'Microsoft.Storage'];

interface World {
  readonly mock: ArmMockServer;
  readonly clock: ReturnType<typeof virtualClock>;
  readonly lines: string[];
  readonly asked: string[];
  /** Requests to register that were sent when the person was asked. */
  readonly before: number[];
  readonly ensure: (consent: ProviderConsent) => Promise<void>;
}

const posts = (mock: ArmMockServer): string[] =>
  mock.requests.flatMap(({ method, path }) => (method === 'POST' ? [path.split('/').at(-2) ?? ''] : []));

async function withProviders(work: (world: World) => Promise<void>): Promise<void> {
  const clock = virtualClock();
  await using mock = await startArmMock({ clock, registered: ['Microsoft.Storage'] });
  const arm = createArmClient({ tokens: mock.tokens, clock, endpoint: mock.endpoint });
  const [lines, asked, before]: [string[], string[], number[]] = [[], [], []];
  const job = {
    signal: new AbortController().signal,
    onCommand: (line: string) => void lines.push(line),
    await: (what: string) => {
      asked.push(what);
      before.push(posts(mock).length);
      return Promise.resolve();
    },
  };
  const parts = { arm, clock, subscription: MOCK_SUBSCRIPTION, namespaces: NAMES };
  const say = (line: string): void => void lines.push(line);
  await work({
    mock,
    clock,
    lines,
    asked,
    before,
    ensure: (consent) => ensureProviders({ ...parts, say, ...consent }, job),
  });
  expect(mock.problems).toEqual([]);
}

async function wordsOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!MigrationError.is(error)) throw new Error('nothing was refused');
  return Object.values(errorWords(error)).join(' ');
}

describe('a resource provider that a subscription has not registered', () => {
  it('is left alone where nobody has agreed, and both ways out are named', () =>
    withProviders(async ({ mock, ensure }) => {
      const words = await wordsOf(ensure({}));
      expect(words).toContain('Microsoft.DataFactory');
      expect(words).not.toContain('Microsoft.Storage');
      expect(words).toContain('az provider register');
      expect(words).toContain('--register-providers');
      expect(posts(mock)).toEqual([]);
    }));

  it('is registered where that was agreed to beforehand, and waited for as long as it takes', () =>
    withProviders(async ({ mock, clock, asked, lines, ensure }) => {
      await ensure({ registerProviders: true });
      expect(posts(mock)).toEqual(['Microsoft.DataFactory']);
      expect(asked).toEqual([]);
      expect(clock.slept).toBeGreaterThanOrEqual(90_000);
      expect(lines).toEqual([
        'not registered in the subscription: Microsoft.DataFactory',
        `az provider register --namespace Microsoft.DataFactory --subscription ${MOCK_SUBSCRIPTION}`,
        'being registered, which takes some minutes: Microsoft.DataFactory',
      ]);
      await ensure({});
    }));

  it('is registered after a person who is asked has agreed, not before', () =>
    withProviders(async ({ mock, asked, before, ensure }) => {
      await ensure({ askFirst: true });
      expect([asked, before]).toEqual([['registration'], [0]]);
      expect(posts(mock)).toEqual(['Microsoft.DataFactory']);
    }));

  it('that somebody registers already is waited for, and nobody is asked', () =>
    withProviders(async ({ mock, asked, ensure }) => {
      const path = /providers\/Microsoft\.DataFactory$/;
      const reply = { status: 200, body: { registrationState: 'Registering' } };
      mock.inject({ method: 'GET', path, reply, times: 3 });
      mock.providers.set('microsoft.datafactory', 'Registered');
      await ensure({ askFirst: true });
      expect([asked, posts(mock)]).toEqual([[], []]);
    }));

  it('is asked of an owner where whoever is signed in has no right to register it', () =>
    withProviders(async ({ mock, ensure }) => {
      const message =
        "The client 'x' does not have authorization to perform action 'Microsoft.DataFactory/register/action'.";
      mock.inject({
        method: 'POST',
        reply: { status: 403, body: { error: { code: 'AuthorizationFailed', message } } },
      });
      const words = await wordsOf(ensure({ registerProviders: true }));
      expect(words).toContain('no right to do so (Microsoft.DataFactory/register/action)');
      expect(words).toContain(
        `Ask an owner of the subscription for "az provider register --namespace Microsoft.DataFactory --subscription ${MOCK_SUBSCRIPTION}"`,
      );
      expect(words).toContain('AuthorizationFailed');
    }));

  it('that Azure does not come to an end with is told after ten minutes', () =>
    withProviders(async ({ mock, clock, ensure }) => {
      const reply = { status: 200, body: { registrationState: 'Registering' } };
      mock.inject({ method: 'GET', path: /providers\/Microsoft\.DataFactory$/, reply, times: 1_000 });
      const words = await wordsOf(ensure({ registerProviders: true }));
      expect(words).toContain('takes longer for it than it says');
      expect(clock.slept).toBe(600_000);
    }));
});
