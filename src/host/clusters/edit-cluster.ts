import { l10n, ThemeIcon, window } from 'vscode';
import type { ConnectionString, HostAdapters } from '../adapters.js';
import type { HostServices, NewCluster } from '../services.js';
import { nameProblem } from './add-cluster.js';
import { askChoice, askText, type Choice } from './ask.js';
import type { ClusterProfile } from './cluster-profile.js';
import { askConnectionString } from './connection-box.js';
import { chooseFile } from './connection-steps.js';
import { probeBeforeSaving } from './probe-cluster.js';
import { unlinked } from '../unlinked.js';

type Part = 'connection-string' | 'password' | 'name' | 'authorities' | 'certificate';

/** Changes one thing of a saved connection, tests it, and saves it. */
export async function editCluster(profile: ClusterProfile, services: HostServices): Promise<void> {
  const adapters = await services.adapters();
  const title = l10n.t('Edit {0}', profile.name);
  for (;;) {
    const part = await askChoice({
      title,
      placeholder: l10n.t('What do you want to change?'),
      choices: parts(profile),
    });
    if (part.kind !== 'answer') return;
    if (part.value === 'name') return rename(title, profile, services, adapters);
    const changed = await changedCluster(part.value, title, profile, services, adapters);
    if (changed === undefined) return;
    const probed = await probeBeforeSaving(changed, adapters, services.log);
    if (probed.kind !== 'save') {
      if (probed.kind === 'edit') continue;
      return;
    }
    await services.clusters.update(profile.id, { ...changed, role: probed.role });
    await services.connections.drop(profile.id);
    if (probed.facts) {
      await services.clusters.noteSeen(profile.id, { kind: probed.facts.kind, version: probed.facts.version });
    }
    services.log.info(`changed ${profile.role} ${changed.name}`);
    void window.showInformationMessage(unlinked(l10n.t('{0} was saved.', changed.name)));
    return;
  }
}

function parts(profile: ClusterProfile): readonly Choice<Part>[] {
  const certificate = l10n.t('None');
  return [
    {
      label: l10n.t('Connection string'),
      detail: profile.uri,
      iconPath: new ThemeIcon('link'),
      value: 'connection-string',
    },
    ...(profile.secret === 'none' ? [] : [passwordPart()]),
    { label: l10n.t('Name'), detail: profile.name, iconPath: new ThemeIcon('tag'), value: 'name' },
    {
      label: l10n.t('Certificate authorities'),
      detail: profile.tlsCAFile ?? l10n.t('Those that the system trusts'),
      iconPath: new ThemeIcon('shield'),
      value: 'authorities',
    },
    {
      label: l10n.t('Client certificate'),
      detail: profile.tlsCertificateKeyFile ?? certificate,
      iconPath: new ThemeIcon('key'),
      value: 'certificate',
    },
  ];
}

const passwordPart = (): Choice<Part> => ({
  label: l10n.t('Password'),
  detail: l10n.t('After it was changed on the server'),
  iconPath: new ThemeIcon('lock'),
  value: 'password',
});

async function rename(
  title: string,
  profile: ClusterProfile,
  services: HostServices,
  adapters: HostAdapters,
): Promise<void> {
  const prompt = l10n.t('Its name in the tree and in plans');
  const check = (text: string): string | undefined => nameProblem(text, services, profile.id);
  const answer = await askText({ title, prompt, value: profile.name, check });
  if (answer.kind !== 'answer') return;
  const connectionString = await savedConnectionString(profile, services, adapters);
  if (connectionString === undefined) return;
  const { kind, version } = profile;
  await services.clusters.update(profile.id, {
    ...keptOf(profile),
    name: answer.value.trim(),
    role: profile.role,
    connectionString,
  });
  await services.clusters.noteSeen(profile.id, { ...(kind && { kind }), ...(version && { version }) });
}

async function savedConnectionString(
  profile: ClusterProfile,
  services: HostServices,
  { parseConnectionString }: HostAdapters,
): Promise<ConnectionString | undefined> {
  return profile.secret === 'none'
    ? parseConnectionString(profile.uri)
    : services.clusters.connectionString(profile.id);
}

function keptOf({
  tlsCAFile,
  tlsCertificateKeyFile,
  azure,
}: ClusterProfile): Pick<NewCluster, 'tlsCAFile' | 'tlsCertificateKeyFile' | 'azure'> {
  return {
    ...(tlsCAFile === undefined ? {} : { tlsCAFile }),
    ...(tlsCertificateKeyFile === undefined ? {} : { tlsCertificateKeyFile }),
    ...(azure === undefined ? {} : { azure }),
  };
}

async function changedCluster(
  part: Exclude<Part, 'name'>,
  title: string,
  profile: ClusterProfile,
  services: HostServices,
  adapters: HostAdapters,
): Promise<NewCluster | undefined> {
  const base = { ...keptOf(profile), name: profile.name, role: profile.role };
  if (part === 'connection-string') {
    const connectionString = await changedConnectionString(title, profile, services, adapters);
    if (connectionString === undefined) return undefined;
    const { azure, ...rest } = base;
    // What leads elsewhere was not found in Azure.
    const isSame = adapters.parseConnectionString(profile.uri).hosts.join() === connectionString.hosts.join();
    return { ...rest, connectionString, ...(azure && isSame ? { azure } : {}) };
  }
  if (part === 'password') {
    const answer = await askText({ title, prompt: l10n.t('New password, as it is'), password: true });
    if (answer.kind !== 'answer' || answer.value === '') return undefined;
    const changed = adapters.parseConnectionString(profile.uri, { password: answer.value });
    // Whose secret is gone is not asked for the old password.
    const kept = profile.secret === 'stored' ? await services.clusters.connectionString(profile.id) : changed;
    return { ...base, connectionString: changed.withSecretsOf(kept) };
  }
  const key = part === 'authorities' ? 'tlsCAFile' : 'tlsCertificateKeyFile';
  const file = await changedFile(title, profile[key]);
  if (file === undefined) return undefined;
  const connectionString = await savedConnectionString(profile, services, adapters);
  if (connectionString === undefined) return undefined;
  const cluster = { ...base, connectionString };
  delete cluster[key];
  return file === 'none' ? cluster : { ...cluster, [key]: file };
}

/** The present one is shown without its password; left out, the saved one is kept. */
async function changedConnectionString(
  title: string,
  profile: ClusterProfile,
  services: HostServices,
  adapters: HostAdapters,
): Promise<ConnectionString | undefined> {
  const prompt =
    profile.secret === 'none'
      ? l10n.t('Connection string')
      : l10n.t('Connection string. Without a password the saved one is kept.');
  const answer = await askConnectionString({ title, prompt, value: profile.uri }, adapters);
  if (answer.kind !== 'answer') return undefined;
  const typed = answer.value;
  if (profile.secret === 'none' || typed.secrets.length > 0) return typed;
  return typed.withSecretsOf(await services.clusters.connectionString(profile.id));
}

async function changedFile(title: string, present: string | undefined): Promise<string | undefined> {
  const none: Choice<'none' | 'file'> = { label: l10n.t('None'), value: 'none' };
  const choose: Choice<'none' | 'file'> = { label: l10n.t('Choose the file…'), value: 'file' };
  const answer = await askChoice({
    title,
    placeholder: present ?? l10n.t('None'),
    choices: present === undefined ? [choose] : [choose, none],
  });
  if (answer.kind !== 'answer') return undefined;
  return answer.value === 'none' ? 'none' : chooseFile(title, present);
}

/** Asks first: the secret is gone afterwards. */
export async function removeClusters(profiles: readonly ClusterProfile[], services: HostServices): Promise<void> {
  const remove = l10n.t('Remove');
  const [only] = profiles;
  const question =
    profiles.length === 1 && only
      ? l10n.t('Remove the connection {0} with its password? Nothing on the server is changed.', only.name)
      : l10n.t('Remove {0} connections with their passwords? Nothing on the servers is changed.', profiles.length);
  if ((await window.showWarningMessage(unlinked(question), { modal: true }, remove)) !== remove) return;
  for (const { id, name, role } of profiles) {
    await services.connections.drop(id);
    await services.clusters.remove(id);
    await services.assessments.forget(id);
    services.log.info(`removed ${role} ${name}`);
  }
}
