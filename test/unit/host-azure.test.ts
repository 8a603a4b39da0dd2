/** What the shell makes of Azure: rows of accounts, tokens of whoever is signed in to VS Code, and sentences for what it refuses. */
import { describe, expect, it, vi } from 'vitest';
import type { AuthenticationGetSessionOptions, AuthenticationSession } from 'vscode';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import type { AzureRuAccount, AzureThroughput, AzureVcoreCluster } from '../../src/core/model/azure-account.js';
import { MigrationError } from '../../src/core/model/error.js';
import { ruPerSecond } from '../../src/core/model/units.js';
import { handoffFields, type HandoffFacts } from '../../src/core/plan/handoff-fields.js';
import { accountDocument } from '../../src/host/azure/account-document.js';
import { accountRow, originOf, withUser } from '../../src/host/azure/account-rows.js';
import { windowTokens } from '../../src/host/azure/sign-in.js';
import { reduce } from '../../src/host/wizard/model/reduce.js';
import { initialState } from '../../src/host/wizard/model/wizard-state.js';
import { parseProfiles } from '../../src/host/clusters/cluster-profile-guard.js';
import { english } from '../support/tree-state.js';
import { TARGETS } from './core-plan-builders.js';
import { errorWords } from '../../src/words/errors.js';

vi.mock('vscode', () => ({ l10n: { t: (text: string) => text } }));

const ID = '/subscriptions/s/resourceGroups/rg1/providers/Microsoft.DocumentDB/databaseAccounts/shop';

const RU: AzureRuAccount = {
  kind: 'cosmos-ru',
  resourceId: ID,
  name: 'shop',
  subscriptionId: 's',
  resourceGroup: 'rg1',
  location: 'West Europe',
  serverVersion: '7.0',
  network: { publicAccess: 'rules', addresses: ['10.0.0.0/8'], virtualNetworks: 0, privateEndpoints: 0 },
  serverSideRetry: true,
  serverless: false,
  largeDocuments: true,
  retryableWrites: false,
  backup: 'continuous',
  regions: ['West Europe'],
  multipleWriteRegions: false,
  capabilities: ['EnableMongo', 'DisableRateLimitingResponses', 'EnableMongo16MBDocumentSupport'],
};

const VCORE: AzureVcoreCluster = {
  kind: 'cosmos-vcore',
  resourceId: ID.replace('databaseAccounts', 'mongoClusters'),
  name: 'vcore',
  subscriptionId: 's',
  resourceGroup: 'rg1',
  location: 'westus2',
  network: { publicAccess: 'closed', addresses: [], virtualNetworks: 0, privateEndpoints: 1 },
  tier: 'M40',
  shards: 2,
  storageGb: 128,
};

describe('the row of an account', () => {
  it('tells version, place, what it can do, and who reaches it', () => {
    expect(accountRow(RU)).toEqual({
      label: 'shop',
      description: expect.stringMatching(/RU.* 7\.0$/) as string,
      detail:
        'West Europe · rg1 · documents up to 16 MB · server-side retry · continuous backup · reachable from chosen networks',
    });
    expect(accountRow({ ...RU, serverless: true, largeDocuments: false, retryableWrites: true }).detail).toContain(
      'serverless · documents up to 2 MB · retryable writes',
    );
  });

  it('tells several regions, and whether each takes writes', () => {
    const several = { ...RU, regions: ['West Europe', 'North Europe'] };
    expect(accountRow(several).detail).toContain(' · continuous backup · 2 regions · ');
    expect(accountRow({ ...several, multipleWriteRegions: true }).detail).toContain(' · writes in 2 regions · ');
  });

  it('tells the size of a cluster, and that only private endpoints lead to it', () => {
    const { description, detail } = accountRow(VCORE);
    expect(description).toBe('Cosmos DB (vCore)');
    expect(detail).toBe('westus2 · rg1 · M40 · 2 shards · 128 GB · private endpoints only');
    const cut = { ...VCORE, network: { ...VCORE.network, privateEndpoints: 0 } };
    expect(accountRow(cut).detail).toMatch(/no network reaches it$/);
  });
});

describe('the page of an account', () => {
  const read = { account: RU, readAt: '2026-03-01T10:00:00.000Z' };
  const page = (more: Partial<Parameters<typeof accountDocument>[1]>): string =>
    accountDocument('shop in Azure', { ...read, ...more }, english);

  it('tells what it can do, and how far Azure raises each throughput at once', () => {
    const throughput: readonly AzureThroughput[] = [
      {
        budget: 'db.',
        ruPerSecond: ruPerSecond(400),
        minimumRuPerSecond: ruPerSecond(400),
        instantMaximumRuPerSecond: ruPerSecond(10_000),
      },
      {
        budget: 'db.or|ders',
        ruPerSecond: ruPerSecond(1000),
        autoscaleMaxRuPerSecond: ruPerSecond(10_000),
        instantMaximumRuPerSecond: ruPerSecond(20_000),
      },
    ];
    const text = page({ throughput });
    expect(text).toContain('documents up to 16 MB, server-side retry, continuous backup');
    expect(text).toContain('10.0.0.0/8');
    expect(text).toContain(ID);
    const rows = text.split('\n').filter((line) => /^\| [^-]/.test(line));
    expect(rows.map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))).toEqual([
      ['', 'Database or collection', 'RU/s', 'Autoscale up to', 'At least', 'At once up to', ''],
      ['', '`db (shared)`', '400', '', '400', '10,000', ''],
      ['', '`db.or\\|ders`', '1,000', '10,000', '', '20,000', ''],
    ]);
    expect(text).toContain('which takes hours');
  });

  it('says where nothing has throughput of its own, and has none of a cluster', () => {
    expect(page({ throughput: [] })).toContain('No database or collection has throughput of its own');
    const cluster = page({ account: VCORE });
    expect(cluster).toContain('M40, 2 shards, 128 GB, private endpoints only');
    expect(cluster).not.toMatch(/throughput/i);
  });
});

describe('what is kept of an account', () => {
  it('survives the store, and becomes the defaults of a hand-off to DMS', () => {
    const azure = originOf(RU, 'contoso.example');
    const profile = { id: 'x', name: 'shop', role: 'target', origin: 'saved', uri: 'mongodb://h/', secret: 'stored' };
    expect(parseProfiles([{ ...profile, azure }])).toEqual([{ ...profile, azure }]);
    const ofCluster = originOf(VCORE, undefined);
    expect(parseProfiles([{ ...profile, azure: ofCluster }])).toEqual([{ ...profile, azure: ofCluster }]);
    // As an earlier version kept it.
    expect(parseProfiles([{ ...profile, azure: { ...azure, account: undefined } }])).toHaveLength(1);
    const odd = [{ capabilities: 'all' }, { account: { ...RU, regions: 2 } }, { account: { ...VCORE, network: {} } }];
    for (const change of odd) expect(parseProfiles([{ ...profile, azure: { ...azure, ...change } }])).toEqual([]);
    const facts: HandoffFacts = {
      ...{ subject: 'shop', between: ['a', 'b'], targetKind: 'cosmos-vcore', documents: 1, logicalBytes: 1 },
      azure,
    };
    const fields = Object.fromEntries(handoffFields('dms', {}, facts).map((field) => [field.id, field]));
    expect(fields['location']).toMatchObject({ value: 'westeurope', origin: 'computed' });
    expect(fields['resourceGroup']?.value).toBe('rg1');
    expect(fields['targetResourceId']?.value).toBe(ID);
    expect(fields['subscriptionId']?.value).toBe('s');
    const said = handoffFields('dms', { location: 'northeurope' }, facts).find(({ id }) => id === 'location');
    expect(said).toMatchObject({ value: 'northeurope', origin: 'user' });
  });

  it('says the switches of the account to the wizard, until somebody says otherwise', () => {
    const reading = { clusterId: 't', uri: 'mongodb://h/', facts: TARGETS.ru, azure: originOf(RU, undefined) };
    const read = reduce(initialState({ targetId: 't' }), { type: 'target-read', reading });
    expect(read.capabilities).toEqual(['EnableMongo16MBDocumentSupport']);
    const off = reduce(read, { type: 'set-capability', id: 'EnableMongo16MBDocumentSupport', on: false });
    expect(reduce(off, { type: 'target-read', reading }).capabilities).toEqual([]);
  });

  it('is a connection string for whoever signs in, whatever stands in their name', () => {
    for (const given of ['mongodb+srv://admin%40x@h.example.net/?tls=true', 'mongodb+srv://h.example.net/?tls=true']) {
      const parsed = parseConnectionString(withUser(given, 'me@$&:/x'), { password: 'p@$1' });
      expect([parsed.username, parsed.password, parsed.hosts]).toEqual(['me@$&:/x', 'p@$1', ['h.example.net']]);
      expect(parsed.reveal()).toContain('tls=true');
    }
  });
});

interface Asked {
  readonly provider: string;
  readonly scopes: readonly string[];
  readonly options: AuthenticationGetSessionOptions;
}

function account(answers: readonly (string | Error | undefined)[]) {
  const asked: Asked[] = [];
  const left = [...answers];
  const getSession = (provider: string, scopes: readonly string[], options: AuthenticationGetSessionOptions) => {
    asked.push({ provider, scopes, options });
    const answer = left.shift();
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve(answer === undefined ? undefined : ({ accessToken: answer } as AuthenticationSession));
  };
  return { asked, getSession };
}

const SCOPE = 'https://management.azure.com/.default';

describe('a token of whoever is signed in to VS Code', () => {
  it('is asked of the directory that was named, and of the provider of the cloud', async () => {
    const { asked, getSession } = account(['one', 'two']);
    expect(await windowTokens(getSession, { tenant: 'contoso.example' }).token(SCOPE)).toBe('one');
    expect(asked[0]).toEqual({
      provider: 'microsoft',
      scopes: [SCOPE, 'VSCODE_TENANT:contoso.example'],
      options: { createIfNone: true },
    });
    await windowTokens(getSession, { endpoint: 'https://management.usgovcloudapi.net' }).token(SCOPE);
    expect(asked[1]).toMatchObject({ provider: 'microsoft-sovereign-cloud', scopes: [SCOPE] });
  });

  it('is asked of a person again only where the one that VS Code gives out is the one that was refused', async () => {
    const { asked, getSession } = account(['old', 'fresh', 'fresh', 'newest']);
    const tokens = windowTokens(getSession, {});
    expect(await tokens.token(SCOPE)).toBe('old');
    expect(await tokens.token(SCOPE, { renew: true })).toBe('fresh');
    expect(await tokens.token(SCOPE, { renew: true })).toBe('newest');
    expect(asked.map(({ options }) => Object.keys(options)[0])).toEqual([
      ...['createIfNone', 'createIfNone', 'createIfNone'],
      'forceNewSession',
    ]);
  });

  it('that nobody gives is told in our own words, never in those of whoever refused', async () => {
    for (const answer of [new Error('secret-canary'), undefined]) {
      const { getSession } = account([answer]);
      const error: unknown = await windowTokens(getSession, {})
        .token(SCOPE)
        .catch((thrown: unknown) => thrown);
      expect(MigrationError.is(error, 'azure-sign-in-needed')).toBe(true);
      const words = Object.values(errorWords(error as MigrationError)).join(' ');
      expect(words).toContain('The sign-in with VS Code was closed or refused.');
      expect(words).not.toContain('secret-canary');
    }
  });
});

describe('a refusal of keys', () => {
  it('names the role that lets them be listed', () => {
    const refused = new MigrationError('azure-refused', {
      reason: 'keys-not-allowed',
      request: 'POST /x',
      status: 403,
    });
    expect(errorWords(refused).todo).toMatch(/DocumentDB Account Contributor.*mongoClusters\/listConnectionStrings/);
  });
});
