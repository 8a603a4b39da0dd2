/** What is told of a plan file that is open, and its quick fixes. */
import { strict as assert } from 'node:assert';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { makePlan } from '../../src/core/plan/make-plan.js';
import { decide } from '../../src/core/decide/decide.js';
import { describeTarget } from '../../src/core/plan/target.js';
import { adapters } from '../../src/extension-adapters.js';
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
