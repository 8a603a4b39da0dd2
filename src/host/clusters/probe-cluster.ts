import { l10n, window, type LogOutputChannel } from 'vscode';
import { MigrationError } from '../../core/model/error.js';
import type { ClusterFacts } from '../../core/model/facts.js';
import { clusterSummary } from '../../words/clusters.js';
import type { HostAdapters } from '../adapters.js';
import { withProgress } from '../commands/progress.js';
import type { NewCluster } from '../services.js';
import { labels, sentenceOf } from '../strings.js';
import type { ClusterRole } from './cluster-profile.js';
import { roleMistake, type RoleMistake } from './role-check.js';
import { unlinked } from '../unlinked.js';

/** How a test before saving ended. */
export type Probed =
  | { readonly kind: 'save'; readonly role: ClusterRole; readonly facts?: ClusterFacts }
  | { readonly kind: 'edit' | 'discard' };

/** Connects once, with progress that can be cancelled, and closes again. @throws MigrationError of connecting; `cancelled`. */
export async function probeCluster(cluster: NewCluster, adapters: HostAdapters): Promise<ClusterFacts> {
  const { name, role, connectionString, tlsCAFile, tlsCertificateKeyFile } = cluster;
  return withProgress(l10n.t('Testing the connection to {0}', name), async (_, signal) => {
    try {
      await using connected = await adapters.connect({
        connectionString,
        clock: adapters.clock,
        signal,
        ...(tlsCAFile === undefined ? {} : { tlsCAFile }),
        ...(tlsCertificateKeyFile === undefined ? {} : { tlsCertificateKeyFile }),
      });
      return connected.facts;
    } catch (error) {
      if (!MigrationError.is(error)) throw error;
      throw new MigrationError(error.code, { side: role, ...error.facts }, { cause: error });
    }
  });
}

/** Tests a connection before it is saved. What goes wrong is told with a way out: edit it, save it anyway, or leave it. */
export async function probeBeforeSaving(
  cluster: NewCluster,
  adapters: HostAdapters,
  log: LogOutputChannel,
): Promise<Probed> {
  let facts: ClusterFacts;
  try {
    facts = await probeCluster(cluster, adapters);
  } catch (error) {
    if (MigrationError.is(error, 'cancelled')) return { kind: 'discard' };
    log.error(error instanceof Error ? error : String(error));
    return askAboutFailure(cluster.role, sentenceOf(error), log);
  }
  const mistake = roleMistake(cluster.role, facts);
  if (mistake === undefined) return { kind: 'save', role: cluster.role, facts };
  return askAboutRole(cluster.role, mistake, facts);
}

async function askAboutFailure(role: ClusterRole, sentence: string, log: LogOutputChannel): Promise<Probed> {
  const edit = l10n.t('Edit');
  const save = l10n.t('Save Anyway');
  for (;;) {
    const clicked = await window.showErrorMessage(unlinked(sentence), edit, save, labels.showLog());
    if (clicked === save) return { kind: 'save', role };
    if (clicked !== labels.showLog()) return { kind: clicked === edit ? 'edit' : 'discard' };
    // Reading the log answers nothing yet: the question comes again.
    log.show(true);
  }
}

async function askAboutRole(role: ClusterRole, mistake: RoleMistake, facts: ClusterFacts): Promise<Probed> {
  const other: ClusterRole = role === 'source' ? 'target' : 'source';
  const turn = other === 'source' ? l10n.t('Add as Source') : l10n.t('Add as Target');
  const keep = role === 'source' ? l10n.t('Keep as Source') : l10n.t('Keep as Target');
  const clicked = await window.showWarningMessage(
    unlinked(mistakeSentence(mistake, clusterSummary(facts))),
    turn,
    keep,
  );
  if (clicked === turn) return { kind: 'save', role: other, facts };
  return clicked === keep ? { kind: 'save', role, facts } : { kind: 'discard' };
}

function mistakeSentence(mistake: RoleMistake, what: string): string {
  switch (mistake) {
    case 'cosmos-ru-as-source':
    case 'cosmos-vcore-as-source':
      return l10n.t('This is {0}: usually the target. Reading from it is possible, and is charged to it.', what);
    case 'documentdb-as-target':
      return l10n.t('This is {0}: nothing can be migrated to it with this extension. It can be a source.', what);
    case 'atlas-as-target':
      return l10n.t('This is {0}: usually the source. Documents would be written to it.', what);
  }
}
