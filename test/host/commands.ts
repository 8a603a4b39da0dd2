/** The commands as another extension or a keybinding calls them, on connections that the settings declare. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { decide } from '../../src/core/decide/decide.js';
import { makePlan } from '../../src/core/plan/make-plan.js';
import { describeTarget } from '../../src/core/plan/target.js';
import { adapters } from '../../src/extension-adapters.js';
import { COMMANDS, SETTINGS, SETTINGS_SECTION } from '../../src/host/ids.js';
import { hostTestContext } from './context.js';

const PASSWORD_VARIABLE = 'MCM_HOST_TEST_PASSWORD';
const SOURCE = 'settings:declared source';

async function declare(connections: readonly unknown[] | undefined): Promise<void> {
  const section = vscode.workspace.getConfiguration(SETTINGS_SECTION);
  await section.update(SETTINGS.connections, connections, vscode.ConfigurationTarget.Global);
}

/** The text of a result that a command has shown. */
async function shownResult(title: string): Promise<string> {
  const find = (): vscode.TextDocument | undefined =>
    vscode.workspace.textDocuments.find(({ uri }) => uri.scheme.endsWith('-result') && uri.path === `/${title}.md`);
  return (
    find() ??
    (await new Promise<vscode.TextDocument>((resolve) => {
      const opened = vscode.workspace.onDidOpenTextDocument(() => {
        const found = find();
        if (!found) return;
        opened.dispose();
        resolve(found);
      });
    }))
  ).getText();
}

describe('commands', () => {
  let password: string;

  before(async () => {
    const context = await hostTestContext();
    ({ password } = context);
    process.env[PASSWORD_VARIABLE] = password;
    const template = context.sourceUri.replace(/:[^:@/]*@/, `:\${env:${PASSWORD_VARIABLE}}@`);
    const target = context.mongoTargetUri.replace(/:[^:@/]*@/, `:\${env:${PASSWORD_VARIABLE}}@`);
    await declare([
      { name: 'declared source', role: 'source', connectionString: template },
      { name: 'declared target', role: 'target', connectionString: target },
    ]);
  });

  after(async () => {
    await declare(undefined);
    Reflect.deleteProperty(process.env, PASSWORD_VARIABLE);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('show the size of a cluster that the settings declare, with its secret from the environment', async function () {
    this.timeout(30_000);
    await vscode.commands.executeCommand(COMMANDS.analyzeSize, { kind: 'cluster', clusterId: SOURCE });
    const text = await shownResult('Size of declared source');
    assert.match(text, /3,403 documents/);
    assert.ok(text.indexOf('`shop.orders`') < text.indexOf('`shop.settings`'), 'the biggest comes first');
    assert.ok(!text.includes(password), 'no secret');
  });

  it('show the size of the collections that were chosen, and of no other', async function () {
    this.timeout(30_000);
    const node = (coll: string) => ({ kind: 'collection', clusterId: SOURCE, db: 'shop', coll });
    await vscode.commands.executeCommand(COMMANDS.analyzeSize, node('customers'), [node('customers')]);
    const text = await shownResult('Size of declared source shop.customers');
    assert.match(text, /1 collection in 1 database, 400 documents/);
    assert.ok(!text.includes('shop.orders'));
  });

  it('copy the command lines of a plan, and no secret with them', async function () {
    this.timeout(30_000);
    const { folder, sourceUri, mongoTargetUri } = await hostTestContext();
    const clock = adapters.clock;
    await using source = await adapters.connect({ connectionString: adapters.parseConnectionString(sourceUri), clock });
    await using target = await adapters.connect({
      connectionString: adapters.parseConnectionString(mongoTargetUri),
      clock,
    });
    const inventory = await adapters.readInventory(source, {});
    const selection = { include: ['shop.*'], exclude: [], rename: [] };
    const description = describeTarget(target.facts);
    const { tuning } = decide({ inventory, selection, target: description, targetCluster: target.facts });
    assert.ok(tuning);
    const reference = (name: string, uri: string) => ({
      name,
      uri: adapters.parseConnectionString(uri).withoutPassword().reveal(),
      passwordFrom: { env: PASSWORD_VARIABLE },
    });
    const plan = makePlan({
      inventory,
      selection,
      tuning,
      source: reference('declared source', sourceUri),
      target: reference('declared target', mongoTargetUri),
      targetCluster: target.facts,
      method: 'dump-restore',
      createdAt: new Date().toISOString(),
    });
    const path = join(folder, 'shop.migration.json');
    await adapters.writePlanFile(path, plan);
    await vscode.commands.executeCommand(COMMANDS.copyCommandLines, vscode.Uri.file(path));
    const copied = await vscode.env.clipboard.readText();
    assert.match(copied, /^mongodump .*--db=?.?shop.* \| mongorestore .*RELAY_PORT/);
    assert.ok(!copied.includes(password) && !copied.includes(encodeURIComponent(password)), 'no secret');
  });

  it('copy the command lines of nothing that is no plan', async () => {
    await vscode.env.clipboard.writeText('before');
    await vscode.commands.executeCommand(COMMANDS.copyCommandLines, vscode.Uri.file('/nowhere/x.migration.json'));
    assert.equal(await vscode.env.clipboard.readText(), 'before');
  });

  it('that need nobody survive arguments that make no sense', async () => {
    const nonsense = [undefined, null, 0, 'x', {}, { kind: 'cluster' }, { kind: 'error' }, [[]], { kind: 'run' }];
    for (const value of nonsense) {
      await vscode.commands.executeCommand(COMMANDS.refresh, value, nonsense);
      await vscode.commands.executeCommand(COMMANDS.retryNode, value, nonsense);
    }
  });

  it('leave out a connection of the settings that holds a secret as it is, and keep the others', async function () {
    this.timeout(30_000);
    const context = await hostTestContext();
    const template = context.sourceUri.replace(/:[^:@/]*@/, `:\${env:${PASSWORD_VARIABLE}}@`);
    await declare([
      { name: 'leaky', role: 'source', connectionString: context.sourceUri },
      { name: 'other', role: 'source', connectionString: template },
    ]);
    await vscode.commands.executeCommand(COMMANDS.analyzeSize, { kind: 'cluster', clusterId: 'settings:other' });
    assert.match(await shownResult('Size of other'), /3,403 documents/);
  });
});
