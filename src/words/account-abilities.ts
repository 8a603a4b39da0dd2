import type {
  AzureAccountFacts,
  AzureNetwork,
  AzureRuAccount,
  AzureVcoreCluster,
} from '../core/model/azure-account.js';

/** What an account or a cluster can do or how large it is, and who reaches it; in a few words each. */
export function accountAbilities(account: AzureAccountFacts): readonly string[] {
  return [...(account.kind === 'cosmos-ru' ? switches(account) : size(account)), ...reach(account.network)];
}

function switches(account: AzureRuAccount): readonly string[] {
  const { serverless, largeDocuments, retryableWrites, serverSideRetry, backup, regions, multipleWriteRegions } =
    account;
  return [
    ...(serverless ? ['serverless'] : []),
    largeDocuments ? 'documents up to 16 MB' : 'documents up to 2 MB',
    ...(retryableWrites ? ['retryable writes'] : []),
    ...(serverSideRetry ? ['server-side retry'] : []),
    ...(backup === 'continuous' ? ['continuous backup'] : []),
    ...(regions.length > 1 ? [`${multipleWriteRegions ? 'writes in ' : ''}${regions.length} regions`] : []),
  ];
}

function size({ tier, shards, storageGb }: AzureVcoreCluster): readonly string[] {
  return [
    ...(tier === undefined ? [] : [tier]),
    ...(shards === undefined ? [] : [shards === 1 ? '1 shard' : `${shards} shards`]),
    ...(storageGb === undefined ? [] : [`${storageGb} GB`]),
  ];
}

function reach({ publicAccess, privateEndpoints }: AzureNetwork): readonly string[] {
  if (publicAccess === 'closed') return [privateEndpoints > 0 ? 'private endpoints only' : 'no network reaches it'];
  return publicAccess === 'rules' ? ['reachable from chosen networks'] : [];
}
