import type { FoundAccount } from '../../assembly/find-accounts.js';
import type { AzureAccountFacts, AzureThroughput } from '../../core/model/azure-account.js';
import { accountAbilities } from '../../words/account-abilities.js';
import {
  ABOVE_AT_ONCE,
  NO_OWN_THROUGHPUT,
  THROUGHPUT_COLUMNS,
  throughputCells,
} from '../../words/account-throughput.js';
import { clusterKind } from '../../words/cluster-kinds.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { table, type Column } from '../table.js';
import { heading } from '../text-blocks.js';

/** Tells which accounts and clusters there are in Azure, and what each can do. Reads no key and no data. */
export async function accounts(
  {
    subscription,
    throughput = false,
  }: Readonly<Record<string, unknown>> & { readonly subscription?: string; readonly throughput?: boolean },
  context: CommandContext,
): Promise<ExitCode> {
  const { adapters, output, env, clock, handedOver, interruption } = context;
  const handed = await handedOver?.();
  const access = adapters.remoteAccess({ env, clock, ...(handed ? { handed } : {}) });
  output.protect(access.secrets);
  const { signal } = interruption;
  const found = await adapters.findAccounts(access, {
    ...{ clock, signal, throughput },
    ...(subscription === undefined ? {} : { wanted: subscription }),
  });
  for (const { subscription: one, accounts: its } of found) {
    output.say(...heading(`${one.name} (${one.id})`));
    output.say(...(its.length === 0 ? ['No account or cluster of Cosmos DB for MongoDB.'] : accountTable(its)));
    for (const account of its) output.say(...throughputOf(account));
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

function throughputOf({ name, throughput }: FoundAccount): string[] {
  if (throughput === undefined) return [];
  const title = ['', `Throughput of ${name}`];
  return throughput.length === 0
    ? [...title, NO_OWN_THROUGHPUT]
    : [...title, ...throughputTable(throughput), ABOVE_AT_ONCE];
}

function throughputTable(throughput: readonly AzureThroughput[]): string[] {
  const columns = THROUGHPUT_COLUMNS.map((column): Column => ({
    title: column.title,
    ...('right' in column ? { align: 'right' } : {}),
  }));
  return table(columns, throughput.map(throughputCells));
}
