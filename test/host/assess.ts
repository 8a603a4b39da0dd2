/** An assessment of a real source from its questions to its report. */
import { strict as assert } from 'node:assert';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { AzureRuAccount } from '../../src/core/model/azure-account.js';
import type { Assessment } from '../../src/core/model/assessment.js';
import { TARGET_WISHES } from '../../src/core/model/target-wishes.js';
import { MigrationError } from '../../src/core/model/error.js';
import { adapters } from '../../src/extension-adapters.js';
import { AssessmentStore } from '../../src/host/assess/assessment-store.js';
import { assessSource, type AssessParts } from '../../src/host/assess/assess-source.js';
import { SharedConnections } from '../../src/host/clusters/connection-pool.js';
import { originOf } from '../../src/host/azure/account-rows.js';
import { SavedClusterStore } from '../../src/host/clusters/cluster-store.js';
import { DisposableStore } from '../../src/host/disposables.js';
import { PANELS } from '../../src/host/ids.js';
import { AssessmentPanels } from '../../src/host/assess/assessment-panels.js';
import type { HostServices } from '../../src/host/services.js';
import { hostTestContext, type HostTestContext } from './context.js';

const SINCE_START = 'Take its counters since its start';

function reportTabs(): readonly vscode.Tab[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.filter(
    ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(PANELS.assessment),
  );
}

function tabsChange(): Promise<void> {
  return new Promise((resolve) => {
    const told = vscode.window.tabGroups.onDidChangeTabs(() => (told.dispose(), resolve()));
  });
}

describe('the assessment of a source', () => {
  const disposables = new DisposableStore();
  let context: HostTestContext;
  let parts: AssessParts;
  let panels: AssessmentPanels;
  let sourceId: string;
  let pricesFile: string | undefined;
  let regions: number | undefined = 3;
  const shown: Assessment[] = [];
  const asked: string[][] = [];
  const pick = vscode.window.showQuickPick;

  before(async () => {
    context = await hostTestContext();
    const memory = new Map<string, unknown>();
    const vault = new Map<string, string>();
    const loaded = (): Promise<typeof adapters> => Promise.resolve(adapters);
    const clusters = new SavedClusterStore({
      memento: { get: (key) => memory.get(key), update: (key, value) => Promise.resolve(void memory.set(key, value)) },
      secrets: {
        get: (key) => Promise.resolve(vault.get(key)),
        store: (key, value) => Promise.resolve(void vault.set(key, value)),
        delete: (key) => Promise.resolve(void vault.delete(key)),
      },
      changes: new vscode.EventEmitter<void>(),
      declared: () => [],
      env: {},
      adapters: loaded,
      askPassword: () => Promise.resolve(undefined),
      onKeyringFailure: (error) => assert.fail(String(error)),
      onSecrets: () => undefined,
    });
    const connectionString = adapters.parseConnectionString(context.sourceUri);
    sourceId = (await clusters.add({ name: 'shop', role: 'source', connectionString })).id;
    const connections = disposables.add(new SharedConnections({ clusters, adapters: loaded }));
    const store = new AssessmentStore({
      folder: join(context.folder, 'assessments'),
      changed: () => undefined,
      log: (error) => assert.fail(String(error)),
    });
    const assessments: HostServices['assessments'] = {
      onDidChange: new vscode.EventEmitter<void>().event,
      latest: (id) => store.latest(id),
      load: (id) => store.load(id),
      put: (id, assessment) => store.put(id, assessment),
      forget: (id) => store.forget(id),
    };
    const services = { adapters: loaded, clusters, connections, assessments } as unknown as HostServices;
    const folder = vscode.Uri.file(context.folder);
    panels = disposables.add(
      new AssessmentPanels({ services, extensionUri: folder, version: '0.0.0', clean: (text) => text }),
    );
    parts = {
      services,
      view: { noteInventory: () => undefined },
      settings: () => ({
        nativeToolsUpToGb: 10,
        servicesUpToGb: 1024,
        ...(regions === undefined ? {} : { regions }),
        ...(pricesFile === undefined ? {} : { pricesFile }),
      }),
      show: (id, assessment) => {
        shown.push(assessment);
        panels.show(id, assessment);
        return Promise.resolve();
      },
    };
  });
  after(async () => {
    Object.assign(vscode.window, { showQuickPick: pick });
    disposables.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  /** Answers each question with the item of this label, one with several answers with all of these; what was on offer is noted. */
  function answer(...labels: readonly string[]): void {
    const left = [...labels];
    const showQuickPick = async (
      items: Thenable<readonly vscode.QuickPickItem[]> | readonly vscode.QuickPickItem[],
      options?: vscode.QuickPickOptions,
    ) => {
      const offered = await items;
      asked.push(offered.map(({ label }) => label));
      const wanted = left.shift();
      if (!options?.canPickMany) return offered.find(({ label }) => label === wanted);
      // Several answers have commas in between; none of them is an answer, too.
      return wanted === undefined ? undefined : offered.filter(({ label }) => wanted.split(',').includes(label));
    };
    Object.assign(vscode.window, { showQuickPick });
  }

  it('refuses a file of prices that is none before anything is asked', async () => {
    pricesFile = join(context.folder, 'mine.prices.json');
    await writeFile(pricesFile, '{ "version": 1 }');
    const made = assessSource([{ kind: 'cluster', clusterId: sourceId }], parts);
    await assert.rejects(made, (error: unknown) => MigrationError.is(error, 'bad-file'));
    assert.deepEqual([shown.length, asked.length], [0, 0]);
    pricesFile = undefined;
  });

  it('tells the commands first, and reads nothing where they are not agreed to', async function () {
    this.timeout(60_000);
    answer('RU and vCore, side by side', '', 'Look at a sample of the documents', SINCE_START, 'nothing of it');
    const made = await assessSource([{ kind: 'cluster', clusterId: sourceId }], parts);
    assert.equal(made, undefined);
    assert.equal(shown.length, 0);
    const commands = asked.at(-1) ?? [];
    assert.equal(commands[0], 'Start the assessment');
    assert.deepEqual(
      commands.filter((command) => command.length > 100),
      [],
      'pipelines are in the second line',
    );
    assert.ok(
      commands.some((command) => /listDatabases|collStats|aggregate/.test(command)),
      commands.join('\n'),
    );
    assert.ok(
      commands.every((command) => !/\{\s*"?(?:insert|update|delete|drop|findAndModify)/i.test(command)),
      commands.join('\n'),
    );
  });

  it('reads a real source for both targets, shows the report, and a rerun tells what has changed', async function () {
    this.timeout(120_000);
    for (const wanted of ['', 'global-writes,elastic']) {
      asked.length = 0;
      const scan = 'Look at a sample of the documents';
      answer('RU and vCore, side by side', wanted, scan, SINCE_START, 'Start the assessment');
      await assessSource([{ kind: 'cluster', clusterId: sourceId }], parts);
    }
    const [first, second] = shown;
    assert.ok(first && second);
    assert.deepEqual(
      first.targets.map(({ target }) => target.kind),
      ['cosmos-ru', 'cosmos-vcore'],
    );
    assert.equal(first.scans.length > 0, true);
    assert.equal(first.comparison, undefined);
    assert.equal(second.comparison?.earlierMadeAt, first.madeAt);
    // The question has the words of the command line.
    assert.deepEqual(asked[1], [...TARGET_WISHES]);
    assert.deepEqual([first.wants, second.wants], [undefined, ['global-writes', 'elastic']]);
    assert.deepEqual([first.regions, second.regions], [3, 3]);
    const weighed = second.choice?.reasons.map(({ reason }) => reason.id) ?? [];
    assert.ok(weighed.includes('global-writes') && weighed.includes('elastic'), weighed.join(', '));
    // A tab is told of some time after its panel was made.
    while (reportTabs().length === 0) await tabsChange();
    assert.equal(reportTabs().length, 1);
    const kept = await readFile(join(context.folder, 'assessments', `${encodeURIComponent(sourceId)}.json`), 'utf8');
    assert.ok(!kept.includes(context.password) && !kept.includes(encodeURIComponent(context.password)), 'no secret');
  });

  it('reckons with the regions of a target that was found in Azure, as long as the setting says none', async function () {
    this.timeout(120_000);
    const account: AzureRuAccount = {
      ...{ kind: 'cosmos-ru', resourceId: '/subscriptions/s/a', name: 'account', subscriptionId: 's' },
      ...{ resourceGroup: 'g', location: 'West Europe', regions: ['West Europe', 'North Europe'] },
      ...{ serverSideRetry: false, serverless: false, largeDocuments: false, retryableWrites: false },
      ...{ multipleWriteRegions: false, backup: 'unknown', capabilities: [] },
      network: { publicAccess: 'open', addresses: [], virtualNetworks: 0, privateEndpoints: 0 },
    };
    const { clusters } = parts.services;
    const connectionString = adapters.parseConnectionString(context.targetUri);
    const azure = originOf(account, undefined);
    const target = await clusters.add({ name: 'account', role: 'target', connectionString, azure });
    const told = async (): Promise<readonly string[]> => {
      answer('account', 'Look at no document', SINCE_START, 'Start the assessment');
      const made = await assessSource([{ kind: 'cluster', clusterId: sourceId }], parts);
      const option = made?.targets[0]?.cost?.options.find(({ id }) => id === 'ru-manual');
      const all = option?.lines.flatMap(({ amount }) => amount.assumptions) ?? [];
      return [
        ...new Set(all.filter(({ id }) => /region/.test(id)).map(({ id, params }) => `${id} ${params['regions']}`)),
      ];
    };
    regions = undefined;
    assert.deepEqual(await told(), ['regions-of-account 2']);
    regions = 3;
    assert.deepEqual(await told(), ['several-regions 3']);
    await clusters.remove(target.id);
  });

  it('watches the source as long as is wanted, tells how far it is, and reads no further where somebody cancels', async function () {
    this.timeout(120_000);
    const { connections } = parts.services;
    const { withProgress } = vscode.window;
    let seconds = 0;
    let endsAfter = Number.POSITIVE_INFINITY;
    const cancels = new vscode.EventEmitter<void>();
    // Seconds of watching pass at once; what paces the reading takes its time.
    const clock = {
      now: () => adapters.clock.now(),
      sleep: async (ms: number, signal?: AbortSignal): Promise<void> => {
        if (ms !== 1_000) return adapters.clock.sleep(ms, signal);
        if (++seconds === endsAfter) cancels.fire();
        signal?.throwIfAborted();
      },
    };
    const watched: AssessParts = {
      ...parts,
      services: {
        ...parts.services,
        connections: {
          with: (id: string, signal: AbortSignal, use: (connected: object) => Promise<unknown>) =>
            connections.with(id, signal, (connected) => use({ ...connected, clock })),
        },
      } as unknown as HostServices,
    };
    const messages: string[] = [];
    const told = (_: vscode.ProgressOptions, task: (progress: object, token: object) => Promise<unknown>) =>
      task(
        { report: ({ message = '' }: { readonly message?: string }) => messages.push(message) },
        { onCancellationRequested: cancels.event },
      );
    Object.assign(vscode.window, { withProgress: told });
    const assess = () => {
      answer('RU and vCore, side by side', '', 'Look at no document', 'Watch it for 1 min', 'Start the assessment');
      asked.length = 0;
      return assessSource([{ kind: 'cluster', clusterId: sourceId }], watched);
    };
    try {
      const made = await assess();
      assert.equal(seconds, 60);
      assert.equal(made?.usage?.rates?.by, 'watched');
      assert.deepEqual(messages.filter((message) => message.startsWith('how busy it is')).slice(0, 2), [
        'how busy it is: 1 s of 1 min',
        'how busy it is: 2 s of 1 min',
      ]);
      // Twice, as they are sent: before and after.
      assert.equal((asked.at(-1) ?? []).filter((command) => command === 'top').length, 2);
      const shownBefore = shown.length;
      endsAfter = seconds + 3;
      await assert.rejects(assess(), (error: unknown) => MigrationError.is(error, 'cancelled'));
      assert.deepEqual([seconds, shown.length], [63, shownBefore]);
    } finally {
      Object.assign(vscode.window, { withProgress });
      cancels.dispose();
    }
  });

  it('comes back with its page after a reload, and a page of a source that is gone closes itself', async () => {
    // Of the next window: it knows what is kept, and has shown nothing yet.
    const { services } = parts;
    const extensionUri = vscode.Uri.file(context.folder);
    const next = new AssessmentPanels({ services, extensionUri, version: '0.0.0', clean: (text) => text });
    const page = (source: string) =>
      vscode.window.createWebviewPanel(PANELS.assessment, `Assessment of ${source}`, vscode.ViewColumn.Active);
    const [kept, gone] = [page('shop'), page('nobody')];
    const closed = new Promise<void>((resolve) => gone.onDidDispose(resolve));
    await next.restore(kept);
    await next.restore(gone);
    await closed;
    assert.match(kept.webview.html, /orders/);
    assert.equal(kept.webview.options.enableScripts, false);
    next.dispose();
  });

  it('is saved in the form that is chosen', async function () {
    this.timeout(60_000);
    const save = vscode.window.showSaveDialog;
    for (const [label, ending, start] of [
      ['HTML', 'html', '<!DOCTYPE html>'],
      ['SARIF', 'sarif', '{'],
    ] as const) {
      const path = join(context.folder, `report.${ending}`);
      answer(label);
      Object.assign(vscode.window, { showSaveDialog: () => Promise.resolve(vscode.Uri.file(path)) });
      assert.equal(await panels.save(), path);
      assert.ok((await readFile(path, 'utf8')).startsWith(start));
    }
    Object.assign(vscode.window, { showSaveDialog: save });
  });
});
