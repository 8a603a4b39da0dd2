/** Resource providers of a subscription: whether what a run needs is registered, and having it registered. */
import { MigrationError } from '../../core/model/error.js';
import type { Clock } from '../../engine/ports.js';
import type { RemoteCopyJob } from '../../engine/remote-ports.js';
import { textAt } from '../json.js';
import type { ArmClient } from './ports.js';
import { armRequest } from './routes.js';

type ProviderState = 'registered' | 'registering' | 'not-registered';

/** What a person has agreed to, or is asked for, before the subscription is changed. */
export interface ProviderConsent {
  /** Agreed to beforehand. */
  readonly registerProviders?: boolean;
  /** Asked when it is needed. */
  readonly askFirst?: boolean;
}

/** Registering takes Azure some minutes; between two looks. Source of neither: experience that Azure documents as "several minutes". */
const REGISTER_POLL_MS = 10_000;
const REGISTER_PATIENCE_MS = 10 * 60_000;

/** How far the subscription has registered resource providers, by namespace as given. */
async function providerStates(
  arm: ArmClient,
  subscription: string,
  namespaces: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ProviderState>> {
  const states = new Map<string, ProviderState>();
  for (const namespace of namespaces) {
    const { body } = await arm.send(armRequest('provider-get', { subscription, namespace }), signal);
    const state = textAt(body, 'registrationState')?.toLowerCase();
    states.set(
      namespace,
      state === 'registered' ? 'registered' : state === 'registering' ? 'registering' : 'not-registered',
    );
  }
  return states;
}

interface ProviderParts extends ProviderConsent {
  readonly arm: ArmClient;
  readonly clock: Clock;
  readonly subscription: string;
  readonly namespaces: readonly string[];
  /** Of the run's tool lines. */
  readonly say: (text: string) => void;
}

/**
 * Resolves when all are registered. What is not is registered where a person agrees, since that changes the subscription; what somebody registers already is waited for.
 * @throws MigrationError `azure-refused`: `not-registered` where nobody agrees, `register-not-allowed` where whoever is signed in may not, `still-registering` where it
 * takes longer than Azure says that it does; and the signal's reason.
 */
export async function ensureProviders(
  { arm, clock, subscription, namespaces, say, registerProviders, askFirst }: ProviderParts,
  job: Pick<RemoteCopyJob, 'signal' | 'await' | 'onCommand'>,
): Promise<void> {
  const { signal } = job;
  const look = (): Promise<ReadonlyMap<string, ProviderState>> => providerStates(arm, subscription, namespaces, signal);
  let states = await look();
  const missing = namespaces.filter((name) => states.get(name) === 'not-registered');
  if (missing.length > 0) {
    const message = missing.join(', ');
    if (!registerProviders && !askFirst) {
      throw new MigrationError('azure-refused', { reason: 'not-registered', message, subscription });
    }
    say(`not registered in the subscription: ${message}`);
    if (!registerProviders) await job.await('registration');
    for (const namespace of missing) {
      job.onCommand(`az provider register --namespace ${namespace} --subscription ${subscription}`);
      await register(arm, subscription, namespace, signal);
    }
  }
  const until = clock.now() + REGISTER_PATIENCE_MS;
  for (let told = ''; ; states = await look()) {
    const open = namespaces.filter((name) => states.get(name) !== 'registered').join(', ');
    if (open === '') return;
    if (clock.now() >= until) throw new MigrationError('azure-refused', { reason: 'still-registering', message: open });
    if (open !== told) say(`being registered, which takes some minutes: ${(told = open)}`);
    await clock.sleep(REGISTER_POLL_MS, signal);
  }
}

async function register(arm: ArmClient, subscription: string, namespace: string, signal: AbortSignal): Promise<void> {
  try {
    await arm.send(armRequest('provider-register', { subscription, namespace }), signal);
  } catch (error) {
    if (!MigrationError.is(error, 'azure-refused') || error.facts['status'] !== 403) throw error;
    throw new MigrationError('azure-refused', {
      ...error.facts,
      reason: 'register-not-allowed',
      namespace,
      subscription,
    });
  }
}
