/** From the sign-in to a saved target: real questions of VS Code's API answered by the test, a model of ARM over http, the model of an RU account. */
import { strict as assert } from 'node:assert';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { adapters } from '../../src/extension-adapters.js';
import { discoverTargets } from '../../src/host/azure/discover-targets.js';
import { showAccount } from '../../src/host/azure/show-account.js';
import { ClusterCatalog } from '../../src/host/tree/cluster-catalog.js';
import { SavedClusterStore } from '../../src/host/clusters/cluster-store.js';
import type { AskAzureParts } from '../../src/host/azure/ask-azure.js';
import type { HostServices } from '../../src/host/services.js';
import { MigrationError } from '../../src/core/model/error.js';
import { accountRoutes, type MockAccount } from '../support/arm/accounts.js';
import { MOCK_SUBSCRIPTION, startArmMock, type ArmMockServer } from '../support/arm/arm-mock.js';
import { hostTestContext, type HostTestContext } from './context.js';

const TOKEN = 'window-token-canary-71f0';
const inGroup = (type: string, name: string): string =>
  `/subscriptions/${MOCK_SUBSCRIPTION}/resourceGroups/rg1/providers/Microsoft.DocumentDB/${type}/${name}`;

type Said = string | { readonly type: string };

/** Answers every question in turn: `{ type }` is typed, a text chooses the row of that label. */
class Person {
  readonly offered: vscode.QuickPickItem[][] = [];
  readonly #made = { pick: vscode.window.createQuickPick, box: vscode.window.createInputBox };
  #left: Said[] = [];

  answers(...said: readonly Said[]): void {
    this.#left = [...said];
    this.offered.length = 0;
    const createQuickPick = () => this.#question('pick');
    const createInputBox = () => this.#question('box');
    Object.assign(vscode.window, { createQuickPick, createInputBox });
  }

  leaves(): void {
    Object.assign(vscode.window, { createQuickPick: this.#made.pick, createInputBox: this.#made.box });
    assert.deepEqual(this.#left, [], 'not everything was asked');
  }

  #question(kind: 'pick' | 'box'): object {
    const [accepted, hidden, changed, pressed] = Array.from({ length: 4 }, () => new vscode.EventEmitter<unknown>());
    const question = {
      items: [] as vscode.QuickPickItem[],
      selectedItems: [] as vscode.QuickPickItem[],
      value: '',
      onDidAccept: accepted?.event,
      onDidHide: hidden?.event,
      onDidChangeValue: changed?.event,
      onDidTriggerButton: pressed?.event,
      dispose: () => undefined,
      hide: () => hidden?.fire(undefined),
      show: () =>
        queueMicrotask(() => {
          const said = this.#left.shift();
          if (said === undefined) return question.hide();
          if (kind === 'pick') {
            this.offered.push([...question.items]);
            question.selectedItems = question.items.filter(({ label }) => label === said);
            if (question.selectedItems.length === 0) return question.hide();
          } else if (typeof said === 'object') question.value = said.type;
          accepted?.fire(undefined);
        }),
    };
    return question;
  }
}

describe('Cosmos DB accounts of Azure', function () {
  this.timeout(60_000);
  const person = new Person();
  const memory = new Map<string, unknown>();
  const vault = new Map<string, string>();
  const log = vscode.window.createOutputChannel('azure under test', { log: true });
  const asked: { readonly provider: string; readonly scopes: readonly string[] }[] = [];
  let context: HostTestContext;
  let mock: ArmMockServer;
  let accounts: MockAccount[];
  let clusters: SavedClusterStore;
  let catalog: ClusterCatalog;
  let services: HostServices;

  before(async () => {
    context = await hostTestContext();
    clusters = new SavedClusterStore({
      memento: { get: (key) => memory.get(key), update: (key, value) => Promise.resolve(void memory.set(key, value)) },
      secrets: {
        get: (key) => Promise.resolve(vault.get(key)),
        store: (key, value) => Promise.resolve(void vault.set(key, value)),
        delete: (key) => Promise.resolve(void vault.delete(key)),
      },
      changes: new vscode.EventEmitter<void>(),
      declared: () => [],
      env: {},
      adapters: () => Promise.resolve(adapters),
      askPassword: () => Promise.resolve(undefined),
      onKeyringFailure: (error) => assert.fail(String(error)),
      onSecrets: () => undefined,
    });
    catalog = new ClusterCatalog({
      clusters,
      connections: { with: () => Promise.reject(new Error('nothing connects for this')) },
      adapters: () => Promise.resolve(adapters),
      log,
    });
    services = { adapters: () => Promise.resolve(adapters), clusters, catalog, log } as unknown as HostServices;
    accounts = accountsOf(context);
    mock = await startArmMock({ clock: adapters.clock, routes: accountRoutes(accounts) });
    mock.accept(TOKEN);
  });

  after(async () => {
    assert.deepEqual(mock.problems, []);
    await mock[Symbol.asyncDispose]();
    log.dispose();
  });

  afterEach(() => {
    person.leaves();
    asked.length = 0;
  });

  const parts = (answer: () => vscode.AuthenticationSession = () => session(TOKEN)): AskAzureParts => ({
    services,
    settings: () => ({ azure: { endpoint: mock.endpoint, signIn: 'vscode' } }),
    getSession: (provider, scopes) => {
      asked.push({ provider, scopes });
      return Promise.resolve().then(answer);
    },
  });
  const discover = (answer?: () => vscode.AuthenticationSession): Promise<string | undefined> =>
    discoverTargets(parts(answer));
  const show = async (id: string): Promise<readonly (readonly [title: string, page: string])[]> => {
    const pages: [string, string][] = [];
    const profile = clusters.get(id);
    assert.ok(profile);
    const results = { show: (...page: [string, string]) => Promise.resolve(void pages.push(page)) };
    await showAccount(profile, { ...parts(), results });
    return pages;
  };

  it('are shown with what they can do, and the chosen one is saved, its key in the secret store alone', async () => {
    person.answers('Test', 'shop-ru', { type: 'the shop' });
    const id = await discover();
    assert.ok(id);
    const [first] = asked;
    assert.deepEqual(first, { provider: 'microsoft', scopes: [`${mock.endpoint}/.default`] });
    const rows = person.offered[1]?.map(({ label, detail }) => `${label}: ${detail ?? ''}`);
    assert.deepEqual(rows, [
      'closed: westeurope · rg1 · documents up to 2 MB',
      'shop-ru: West Europe · rg1 · documents up to 16 MB · retryable writes',
      'vcore: westus2 · rg1 · M40',
    ]);
    const profile = clusters.get(id);
    assert.equal(profile?.name, 'the shop');
    assert.equal(profile.role, 'target');
    assert.equal(profile.kind, 'cosmos-ru', 'it was connected to before it was saved');
    const { account, ...place } = profile.azure ?? {};
    assert.deepEqual(place, {
      resourceId: inGroup('databaseAccounts', 'shop-ru'),
      subscriptionId: MOCK_SUBSCRIPTION,
      resourceGroup: 'rg1',
      location: 'westeurope',
      capabilities: ['EnableMongo', 'EnableMongo16MBDocumentSupport', 'EnableMongoRetryableWrites'],
    });
    assert.equal(account?.kind, 'cosmos-ru');
    assert.deepEqual(account.regions, ['West Europe']);
    assert.ok(!mock.requests.some(({ path }) => path.includes('throughputSettings')), 'discovery reads no throughput');
    assert.equal((await clusters.connectionString(id)).password, context.password);
    const kept = JSON.stringify([...memory]);
    for (const secret of [context.password, encodeURIComponent(context.password), TOKEN]) {
      assert.ok(!kept.includes(secret), 'a secret is in the global state');
    }
    assert.ok(!JSON.stringify([...vault]).includes(TOKEN), 'the token is kept');
    await clusters.remove(id);
  });

  it('of vCore are asked for their password, which Azure does not tell', async () => {
    person.answers('Test', 'vcore', { type: 'tester' }, { type: context.password }, { type: 'the cluster' });
    const id = await discover();
    assert.ok(id);
    const saved = await clusters.connectionString(id);
    assert.deepEqual([saved.username, saved.password], ['tester', context.password]);
    assert.equal(clusters.get(id)?.azure?.resourceId, inGroup('mongoClusters', 'vcore'));
    assert.ok(!JSON.stringify([...memory]).includes(encodeURIComponent(context.password)));
    await clusters.remove(id);
  });

  it('are read again when somebody asks: what has changed, and how far each throughput is raised at once', async () => {
    person.answers('Test', 'shop-ru', { type: 'to be read' });
    const id = await discover();
    assert.ok(id);
    const [before] = accounts;
    assert.ok(before);
    const locations = [...(before.properties['locations'] as readonly object[]), { locationName: 'North Europe' }];
    accounts[0] = { ...before, properties: { ...before.properties, locations } };
    mock.requests.length = 0;
    const pages = await show(id);
    accounts[0] = before;
    assert.deepEqual(
      pages.map(([title]) => title),
      ['to be read in Azure'],
    );
    const [[, page = ''] = []] = pages;
    assert.match(page, /documents up to 16 MB, retryable writes, 2 regions/);
    assert.match(page, /`shop\.orders` *\| *1,000 *\| *\| *400 *\| *20,000 *\|/);
    assert.match(page, /`shop \(shared\)`/);
    const { account } = clusters.get(id)?.azure ?? {};
    assert.deepEqual(account?.kind === 'cosmos-ru' && account.regions, ['West Europe', 'North Europe']);
    const { throughput } = catalog.cluster(id);
    assert.equal(throughput?.get('shop.orders')?.instantMaximumRuPerSecond, 20_000);
    assert.deepEqual(
      mock.requests.filter(({ method }) => method !== 'GET'),
      [],
      'no key is asked for',
    );
    await clusters.remove(id);
  });

  it('that are gone are said to be gone, and what is known of them stays', async () => {
    person.answers('Test', 'shop-ru', { type: 'soon gone' });
    const id = await discover();
    assert.ok(id);
    const known = clusters.get(id)?.azure;
    const [before] = accounts.splice(0, 1);
    assert.ok(before);
    const error: unknown = await show(id).catch((thrown: unknown) => thrown);
    accounts.unshift(before);
    assert.ok(MigrationError.is(error, 'azure-refused'));
    assert.equal(error.facts['reason'], 'not-found');
    assert.deepEqual(clusters.get(id)?.azure, known);
    await clusters.remove(id);
  });

  it('of another directory are signed in to there', async () => {
    person.answers('Another directory…', { type: 'contoso.example' }, 'Test', 'shop-ru', { type: 'far away' });
    const id = await discover();
    assert.ok(id);
    assert.equal(clusters.get(id)?.azure?.tenant, 'contoso.example');
    assert.ok(asked.at(-1)?.scopes.includes('VSCODE_TENANT:contoso.example'));
    await clusters.remove(id);
  });

  it('whose keys may not be listed are not saved, and the right that is missing has its name', async () => {
    person.answers('Test', 'closed');
    const error: unknown = await discover().catch((thrown: unknown) => thrown);
    assert.ok(MigrationError.is(error, 'azure-refused'));
    assert.equal(error.facts['reason'], 'keys-not-allowed');
    assert.deepEqual(clusters.list(), []);
  });

  it('are not asked for where the sign-in is refused', async () => {
    person.answers();
    const before = mock.requests.length;
    const error: unknown = await discover(() => {
      throw new Error('User did not consent to login.');
    }).catch((thrown: unknown) => thrown);
    assert.ok(MigrationError.is(error, 'azure-sign-in-needed'));
    assert.equal(mock.requests.length, before);
  });

  it('can be left at any question, and nothing is saved', async () => {
    for (const said of [[], ['Test'], ['Test', 'vcore'], ['Test', 'shop-ru']] as const) {
      person.answers(...said);
      assert.equal(await discover(), undefined);
    }
    assert.deepEqual(clusters.list(), []);
    assert.equal(vault.size, 0);
  });
});

function session(accessToken: string): vscode.AuthenticationSession {
  return { id: 's', accessToken, account: { id: 'a', label: 'somebody' }, scopes: [] };
}

function accountsOf({ targetUri, mongoTargetUri }: HostTestContext): MockAccount[] {
  const network = { publicNetworkAccess: 'Enabled', ipRules: [], virtualNetworkRules: [] };
  return [
    {
      id: inGroup('databaseAccounts', 'shop-ru'),
      name: 'shop-ru',
      location: 'West Europe',
      kind: 'MongoDB',
      properties: {
        ...network,
        locations: [{ locationName: 'West Europe', failoverPriority: 0 }],
        capabilities: ['EnableMongo', 'EnableMongo16MBDocumentSupport', 'EnableMongoRetryableWrites'].map((name) => ({
          name,
        })),
      },
      connectionStrings: [{ connectionString: targetUri, description: 'Primary MongoDB Connection String' }],
      throughput: {
        'shop.': { throughput: 400, instantMaximumThroughput: '10000' },
        'shop.orders': { throughput: 1000, minimumThroughput: '400', instantMaximumThroughput: '20000' },
      },
    },
    {
      id: inGroup('databaseAccounts', 'closed'),
      name: 'closed',
      location: 'westeurope',
      kind: 'MongoDB',
      properties: network,
    },
    {
      id: inGroup('mongoClusters', 'vcore'),
      name: 'vcore',
      location: 'westus2',
      properties: { ...network, administrator: { userName: 'admin@x' }, compute: { tier: 'M40' } },
      connectionStrings: [
        { connectionString: mongoTargetUri.replace(/\/\/[^@]*@/, '//<user>:<password>@'), description: 'default' },
      ],
    },
  ];
}
