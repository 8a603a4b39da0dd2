/** An assessment of a real source from its questions to its report, and what is then told of an open plan file. */
import { strict as assert } from 'node:assert';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { AzureRuAccount } from '../../src/core/model/azure-account.js';
import type { Assessment } from '../../src/core/model/assessment.js';
import { TARGET_WISHES } from '../../src/core/model/target-wishes.js';
import { MigrationError } from '../../src/core/model/error.js';
import { makePlan } from '../../src/core/plan/make-plan.js';
import { decide } from '../../src/core/decide/decide.js';
import { describeTarget } from '../../src/core/plan/target.js';
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

/** The diagnostics of a document, as soon as they are as wanted. */
function untilDiagnostics(
  uri: vscode.Uri,
  wanted: (rules: readonly string[]) => boolean,
): Promise<readonly vscode.Diagnostic[]> {
  return new Promise((resolve) => {
    const look = (): void => {
      const found = vscode.languages.getDiagnostics(uri);
      if (!wanted(found.map(ruleOf))) return;
      listening.dispose();
      resolve(found);
    };
    const listening = vscode.languages.onDidChangeDiagnostics(look);
    look();
  });
}

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

function ruleOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

async function aPlan(context: HostTestContext, path: string): Promise<void> {
  const { clock, parseConnectionString } = adapters;
  await using source = await adapters.connect({ connectionString: parseConnectionString(context.sourceUri), clock });
  await using target = await adapters.connect({ connectionString: parseConnectionString(context.targetUri), clock });
  const inventory = await adapters.readInventory(source, {});
  const selection = { include: ['shop.*'], exclude: [], rename: [] };
  const description = describeTarget(target.facts);
  const { tuning } = decide({ inventory, selection, target: description, targetCluster: target.facts });
  assert.ok(tuning);
  const reference = (name: string, uri: string) => ({
    name,
    uri: parseConnectionString(uri).withoutPassword().reveal(),
    passwordFrom: { prompt: true as const },
  });
  const plan = makePlan({
    inventory,
    selection,
    tuning,
    source: reference('shop', context.sourceUri),
    target: reference('account', context.targetUri),
    targetCluster: target.facts,
    method: 'direct-copy',
    conflictPolicy: 'overwrite',
    verification: { depth: 'counts' },
    createdAt: new Date(clock.now()).toISOString(),
  });
  await adapters.writePlanFile(path, plan);
}

describe('an open plan file', () => {
  let context: HostTestContext;
  let path: string;
  before(async () => {
    context = await hostTestContext();
    path = join(context.folder, 'told.migration.json');
    // As a folder that has plans in it does.
    await vscode.extensions.getExtension('mongo-cosmos-migration.mongo-cosmos-migration')?.activate();
    await aPlan(context, path);
  });
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('is told of in the Problems panel, and is settled by a quick fix that leaves a plan', async function () {
    this.timeout(60_000);
    const document = await vscode.workspace.openTextDocument(path);
    await vscode.window.showTextDocument(document);
    const found = await untilDiagnostics(document.uri, (rules) => rules.includes('plan-counts-only'));
    const counts = found.find((one) => ruleOf(one) === 'plan-counts-only');
    assert.ok(counts);
    assert.equal(counts.severity, vscode.DiagnosticSeverity.Warning);
    assert.equal(document.getText(counts.range), '"counts"');
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      counts.range,
      vscode.CodeActionKind.QuickFix.value,
      10,
    );
    const fix = actions.find(({ title }) => title === 'Compare every document');
    assert.ok(fix?.edit, actions.map(({ title }) => title).join(', '));
    await vscode.workspace.applyEdit(fix.edit);
    const left = await untilDiagnostics(document.uri, (rules) => !rules.includes('plan-counts-only'));
    assert.ok(left.map(ruleOf).includes('plan-overwrites'));
    await document.save();
    const plan = await adapters.readPlanFile(path);
    assert.equal(plan.verification.depth, 'full');
  });

  it('is told of again when it has been typed in', async function () {
    this.timeout(60_000);
    const document = await vscode.workspace.openTextDocument(path);
    const edit = new vscode.WorkspaceEdit();
    const at = document.getText().indexOf('"overwrite"');
    assert.ok(at > 0);
    const range = new vscode.Range(document.positionAt(at), document.positionAt(at + '"overwrite"'.length));
    edit.replace(document.uri, range, '"fail"');
    await vscode.workspace.applyEdit(edit);
    await untilDiagnostics(document.uri, (rules) => rules.length > 0 && !rules.includes('plan-overwrites'));
    await document.save();
    assert.equal((await adapters.readPlanFile(path)).conflictPolicy, 'fail');
  });

  it('that is no plan is left to its schema', async () => {
    const other = join(context.folder, 'odd.migration.json');
    await writeFile(other, '{ "version": 1 }');
    const document = await vscode.workspace.openTextDocument(other);
    await vscode.window.showTextDocument(document);
    const own = vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'Cosmos Migration');
    assert.deepEqual(own, []);
  });
});

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
    answer('RU and vCore, side by side', '', 'Look at a sample of the documents', 'nothing of it');
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
      answer('RU and vCore, side by side', wanted, 'Look at a sample of the documents', 'Start the assessment');
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
      answer('account', 'Look at no document', 'Start the assessment');
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
