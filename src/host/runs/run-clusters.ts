import { l10n } from 'vscode';
import { MigrationError } from '../../core/model/error.js';
import type { ClusterReference, Plan } from '../../core/model/plan.js';
import type { HandedSecrets } from '../adapters.js';
import type { ClusterProfile, ClusterRole } from '../clusters/cluster-profile.js';
import { COMMANDS } from '../ids.js';
import type { ClusterStore } from '../services.js';
import { buttons, type Questions } from './questions.js';

/**
 * The connection strings of a plan's clusters, passwords included.
 * @throws MigrationError `cancelled` where a cluster is not saved here (told by then), `secret-unavailable`.
 */
export async function secretsFor(
  plan: Pick<Plan, 'source' | 'target'>,
  clusters: ClusterStore,
  questions: Questions,
): Promise<HandedSecrets> {
  const source = savedCluster('source', plan.source, clusters, questions);
  const target = savedCluster('target', plan.target, clusters, questions);
  return {
    source: (await clusters.connectionString(source.id)).reveal(),
    target: (await clusters.connectionString(target.id)).reveal(),
    sourceFiles: certificatesOf(source),
    targetFiles: certificatesOf(target),
  };
}

/** What a target's relay is started with. @throws MigrationError `secret-unavailable`. */
export async function targetSecrets(targetId: string, clusters: ClusterStore): Promise<HandedSecrets> {
  const profile = clusters.get(targetId);
  return {
    target: (await clusters.connectionString(targetId)).reveal(),
    ...(profile === undefined ? {} : { targetFiles: certificatesOf(profile) }),
  };
}

function certificatesOf({
  tlsCAFile,
  tlsCertificateKeyFile,
}: ClusterProfile): NonNullable<HandedSecrets['sourceFiles']> {
  return {
    ...(tlsCAFile === undefined ? {} : { tlsCAFile }),
    ...(tlsCertificateKeyFile === undefined ? {} : { tlsCertificateKeyFile }),
  };
}

function savedCluster(
  role: ClusterRole,
  reference: ClusterReference,
  clusters: ClusterStore,
  questions: Questions,
): ClusterProfile {
  const found = clusters.findReference(role, reference);
  if (found !== undefined) return found;
  const [message, button, command] =
    role === 'source'
      ? [
          l10n.t('The plan reads from "{0}" ({1}), which is no saved source here.', reference.name, reference.uri),
          buttons.addSource(),
          COMMANDS.addSource,
        ]
      : [
          l10n.t('The plan writes to "{0}" ({1}), which is no saved target here.', reference.name, reference.uri),
          buttons.addTarget(),
          COMMANDS.addTarget,
        ];
  const todo = l10n.t('Add it under that name, then start again.');
  questions.tell('warning', `${message} ${todo}`, { label: button, run: () => questions.run(command) });
  throw new MigrationError('cancelled');
}
