import { commands, l10n, window } from 'vscode';
import type { ClusterProfile } from '../clusters/cluster-profile.js';
import type { ResultDocuments } from '../commands/result-documents.js';
import { COMMANDS } from '../ids.js';
import { unlinked } from '../unlinked.js';
import { accountDocument } from './account-document.js';
import { originOf } from './account-rows.js';
import { askAzure, windowArmClient, type AskAzureParts } from './ask-azure.js';

export interface ShowAccountParts extends AskAzureParts {
  readonly results: Pick<ResultDocuments, 'show'>;
}

/**
 * Asks Azure anew for the account or cluster that a target was found as, and for the throughput of each database and collection, which takes a call for each. Keeps it
 * with the target and shows it as a page.
 * @throws MigrationError `azure-refused`, `azure-sign-in-needed`, `azure-unreachable`; `cancelled`.
 */
export async function showAccount({ id, name, azure }: ClusterProfile, parts: ShowAccountParts): Promise<void> {
  if (!azure) return tellNotFound(name);
  const { services, results } = parts;
  const adapters = await services.adapters();
  const arm = windowArmClient(azure.tenant, adapters, parts);
  const read = await askAzure(l10n.t('Reading {0} in Azure', name), async (signal) => {
    const account = await adapters.readAccount(arm, azure.resourceId, signal);
    return account.kind === 'cosmos-ru'
      ? { account, throughput: await adapters.readThroughput(arm, account, signal) }
      : { account };
  });
  await services.clusters.noteAccount(id, originOf(read.account, azure.tenant));
  if (read.throughput) services.catalog.putThroughput(id, read.throughput);
  const title = l10n.t('{0} in Azure', name);
  const readAt = new Date(adapters.clock.now()).toISOString();
  const page = accountDocument(title, { ...read, readAt }, (message, ...rest) => l10n.t(message, ...rest));
  await results.show(title, page);
}

/** Its connection string alone does not say which resource it is. */
async function tellNotFound(name: string): Promise<void> {
  const discover = l10n.t('Discover Cosmos DB Accounts…');
  const text = l10n.t(
    '{0} was added by its connection string, so that it is not known which resource of Azure it is. Find it in Azure to have it read.',
    name,
  );
  if ((await window.showInformationMessage(unlinked(text), discover)) === discover) {
    await commands.executeCommand(COMMANDS.discoverTargets);
  }
}
