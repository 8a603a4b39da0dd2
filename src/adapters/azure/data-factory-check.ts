/** What keeps Data Factory from carrying a plan out, found before the target is touched. */
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace } from '../../core/model/namespace.js';
import type { Clock, ClusterSession } from '../../engine/ports.js';
import type { RemoteCheckJob } from '../../engine/remote-ports.js';
import type { DataFactoryService } from './data-factory-service.js';
import type { ArmClient } from './ports.js';
import { ensureProviders, type ProviderConsent } from './providers.js';
import { refuseOverDocuments } from './target-documents.js';

/** What has to be registered; `Microsoft.Authorization` always is. */
const PROVIDERS = ['Microsoft.DataFactory', 'Microsoft.Storage'];

/**
 * @throws MigrationError `bad-plan` (`reason`: `data-factory-timeseries`, `data-factory-changes`, `data-factory-overwrites`, `factory-without-identity`, `runtime-missing`, `runtime-not-online`), as {@link ensureProviders}, and what
 * ARM and the target refuse.
 */
export async function checkForDataFactory(
  job: RemoteCheckJob,
  target: ClusterSession,
  service: DataFactoryService,
  azure: ProviderConsent & { readonly arm: ArmClient; readonly clock: Clock },
): Promise<void> {
  const { plan, collections } = job;
  for (const { source, options, transform } of collections) {
    const namespace = formatNamespace(source);
    if (options.timeseries) throw new MigrationError('bad-plan', { reason: 'data-factory-timeseries', namespace });
    if (transform) throw new MigrationError('bad-plan', { reason: 'data-factory-changes', namespace });
  }
  const say = (text: string): void => job.onLine({ tool: 'data-factory', kind: 'info', text });
  const { subscriptionId: subscription } = service.azure;
  await ensureProviders({ ...azure, subscription, namespaces: PROVIDERS, say }, job);
  const factory = await service.factory();
  if (factory && !factory.identity)
    throw new MigrationError('bad-plan', {
      reason: 'factory-without-identity',
      factory: plan.handoff?.kind === 'data-factory' ? plan.handoff.factory : '',
    });
  await checkRuntime(plan.handoff, service);
  await refuseOverDocuments(job, target, 'data-factory-overwrites');
}

/** What can copy: a self-hosted runtime with `Limited` has some of its nodes. Source: `IntegrationRuntimeState` of Microsoft.DataFactory 2018-06-01. */
const WORKS: ReadonlySet<string> = new Set(['Online', 'Limited', 'Started']);

/** Each range would fail on its own otherwise, after the time that the service waits for the machine. */
async function checkRuntime(handoff: RemoteCheckJob['plan']['handoff'], service: DataFactoryService): Promise<void> {
  if (handoff?.kind !== 'data-factory' || handoff.integrationRuntime === undefined) return;
  const { integrationRuntime: runtime, factory } = handoff;
  const state = await service.runtimeState(runtime);
  if (state === undefined) throw new MigrationError('bad-plan', { reason: 'runtime-missing', runtime, factory });
  if (!WORKS.has(state))
    throw new MigrationError('bad-plan', { reason: 'runtime-not-online', runtime, factory, state });
}
