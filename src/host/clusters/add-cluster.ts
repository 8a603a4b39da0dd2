import { commands, env, l10n, ThemeIcon, UIKind, window } from 'vscode';
import type { ConnectionString, HostAdapters } from '../adapters.js';
import type { ClusterFacts } from '../../core/model/facts.js';
import { clusterKind } from '../../words/cluster-kinds.js';
import { COMMANDS } from '../ids.js';
import type { HostServices, NewCluster } from '../services.js';
import { askChoice, askText, type Choice } from './ask.js';
import type { ClusterRole } from './cluster-profile.js';
import { freeName, suggestedName } from './cluster-names.js';
import { askConnectionString } from './connection-box.js';
import { askConnectionSteps, type SteppedConnection } from './connection-steps.js';
import { probeBeforeSaving } from './probe-cluster.js';
import { unlinked } from '../unlinked.js';

type Way =
  | { readonly kind: 'type' | 'steps' | 'look-in-clipboard' | 'discover' }
  | { readonly kind: 'clipboard'; readonly found: ConnectionString };

const clipboardItem = (): Pick<Choice<Way>, 'label' | 'iconPath'> => ({
  label: l10n.t('Use the connection string in the clipboard'),
  iconPath: new ThemeIcon('clippy'),
});

const discoverItem = (): Choice<Way> => ({
  label: l10n.t('Find it in Azure'),
  detail: l10n.t('Sign in and choose from your accounts and clusters'),
  iconPath: new ThemeIcon('azure'),
  value: { kind: 'discover' },
});

/** The connection string in the clipboard; undefined where there is none, or where the clipboard may not be read. */
async function connectionInClipboard({ parseConnectionString }: HostAdapters): Promise<ConnectionString | undefined> {
  try {
    return parseConnectionString(await env.clipboard.readText());
  } catch {
    return undefined;
  }
}

/** What comes late is shown then. */
async function inClipboard(adapters: HostAdapters): Promise<readonly Choice<Way>[]> {
  const found = await connectionInClipboard(adapters);
  if (!found) return [];
  return [{ ...clipboardItem(), detail: found.withoutPassword().reveal(), value: { kind: 'clipboard', found } }];
}

/** Adds a source or target; always tested before it is saved. Returns its id, undefined when the user stopped. */
export async function addCluster(role: ClusterRole, services: HostServices): Promise<string | undefined> {
  const title = role === 'source' ? l10n.t('Add Source') : l10n.t('Add Target');
  const adapters = await services.adapters();
  // A browser asks its user before it lets anybody read the clipboard, and complains where they have not agreed: there it is read when wanted.
  const inBrowser = env.uiKind === UIKind.Web;
  const ways: readonly Choice<Way>[] = [
    { label: l10n.t('Type or paste a connection string'), iconPath: new ThemeIcon('edit'), value: { kind: 'type' } },
    {
      label: l10n.t('Step by step'),
      detail: l10n.t('Host, login, TLS, certificates'),
      iconPath: new ThemeIcon('list-ordered'),
      value: { kind: 'steps' },
    },
    ...(role === 'target' ? [discoverItem()] : []),
    ...(inBrowser ? [{ ...clipboardItem(), value: { kind: 'look-in-clipboard' as const } }] : []),
  ];
  for (;;) {
    const way = await askChoice({
      title,
      placeholder: l10n.t('How do you want to say where it is?'),
      choices: ways,
      ...(inBrowser ? {} : { later: inClipboard(adapters) }),
    });
    if (way.kind !== 'answer') return undefined;
    if (way.value.kind === 'discover') {
      const id: unknown = await commands.executeCommand(COMMANDS.discoverTargets);
      return typeof id === 'string' ? id : undefined;
    }
    const said = await askConnection(title, way.value, adapters);
    if (said === 'back') continue;
    return said === undefined ? undefined : nameTestAndSave({ title, role, said }, services, adapters);
  }
}

async function askConnection(
  title: string,
  way: Exclude<Way, { kind: 'discover' }>,
  adapters: HostAdapters,
): Promise<SteppedConnection | 'back' | undefined> {
  if (way.kind === 'clipboard') return { connectionString: way.found };
  if (way.kind === 'look-in-clipboard') {
    const connectionString = await connectionInClipboard(adapters);
    if (connectionString) return { connectionString };
    void window.showWarningMessage(unlinked(l10n.t('There is no connection string in the clipboard.')));
    return 'back';
  }
  if (way.kind === 'steps') return askConnectionSteps(title, adapters);
  const answer = await askConnectionString({ title, prompt: connectionPrompt(), canGoBack: true }, adapters);
  if (answer.kind === 'answer') return { connectionString: answer.value };
  return answer.kind === 'back' ? 'back' : undefined;
}

const connectionPrompt = (): string =>
  l10n.t('Connection string. Its password goes to the secret store of your system, nowhere else.');

export function nameProblem(name: string, services: HostServices, own?: string): string | undefined {
  if (name.trim() === '') return l10n.t('It cannot be empty.');
  const taken = services.clusters.list().some((other) => other.id !== own && other.name === name.trim());
  return taken ? l10n.t('Another connection has this name.') : undefined;
}

export interface SaidConnection {
  readonly title: string;
  readonly role: ClusterRole;
  readonly said: Omit<NewCluster, 'name' | 'role'>;
  /** One to begin with, where it has one already. */
  readonly name?: string;
}

/** Asks for a name, tests the connection and saves it. Returns its id, undefined when the user stopped. */
export async function nameTestAndSave(
  { title, role, said, name: known }: SaidConnection,
  services: HostServices,
  adapters: HostAdapters,
): Promise<string | undefined> {
  let connection = said;
  let name = freeName(known ?? suggestedName(said.connectionString.hosts), services.clusters.list());
  for (;;) {
    const uri = connection.connectionString.withoutPassword().reveal();
    const twin = services.clusters.list(role).find((other) => other.uri === uri);
    const named = await askText({
      title,
      prompt:
        twin === undefined
          ? l10n.t('Its name in the tree and in plans')
          : l10n.t('It is there already as {0}. Its second name in the tree and in plans', twin.name),
      value: name,
      check: (text) => nameProblem(text, services),
    });
    if (named.kind !== 'answer') return undefined;
    name = named.value.trim();
    const cluster: NewCluster = { ...connection, name, role };
    const probed = await probeBeforeSaving(cluster, adapters, services.log);
    if (probed.kind === 'save') return save({ ...cluster, role: probed.role }, probed.facts, services);
    if (probed.kind === 'discard') return undefined;
    const again = await askConnectionString(
      { title, prompt: connectionPrompt(), value: connection.connectionString.reveal() },
      adapters,
    );
    if (again.kind !== 'answer') return undefined;
    connection = edited(connection, again.value);
  }
}

/** What leads elsewhere was not found in Azure. */
function edited(before: SaidConnection['said'], connectionString: ConnectionString): SaidConnection['said'] {
  const { azure, ...rest } = before;
  const isSame = before.connectionString.hosts.join() === connectionString.hosts.join();
  return { ...rest, connectionString, ...(azure && isSame ? { azure } : {}) };
}

async function save(cluster: NewCluster, facts: ClusterFacts | undefined, services: HostServices): Promise<string> {
  const { id, name } = await services.clusters.add(cluster);
  services.log.info(`added ${cluster.role} ${name}`);
  if (facts) {
    await services.clusters.noteSeen(id, { kind: facts.kind, version: facts.version });
    void window.showInformationMessage(
      unlinked(l10n.t('{0} was added: {1}.', name, `${clusterKind(facts.kind)} ${facts.version}`)),
    );
  }
  return id;
}
