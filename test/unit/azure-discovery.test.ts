import { describe, expect, it } from 'vitest';
import { createArmClient } from '../../src/adapters/azure/arm-client.js';
import {
  discoverAccounts,
  findConnectionString,
  listSubscriptions,
  readAccount,
  readThroughput,
} from '../../src/adapters/azure/discover-accounts.js';
import type { AzureRuAccount } from '../../src/core/model/azure-account.js';
import { accountRoutes, type MockAccount } from '../support/arm/accounts.js';
import { MOCK_SUBSCRIPTION, startArmMock, type ArmMockServer as ArmMock } from '../support/arm/arm-mock.js';
import { virtualClock } from '../support/virtual-clock.js';

const inGroup = (type: string, name: string): string =>
  `/subscriptions/${MOCK_SUBSCRIPTION}/resourceGroups/rg1/providers/Microsoft.DocumentDB/${type}/${name}`;

const ACCOUNTS: readonly MockAccount[] = [
  {
    id: inGroup('databaseAccounts', 'shop'),
    name: 'shop',
    location: 'West Europe',
    kind: 'MongoDB',
    properties: {
      apiProperties: { serverVersion: '7.0' },
      capabilities: [
        { name: 'EnableMongo' },
        { name: 'DisableRateLimitingResponses' },
        { name: 'EnableMongo16MBDocumentSupport' },
      ],
      backupPolicy: { type: 'Continuous' },
      locations: [
        { locationName: 'North Europe', failoverPriority: 1 },
        { locationName: 'West Europe', failoverPriority: 0 },
      ],
      enableMultipleWriteLocations: true,
      publicNetworkAccess: 'Enabled',
      ipRules: [{ ipAddressOrRange: '10.0.0.0/8' }],
      virtualNetworkRules: [{ id: 'v' }],
      privateEndpointConnections: [],
    },
    connectionStrings: [
      { connectionString: 'mongodb://shop:READ@h:10255/', description: 'Primary Read-Only MongoDB Connection String' },
      { connectionString: 'mongodb://shop:SECOND@h:10255/', description: 'Secondary MongoDB Connection String' },
      { connectionString: 'mongodb://shop:FIRST@h:10255/', description: 'Primary MongoDB Connection String' },
    ],
    throughput: {
      'db.': { throughput: 400, minimumThroughput: '400', instantMaximumThroughput: '10000' },
      'db.orders': { throughput: 1000, autoscaleSettings: { maxThroughput: 10000 }, instantMaximumThroughput: '20000' },
      // Of a database that has none to share.
      'own.only': { throughput: 600 },
    },
  },
  {
    id: inGroup('databaseAccounts', 'serverless'),
    name: 'serverless',
    location: 'westeurope',
    kind: 'MongoDB',
    properties: {
      capabilities: [{ name: 'EnableServerless' }],
      locations: [{ locationName: 'West Europe', failoverPriority: 0 }],
      enableMultipleWriteLocations: true,
      publicNetworkAccess: 'Disabled',
      privateEndpointConnections: [{}],
    },
  },
  {
    id: inGroup('databaseAccounts', 'sql'),
    name: 'sql',
    location: 'westeurope',
    kind: 'GlobalDocumentDB',
    properties: {},
  },
  {
    id: inGroup('mongoClusters', 'vcore'),
    name: 'vcore',
    location: 'westus2',
    properties: {
      administratorLogin: 'admin@x',
      serverVersion: '8.0',
      compute: { tier: 'M40' },
      sharding: { shardCount: 2 },
      storage: { sizeGb: 128 },
      publicNetworkAccess: 'Enabled',
    },
    connectionStrings: [
      {
        connectionString: 'mongodb+srv://<user>:<password>@vcore.mongocluster.cosmos.azure.com/?tls=true',
        description: 'default connection string',
      },
    ],
  },
];

async function withAccounts(
  work: (arm: ReturnType<typeof createArmClient>, mock: ArmMock) => Promise<void>,
): Promise<void> {
  const clock = virtualClock();
  await using mock = await startArmMock({ clock, routes: accountRoutes(ACCOUNTS), pageSize: 1 });
  await work(createArmClient({ tokens: mock.tokens, clock, endpoint: mock.endpoint }), mock);
  expect(mock.problems).toEqual([]);
}

describe('discovery of accounts', () => {
  it('finds accounts of the API for MongoDB and clusters, with what decides a migration', () =>
    withAccounts(async (arm) => {
      expect(await listSubscriptions(arm)).toEqual([{ id: MOCK_SUBSCRIPTION, name: 'Test' }]);
      const found = await discoverAccounts(arm, MOCK_SUBSCRIPTION);
      expect(found.map((a) => [a.name, a.kind])).toEqual([
        ['serverless', 'cosmos-ru'],
        ['shop', 'cosmos-ru'],
        ['vcore', 'cosmos-vcore'],
      ]);
      expect(found[0]).toMatchObject({
        ...{ serverless: true, serverSideRetry: false, backup: 'unknown' },
        // One that takes writes in several regions has several.
        ...{ regions: ['West Europe'], multipleWriteRegions: false },
        network: { publicAccess: 'closed', privateEndpoints: 1 },
      });
      expect(found[1]).toMatchObject({
        ...{
          serverVersion: '7.0',
          serverSideRetry: true,
          largeDocuments: true,
          serverless: false,
          retryableWrites: false,
        },
        ...{ backup: 'continuous', resourceGroup: 'rg1', subscriptionId: MOCK_SUBSCRIPTION },
        ...{ regions: ['West Europe', 'North Europe'], multipleWriteRegions: true },
        network: { publicAccess: 'rules', addresses: ['10.0.0.0/8'], virtualNetworks: 1 },
      });
      expect(found[2]).toMatchObject({ tier: 'M40', shards: 2, storageGb: 128, network: { publicAccess: 'open' } });
      expect(JSON.stringify(found)).not.toMatch(/FIRST|SECOND|READ/);
    }));

  it('reads one of them anew by its resource id, and says where it is gone', () =>
    withAccounts(async (arm, mock) => {
      for (const found of await discoverAccounts(arm, MOCK_SUBSCRIPTION)) {
        expect(await readAccount(arm, found.resourceId)).toEqual(found);
      }
      await expect(readAccount(arm, inGroup('databaseAccounts', 'gone'))).rejects.toMatchObject({
        facts: { reason: 'not-found', status: 404 },
      });
      await expect(readAccount(arm, inGroup('databaseAccounts', 'sql'))).rejects.toMatchObject({
        facts: { reason: 'not-understood' },
      });
      expect(mock.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    }));

  it('builds the connection string: with the primary key, or with the administrator and no password', () =>
    withAccounts(async (arm) => {
      const [closed, shop, vcore] = await discoverAccounts(arm, MOCK_SUBSCRIPTION);
      if (!closed || !shop || !vcore) throw new Error('not found');
      expect(await findConnectionString(arm, shop)).toEqual({
        connectionString: 'mongodb://shop:FIRST@h:10255/',
        needsPassword: false,
      });
      expect(await findConnectionString(arm, vcore)).toEqual({
        connectionString: 'mongodb+srv://admin%40x@vcore.mongocluster.cosmos.azure.com/?tls=true',
        needsPassword: true,
      });
      await expect(findConnectionString(arm, closed)).rejects.toMatchObject({
        facts: { reason: 'keys-not-allowed', status: 403 },
      });
    }));

  it('reads how far throughput can be raised at once, of each that has its own', () =>
    withAccounts(async (arm) => {
      const account = (await discoverAccounts(arm, MOCK_SUBSCRIPTION)).find((a) => a.name === 'shop') as AzureRuAccount;
      expect(await readThroughput(arm, account)).toEqual([
        { budget: 'db.', ruPerSecond: 400, minimumRuPerSecond: 400, instantMaximumRuPerSecond: 10_000 },
        { budget: 'db.orders', ruPerSecond: 1000, autoscaleMaxRuPerSecond: 10_000, instantMaximumRuPerSecond: 20_000 },
        { budget: 'own.only', ruPerSecond: 600 },
      ]);
    }));
});
