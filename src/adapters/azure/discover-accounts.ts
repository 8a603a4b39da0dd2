/** Finds what can be a target in a subscription, and what Azure knows of it. Reads only. */
import type {
  AzureAccountFacts,
  AzureNetwork,
  AzureRuAccount,
  AzureSubscription,
  AzureThroughput,
  AzureVcoreCluster,
} from '../../core/model/azure-account.js';
import { MigrationError } from '../../core/model/error.js';
import { ruPerSecond, type RequestUnitsPerSecond } from '../../core/model/units.js';
import { isNotFound } from './arm-errors.js';
import { at, listAt, numberAt, recordOf, textAt } from '../json.js';
import type { ArmClient } from './ports.js';
import { armRequest } from './routes.js';

/** Subscriptions that the account may use, by name. */
export async function listSubscriptions(arm: ArmClient, signal?: AbortSignal): Promise<readonly AzureSubscription[]> {
  const found = await arm.list(armRequest('subscriptions-list'), signal);
  return found
    .filter((s) => textAt(s, 'state') === undefined || textAt(s, 'state') === 'Enabled')
    .flatMap((s): AzureSubscription[] => {
      const id = textAt(s, 'subscriptionId');
      return id === undefined ? [] : [{ id, name: textAt(s, 'displayName') ?? id }];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Accounts of the API for MongoDB and clusters of vCore; other accounts of Cosmos DB are left out. By name. */
export async function discoverAccounts(
  arm: ArmClient,
  subscription: string,
  signal?: AbortSignal,
): Promise<readonly AzureAccountFacts[]> {
  const [accounts, clusters] = await Promise.all([
    arm.list(armRequest('accounts-list', { subscription }), signal),
    arm.list(armRequest('clusters-list', { subscription }), signal),
  ]);
  const found: AzureAccountFacts[] = [
    ...accounts.filter((a) => textAt(a, 'kind') === 'MongoDB').flatMap((a) => ruAccount(a) ?? []),
    ...clusters.flatMap((c) => vcoreCluster(c) ?? []),
  ];
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * One account or cluster as it is now, by its resource id.
 * @throws MigrationError `azure-refused`, `not-found` where it is gone and `not-understood` where it is neither; `azure-sign-in-needed`, `azure-unreachable`.
 */
export async function readAccount(
  arm: ArmClient,
  resourceId: string,
  signal?: AbortSignal,
): Promise<AzureAccountFacts> {
  const isCluster = /\/mongoClusters\/[^/]+\/?$/i.test(resourceId);
  const request = isCluster
    ? armRequest('cluster-get', { cluster: resourceId })
    : armRequest('account-get', { account: resourceId });
  const { body } = await arm.send(request, signal);
  const found = isCluster ? vcoreCluster(body) : textAt(body, 'kind') === 'MongoDB' ? ruAccount(body) : undefined;
  if (found) return found;
  throw new MigrationError('azure-refused', { reason: 'not-understood', request: `GET ${request.path}` });
}

export interface FoundConnectionString {
  /** With the keys of an RU account; of a cluster with its administrator and without a password, which Azure does not tell. */
  readonly connectionString: string;
  readonly needsPassword: boolean;
}

/** @throws MigrationError `azure-refused`, `keys-not-allowed` above all: it needs the right to list keys. */
export async function findConnectionString(
  arm: ArmClient,
  account: AzureAccountFacts,
  signal?: AbortSignal,
): Promise<FoundConnectionString> {
  const request =
    account.kind === 'cosmos-ru'
      ? armRequest('account-connection-strings', { account: account.resourceId })
      : armRequest('cluster-connection-strings', { cluster: account.resourceId });
  const { body } = await arm.send(request, signal).catch((error: unknown) => {
    throw mayNotListKeys(error) ?? error;
  });
  const strings = listAt(body, 'connectionStrings').filter((s) =>
    /^mongodb(\+srv)?:\/\//.test(textAt(s, 'connectionString') ?? ''),
  );
  const best = account.kind === 'cosmos-ru' ? writable(strings) : strings.find(hasPlaceholders);
  const text = textAt(best, 'connectionString');
  if (text === undefined) {
    throw new MigrationError('azure-refused', { reason: 'not-understood', request: `POST ${request.path}` });
  }
  if (account.kind === 'cosmos-ru') return { connectionString: text, needsPassword: false };
  const user = account.administrator === undefined ? '' : `${encodeURIComponent(account.administrator)}@`;
  return { connectionString: text.replace(/<user>:<password>@/i, user), needsPassword: true };
}

/** To see an account is not to see its keys: the right is one of its own. */
function mayNotListKeys(error: unknown): MigrationError | undefined {
  if (!MigrationError.is(error, 'azure-refused') || error.facts['reason'] !== 'not-allowed') return undefined;
  return new MigrationError('azure-refused', { ...error.facts, reason: 'keys-not-allowed' }, { cause: error });
}

/** Newer versions name kind and type of the key, older ones say it in the description alone. */
function writable(strings: readonly unknown[]): unknown {
  const isReadOnly = (s: unknown): boolean =>
    /readonly/i.test(textAt(s, 'keyKind') ?? '') || /read-?only/i.test(textAt(s, 'description') ?? '');
  const both = strings.filter((s) => !isReadOnly(s));
  return both.find((s) => /^primary/i.test(textAt(s, 'keyKind') ?? textAt(s, 'description') ?? '')) ?? both[0];
}

function hasPlaceholders(entry: unknown): boolean {
  return /<user>:<password>@/i.test(textAt(entry, 'connectionString') ?? '');
}

/**
 * The throughput of every database and collection that has its own, by budget; none of a serverless account. A call for each of them.
 * @throws MigrationError `azure-refused`, `azure-sign-in-needed`, `azure-unreachable`.
 */
export async function readThroughput(
  arm: ArmClient,
  account: AzureRuAccount,
  signal?: AbortSignal,
): Promise<readonly AzureThroughput[]> {
  if (account.serverless) return [];
  const found: AzureThroughput[] = [];
  const read = async (budget: string, request: ReturnType<typeof armRequest>): Promise<void> => {
    try {
      const { body } = await arm.send(request, signal);
      found.push(throughputOf(budget, at(body, 'properties', 'resource')));
    } catch (error) {
      // It shares its database's, or the database has none.
      if (!isNotFound(error)) throw error;
    }
  };
  const within = { account: account.resourceId };
  for (const database of namesOf(await arm.list(armRequest('account-databases', within), signal))) {
    await read(`${database}.`, armRequest('database-throughput', { ...within, database }));
    const collections = await arm.list(armRequest('account-collections', { ...within, database }), signal);
    for (const collection of namesOf(collections)) {
      await read(`${database}.${collection}`, armRequest('collection-throughput', { ...within, database, collection }));
    }
  }
  return found;
}

/** As MongoDB has them: the resource's own name is one that Azure takes in a path. */
function namesOf(resources: readonly unknown[]): readonly string[] {
  return resources.flatMap((one) => textAt(one, 'properties', 'resource', 'id') ?? textAt(one, 'name') ?? []).sort();
}

function throughputOf(budget: string, resource: unknown): AzureThroughput {
  const figures: readonly [Exclude<keyof AzureThroughput, 'budget'>, unknown][] = [
    ['ruPerSecond', at(resource, 'throughput')],
    ['autoscaleMaxRuPerSecond', at(resource, 'autoscaleSettings', 'maxThroughput')],
    ['minimumRuPerSecond', at(resource, 'minimumThroughput')],
    ['instantMaximumRuPerSecond', at(resource, 'instantMaximumThroughput')],
  ];
  // The limits are texts there, the throughput is a number.
  const numbers = figures.flatMap(([name, value]): [string, RequestUnitsPerSecond][] => {
    const number = Number(value);
    return value === undefined || value === null || !(number > 0) ? [] : [[name, ruPerSecond(number)]];
  });
  return { budget, ...Object.fromEntries(numbers) };
}

function ruAccount(account: unknown): AzureRuAccount | undefined {
  const base = baseOf(account);
  if (!base) return undefined;
  const properties = recordOf(at(account, 'properties'));
  const capabilities = listAt(properties, 'capabilities').flatMap((c) => textAt(c, 'name') ?? []);
  const has = (name: string): boolean => capabilities.some((c) => c.toLowerCase() === name.toLowerCase());
  const version = textAt(properties, 'apiProperties', 'serverVersion');
  const backup = textAt(properties, 'backupPolicy', 'type')?.toLowerCase();
  const regions = regionNames(properties);
  return {
    kind: 'cosmos-ru',
    ...base,
    ...(version === undefined ? {} : { serverVersion: version }),
    network: networkOf(properties),
    serverSideRetry: has('DisableRateLimitingResponses'),
    serverless: has('EnableServerless'),
    largeDocuments: has('EnableMongo16MBDocumentSupport'),
    retryableWrites: has('EnableMongoRetryableWrites'),
    backup: backup === 'continuous' || backup === 'periodic' ? backup : 'unknown',
    regions,
    multipleWriteRegions: regions.length > 1 && at(properties, 'enableMultipleWriteLocations') === true,
    capabilities,
  };
}

/** In the order in which each takes over from the one before. */
function regionNames(properties: unknown): readonly string[] {
  const priority = (location: unknown): number => numberAt(location, 'failoverPriority') ?? 0;
  return [...listAt(properties, 'locations')]
    .sort((a, b) => priority(a) - priority(b))
    .flatMap((location) => textAt(location, 'locationName') ?? []);
}

function vcoreCluster(cluster: unknown): AzureVcoreCluster | undefined {
  const base = baseOf(cluster);
  if (!base) return undefined;
  const properties = recordOf(at(cluster, 'properties'));
  const version = textAt(properties, 'serverVersion');
  const tier = textAt(properties, 'compute', 'tier');
  const shards = numberAt(properties, 'sharding', 'shardCount');
  const storageGb = numberAt(properties, 'storage', 'sizeGb');
  // Newer versions have it one level deeper.
  const administrator = textAt(properties, 'administrator', 'userName') ?? textAt(properties, 'administratorLogin');
  return {
    kind: 'cosmos-vcore',
    ...base,
    ...(version === undefined ? {} : { serverVersion: version }),
    network: networkOf(properties),
    ...(tier === undefined ? {} : { tier }),
    ...(shards === undefined ? {} : { shards }),
    ...(storageGb === undefined ? {} : { storageGb }),
    ...(administrator === undefined ? {} : { administrator }),
  };
}

function baseOf(
  resource: unknown,
): Pick<AzureAccountFacts, 'resourceId' | 'name' | 'subscriptionId' | 'resourceGroup' | 'location'> | undefined {
  const [resourceId, name] = [textAt(resource, 'id'), textAt(resource, 'name')];
  const place = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\//i.exec(resourceId ?? '');
  const [, subscriptionId, resourceGroup] = place ?? [];
  if (!resourceId || !name || !subscriptionId || !resourceGroup) return undefined;
  return { resourceId, name, subscriptionId, resourceGroup, location: textAt(resource, 'location') ?? '' };
}

function networkOf(properties: unknown): AzureNetwork {
  const addresses = listAt(properties, 'ipRules').flatMap((rule) => textAt(rule, 'ipAddressOrRange') ?? []);
  const virtualNetworks = listAt(properties, 'virtualNetworkRules').length;
  const isClosed = textAt(properties, 'publicNetworkAccess') === 'Disabled';
  return {
    publicAccess: isClosed ? 'closed' : addresses.length + virtualNetworks > 0 ? 'rules' : 'open',
    addresses,
    virtualNetworks,
    privateEndpoints: listAt(properties, 'privateEndpointConnections').length,
  };
}
