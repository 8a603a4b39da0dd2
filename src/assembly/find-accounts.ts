/** What of Cosmos DB for MongoDB there is for whoever is signed in to Azure. */
import { discoverAccounts, listSubscriptions, readThroughput } from '../adapters/azure/discover-accounts.js';
import type { AzureAccountFacts, AzureSubscription, AzureThroughput } from '../core/model/azure-account.js';
import { MigrationError } from '../core/model/error.js';
import type { Clock } from '../engine/ports.js';
import { armClientOf, type RemoteAccess } from './remote-access.js';

export interface SubscriptionAccounts {
  readonly subscription: AzureSubscription;
  readonly accounts: readonly FoundAccount[];
}

/** With `throughput` where it was asked for, and the account has any. */
export type FoundAccount = AzureAccountFacts & { readonly throughput?: readonly AzureThroughput[] };

/**
 * Accounts and clusters by subscription; of one subscription alone where `wanted` names it, by id or name. Reads only, and no key.
 * @throws MigrationError `azure-refused`, `azure-sign-in-needed`, `azure-unreachable`; `bad-option` for a subscription that is not there.
 */
export async function findAccounts(
  access: RemoteAccess,
  options: {
    readonly clock: Clock;
    readonly wanted?: string;
    /** Of every database and collection of RU accounts, too: a call for each. */
    readonly throughput?: boolean;
    readonly signal?: AbortSignal;
  },
): Promise<readonly SubscriptionAccounts[]> {
  const { clock, wanted, throughput = false, signal } = options;
  const arm = armClientOf(access, { clock, secrets: access.secrets });
  const all = await listSubscriptions(arm, signal);
  const chosen = wanted === undefined ? all : all.filter(({ id, name }) => id === wanted || name === wanted);
  if (wanted !== undefined && chosen.length === 0) {
    throw new MigrationError('bad-option', { option: '--subscription', reason: 'subscription-unknown', value: wanted });
  }
  const found: SubscriptionAccounts[] = [];
  for (const subscription of chosen) {
    const accounts: FoundAccount[] = [];
    for (const account of await discoverAccounts(arm, subscription.id, signal)) {
      const isAsked = throughput && account.kind === 'cosmos-ru';
      accounts.push(isAsked ? { ...account, throughput: await readThroughput(arm, account, signal) } : account);
    }
    found.push({ subscription, accounts });
  }
  return found;
}
