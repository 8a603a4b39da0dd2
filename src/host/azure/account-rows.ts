/** What is shown of an account or a cluster in a list to choose from. No VS Code in it, so that it is tested as it is. */
import type { AzureAccountFacts } from '../../core/model/azure-account.js';
import { accountAbilities } from '../../words/account-abilities.js';
import { clusterKind } from '../../words/cluster-kinds.js';
import type { AzureOrigin } from '../clusters/cluster-profile.js';

export interface AccountRow {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

export function accountRow(account: AzureAccountFacts): AccountRow {
  const { name, kind, serverVersion, location, resourceGroup } = account;
  return {
    label: name,
    description: [clusterKind(kind), serverVersion ?? ''].filter((text) => text !== '').join(' '),
    detail: [location, resourceGroup, ...accountAbilities(account)].filter((text) => text !== '').join(' · '),
  };
}

/** What is kept of it with the saved connection. */
export function originOf(account: AzureAccountFacts, tenant: string | undefined): AzureOrigin {
  const { resourceId, subscriptionId, resourceGroup, location } = account;
  return {
    resourceId,
    subscriptionId,
    resourceGroup,
    // Lists show a place as `West Europe`, templates take `westeurope`.
    location: location.toLowerCase().replace(/\s+/g, ''),
    capabilities: account.kind === 'cosmos-ru' ? account.capabilities : [],
    ...(tenant === undefined ? {} : { tenant }),
    account,
  };
}

/** The same connection string for another user, without a password. */
export function withUser(connectionString: string, user: string): string {
  return connectionString.replace(
    /^(mongodb(?:\+srv)?:\/\/)(?:[^@/]*@)?/i,
    (_all, scheme: string) => `${scheme}${encodeURIComponent(user)}@`,
  );
}
