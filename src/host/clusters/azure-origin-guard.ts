/** What is kept of a target's place in Azure: in the same store as profiles, which other versions have written to. */
import type { AzureAccountFacts, AzureNetwork } from '../../core/model/azure-account.js';
import { isRecord } from '../../protocol/guards/check.js';
import type { AzureOrigin } from './cluster-profile.js';

export function isAzureOrigin(value: unknown): value is AzureOrigin {
  if (!isRecord(value)) return false;
  const { resourceId, subscriptionId, resourceGroup, location, tenant, capabilities, account } = value;
  return (
    [resourceId, subscriptionId, resourceGroup, location].every(isText) &&
    isTextOrAbsent(tenant) &&
    isTexts(capabilities) &&
    (account === undefined || isAccount(account))
  );
}

function isAccount(value: unknown): value is AzureAccountFacts {
  if (!isRecord(value)) return false;
  const { kind, resourceId, name, subscriptionId, resourceGroup, location, serverVersion, network } = value;
  const hasBase =
    [resourceId, name, subscriptionId, resourceGroup, location].every(isText) &&
    isTextOrAbsent(serverVersion) &&
    isNetwork(network);
  return hasBase && (kind === 'cosmos-ru' ? isRu(value) : kind === 'cosmos-vcore' && isVcore(value));
}

function isRu(value: Readonly<Record<string, unknown>>): boolean {
  const { serverSideRetry, serverless, largeDocuments, retryableWrites, multipleWriteRegions } = value;
  return (
    [serverSideRetry, serverless, largeDocuments, retryableWrites, multipleWriteRegions].every(
      (one) => typeof one === 'boolean',
    ) &&
    ['continuous', 'periodic', 'unknown'].includes(String(value['backup'])) &&
    isTexts(value['regions']) &&
    isTexts(value['capabilities'])
  );
}

function isVcore({ tier, administrator, shards, storageGb }: Readonly<Record<string, unknown>>): boolean {
  const areNumbers = [shards, storageGb].every((one) => one === undefined || typeof one === 'number');
  return [tier, administrator].every(isTextOrAbsent) && areNumbers;
}

function isNetwork(value: unknown): value is AzureNetwork {
  if (!isRecord(value)) return false;
  const { publicAccess, addresses, virtualNetworks, privateEndpoints } = value;
  return (
    ['open', 'rules', 'closed'].includes(String(publicAccess)) &&
    isTexts(addresses) &&
    [virtualNetworks, privateEndpoints].every((one) => typeof one === 'number')
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || isText(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}
