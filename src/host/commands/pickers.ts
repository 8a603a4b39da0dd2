/** Pickers for commands that were called without a node. Each answers undefined when nothing was chosen. */
import { commands, l10n, QuickPickItemKind, ThemeIcon, window, type QuickPickItem } from 'vscode';
import { EVERYTHING, isSystemNamespace, SYSTEM_DATABASES } from '../../core/model/namespace.js';
import type { RunAction } from '../../protocol/run-page.js';
import { formatCount } from '../../words/sizes.js';
import { clusterKind } from '../../words/cluster-kinds.js';
import { runStateSentence } from '../../words/runs.js';
import type { ClusterProfile, ClusterRole } from '../clusters/cluster-profile.js';
import { COMMANDS } from '../ids.js';
import type { HostServices } from '../services.js';
import { runsFor } from './arguments.js';
import { withProgress } from './progress.js';

export interface ClusterWish {
  readonly role?: ClusterRole;
  readonly title: string;
  readonly savedOnly?: boolean;
}

/** A connection; where there is none, or none that suits, adding one is offered. */
export async function pickCluster(services: HostServices, wish: ClusterWish): Promise<ClusterProfile | undefined> {
  const { role, title } = wish;
  const profiles = services.clusters.list(role).filter((p) => !wish.savedOnly || p.origin === 'saved');
  const items = profiles.map((profile) => ({ ...clusterItem(profile), profile }));
  const roles: readonly ClusterRole[] = role === undefined ? ['source', 'target'] : [role];
  const adds = wish.savedOnly ? [] : roles.map((adding) => ({ ...addItem(adding), adding }));
  const separator = { label: '', kind: QuickPickItemKind.Separator };
  const chosen = await window.showQuickPick<QuickPickItem & { profile?: ClusterProfile; adding?: ClusterRole }>(
    [...items, ...(items.length > 0 && adds.length > 0 ? [separator] : []), ...adds],
    { title, placeHolder: placeholder(role, items.length), matchOnDescription: true, matchOnDetail: true },
  );
  if (chosen?.adding === undefined) return chosen?.profile;
  const added = await commands.executeCommand(chosen.adding === 'source' ? COMMANDS.addSource : COMMANDS.addTarget);
  return typeof added === 'string' ? services.clusters.get(added) : undefined;
}

function placeholder(role: ClusterRole | undefined, count: number): string {
  if (count === 0) return l10n.t('There is no connection yet');
  if (role === 'source') return l10n.t('Which source?');
  return role === 'target' ? l10n.t('Which target?') : l10n.t('Which cluster?');
}

function clusterItem(profile: ClusterProfile): QuickPickItem {
  const kind = profile.kind === undefined ? '' : `${clusterKind(profile.kind)} ${profile.version ?? ''}`.trim();
  return {
    label: profile.name,
    description: [profile.role === 'source' ? l10n.t('source') : l10n.t('target'), kind].filter(Boolean).join(', '),
    detail: profile.uri,
    iconPath: new ThemeIcon('database'),
  };
}

function addItem(role: ClusterRole): QuickPickItem {
  return { label: role === 'source' ? l10n.t('Add Source…') : l10n.t('Add Target…'), iconPath: new ThemeIcon('add') };
}

/** A database of a cluster, read now. */
export async function pickDatabase(
  services: HostServices,
  cluster: ClusterProfile,
  title: string,
): Promise<string | undefined> {
  const names = await withProgress(l10n.t('Reading the databases of {0}', cluster.name), async (_, signal) => {
    const { listDatabases } = await services.adapters();
    return services.connections.with(cluster.id, signal, (connected) =>
      listDatabases(connected, EVERYTHING, { readPreference: 'primaryPreferred', signal }),
    );
  });
  const own = names.filter((name) => !SYSTEM_DATABASES.has(name));
  const items = own.map((label) => ({ label, iconPath: new ThemeIcon('folder') }));
  const placeHolder = items.length === 0 ? l10n.t('There is no database on it') : l10n.t('Which database?');
  return (await window.showQuickPick(items, { title, placeHolder }))?.label;
}

/** Collections of a database, several at a time. */
export async function pickCollections(
  services: HostServices,
  cluster: ClusterProfile,
  db: string,
  title: string,
): Promise<readonly string[] | undefined> {
  const listed = await withProgress(l10n.t('Reading the collections of {0}', db), async (_, signal) => {
    const { listCollections } = await services.adapters();
    return services.connections.with(cluster.id, signal, (connected) =>
      listCollections(connected, db, { readPreference: 'primaryPreferred', signal }),
    );
  });
  const items = listed
    .filter(({ ns }) => !isSystemNamespace(ns))
    .map(({ ns, type }) => ({ label: ns.coll, ...(type === 'collection' ? {} : { description: type }) }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
  const placeHolder =
    items.length === 0 ? l10n.t('There is no collection in it') : l10n.t('Which collections? Space selects');
  const chosen = await window.showQuickPick(items, { title, placeHolder, canPickMany: true });
  return chosen && chosen.length > 0 ? chosen.map(({ label }) => label) : undefined;
}

/** A run that an action can be done with; newest first. */
export async function pickRun(
  services: HostServices,
  action: RunAction | undefined,
  title: string,
): Promise<string | undefined> {
  await services.runs.refresh();
  const items = runsFor(services.runs.list(), action).map((run) => ({
    label: run.planName,
    description: new Date(run.snapshot.startedAt).toLocaleString(),
    detail: `${runStateSentence(run.snapshot)} ${l10n.t('{0} documents', formatCount(run.snapshot.done))}`,
    runId: run.runId,
  }));
  const placeHolder =
    items.length === 0 ? l10n.t('There is no migration that this can be done with now') : l10n.t('Which migration?');
  return (await window.showQuickPick(items, { title, placeHolder, matchOnDescription: true }))?.runId;
}
