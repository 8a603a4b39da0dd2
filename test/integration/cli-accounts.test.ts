/** The command line tells what there is in Azure, against the model of ARM. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.js';
import { accountRoutes } from '../support/arm/accounts.js';
import { MOCK_SUBSCRIPTION, startArmMock } from '../support/arm/arm-mock.js';
import { serveAzure } from '../support/azure-sign-in.js';
import { buildCli, type Cli } from '../support/cli.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const KEY = 'account-key-canary-41d7';
const inGroup = (type: string, name: string): string =>
  `/subscriptions/${MOCK_SUBSCRIPTION}/resourceGroups/rg1/providers/Microsoft.DocumentDB/${type}/${name}`;

let cli: Cli;
let folder: TempFolder;

beforeAll(async () => {
  [cli, folder] = await Promise.all([buildCli('accounts'), makeTempFolder('cli-accounts')]);
});
afterAll(() => Promise.all([folder.remove(), cli.remove()]));

describe('accounts', () => {
  it('tells what there is and what it can do, and asks for no key', async () => {
    const shop = {
      id: inGroup('databaseAccounts', 'shop'),
      name: 'shop',
      location: 'West Europe',
      kind: 'MongoDB',
      properties: {
        apiProperties: { serverVersion: '7.0' },
        capabilities: [{ name: 'DisableRateLimitingResponses' }],
        locations: [{ locationName: 'West Europe' }, { locationName: 'North Europe' }],
        publicNetworkAccess: 'Disabled',
        privateEndpointConnections: [{}],
      },
      throughput: { 'db.orders': { throughput: 1000, minimumThroughput: '400', instantMaximumThroughput: '20000' } },
      connectionStrings: [{ connectionString: `mongodb://shop:${KEY}@h:10255/`, description: 'Primary' }],
    };
    await using arm = await startArmMock({ clock: systemClock, routes: accountRoutes([shop]) });
    await using azure = await serveAzure(arm);
    const options = { cwd: folder.path, env: { ...azure.env } };
    const told = await cli.run(['accounts'], options);
    expect(told).toMatchObject({ code: 0 });
    expect(told.stdout).toContain(MOCK_SUBSCRIPTION);
    expect(told.stdout).toMatch(
      /shop .*7\.0 .*West Europe .*rg1 .*server-side retry, 2 regions, private endpoints only/,
    );
    expect(arm.problems).toEqual([]);
    expect(arm.requests.filter(({ method }) => method !== 'GET')).toEqual([]);

    const data = await cli.run(['accounts', '--subscription', 'Test', '--json'], options);
    expect(JSON.parse(data.stdout)).toMatchObject([{ subscription: { name: 'Test' }, accounts: [{ name: 'shop' }] }]);
    expect(told.stdout + data.stdout).not.toContain(KEY);

    const throughput = await cli.run(['accounts', '--throughput'], options);
    expect(throughput.stdout).toMatch(/At once up to\s+db\.orders +1,000 +400 +20,000/);
    expect(throughput.stdout).toContain('which takes hours');
    const figures = await cli.run(['accounts', '--throughput', '--json'], options);
    const own = [
      { budget: 'db.orders', ruPerSecond: 1000, minimumRuPerSecond: 400, instantMaximumRuPerSecond: 20_000 },
    ];
    expect(JSON.parse(figures.stdout)).toMatchObject([{ accounts: [{ name: 'shop', throughput: own }] }]);

    const unknown = await cli.run(['accounts', '--subscription', 'Production'], options);
    expect(unknown.code).not.toBe(0);
    expect(unknown.stderr).toContain('sees no subscription "Production"');
  }, 60_000);
});
