import { l10n, ThemeIcon, window } from 'vscode';
import type { AzureAccountFacts, AzureSubscription } from '../../core/model/azure-account.js';
import type { ArmClient, ConnectionString, HostAdapters } from '../adapters.js';
import { nameTestAndSave } from '../clusters/add-cluster.js';
import { askChoice, askText, type Choice } from '../clusters/ask.js';
import { askAll } from '../clusters/question-flow.js';
import { unlinked } from '../unlinked.js';
import { accountRow, originOf, withUser } from './account-rows.js';
import { askAzure, windowArmClient, type AskAzureParts } from './ask-azure.js';

/** What is asked, and of which directory. */
interface Directory {
  readonly adapters: HostAdapters;
  readonly arm: ArmClient;
  readonly tenant?: string;
}

type SubscriptionChoice =
  { readonly kind: 'subscription'; readonly subscription: AzureSubscription } | { readonly kind: 'directory' };

const title = (): string => l10n.t('Discover Cosmos DB Accounts');

/** Signs in, has an account or a cluster chosen, and saves it as a target after a test. Returns its id, undefined when the user stopped. */
export async function discoverTargets(parts: AskAzureParts): Promise<string | undefined> {
  const { services } = parts;
  const adapters = await services.adapters();
  let directory = directoryOf(undefined, adapters, parts);
  for (;;) {
    const chosen = await chooseSubscription(directory);
    if (chosen === undefined) return undefined;
    if (chosen.kind === 'directory') {
      const tenant = await askTenant();
      if (tenant !== undefined) directory = directoryOf(tenant, adapters, parts);
      continue;
    }
    const account = await chooseAccount(directory, chosen.subscription);
    if (account === undefined) return undefined;
    if (account === 'back') continue;
    const connectionString = await connectionStringOf(directory, account);
    if (connectionString === undefined) return undefined;
    const found = { connectionString, azure: originOf(account, directory.tenant) };
    return nameTestAndSave({ title: title(), role: 'target', said: found, name: account.name }, services, adapters);
  }
}

function directoryOf(tenant: string | undefined, adapters: HostAdapters, parts: AskAzureParts): Directory {
  const arm = windowArmClient(tenant, adapters, parts);
  return { adapters, arm, ...(tenant === undefined ? {} : { tenant }) };
}

async function chooseSubscription({ adapters, arm }: Directory): Promise<SubscriptionChoice | undefined> {
  const found = await askAzure(l10n.t('Asking Azure for subscriptions'), (signal) =>
    adapters.listSubscriptions(arm, signal),
  );
  const other: Choice<SubscriptionChoice> = {
    label: l10n.t('Another directory…'),
    detail: l10n.t('Subscriptions of another tenant are seen only when it is signed in to'),
    iconPath: new ThemeIcon('organization'),
    value: { kind: 'directory' },
  };
  const choices = found.map((subscription): Choice<SubscriptionChoice> => ({
    label: subscription.name,
    description: subscription.id,
    iconPath: new ThemeIcon('key'),
    value: { kind: 'subscription', subscription },
  }));
  const answer = await askChoice({
    title: title(),
    placeholder:
      found.length > 0
        ? l10n.t('In which subscription?')
        : l10n.t('Whoever is signed in may use no subscription: ask for the role Reader on one, or sign in elsewhere'),
    choices: [...choices, other],
  });
  return answer.kind === 'answer' ? answer.value : undefined;
}

async function askTenant(): Promise<string | undefined> {
  const answer = await askText({
    title: title(),
    prompt: l10n.t('Id or domain of the directory (tenant)'),
    placeholder: 'contoso.onmicrosoft.com',
    canGoBack: true,
    check: (text) =>
      /^[\w.-]+$/.test(text.trim()) ? undefined : l10n.t('It is an id or a domain, such as contoso.onmicrosoft.com.'),
  });
  return answer.kind === 'answer' ? answer.value.trim() : undefined;
}

async function chooseAccount(
  { adapters, arm }: Directory,
  subscription: AzureSubscription,
): Promise<AzureAccountFacts | 'back' | undefined> {
  const found = await askAzure(l10n.t('Looking for Cosmos DB accounts in {0}', subscription.name), (signal) =>
    adapters.discoverAccounts(arm, subscription.id, signal),
  );
  if (found.length === 0) {
    const text = l10n.t(
      'There is no account for MongoDB and no vCore cluster in {0} that whoever is signed in may see. It needs the role Reader on the subscription or on their resource groups.',
      subscription.name,
    );
    void window.showWarningMessage(unlinked(text));
    return 'back';
  }
  const choices = found.map((account): Choice<AzureAccountFacts> => ({
    ...accountRow(account),
    iconPath: new ThemeIcon(account.kind === 'cosmos-ru' ? 'database' : 'server'),
    value: account,
  }));
  const answer = await askChoice({
    title: title(),
    placeholder: l10n.t('Which is to be the target?'),
    choices,
    canGoBack: true,
  });
  if (answer.kind === 'answer') return answer.value;
  return answer.kind === 'back' ? 'back' : undefined;
}

/** Azure tells the keys of an RU account; the password of a cluster only a person knows. */
async function connectionStringOf(
  { adapters, arm }: Directory,
  account: AzureAccountFacts,
): Promise<ConnectionString | undefined> {
  const found = await askAzure(l10n.t('Asking Azure for the connection string of {0}', account.name), (signal) =>
    adapters.findConnectionString(arm, account, signal),
  );
  if (!found.needsPassword) return adapters.parseConnectionString(found.connectionString);
  const administrator = account.kind === 'cosmos-vcore' ? (account.administrator ?? '') : '';
  const login = await askAll({ user: administrator, password: '' }, [
    (state) =>
      askText({
        title: title(),
        prompt: l10n.t('User of {0}', account.name),
        value: state.user,
        check: (text) => (text.trim() === '' ? l10n.t('It cannot be empty.') : undefined),
      }).then((answer) =>
        answer.kind === 'answer' ? { ...answer, value: { ...state, user: answer.value.trim() } } : answer,
      ),
    (state, canGoBack) =>
      askText({
        title: title(),
        prompt: l10n.t('Password of {0}. It goes to the secret store of your system, nowhere else.', state.user),
        password: true,
        canGoBack,
        check: (text) => (text === '' ? l10n.t('It cannot be empty.') : undefined),
      }).then((answer) =>
        answer.kind === 'answer' ? { ...answer, value: { ...state, password: answer.value } } : answer,
      ),
  ]);
  if (login === undefined) return undefined;
  return adapters.parseConnectionString(withUser(found.connectionString, login.user), { password: login.password });
}
