import { l10n, window } from 'vscode';
import { clusterSummary } from '../../words/clusters.js';
import { withProgress } from '../commands/progress.js';
import type { HostServices } from '../services.js';
import type { ClusterProfile } from './cluster-profile.js';
import { unlinked } from '../unlinked.js';

/** Connects afresh, as a kept connection would prove nothing, and says what is there. */
export async function testCluster(profile: ClusterProfile, services: HostServices): Promise<void> {
  await services.connections.drop(profile.id);
  const facts = await withProgress(l10n.t('Testing the connection to {0}', profile.name), (_, signal) =>
    services.connections.with(profile.id, signal, (connected) => Promise.resolve(connected.facts)),
  );
  services.catalog.putFacts(profile.id, facts);
  const latency = facts.latencyMs < 10 ? facts.latencyMs.toFixed(1) : Math.round(facts.latencyMs).toString();
  const text = l10n.t('{0} answers: {1}, {2} ms per round trip.', profile.name, clusterSummary(facts), latency);
  void window.showInformationMessage(unlinked(text));
}
