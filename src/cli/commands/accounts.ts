import type { AzureAccountFacts } from '../../core/model/azure-account.js';
import { accountAbilities } from '../../words/account-abilities.js';
import { clusterKind } from '../../words/reasons.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { table } from '../table.js';
import { heading } from '../text-blocks.js';

/** Tells which accounts and clusters there are in Azure, and what each can do. Reads no key and no data. */
export async function accounts(
  { subscription }: Readonly<Record<string, unknown>> & { readonly subscription?: string },
  context: CommandContext,
): Promise<ExitCode> {
  const { adapters, output, env, clock, handedOver, interruption } = context;
  const handed = await handedOver?.();
  const access = adapters.remoteAccess({ env, clock, ...(handed ? { handed } : {}) });
  output.protect(access.secrets);
  const { signal } = interruption;
  const found = await adapters.findAccounts(access, {
    ...{ clock, signal },
    ...(subscription === undefined ? {} : { wanted: subscription }),
  });
  for (const { subscription: one, accounts: its } of found) {
    output.say(...heading(`${one.name} (${one.id})`));
    output.say(...(its.length === 0 ? ['No account or cluster of Cosmos DB for MongoDB.'] : accountTable(its)));
  }
  if (found.length === 0) output.say('The account that is signed in sees no subscription.');
  output.data(found);
  return EXIT.success;
}

function accountTable(accounts: readonly AzureAccountFacts[]): string[] {
  const columns = ['Name', 'Kind', 'Version', 'Place', 'Resource group', 'What it can do'];
  const rows = accounts.map((account) => [
    account.name,
    clusterKind(account.kind),
    account.serverVersion ?? '',
    account.location,
    account.resourceGroup,
    accountAbilities(account).join(', '),
  ]);
  return table(
    columns.map((title) => ({ title })),
    rows,
  );
}
