/** Tells when the list of clusters may have changed outside of this window's store: in the settings, or in another window. */
import { commands, l10n, window, workspace, type Disposable, type EventEmitter, type ExtensionContext } from 'vscode';
import { DisposableStore } from '../disposables.js';
import { COMMANDS, CONTEXT_KEYS, SETTINGS, SETTINGS_SECTION } from '../ids.js';
import type { HostServices } from '../services.js';
import { labels } from '../strings.js';
import type { SavedClusterStore } from './cluster-store.js';
import type { RefusedConnection } from './declared-connections.js';
import { unlinked } from '../unlinked.js';

interface Watched {
  readonly clusters: SavedClusterStore;
  readonly connections: HostServices['connections'];
  readonly log: HostServices['log'];
}

export function watchClusters(
  { clusters, connections, log }: Watched,
  changes: EventEmitter<void>,
  context: ExtensionContext,
): Disposable {
  const store = new DisposableStore();
  let known = JSON.stringify(clusters.list());
  let told = '';
  const update = (): void => {
    known = JSON.stringify(clusters.list());
    setContext(clusters);
  };
  const lookAgain = (): void => {
    if (JSON.stringify(clusters.list()) !== known) changes.fire();
  };
  const tellRefused = (): void => {
    const refused = clusters.refused();
    for (const one of refused) log.warn(refusalSentence(one));
    const [first] = refused;
    const all = JSON.stringify(refused);
    if (first && all !== told) void offerSettings(first);
    told = all;
  };
  store.add(clusters.onDidChange(update));
  store.add(
    workspace.onDidChangeConfiguration(async (change) => {
      if (!change.affectsConfiguration(`${SETTINGS_SECTION}.${SETTINGS.connections}`)) return;
      tellRefused();
      const declared = clusters.list().filter(({ origin }) => origin === 'settings');
      await Promise.all(declared.map(({ id }) => connections.drop(id)));
      changes.fire();
    }),
  );
  store.add(context.secrets.onDidChange(lookAgain));
  store.add(window.onDidChangeWindowState(({ focused }) => focused && lookAgain()));
  update();
  tellRefused();
  void commands.executeCommand('setContext', CONTEXT_KEYS.ready, true);
  return store;
}

function setContext(clusters: SavedClusterStore): void {
  void commands.executeCommand('setContext', CONTEXT_KEYS.hasSource, clusters.list('source').length > 0);
  void commands.executeCommand('setContext', CONTEXT_KEYS.hasTarget, clusters.list('target').length > 0);
}

async function offerSettings(refused: RefusedConnection): Promise<void> {
  const open = l10n.t('Open Settings');
  const clicked = await window.showWarningMessage(unlinked(refusalSentence(refused)), open, labels.showLog());
  if (clicked === open) {
    const setting = `${SETTINGS_SECTION}.${SETTINGS.connections}`;
    await commands.executeCommand('workbench.action.openSettings', setting);
  } else if (clicked !== undefined) await commands.executeCommand(COMMANDS.showLog);
}

function refusalSentence({ name, reason, variable }: RefusedConnection): string {
  const start = l10n.t('The connection {0} of the settings is not used.', name);
  return `${start} ${refusalReason(reason, variable ?? '')}`;
}

function refusalReason(reason: RefusedConnection['reason'], variable: string): string {
  switch (reason) {
    case 'not-an-object':
      return l10n.t('It has to have name, role and connectionString.');
    case 'no-name':
      return l10n.t('It has no name.');
    case 'same-name':
      return l10n.t('Another one has the same name.');
    case 'bad-role':
      return l10n.t('Its role is neither source nor target.');
    case 'no-connection-string':
      return l10n.t('Its connectionString does not start with mongodb:// or mongodb+srv://.');
    case 'literal-secret':
      return l10n.t(
        'A secret stands in it as it is, and settings are shared and synchronised. Put it into an environment variable and write {0} in its place.',
        '${env:NAME}',
      );
    case 'not-set':
      return l10n.t('The environment variable {0} is not set.', variable);
  }
}
